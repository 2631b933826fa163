"""Minimisers of the Lasso, held against the optimality conditions and against cvxpy."""

import numpy as np
import pytest

from sparsebound.checks.oracles.lasso import minimisers
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.uniqueness import repeated_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.uniqueness.lasso import THEOREM
from sparsebound.theory.verdict import Status, decide


def points(instance: Instance, found: Minimiser) -> FloatArray:
    """Solve the optimality conditions on each support."""
    result = np.zeros(instance.X.shape)
    for code, support in enumerate(found.support):
        atoms = instance.D.data[:, support]
        right = atoms.T @ instance.Y.mid[code] - found.lam[code] * found.signs[code, support]
        result[code, support] = np.linalg.solve(atoms.T @ atoms, right)
    return result


def instance_of(m: int, n: int, seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, n)) * (rng.random((12, n)) < 0.3)
    D = rng.standard_normal((m, n)) * rng.uniform(0.5, 2, n)
    return Instance(D, X, 0.1 * rng.standard_normal((12, m)))


@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 3), (4, 8), (6, 20), (16, 48)])
def test_optimality_conditions_hold(m: int, n: int) -> None:
    instance = instance_of(m, n, seed=m)
    found = minimisers(instance)
    z = points(instance, found)
    correlations = (instance.Y.mid - z @ instance.D.data.T) @ instance.D.data
    lam = found.lam[:, None]
    assert (np.sign(z) == found.signs).all()
    assert (np.abs(correlations) <= lam * (1 + 1e-9)).all()
    np.testing.assert_allclose((correlations - lam * found.signs)[found.support], 0, atol=1e-9)


def test_objective_agrees_with_cvxpy() -> None:
    import cvxpy

    instance = instance_of(5, 9, seed=1)
    found = minimisers(instance)
    z = points(instance, found)
    for code in range(3):
        y, lam = instance.Y.mid[code], float(found.lam[code])
        variable = cvxpy.Variable(9)
        fit = cvxpy.sum_squares(y - instance.D.data @ variable) / 2
        problem = cvxpy.Problem(cvxpy.Minimize(fit + lam * cvxpy.norm1(variable)))
        problem.solve(solver="CLARABEL")
        ours = ((y - instance.D.data @ z[code]) ** 2).sum() / 2 + lam * np.abs(z[code]).sum()
        assert abs(ours - problem.value) <= 1e-6 * problem.value


@pytest.mark.parametrize("size", [1, 2, 3])
def test_planted_minimiser_with_the_noise_as_dual(size: int) -> None:
    found = minimisers(repeated_atom(size))
    assert found.lam.tolist() == [size]
    assert found.support.tolist() == [[True, False]]
    assert found.active.tolist() == [[True, True]]


def test_zero_signal_and_dependent_atoms() -> None:
    found = minimisers(Instance([[1, 1, 2], [0, 0, 1]], [[0, 0, 0], [1, 2, 0]]))
    assert found.lam[0] == 1
    assert not found.support[0].any()
    atoms = found.support[1].sum()
    assert atoms <= 2
    assert not found.support[1, :2].all()


def test_the_theorem_holds_on_what_is_found() -> None:
    instance = instance_of(4, 7, seed=2)
    verdict = decide(THEOREM, instance, {"minimiser": minimisers(instance)})
    assert (verdict.status == Status.HOLDS).all()
    blank = instance_of(6, 4, seed=2)
    assert (decide(THEOREM, blank, {"minimiser": minimisers(blank)}).status == Status.HOLDS).all()


def test_choice_depends_on_the_data_alone() -> None:
    instance = instance_of(4, 7, seed=3)
    np.testing.assert_array_equal(
        minimisers(instance).select([4, 2]).lam, minimisers(instance.select([4, 2])).lam
    )
