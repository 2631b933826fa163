"""Oracles of the Lasso on data of any scale: they solve it, or say nothing, and warn of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.algorithms.proximal import lipschitz, problem
from sparsebound.checks.evidence import gather
from sparsebound.checks.oracles.composite import optimum
from sparsebound.checks.oracles.descent import Lasso, coordinate_descent
from sparsebound.checks.oracles.lasso import lasso_path, minimisers
from sparsebound.theory.analysis.descent import Descent
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, decide

SMALL = [(0, 0), (-532, 0), (-532, 600), (-400, -500), (0, 600), (0, -1000), (0, 1000)]
"""Powers of two of atoms and codes: of the first, whatever the second, squares are in the range."""
TOLD = [(atoms, codes) for atoms, codes in SMALL if 2 * atoms + codes > -900]
"""Where inner products of atoms and signals are told from 0."""
LARGE = [(400, 500), (530, 0), (530, -600), (900, -1000), (-900, 0), (900, 0), (-1000, 1000)]


def drawn(atoms: int, codes: int, n: int = 6) -> Instance:
    rng = np.random.default_rng(0)
    D, E = rng.standard_normal((4, 6))[:, :n], 0.1 * rng.standard_normal((3, 4))
    X = np.zeros((3, n))
    X[0, 1], X[1, [0, 2]], X[2, 0] = 1, (1.5, -1), -2
    with np.errstate(under="ignore"):
        return Instance(np.ldexp(D, atoms), np.ldexp(X, codes), np.ldexp(E, atoms + codes))


@pytest.mark.parametrize(("atoms", "codes"), SMALL)
def test_optima_are_found(atoms: int, codes: int) -> None:
    """The gap, in units of the squared norm of the signal, by exact arithmetic."""
    instance = drawn(atoms, codes)
    found, lam = optimum(instance), problem(instance).lam
    run = Trajectory(found.point[:, None], lam, np.ones(3))
    exact = Descent(instance.exact(), run, found)
    sizes = (exact.instance.Y**2).sum(-1).reshape(3, 1)
    assert (np.asarray((exact.gap / sizes).mid) <= 1e-13).all()
    assert set((exact.gap / sizes).sign.ravel()) <= {0, 1}


def small_steps(instance: Instance) -> Experiment:
    return Experiment(instance, {"start": 1, "L": max(1.0, lipschitz(instance.D))})


@pytest.mark.parametrize("name", ["ista", "fista", "ista_strong", "ista_identified"])
def test_runs_are_held_against_them_and_correct_ones_are_not_refuted(name: str) -> None:
    theorem = catalogue()[f"rate.{name}"]
    n = 3 if name == "ista_strong" else 6
    for atoms, codes in SMALL + LARGE:
        instance = small_steps(drawn(atoms, codes, n))
        verdict = decide(theorem, instance, gather(theorem, instance))
        assert not verdict.count(Status.VIOLATED), (atoms, codes)
        if (atoms, codes) in SMALL and name != "ista_identified":
            assert verdict.count(Status.HOLDS) == 3, (atoms, codes)


@pytest.mark.parametrize(("atoms", "codes"), TOLD)
def test_a_path_is_the_same_at_any_scale(atoms: int, codes: int) -> None:
    found, expected = lasso_path(drawn(atoms, codes)), lasso_path(drawn(0, 0))
    assert expected.support.any(axis=(1, 2)).all()
    np.testing.assert_array_equal(found.signs, expected.signs)
    np.testing.assert_array_equal(found.lam, np.ldexp(expected.lam, 2 * atoms + codes))


@pytest.mark.parametrize("name", ["uniqueness.lasso", "stability.lasso_witness"])
def test_minimisers_are_not_refuted_at_any_scale(name: str) -> None:
    theorem = catalogue()[name]
    for atoms, codes in SMALL + LARGE:
        instance = drawn(atoms, codes)
        verdict = decide(theorem, instance, gather(theorem, instance))
        assert not verdict.count(Status.VIOLATED), (atoms, codes)
        if (atoms, codes) in TOLD:
            assert minimisers(instance).support.any(axis=1).all()


def test_eigenvalues_of_atoms_of_any_scale() -> None:
    expected = spectrum(drawn(0, 0).D).mid
    for atoms in (-500, 500):
        found = spectrum(drawn(atoms, 0).D)
        np.testing.assert_allclose(np.ldexp(found.mid, -2 * atoms), expected, atol=1e-12)
        assert np.isfinite(found.rad).all()
    assert not np.isfinite(spectrum(drawn(600, 0).D).rad[-1])  # unknown, and not infinite
    one = (spectrum(drawn(600, 0).D.exact()) / 4**600).mid
    np.testing.assert_allclose(one, expected, atol=1e-12)


def test_an_atom_whose_square_is_lost_is_left_alone() -> None:
    lasso = Lasso(np.array([[1.0, 1e-200]]), np.array([[2.0]]), np.array([1.0]))
    np.testing.assert_array_equal(coordinate_descent(lasso, np.zeros((1, 2))), [[1, 0]])
