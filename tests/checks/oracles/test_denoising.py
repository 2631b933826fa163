"""Basis pursuit denoising, held against cvxpy and its optimality conditions."""

import numpy as np
import pytest

from sparsebound.checks.oracles.denoising import denoise, denoised
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.instance import Instance


def unit_atoms(m: int, n: int, seed: int) -> FloatArray:
    atoms = np.random.default_rng(seed).standard_normal((m, n))
    return np.asarray(atoms / np.linalg.norm(atoms, axis=0))


@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 3), (5, 9), (8, 20)])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_optimality_conditions_hold(m: int, n: int, share: float) -> None:
    atoms = unit_atoms(m, n, seed=m)
    for seed in range(6):
        y = np.random.default_rng(seed).standard_normal(m)
        # least squares leave a part of y that no code explains
        least = np.linalg.norm(y - atoms @ np.linalg.lstsq(atoms, y)[0])
        eps = least + share * (np.linalg.norm(y) - least)
        z = denoise(atoms, atoms.T @ atoms, y[None], np.array([eps]), np.zeros((1, n)))[0]
        residual = y - atoms @ z
        np.testing.assert_allclose(np.linalg.norm(residual), eps, rtol=1e-8)
        correlations = atoms.T @ residual
        lam = np.abs(correlations).max()
        used = np.abs(z) > 1e-9
        assert used.any()
        np.testing.assert_allclose(correlations[used], lam * np.sign(z[used]), rtol=1e-6)


def test_objective_agrees_with_cvxpy() -> None:
    import cvxpy

    atoms = unit_atoms(5, 9, seed=1)
    for seed in range(4):
        y = np.random.default_rng(seed).standard_normal(5)
        eps = 0.3 * float(np.linalg.norm(y))
        z = denoise(atoms, atoms.T @ atoms, y[None], np.array([eps]), np.zeros((1, 9)))[0]
        variable = cvxpy.Variable(9)
        within = [cvxpy.norm(y - atoms @ variable) <= eps]
        problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm1(variable)), within)
        problem.solve(solver="CLARABEL")
        assert abs(np.abs(z).sum() - problem.value) <= 1e-6 * problem.value


def test_small_signals_are_denoised_to_zero() -> None:
    atoms = unit_atoms(4, 6, seed=0)
    z = denoise(atoms, atoms.T @ atoms, np.full((1, 4), 0.1), np.ones(1), np.ones((1, 6)))
    assert not z.any()


def test_noise_of_the_instance_is_used() -> None:
    found = denoised(Instance(np.eye(4), [[8, 8, 8, 8]], [[-1, -1, -1, -1]]))
    assert found.points.tolist() == [[6, 6, 6, 6]]
    assert found.eps.tolist() == [2]


def test_both_codes_explain_the_signal() -> None:
    D = np.random.default_rng(0).standard_normal((8, 12)) * np.arange(1, 13)
    X = np.eye(12)[:9] + 2 * np.eye(12)[1:10]
    found = denoised(Instance(D, X))
    for codes in (X, found.points):
        assert (np.linalg.norm(found.signals - codes @ D.T, axis=1) <= found.eps).all()
    norms = np.linalg.norm(D, axis=0)
    assert (np.abs(found.points) @ norms <= np.abs(X) @ norms).all()


def test_a_zero_code() -> None:
    found = denoised(Instance(np.eye(2), [[0, 0]]))
    assert not found.points.any()
    assert found.eps.tolist() == [0]
