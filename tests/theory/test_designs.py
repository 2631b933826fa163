"""What is left of a ridge regression on some atoms, against least squares and against inverses."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Exact
from sparsebound.theory.quantities.designs import (
    RidgeDesign,
    diagonal,
    information,
    outdone,
    stages,
)


def atoms(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-3, 4, (3, 6)).astype(float)


def regression(D: np.ndarray, lam: float, there: np.ndarray) -> RidgeDesign:
    exact = Exact.of(D)
    return RidgeDesign(information(exact, Exact.of([lam] * len(there)), there), exact)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_error_of_all_atoms_on_those_that_are_kept(seed: int) -> None:
    """``lam f(S)`` is the sum of ``min_z ||d_j - D_S z||^2 + lam ||z||^2``."""
    D, lam = atoms(seed), 0.5
    there = np.random.default_rng(seed).integers(0, 2, (5, 6)).astype(bool)
    found = lam * regression(D, lam, there).left.mid
    for kept, value in zip(there, found, strict=True):
        size = int(kept.sum())
        ridge = np.vstack([D[:, kept], np.sqrt(lam) * np.eye(size)])
        wanted = np.vstack([D, np.zeros((size, 6))])
        z = np.linalg.lstsq(ridge, wanted, rcond=None)[0]
        assert value == pytest.approx(((wanted - ridge @ z) ** 2).sum())


@pytest.mark.parametrize("seed", range(4))
def test_the_best_choice_is_the_one_that_leaves_least(seed: int) -> None:
    """Of all atoms that may be added, or removed: nothing outdoes the best, all others are."""
    D, n = atoms(seed), 6
    start = np.arange(n) < 3
    for changes in (np.flatnonzero(~start), np.flatnonzero(start)):
        left = [
            Fraction(regression(D, 1.0, stages(start, np.array([v]))[1:]).left[0].mid.item())
            for v in changes
        ]
        best = min(left)
        for v, value in zip(changes, left, strict=True):
            better = outdone(
                regression(D, 1.0, start[None]), Exact.of(D), start[None], np.array([v])
            )
            assert ((better.sign == 1).any()) == (value > best)


def test_products_and_energies_are_those_of_the_inverse() -> None:
    D, there = atoms(0), np.array([[True, False, True, False, False, False]])
    found, inverse = (
        regression(D, 1.0, there),
        np.linalg.inv(np.eye(3) + D[:, [0, 2]] @ D[:, [0, 2]].T),
    )
    columns = Exact.of(D[None])
    assert diagonal(found.products(columns)).mid[0] == pytest.approx(np.diag(D.T @ inverse @ D))
    energies = ((D.T @ inverse @ D) ** 2).sum(axis=1)
    assert found.energies(columns).mid[0] == pytest.approx(energies)
