"""The rule that decides on times, on ratios that are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from reports.gate.compare import status
from reports.gate.timing import Timing, findings, interval, membership
from theory.arithmetic import FloatArray

PAIRS = 200


def drawn(ratio: float, seed: int) -> FloatArray:
    """Seconds of base and head: 5 percent between rounds, 1 between processes, 5 of 100 wild."""
    rng = np.random.default_rng(seed)
    logs = (
        math.log(ratio) + 0.01 * rng.standard_normal((3, 1)) + 0.05 * rng.standard_normal((3, 60))
    )
    logs += np.where(rng.random((3, 60)) < 0.05, rng.exponential(1.0, (3, 60)), 0.0)
    base = 1e-3 * np.exp(0.2 * rng.standard_normal((3, 60)))
    return np.stack([base, base * np.exp(logs)], axis=-1)


def verdicts(ratio: float) -> list[str]:
    pairs = [(drawn(ratio, seed), drawn(ratio, PAIRS + seed)) for seed in range(PAIRS)]
    return [Timing.of("kernel", *pair).verdict for pair in pairs]


def test_equal_times_pass() -> None:
    assert verdicts(1.0) == ["passed"] * PAIRS


def test_a_slowdown_of_1_3_is_a_regression() -> None:
    assert verdicts(1.3).count("regression") > 0.98 * PAIRS


def test_a_regression_needs_both_runs() -> None:
    slow, same = drawn(1.3, 0), drawn(1.0, 1)
    assert Timing.of("k", slow).verdict == Timing.of("k", slow, slow).verdict == "regression"
    assert Timing.of("k", slow, same).verdict == "passed"


def test_noise_is_not_a_pass() -> None:
    rng = np.random.default_rng(0)
    times = np.exp(3 * rng.standard_normal((3, 60, 2)))
    timing = Timing.of("k", times)
    assert timing.verdict == "not judged"
    (found,) = findings([timing])
    assert status([found]) == 2
    assert "-k k" in found.look


def test_processes_that_disagree_are_not_judged() -> None:
    """One slow process of three does not show that head is slower, however steady its rounds."""
    logs = np.repeat([[0.0], [0.2], [0.2]], 60, axis=1)
    assert interval(logs).lower == 1
    assert interval(logs).verdict == "not judged"


def test_the_interval_is_that_of_the_median() -> None:
    """Without differences between processes: close to the interval from order statistics."""
    logs = np.tile(norm.ppf((np.arange(60) + 0.5) / 60), (3, 1)) / 20
    half = 2.576 * math.sqrt(math.pi / 2 / logs.size) / 20
    found = interval(logs)
    assert found.median == pytest.approx(1.0)
    assert math.log(found.lower) == pytest.approx(-half, rel=0.25)
    assert math.log(found.upper) == pytest.approx(half, rel=0.25)


def test_kernels_of_one_side_only() -> None:
    renamed = list(membership(["a", "b"], ["a", "c"]))
    assert [(f.subject, f.now) for f in renamed] == [("b", "gone"), ("c", "new")]
    assert status(renamed) == 1
    assert status(list(membership(["a"], ["a", "b"]))) == 2
    assert status(list(membership([], []))) == 2
    assert list(membership(["a"], ["a"])) == []
