"""Certified optima of the Lasso: gaps, agreement with cvxpy, and what happens where it is hard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sparsebound.checks.algorithms.proximal import lipschitz, problem
from sparsebound.checks.oracles import composite
from sparsebound.checks.oracles.composite import optima, optimum, reference_check, reference_point
from sparsebound.checks.oracles.descent import Lasso, coordinate_descent, restarted_fista
from sparsebound.checks.oracles.reference import OracleDisagreement
from sparsebound.theory.analysis.descent import Descent
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.constructions import near_duplicate, simplex
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def lasso_of(m: int, n: int, share: float, codes: int = 16) -> Lasso:
    rng = np.random.default_rng(m)
    D = rng.standard_normal((m, n)) * rng.uniform(0.5, 2, n)
    X = rng.standard_normal((codes, n)) * (rng.random((codes, n)) < 0.1)
    Y = X @ D.T + 0.1 * rng.standard_normal((codes, m))
    return Lasso(D, Y, share * np.abs(Y @ D).max(axis=1))


def solve(lasso: Lasso) -> composite.Solution:
    start = np.zeros((len(lasso.Y), lasso.D.shape[1]))
    return optima(lasso, start, lipschitz(lasso.D))


def proved_gap(lasso: Lasso, point: FloatArray, dual: FloatArray) -> FloatArray:
    """Upper end of the gap, in ball arithmetic."""
    batch, n = point.shape
    instance = Instance(lasso.D, np.zeros((batch, n)), lasso.Y)
    run = Trajectory(point[:, None], lasso.lam, np.ones(batch))
    return Ball.of(Descent(instance, run, Optimum(point, dual)).gap).upper[:, 0]


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 3), (8, 16), (32, 64), (64, 256), (128, 512)])
def test_the_gap_closes_and_is_proved(m: int, n: int, share: float) -> None:
    lasso = lasso_of(m, n, share)
    found = solve(lasso)
    assert found.closed.all()
    assert (found.gap <= 1e-13 * found.value).all()
    assert (proved_gap(lasso, found.point, found.dual) <= 1e-12 * found.value).all()


@pytest.mark.parametrize(
    "D", [np.array([[1.0, 1, 2], [0, 0, 1]]), simplex(3), near_duplicate(np.eye(2), 20)]
)
def test_degenerate_dictionaries(D: FloatArray) -> None:
    rng = np.random.default_rng(0)
    Y = rng.integers(-4, 5, (8, D.shape[0])).astype(float)
    Y[0] = 0
    lam = np.maximum(np.abs(Y @ D).max(axis=1) / 8, 1.0)
    found = solve(Lasso(D, Y, lam))
    assert found.closed.all()
    assert not found.point[0].any()
    assert found.gap[0] == 0


def test_agreement_with_cvxpy() -> None:
    lasso = lasso_of(6, 9, 0.1)
    found = solve(lasso)
    assert reference_check(lasso, found, share=1.0) == len(lasso.Y)
    for wrong in (replace(found, value=1.1 * found.value), replace(found, value=0.9 * found.value)):
        with pytest.raises(OracleDisagreement, match="encloses the least value"):
            reference_check(lasso, wrong, share=1.0)


def test_a_solver_that_stops_early_contradicts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a night's worth of instances, cvxpy is off by 1e-5 of the value once."""
    lasso = lasso_of(6, 9, 0.1)
    found = solve(lasso)
    monkeypatch.setattr(composite, "reference_point", lambda _, code: 1.001 * found.point[code])
    assert reference_check(lasso, found, share=1.0) == len(lasso.Y)
    with pytest.raises(OracleDisagreement, match="proves at least"):
        reference_check(lasso, replace(found, value=0.99 * found.value), share=1.0)


def test_a_signal_of_any_size_is_descended_to_the_end_beside_a_larger_one() -> None:
    lasso = lasso_of(6, 9, 0.1, codes=4)
    scales = np.array([1, 2.0**-60, 1, 1])
    mixed = Lasso(lasso.D, lasso.Y * scales[:, None], lasso.lam * scales)
    together = coordinate_descent(mixed, np.zeros((4, 9)), 2000)
    for code in range(4):
        alone = coordinate_descent(mixed.select(np.array([code])), np.zeros((1, 9)), 2000)
        size = np.abs(alone).max()
        np.testing.assert_allclose(together[code], alone[0], atol=1e-13 * size)


def test_every_link_of_the_chain_finds_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    lasso = lasso_of(6, 9, 0.1)
    best = solve(lasso).value
    start = np.zeros((len(lasso.Y), 9))
    by_fista = restarted_fista(lasso, start, lipschitz(lasso.D), 2000)
    by_descent = coordinate_descent(lasso, start)
    for points in (by_fista, by_descent):
        value = composite.certify(lasso, points, "").value
        np.testing.assert_allclose(value, best, rtol=1e-7)
    point = reference_point(lasso, 0)
    assert point is not None
    value = composite.certify(lasso.select(np.array([0])), point[None], "").value
    np.testing.assert_allclose(value, best[0], rtol=1e-6)

    def nothing(lasso: Lasso, start: FloatArray, *rest: object) -> FloatArray:
        return np.zeros_like(start)

    monkeypatch.setattr(composite, "ROUNDS", 1)
    monkeypatch.setattr(composite, "restarted_fista", nothing)
    assert set(solve(lasso).found_by) <= {"iterates", "coordinate descent"}
    monkeypatch.setattr(composite, "coordinate_descent", nothing)
    found = solve(lasso)
    assert set(found.found_by) == {"cvxpy"}
    assert found.closed.sum() >= 12  # all but those where its support is wrong by an atom


def test_a_failure_is_said() -> None:
    lasso = lasso_of(6, 9, 0.1)
    found = composite.certify(lasso, np.ones((16, 9)), "a guess")
    assert not found.closed.any()
    assert (proved_gap(lasso, found.point, found.dual) > 1e-3).all()


def test_signals_are_solved_one_by_one() -> None:
    lasso = lasso_of(6, 20, 0.05)
    some = np.array([3, 1])
    np.testing.assert_allclose(
        solve(lasso.select(some)).point, solve(lasso).point[some], atol=1e-12
    )


@pytest.mark.parametrize("weight", [0.5, 0.0625])
def test_the_optimum_is_that_of_the_weight_of_the_experiment(weight: float) -> None:
    rng = np.random.default_rng(4)
    D, X = rng.standard_normal((6, 9)), np.eye(3, 9) * 4
    experiment = Experiment(Instance(D, X, rng.standard_normal((3, 6)) / 8), {"weight": weight})
    found, lam = optimum(experiment), problem(experiment).lam
    left = (experiment.codes.Y.mid - found.point @ D.T) @ D
    np.testing.assert_allclose(np.abs(left).max(axis=1), lam, rtol=1e-9)
