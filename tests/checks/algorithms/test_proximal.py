"""ISTA, FISTA and iterative hard thresholding, held against loops that anyone would write."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms import objectives
from sparsebound.checks.algorithms.hard_thresholding import hard_thresholding, nearly_tied_starts
from sparsebound.checks.algorithms.objectives import ista_objectives
from sparsebound.checks.algorithms.proximal import fista, ista, lipschitz, problem
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

SIZES = [(1, 1), (4, 3), (8, 16), (4, 20)]


def soft(v: FloatArray, t: float) -> FloatArray:
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def problems(m: int, n: int) -> tuple[FloatArray, FloatArray, FloatArray, float, FloatArray]:
    rng = np.random.default_rng(n)
    D, Y = rng.standard_normal((m, n)), rng.standard_normal((5, m))
    return D, Y, 0.1 + rng.random(5), lipschitz(D), rng.standard_normal((5, n))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize(("m", "n"), SIZES)
def test_ista_and_fista(m: int, n: int, dtype: type, tolerance: float) -> None:
    D, Y, lam, L, start = problems(m, n)
    plain = ista(D, Y, lam, L, start, 30, dtype)
    quick = fista(D, Y, lam, L, start, 30, dtype)
    assert plain.points.dtype == quick.points.dtype == dtype
    for code in range(5):
        x = before = v = start[code]
        z, t = start[code], 1.0
        for k in range(1, 31):
            x = soft(x + D.T @ (Y[code] - D @ x) / L, lam[code] / L)
            before, z = z, soft(v + D.T @ (Y[code] - D @ v) / L, lam[code] / L)
            t, last = (1 + np.sqrt(1 + 4 * t * t)) / 2, t
            v = z + (last - 1) / t * (z - before)
            np.testing.assert_allclose(plain.points[code, k], x, atol=tolerance)
            np.testing.assert_allclose(quick.points[code, k], z, atol=tolerance)


@pytest.mark.parametrize("steps", [1, 2, 33, 100])
@pytest.mark.parametrize(("m", "n"), SIZES)
def test_objectives_are_those_of_the_run(m: int, n: int, steps: int) -> None:
    D, Y, lam, L, start = problems(m, n)
    run = ista(D, Y, lam, L, start, steps).points
    found = ista_objectives(D, Y, lam, L, start, steps)
    fits = ((run @ D.T - Y[:, None]) ** 2).sum(axis=-1) / 2
    values = (fits + lam[:, None] * np.abs(run).sum(axis=-1))[:, 1:]
    assert (np.abs(found.values - values) <= found.allowance).all()
    assert (found.allowance <= 1e-6 * values).all()
    np.testing.assert_allclose(found.last, run[:, -1], atol=1e-12)


def test_sparse_iterates_are_those_of_the_run_though_most_entries_are_not_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    D, Y, lam, L, start = problems(32, 128)
    Y = np.eye(5, 128) @ D.T + 0.05 * Y  # one atom of each, and noise
    lam = 0.2 * np.abs(Y @ D).max(axis=1)
    done: list[int] = []

    def counted(*args: Any) -> int:
        done.append(go_ahead(*args))
        return done[-1]

    go_ahead = objectives._go_ahead
    monkeypatch.setattr(objectives, "_go_ahead", counted)
    run, found = ista(D, Y, lam, L, start, 300).points, ista_objectives(D, Y, lam, L, start, 300)
    assert sum(done) > 150
    assert min(done) < objectives.AHEAD  # some were given up before the end
    values = ((run @ D.T - Y[:, None]) ** 2).sum(axis=-1) / 2
    values += lam[:, None] * np.abs(run).sum(axis=-1)
    assert (np.abs(found.values - values[:, 1:]) <= found.allowance).all()
    np.testing.assert_allclose(found.last, run[:, -1], atol=1e-12)


@pytest.mark.parametrize(("m", "n"), [(32, 64), (32, 128)])
def test_memory_does_not_grow_with_the_iterates(m: int, n: int) -> None:
    D, Y, lam, L, start = problems(m, n)
    peaks = []
    for steps in (100, 1000):
        tracemalloc.start()
        ista_objectives(D, Y, lam, L, start, steps)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 900 * 5 * n * 8 / 4  # the iterates alone would be four times that


def test_the_choice_of_a_problem() -> None:
    rng = np.random.default_rng(0)
    D, X = rng.standard_normal((4, 6)), rng.standard_normal((8, 6))
    instance = Instance(D, X)
    chosen = problem(instance)
    largest = np.abs(instance.Y.mid @ D).max(axis=1)
    np.testing.assert_allclose(chosen.lam, largest / 2, rtol=2.0**-8)
    assert chosen.L == lipschitz(D) >= np.linalg.norm(D, 2) ** 2
    assert not chosen.start.any()
    np.testing.assert_array_equal(problem(instance.select([5, 2])).lam, chosen.lam[[5, 2]])
    named = problem(Experiment(instance, {"weight": 0.125, "start": -2, "L": 64.0}))
    np.testing.assert_allclose(named.lam, largest / 8, rtol=2.0**-8)
    assert named.L == 64
    np.testing.assert_array_equal(named.start, -2 * X)


def test_without_a_signal_the_weight_is_that_of_the_step() -> None:
    chosen = problem(Experiment(Instance([[2]], [[3]], [[-6]]), {"start": 1}))
    assert chosen.start.tolist() == [[3]]
    assert chosen.lam.tolist() == [chosen.L / 2]


def test_hard_thresholding() -> None:
    rng = np.random.default_rng(1)
    D = rng.standard_normal((6, 9))
    D /= np.linalg.norm(D, axis=0)
    Y, start, s = rng.standard_normal((4, 6)), np.zeros((4, 9)), np.array([0, 1, 3, 9])
    run = hard_thresholding(D, Y, s, start, 10).points
    for code in range(4):
        x = start[code]
        for k in range(1, 11):
            u = x + D.T @ (Y[code] - D @ x)
            x = np.where(np.abs(u) >= np.sort(np.abs(u))[::-1][: s[code]].min(initial=np.inf), u, 0)
            np.testing.assert_allclose(run[code, k], x, atol=1e-12)


def test_starts_that_nearly_tie() -> None:
    instance = Instance([[5, 3, 0], [0, 4, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 1], [1, 1, 1]])
    start = nearly_tied_starts(instance)
    np.testing.assert_allclose(start, [[0, 10 / 3, 0], [0, 0, 0], [0, 0, 0]], rtol=1e-5)


def test_the_problem_of_a_code_does_not_depend_on_the_others() -> None:
    rng = np.random.default_rng(0)
    D, X = rng.standard_normal((7, 13)), rng.standard_normal((64, 13))
    codes = Instance(D, X, rng.standard_normal((64, 7)))
    together = problem(codes)
    for code in range(64):
        alone = problem(codes.select([code]))
        assert alone.lam[0] == together.lam[code]
        assert (alone.start[0] == together.start[code]).all()
