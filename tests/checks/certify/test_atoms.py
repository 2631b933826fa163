"""Norms of atoms, from the least to the largest that float64 holds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sparsebound.checks.certify.atoms import Atoms, atoms
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.reading import Stored
from sparsebound.theory.errors import InputError

ROWS = np.array([[3, 4, 0], [1, 1, 1], [0.1, -0.7, 0.3]])
SIZES = (-1074, -1073, -700, -200, -129, -127, 0, 127, 129, 400, 700, 1020)


def square(values: np.ndarray) -> Fraction:
    return sum((Fraction(float(value)) ** 2 for value in values), Fraction(0))


@pytest.mark.parametrize("power", SIZES)
def test_norms_lie_within_their_enclosures(power: int) -> None:
    rows = np.ldexp(ROWS, power)
    rows[~rows.any(axis=1), 0] = 2.0**-1074
    found = Atoms(rows, "rows", "")
    scaled, norms = found.scaled(slice(None)), found.scaled_norms(slice(None))
    assert (norms.mid >= 2.0**-128).all()
    assert (norms.mid <= 2.0**128).all()
    for row, size, mid, low, high in zip(
        rows, found.powers.tolist(), scaled.mid, norms.lower, norms.upper, strict=True
    ):
        assert np.array_equal(np.ldexp(mid, size), row)
        assert Fraction(float(low)) ** 2 <= square(mid) <= Fraction(float(high)) ** 2
    assert not scaled.rad.any()
    assert np.linalg.norm(found.unit(slice(None)), axis=1) == pytest.approx(np.ones(3), rel=1e-14)


def test_entries_that_underflow_beside_large_ones_are_not_taken_for_zero() -> None:
    found = Atoms(np.array([[2.0**1000, 2.0**-1000], [1, 1]]), "rows", "").scaled(np.array([0]))
    assert found.mid.tolist() == [[0.5, 0.0]]
    assert found.rad[0, 0] == 0
    assert found.rad[0, 1] >= 2.0**-1074


def test_half_the_bound_of_norms_is_not_enough() -> None:
    """Long sums and the root: the radius is that of the bound, not of what is usual."""
    rng = np.random.default_rng(0)
    found = Atoms(rng.integers(1, 40, (400, 3)).astype(float), "rows", "")
    norms = found.scaled_norms(slice(None))
    off = [
        abs(square(row) - Fraction(float(norm)) ** 2) / (2 * square(row))
        for row, norm in zip(found.rows, norms.mid, strict=True)
    ]
    assert max(off) > Fraction(9, 10) * Fraction(1, 2**53)
    assert (norms.rad >= norms.mid * 2.0**-53).all()


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1e200, 5e307])
def test_atoms_of_any_norm_have_a_certificate(size: float) -> None:
    found = certify(size * np.array([[1, 0, 1], [0, 1, 1]]), codes=[[1, 0, 0]])
    assert found.dictionary.coherence.value == pytest.approx(0.5**0.5, abs=1e-4)
    assert found.dictionary.pair is not None
    assert 2 in found.dictionary.pair
    assert found.dictionary.gram is not None
    assert found.dictionary.gram[0][2] == 0.707


def test_an_atom_whose_norm_is_no_number_is_refused() -> None:
    rows = np.ones((2, 5))
    rows[1] = 1.7e308
    with pytest.raises(InputError, match="norm of atom 1 of FILE is inf"):
        atoms(Stored("D.npy", None, rows, "float64"), "rows")
    rows[1] = 0
    with pytest.raises(InputError, match="norm of atom 1 of FILE is 0"):
        atoms(Stored("D.npy", None, rows, "float64"), "rows")
    rows[1, 0] = 2.0**-1074
    assert atoms(Stored("D.npy", None, rows, "float64"), "rows").norms[1] == 2.0**-1074
