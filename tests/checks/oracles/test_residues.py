"""Arithmetic modulo the prime, against Python's integers."""

from fractions import Fraction

import numpy as np

from sparsebound.checks.oracles.residues import (
    PRIME,
    fold,
    inverse,
    inverses,
    of_floats,
    of_integers,
    reduce,
)


def test_floats_are_dyadic_rationals() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [
            rng.standard_normal(200) * 2.0 ** rng.integers(-300, 300, 200),
            [0.0, 1.0, -0.5, 2.0**-1074],
        ]
    )
    for value, residue in zip(values, of_floats(values), strict=True):
        exact = Fraction(float(value))
        assert (int(residue) * exact.denominator - exact.numerator) % PRIME == 0


def test_folding_and_reducing() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2**64, 500, dtype=np.uint64, endpoint=False)
    values[:3] = [0, PRIME, 2**64 - 1]
    assert [int(v) % PRIME for v in values] == reduce(values).tolist()
    assert int(fold(values).max()) < 2**34


def test_integers() -> None:
    assert of_integers([[-1, 10**30]]).tolist() == [[PRIME - 1, 10**30 % PRIME]]


def test_inverses_of_numbers_both_ways() -> None:
    for count in (5, 1000):
        values = np.arange(count, dtype=np.uint64) * np.uint64(1234577)
        products = reduce(values * inverse(values))
        assert products[0] == 0
        assert (products[1:] == 1).all()


def test_inverses_of_matrices() -> None:
    rng = np.random.default_rng(1)
    matrices = rng.integers(0, PRIME, (50, 4, 4)).astype(np.uint64)
    matrices[7, 2] = matrices[7, 1]
    matrices[8, 0, 0] = 0
    inverted, regular = inverses(matrices)
    assert np.flatnonzero(~regular).tolist() == [7]
    for matrix, other in zip(matrices[regular], inverted[regular], strict=True):
        product = matrix.astype(object) @ other.astype(object) % PRIME
        assert (product == np.eye(4, dtype=int)).all()
