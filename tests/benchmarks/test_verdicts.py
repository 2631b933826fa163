"""Verdicts a second, against what one would write by hand; ratios within one run only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import cvxpy
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sparsebound.checks.draws import draws
from sparsebound.checks.evidence import gather
from sparsebound.checks.kernels import basis_pursuit
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

M, N, CODES = 8, 16, 64


def by_hand(examples: int) -> int:
    """Draw naive arrays, solve each with cvxpy, compare with a tolerance; count the verdicts."""
    finite = st.floats(-10, 10, allow_nan=False, width=32)
    seen = 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(arrays(np.float64, (M, N), elements=finite), arrays(np.float64, N, elements=finite))
    def check(D: Any, x: Any) -> None:
        nonlocal seen
        seen += 1
        norms = np.linalg.norm(D, axis=0)
        if not norms.all():
            return
        D = D / norms
        mu = np.abs(D.T @ D - np.eye(N)).max()
        z = cvxpy.Variable(N)
        problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm1(z)), [D @ z == D @ x])
        problem.solve(solver="CLARABEL")
        if 2 * np.count_nonzero(x) < 1 + 1 / max(mu, 1e-12):
            assert np.abs(z.value - x).max() < 1e-4

    check()
    return seen


def rate(function: Callable[[int], int], argument: int, seconds: float) -> float:
    """Verdicts a second of repeated calls."""
    function(argument)  # warm up
    start, verdicts = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < seconds:
        verdicts += function(argument)
    return verdicts / spent


def test_basis_pursuit_is_decided_50_times_as_fast_as_by_hand(benchmark: Any) -> None:
    decided = basis_pursuit(CODES)

    def ours(_: int) -> int:
        return decided().count(Status.HOLDS)

    assert benchmark(ours, 0) == CODES
    # in turn, and the median, since the machine's speed drifts
    pairs = [(rate(ours, 0, 0.3), rate(by_hand, 10, 0.3)) for _ in range(3)]
    ratio = float(np.median([fast / slow for fast, slow in pairs]))
    benchmark.extra_info["verdicts a second, relative to a loop by hand"] = ratio
    assert ratio >= 50


@pytest.mark.parametrize("theorem", catalogue().values(), ids=lambda theorem: theorem.id)
def test_verdicts_of_each_theorem(benchmark: Any, theorem: Theorem) -> None:
    """Time the same twenty recipes of every theorem; the ratio is to the loop by hand."""
    recipes = []

    @settings(
        max_examples=20,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(draws(theorem))
    def collect(draw: Any) -> None:
        recipes.append(draw.recipe)

    collect()

    def run(_: int) -> int:
        verdicts = 0
        for recipe in recipes:
            instance = recipe.instance(theorem)
            verdicts += len(decide(theorem, instance, gather(theorem, instance)))
        return verdicts

    verdicts = benchmark(run, 0)
    assert verdicts >= len(recipes)
    if not benchmark.disabled:
        benchmark.extra_info["verdicts a second, relative to a loop by hand"] = rate(
            run, 0, 0.3
        ) / rate(by_hand, 10, 0.3)
