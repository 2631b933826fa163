"""Products, systems and spectra of ball matrices contain those of the matrices in the balls."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import Ball, Exact, FloatArray, linear_algebra, precision
from tests.theory.arithmetic.points import SHARES, contains

SEEDS = st.integers(0, 2**32 - 1)
RADII = st.sampled_from([0.0, 1e-14, 0.01, 0.2, 1.0])


def points(mid: FloatArray, rad: FloatArray, rng: np.random.Generator) -> list[NDArray[Any]]:
    """Matrices of fractions in a ball: both ends, and two with any shares of the radii."""
    exact = np.vectorize(Fraction, otypes=[object])
    shares = [np.array(rng.choice(SHARES[:2], mid.shape)) for _ in range(2)]
    return [exact(mid) + exact(rad) * share for share in (-1, 1, *shares)]


def holds(found: Ball, values: NDArray[Any]) -> bool:
    """Whether every entry of the exact result lies in its ball."""
    return all(contains(found[index], Fraction(values[index])) for index in np.ndindex(found.shape))


def fractions(number: Exact) -> NDArray[Any]:
    """Entries that are rational, as fractions."""
    return np.vectorize(lambda v: Fraction(int(v.p), int(v.q)), otypes=[object])(number.values)


@settings(max_examples=150)
@given(SEEDS, RADII, RADII, st.sampled_from([0, -540, -1000, 500]))
def test_matrix_products(seed: int, first: float, second: float, exponent: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = (int(rng.integers(1, 4)), int(rng.integers(1, 12)), int(rng.integers(1, 4)))
    a, b = rng.standard_normal(shapes[:2]), rng.standard_normal(shapes[1:])
    r, s = first * rng.random(a.shape), second * rng.random(b.shape)
    a, b, r, s = (np.ldexp(part, exponent) for part in (a, b, r, s))
    found = Ball(a, r) @ Ball(b, s)
    for x, y in product(points(a, r, rng), points(b, s, rng)):
        assert holds(found, x @ y)


@settings(max_examples=150)
@given(SEEDS, st.integers(1, 4), RADII, RADII, st.sampled_from([0, -400, 400]))
def test_linear_systems(seed: int, size: int, first: float, second: float, exponent: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = np.eye(size) + 0.3 * rng.standard_normal((size, size)) / size
    right = rng.standard_normal((size, 2))
    radii, rads = first / size * rng.random(matrix.shape), second * rng.random(right.shape)
    matrix, radii = np.ldexp(matrix, exponent), np.ldexp(radii, exponent)
    found = Ball(matrix, radii).solve(Ball(right, rads))
    if first < 0.1:
        assert np.isfinite(found.rad).all()
    if not np.isfinite(found.rad).any():
        return
    for x, y in product(points(matrix, radii, rng), points(right, rads, rng)):
        assert holds(found, fractions(Exact.of(x).solve(Exact.of(y))))


def test_the_error_of_a_solution_is_larger_than_its_correction_if_the_inverse_is_far_off() -> None:
    found = Ball([[1.0]], [[0.5]]).solve(Ball([[1.0]]))[0, 0]
    assert contains(found, Fraction(2))
    assert contains(found, Fraction(2, 3))
    assert float(found.rad) < 1.01


@pytest.mark.parametrize("bits", [1, 10, 26, 40, 50, 52, 60])
def test_nearly_singular_systems(bits: int) -> None:
    matrix = np.array([[1.0, 1], [1, 1]])
    exact = np.array([[Fraction(1), 1], [1, 1 + Fraction(1, 2**bits)]], dtype=object)
    right = np.array([[Fraction(1)], [Fraction(1, 3)]], dtype=object)
    found = Ball.of(exact).solve(Ball.of(right))
    assert holds(found, fractions(Exact.of(exact).solve(Exact.of(right))))
    assert np.isfinite(found.rad).all() or bits >= 50
    assert np.isinf(Ball.of(matrix).solve(Ball.of(right)).rad).all()


HOPELESS = {
    "singular": ([[1.0, 1], [1, 1]], 0.0),
    "zero": ([[0.0, 0], [0, 0]], 0.0),
    "not a number": ([[np.nan, 0], [0, 1]], 0.0),
    "infinite": ([[np.inf, 0], [0, 1]], 0.0),
    "unknown": ([[0.0, 0], [0, 1]], [[np.inf, 0], [0, 0]]),
    "beyond the range": ([[1e308, 1e308], [1e308, -1e308]], 0.0),
    "perhaps singular": ([[1.0, 0], [0, 1]], 0.6),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_matrix_of_which_nothing_is_known_spares_its_batch(name: str) -> None:
    matrix, rad = HOPELESS[name]
    good, right = np.array([[2.0, 1], [1, 3]]), np.array([[1.0], [1.0]])
    stack = np.stack([np.array(matrix), good])
    radii = np.stack([np.zeros((2, 2)) + rad, np.full((2, 2), 1e-9)])
    alone = Ball(good, radii[1])
    solved = Ball(stack, radii).solve(Ball(np.stack([right, right])))
    assert np.isinf(solved.rad[0]).all() or name == "beyond the range"
    assert (solved.mid[1] == alone.solve(Ball(right)).mid).all()
    assert (solved.rad[1] == alone.solve(Ball(right)).rad).all()
    found = Ball(stack, radii).eigenvalues()
    if name in ("not a number", "infinite", "unknown"):
        assert np.isinf(found.rad[0]).all()
        assert np.isinf(Ball(stack, radii).determinant().rad[0])
    assert (found.mid[1] == alone.eigenvalues().mid).all()
    assert (found.rad[1] == alone.eigenvalues().rad).all()


def test_an_unknown_right_hand_side_spares_the_others() -> None:
    right = Ball([[1.0, 0.0], [1.0, 2.0]], [[0.0, np.inf], [0.0, 0.0]])
    found = Ball(np.array([[2.0, 1], [1, 3]])).solve(right)
    assert np.isfinite(found.rad[:, 0]).all()
    assert np.isinf(found.rad[:, 1]).all()


@settings(max_examples=60)
@given(SEEDS, st.integers(1, 4), RADII, st.sampled_from([0, -20, -45]), st.sampled_from([0, -600]))
def test_spectra(seed: int, size: int, spread: float, near: int, exponent: int) -> None:
    """Of matrices near the identity, whose eigenvalues are close to each other, and far from it."""
    rng = np.random.default_rng(seed)
    whole = np.ldexp(rng.integers(-8, 9, (size, size)).astype(float), near)
    matrix = np.ldexp(np.eye(size) + whole + whole.T, exponent)
    radii = np.ldexp(spread * rng.integers(0, 9, (size, size)) / 8.0, exponent)
    radii = np.maximum(radii, radii.T)
    found = Ball(matrix, radii).eigenvalues()
    assert np.isfinite(found.rad).all()
    with precision(256):
        for x in points(matrix, radii, rng):
            symmetric = np.tril(x) + np.tril(x, -1).T
            true = Exact.of(symmetric).eigenvalues()
            distance = abs(true - Exact.of(found.mid)) - Exact.of(found.rad)
            assert (distance.sign != 1).all()


def test_multiple_eigenvalues() -> None:
    """Three eigenvalues are 3/2, exactly; a rotation hides it from the computation."""
    rng = np.random.default_rng(0)
    vectors = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    matrix = np.round(vectors @ np.diag([1.5, 1.5, 1.5, 4]) @ vectors.T * 2**40) / 2**40
    matrix = np.tril(matrix) + np.tril(matrix, -1).T
    found = Ball(matrix).eigenvalues()
    with precision(256):
        distance = abs(Exact.of(matrix).eigenvalues() - Exact.of(found.mid)) - Exact.of(found.rad)
    assert (distance.sign != 1).all()
    assert (found.rad < 1e-13).all()


def test_bounds_hold_however_bad_the_approximation_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """LAPACK is believed in nothing: what it says may be far off, or not even orthogonal."""
    matrix = np.array([[[-1.0, 0.5], [0.5, 2]]])
    true = Ball(matrix).eigenvalues().mid
    right = np.array([[[1.0], [2]]])
    exact = Ball(matrix).solve(Ball(right)).mid
    for shrink in (0.95, 0.8, 0.6):
        vectors = shrink * np.eye(2)[None]

        def spectra(_: FloatArray, vectors: FloatArray = vectors) -> tuple[FloatArray, FloatArray]:
            return np.zeros((1, 2)), vectors

        def inverse(matrices: FloatArray, shrink: float = shrink) -> FloatArray:
            return shrink * np.linalg.inv(matrices)

        with monkeypatch.context() as patch:
            patch.setattr(linear_algebra, "_spectra", spectra)
            patch.setattr(linear_algebra, "_inverses", inverse)
            found, solved = Ball(matrix).eigenvalues(), Ball(matrix).solve(Ball(right))
        assert (np.abs(true - found.mid) <= found.rad).all()
        assert (np.abs(exact - solved.mid) <= solved.rad * (1 + 1e-12)).all()
    with monkeypatch.context() as patch:
        patch.setattr(
            linear_algebra, "_spectra", lambda _: (np.zeros((1, 1)), np.full((1, 1), 0.3))
        )
        found = Ball([[[-1.0]]]).eigenvalues()
    assert contains(found[0, 0], Fraction(-1))


def leibniz(matrix: NDArray[Any]) -> Fraction:
    """Determinant by its definition."""
    size = len(matrix)

    def parity(order: tuple[int, ...]) -> int:
        return (-1) ** sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])

    orders = permutations(range(size))
    terms = (parity(o) * prod((matrix[i, o[i]] for i in range(size)), start=1) for o in orders)
    return Fraction(sum(terms))


@settings(max_examples=60)
@given(SEEDS, st.integers(1, 4), RADII)
def test_determinants(seed: int, size: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((size, size))
    matrix = np.tril(matrix) + np.tril(matrix, -1).T
    radii = np.full(matrix.shape, spread)
    found = Ball(matrix, radii).determinant()
    for x in points(matrix, radii, rng):
        symmetric = np.tril(x) + np.tril(x, -1).T
        assert contains(found, leibniz(symmetric))
