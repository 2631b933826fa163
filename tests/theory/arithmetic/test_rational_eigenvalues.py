"""Eigenvalues of rational matrices: those of the whole polynomial, by whatever way they come."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq, fmpq_mat

from sparsebound.theory.arithmetic import Exact, characteristic, precision
from sparsebound.theory.arithmetic.entries import as_ball


def gram(seed: int) -> Exact:
    """Of few atoms or many, with eigenvalues that repeat, with rows that stand alone."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 8), rng.integers(1, 7)
    short = seed % 2 == 0
    atoms = rng.integers(-3, 4, (rows, columns)) if short else rng.normal(size=(rows, columns))
    found = np.asarray(atoms.T @ atoms, dtype=float)
    found = (found + found.T) / 2
    if seed % 3 == 0:
        found = np.kron(np.eye(2), found)
    for alone in np.flatnonzero(rng.random(len(found)) < 0.25):
        found[alone, np.arange(len(found)) != alone] = 0.0
        found[np.arange(len(found)) != alone, alone] = 0.0
    number = Exact.of(found)
    return number if seed % 5 else number / (1 + abs(Exact.of(np.diag(found)))).reshape(-1, 1)


@pytest.mark.parametrize("seed", range(40))
def test_they_are_the_roots_of_the_polynomial_of_the_whole_matrix(seed: int) -> None:
    with precision(512):
        matrix = gram(seed)
        found = matrix.eigenvalues().values
        whole = fmpq_mat(*matrix.shape, matrix.values.ravel().tolist())
        roots = [(one.real, count) for one, count in whole.charpoly().complex_roots()]
        expected = sorted((v for v, count in roots for _ in range(count)), key=lambda v: v.mid())
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert as_ball(one).overlaps(other)
            assert as_ball(one).rad() < arb(10) ** -120
        # a zero is one, and not a small number: that decides whether atoms are independent
        nullity = matrix.shape[0] - whole.rank()
        assert sum(int(sign) == 0 for sign in matrix.eigenvalues().sign) == nullity


def test_those_that_float64_does_not_tell_apart_are_found_all_the_same() -> None:
    rotation = np.array([[3.0, -4, 0, 0], [4, 3, 0, 0], [0, 0, 5, 0], [0, 0, 0, 5]])
    mixing = np.array([[5.0, 0, 0, 0], [0, 3, -4, 0], [0, 4, 3, 0], [0, 0, 0, 5]])
    last = np.array([[5.0, 0, 0, 0], [0, 5, 0, 0], [0, 0, 3, -4], [0, 0, 4, 3]])
    turned = Exact.of(rotation @ mixing @ last)
    values = np.diag([1, 1 + Fraction(1, 2**60), 2, 2])
    with precision(512):
        found = (turned @ Exact.of(values) @ turned.swapaxes(0, 1)).eigenvalues() / 5**6
        assert (abs(found - np.diag(values)) - Fraction(1, 10**100)).sign.tolist() == [-1] * 4


def test_a_support_that_several_codes_have_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    of_matrix = characteristic._eigenvalues

    def counted(matrix: fmpq_mat) -> list[object]:
        looked.append(matrix.nrows())
        return of_matrix(matrix)

    monkeypatch.setattr(characteristic, "_eigenvalues", counted)
    inner = np.array([[2.0, 1, 1], [1, 2, 1], [1, 1, 2]])
    padded = np.eye(5)
    padded[1:4, 1:4] = inner
    stack = np.stack([padded, padded[::-1, ::-1], np.eye(5)])
    found = Exact.of(stack).eigenvalues()
    assert looked == [3]
    assert found.mid.round(12).tolist() == [[1, 1, 1, 1, 4]] * 2 + [[1] * 5]


@pytest.mark.parametrize("entries", [(2, 1, 1, 2), (1, 2, 2, 4), (-3, 1, 1, -3), (0, 0, 1, 0)])
def test_those_of_two_rows_are_rational_where_they_are(entries: tuple[int, ...]) -> None:
    matrix = Exact.of(np.reshape(np.array(entries, dtype=float), (2, 2)))
    assert all(isinstance(one, fmpq) for one in matrix.eigenvalues().values)
    assert sorted(matrix.eigenvalues().mid) == pytest.approx(
        sorted(np.linalg.eigvals(matrix.mid)), abs=1e-12
    )
