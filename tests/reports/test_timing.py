"""The rule that decides on times, on ratios that are drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from sparsebound.checks.timing.benchmarks import until_decided
from sparsebound.reports.gate.benchmark import Benchmark, coverage, decided
from sparsebound.reports.gate.compare import status
from sparsebound.reports.gate.growth import Grown
from sparsebound.reports.gate.timing import PAIRED, base_and_head, interval, timed
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

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


def compared(times: FloatArray) -> Benchmark:
    return timed("kernel", times, base_and_head)


def verdicts(ratio: float) -> list[str]:
    def runs(first: int) -> str:
        def measure(only: object, run: int) -> list[Benchmark]:
            return [compared(drawn(ratio, first + PAIRS * run))]

        (one,) = until_decided(measure)
        return one.verdict

    return [runs(seed) for seed in range(PAIRS)]


def test_equal_times_pass() -> None:
    assert verdicts(1.0) == ["passed"] * PAIRS


def test_a_slowdown_of_1_3_is_a_regression() -> None:
    assert verdicts(1.3).count("regression") > 0.98 * PAIRS


def test_a_regression_needs_two_runs() -> None:
    slow, same = compared(drawn(1.3, 0)), compared(drawn(1.0, 1))
    noisy = replace(same, verdict="not judged")
    ends = {
        (slow,): None,
        (slow, slow): "regression",
        (slow, same): "passed",
        (noisy, slow): None,
        (noisy, slow, slow): "regression",
        (slow, noisy, slow): "regression",
        (noisy, slow, same): "passed",
        (noisy, noisy, slow): "not judged",
    }
    for runs, end in ends.items():
        last = decided(runs)
        assert (last and last.verdict) == end, [one.verdict for one in runs]


def test_noise_is_not_a_pass() -> None:
    rng = np.random.default_rng(0)
    noisy = compared(np.exp(3 * rng.standard_normal((3, 60, 2))))
    assert noisy.verdict == "not judged"
    (found,) = noisy.findings
    assert status([found]) == 2
    assert "-k kernel" in found.look


def test_processes_that_disagree_are_not_judged() -> None:
    """One slow process of three does not show that head is slower, however steady its rounds."""
    logs = np.repeat([[0.0], [0.2], [0.2]], 60, axis=1)
    assert interval(logs).lower == 1
    assert PAIRED.verdict(interval(logs)) == "not judged"


def test_the_interval_is_that_of_the_median() -> None:
    """Without differences between processes: close to the interval from order statistics."""
    logs = np.tile(norm.ppf((np.arange(60) + 0.5) / 60), (3, 1)) / 20
    half = 2.576 * math.sqrt(math.pi / 2 / logs.size) / 20
    found = interval(logs)
    assert found.median == pytest.approx(1.0)
    assert math.log(found.lower) == pytest.approx(-half, rel=0.25)
    assert math.log(found.upper) == pytest.approx(half, rel=0.25)


def test_kernels_of_one_side_only() -> None:
    renamed = list(coverage("kernel", {"a": "", "c": ""}, {"a": "", "b": ""}))
    assert [(f.subject, f.now) for f in renamed] == [("b", "gone"), ("c", "new")]
    new, gone = ({"a": "", "b": ""}, {"a": ""}), ({"a": ""}, {"a": "", "b": ""})
    assert [status(list(coverage("kernel", *sides))) for sides in (new, gone)] == [1, 1]
    assert list(coverage("kernel", {"a": ""}, {"a": ""})) == []


def test_fewer_than_four_sizes_are_no_line() -> None:
    with pytest.raises(InputError, match="at least 4"):
        Grown("loop", (1, 2, 4), np.ones((3, 5, 3)), np.ones(3), 1, 1)


@pytest.mark.parametrize(
    ("power", "noise", "verdict"),
    [
        (1.0, 0.05, "passed"),
        (1.2, 0.05, "passed"),
        (2.0, 0.05, "regression"),
        (1.5, 1.0, "not judged"),
    ],
)
def test_an_exponent_against_the_expected_one(power: float, noise: float, verdict: str) -> None:
    sizes = np.array([1000, 2000, 4000, 8000])
    wild = np.random.default_rng(3).standard_normal((3, 1, 4))
    seconds = 1e-6 * sizes**power * np.exp(noise * np.tile(wild, (1, 5, 1)))
    grown = Grown("loop", tuple(sizes.tolist()), seconds, 1.0 * sizes, 1, 1)
    assert grown.benchmarks[0].verdict == verdict


def test_little_memory_does_not_grow() -> None:
    sizes = 1000, 2000, 4000, 8000
    few, many = np.array([100.0, 900.0, 8e3, 6e4]), np.array([1e6, 2e6, 4e6, 8e6])
    verdicts = [
        Grown("loop", sizes, np.ones((3, 5, 4)), memory, 1, 0).benchmarks[1].verdict
        for memory in (few, many)
    ]
    assert verdicts == ["passed", "regression"]
