"""The path of a penalty: certified minimisers, strict falls, and paths that are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sparsebound.checks.oracles.lasso import lasso_path
from sparsebound.theory.analysis.lasso import lasso_path_points
from sparsebound.theory.evidence import LassoPath
from sparsebound.theory.extremal.rates import rising_support
from sparsebound.theory.instance import Instance
from sparsebound.theory.training.path_monotone import THEOREM
from sparsebound.theory.verdict import Status, decide


def instance_of(seed: int) -> Instance:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((6, 12)) * (rng.random((6, 12)) < 0.3)
    return Instance(rng.standard_normal((8, 12)), X, 0.1 * rng.standard_normal((6, 8)))


def test_every_point_of_a_path_has_the_objective_of_cvxpy() -> None:
    import cvxpy

    instance = instance_of(0)
    path = lasso_path(instance)
    points = lasso_path_points(instance, path)
    ours = points.misfit.mid + path.lam * points.l1_norm.mid
    variable, lam = cvxpy.Variable(12), cvxpy.Parameter(nonneg=True)
    signal = cvxpy.Parameter(8)
    fit = cvxpy.sum_squares(signal - instance.D.data @ variable) / 2
    problem = cvxpy.Problem(cvxpy.Minimize(fit + lam * cvxpy.norm1(variable)))
    for code, weight in ((0, 0), (1, 1), (2, 2), (3, 3)):
        signal.value, lam.value = instance.Y.mid[code], path.lam[code, weight]
        problem.solve(solver="CLARABEL")
        assert abs(ours[code, weight] - problem.value) <= 1e-6 * problem.value


@pytest.mark.parametrize("seed", range(4))
def test_the_theorem_holds_on_gaussian_dictionaries(seed: int) -> None:
    instance = instance_of(seed)
    verdict = decide(THEOREM, instance, {"lasso_path": lasso_path(instance)})
    assert (verdict.status == Status.HOLDS).all()
    assert (verdict.ratio <= 1).all()


def test_more_nonzeros_for_a_larger_weight() -> None:
    assert lasso_path(rising_support(1)).support.sum(axis=-1).tolist() == [[2, 1, 2, 1]]


@pytest.mark.parametrize(
    "break_", ["signs turned", "support too small", "weights in the wrong order"]
)
def test_what_is_no_path_of_minimisers_fails_a_premise(break_: str) -> None:
    instance = instance_of(1)
    path = lasso_path(instance)
    signs = path.signs.copy()
    if break_ == "signs turned":
        path = replace(path, signs=-signs)
    elif break_ == "support too small":
        first = np.argmax(path.support[:, 0], axis=-1)
        signs[np.arange(len(signs)), 0, first] = 0
        path = replace(path, signs=signs, support=signs != 0)
    else:
        path = LassoPath(path.lam[:, ::-1], path.support[:, ::-1], path.signs[:, ::-1])
    verdict = decide(THEOREM, instance, {"lasso_path": path})
    assert (verdict.status == Status.VACUOUS).all()
