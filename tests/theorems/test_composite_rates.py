"""Rates of ISTA, FISTA and hard thresholding: how sharp, in float32, and what they do not cover."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PEPit import PEP
from PEPit.functions import ConvexFunction, SmoothConvexFunction
from PEPit.primitive_steps import proximal_step

from sparsebound.checks.algorithms import proximal
from sparsebound.checks.evidence import gather
from sparsebound.theory.analysis.descent import Descent
from sparsebound.theory.analysis.momentum import momentum, momentum_of
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import simplex
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.rates import (
    swapped_atoms,
    walk_of_fista,
    walk_of_ista,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import fista, iht, ista, ista_identified, ista_strong
from sparsebound.theory.rate import momentum as momentum_rate
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

COMPOSITE = [ista.THEOREM, fista.THEOREM, ista_strong.THEOREM, ista_identified.THEOREM]


def tall(codes: int = 6) -> Instance:
    rng = np.random.default_rng(5)
    X = np.where(rng.random((codes, 6)) < 0.4, rng.standard_normal((codes, 6)), 0)
    return Instance(rng.standard_normal((8, 6)), X, 0.1 * rng.standard_normal((codes, 8)))


def status(theorem: Theorem, instance: Instance, **given: Any) -> set[Status]:
    evidence = {**gather(theorem, instance), **given}
    return {Status(value) for value in decide(theorem, instance, evidence).status}


def excess(instance: Instance, run: Trajectory, optimum: Optimum) -> float:
    """``F(x^K) - F*``."""
    return float(Descent(instance, run, optimum).excess.mid[0, -1])


def exact_worst_case(beta: FloatArray) -> float:
    """Largest ``F(x^k) - F*`` for ``L = R = 1`` over all smooth convex plus convex functions."""
    problem = PEP()
    smooth = problem.declare_function(SmoothConvexFunction, L=1)
    rest = problem.declare_function(ConvexFunction)
    F = smooth + rest
    best, start = F.stationary_point(), problem.set_initial_point()
    problem.set_initial_condition((start - best) ** 2 <= 1)
    x = v = start
    value = None
    for weight in [*map(float, beta[1:]), 0.0]:
        before, (x, _, value) = x, proximal_step(v - smooth.gradient(v), rest, 1)
        v = x + weight * (x - before)
    problem.set_performance_metric(smooth(x) + value - F(best))
    # Clarabel's defaults are out of its reach for k = 8, which is a warning, and so an error here
    close = {"tol_gap_abs": 1e-7, "tol_gap_rel": 1e-6, "tol_feas": 1e-7}
    return float(problem.solve(verbose=0, wrapper="cvxpy", solver="CLARABEL", **close))


@pytest.mark.parametrize("k", range(1, 9))
@pytest.mark.parametrize(
    ("walk", "method"), [(walk_of_ista, proximal.ista), (walk_of_fista, proximal.fista)]
)
def test_the_exact_worst_cases_are_attained(walk: Any, method: Any, k: int) -> None:
    """By instances of ours, to 1e-5; the semidefinite programs are solved to about 4e-7."""
    beta = proximal.fista_momentum(k)
    worst = exact_worst_case(beta if method is proximal.fista else 0 * beta)
    instance = walk(k).codes
    start, nothing = instance.X, Optimum(np.zeros((1, 1)), np.zeros((1, 1)))
    run = method(instance.D.data, np.zeros((1, 1)), np.array([0.5]), 1.0, start, k)
    ratio = excess(instance, run, nothing) / start[0, 0] ** 2
    assert abs(ratio / worst - 1) <= 1e-5


@pytest.mark.parametrize("k", [1, 2, 5])
def test_a_walk_reaches_the_bound_of_fista_when_it_ends(k: int) -> None:
    instance = walk_of_fista(k)
    verdict = decide(fista.THEOREM, instance, gather(fista.THEOREM, instance))
    assert verdict.status.tolist() == [Status.HOLDS]
    assert verdict.ratio[0] >= 1 - 1e-12
    run = gather(fista.THEOREM, instance)["fista_run"]
    assert run.points[0, k, 0] == pytest.approx(run.points[0, 0, 0] / 2)


@pytest.mark.parametrize("k", [1, 2, 3, 8, 40])
def test_the_length_of_the_walk_of_fista_is_the_sum_of_its_statement(k: int) -> None:
    numbers = momentum(Instance([[1]], [[1]]).D, k)
    t = numbers.t.mid
    assert numbers.walk.mid[-1] == pytest.approx((t**3).sum() / t[-1] ** 2, rel=1e-14)


@pytest.mark.parametrize("k", [2, 3, 12, 40])
def test_fista_has_a_certificate_and_the_shares_of_its_closed_form(k: int) -> None:
    """``lambda_j = t_j^2 (t_k^2 - t_j^2 + W_j) / (t_k^2 (2 W_k - W_j))``."""
    numbers = momentum(Instance([[1]], [[1]]).D, k)
    left, right = numbers.certificate
    assert ((right - left).sign == 1).all()
    squares, walk = numbers.t.mid**2, numbers.walk.mid
    shares = squares * (squares[-1] - squares + walk) / (squares[-1] * (2 * walk[-1] - walk))
    assert numbers.shares.mid[:, -1] == pytest.approx(shares, rel=1e-12)


@pytest.mark.parametrize("a", range(2, 7))
def test_the_usual_momenta_have_a_certificate_and_the_walk_that_is_said(a: int) -> None:
    k = 40
    beta = proximal.momentum_of(Experiment(tall(), {"momentum": f"(j-1)/(j+{a})"}), k)
    numbers = momentum_of(tall().D, beta)
    left, right = numbers.certificate
    assert ((right - left).sign >= 0).all()
    assert numbers.walk.mid[-1] == pytest.approx((k * k + (2 * a + 1) * k + 2) / (2 * (a + 2)))


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("name", ["(j-1)/(j+2)", "(j-1)/(j+6)", "half of FISTA"])
def test_the_exact_worst_case_of_other_momenta(name: str, k: int) -> None:
    beta = proximal.momentum_of(Experiment(tall(), {"momentum": name}), k)
    worst = exact_worst_case(beta)
    assert worst == pytest.approx(1 / (4 * momentum_of(tall().D, beta).walk.mid[-1]), rel=1e-5)


def test_a_momentum_that_is_too_strong_is_told_so() -> None:
    instance = tall()
    run = gather(momentum_rate.THEOREM, instance)["momentum_run"]
    changed = replace(run, beta=np.array([0, 0, *[0.5] * 10]))
    assert status(momentum_rate.THEOREM, instance, momentum_run=changed) == {Status.VACUOUS}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("theorem", COMPOSITE, ids=lambda theorem: theorem.id)
def test_long_runs_hold_in_both_precisions(theorem: Theorem, dtype: type) -> None:
    instance = tall()
    chosen = proximal.problem(instance)
    method = proximal.fista if theorem is fista.THEOREM else proximal.ista
    run = method(
        instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start, 200, dtype=dtype
    )
    (name,) = (need for need in theorem.needs if need != "optimum")
    assert status(theorem, instance, **{name: run}) == {Status.HOLDS}


def test_a_step_that_is_too_long_is_not_covered() -> None:
    instance = tall()
    run = gather(ista.THEOREM, instance)["ista_run"]
    longer = replace(run, L=run.L / 4)
    assert status(ista.THEOREM, instance, ista_run=longer) == {Status.VACUOUS}


def test_a_poor_optimum_is_never_guessed_over() -> None:
    instance = tall()
    m, n = instance.D.shape
    poor = Optimum(np.zeros((len(instance), n)), np.zeros((len(instance), m)))
    found = status(ista.THEOREM, instance, optimum=poor)
    assert Status.VIOLATED not in found
    assert Status.UNDECIDED in found


def test_strong_convexity_needs_independent_atoms() -> None:
    instance = Instance(simplex(3), [[1, 0, 0, 0]])
    assert status(ista_strong.THEOREM, instance) == {Status.VACUOUS}


def test_hard_thresholding_is_nearly_sharp() -> None:
    half = Instance([[1, 0.49, 0], [0, np.sqrt(1 - 0.49**2), 0], [0, 0, 1]], [[1, 0, 0]])
    for instance, least in ((half, 0.97), (swapped_atoms(1), 0.999), (swapped_atoms(2), 0.99999)):
        verdict = decide(iht.THEOREM, instance, gather(iht.THEOREM, instance))
        assert verdict.status[0] == Status.HOLDS
        assert least <= verdict.ratio[0] <= 1


def test_hard_thresholding_beyond_the_premise() -> None:
    assert status(iht.THEOREM, Instance(simplex(3), [[1, 1, 0, 0]])) == {Status.VACUOUS}
