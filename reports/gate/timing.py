"""Times of two sides, decided from rounds in which each was called once.

The sides are a base commit and head; or, where there is no base commit, a calibration kernel and
the kernel, whose ratio is compared with the baseline's. Rounds of one pair of processes share what
chance gave these (addresses, cache), so the bootstrap draws processes first and rounds within
them: an interval from the pooled rounds would be too short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sparsebound.reports.gate.benchmark import PASSED, Benchmark
from sparsebound.reports.gate.compare import NOT_JUDGED, REGRESSION
from sparsebound.theory.arithmetic import FloatArray

RESPAWNS, ROUNDS = 3, 60
CONFIDENCE = 0.995
"""Of each end of the interval."""
RESAMPLES = 2000

Shown = Callable[[float, float], tuple[str, str, str]]


@dataclass(frozen=True)
class Interval:
    """A number, and an interval for it.

    Attributes
    ----------
    median, lower, upper : float
        The ends at ``CONFIDENCE`` each.
    """

    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.median:.3f} [{self.lower:.3f}, {self.upper:.3f}]"


@dataclass(frozen=True)
class Rule:
    """When a ratio of times is a regression.

    Attributes
    ----------
    limit : float
        What the median may be.
    seen : float
        The slowdown that is to be found: where the interval does not rule it out, a median within
        the limit is not a pass.
    """

    limit: float
    seen: float

    def verdict(self, found: Interval) -> str:
        """Decide on one run.

        Returns
        -------
        {"passed", "regression", "not judged"}

        Examples
        --------
        >>> slow, noisy = Interval(1.3, 1.2, 1.4), Interval(1.3, 0.9, 1.4)
        >>> PAIRED.verdict(slow), PAIRED.verdict(noisy), PAIRED.verdict(Interval(1.0, 0.9, 1.1))
        ('regression', 'not judged', 'passed')
        """
        if found.median > self.limit:
            return REGRESSION if found.lower > 1 else NOT_JUDGED
        return PASSED if found.upper < self.seen else NOT_JUDGED


PAIRED = Rule(limit=1.10, seen=1.3)
"""For a base commit and head."""
CALIBRATED = Rule(limit=1.5, seen=2.0)
"""For a ratio to a calibration kernel, now and in the baseline: processes at another time."""


def bootstrap(values: FloatArray, statistic: Callable[[FloatArray], FloatArray]) -> Interval:
    """Find an interval for a statistic by a bootstrap in two stages, processes and rounds.

    Parameters
    ----------
    values : ndarray, shape (respawns, rounds, ...)
        What each round gave.
    statistic : callable
        Takes (samples, respawns * rounds, ...) to (samples,).

    Returns
    -------
    Interval
        The same for the same data: the draws are seeded.
    """
    respawns, rounds, *rest = values.shape
    rng = np.random.default_rng(0)
    processes = rng.integers(respawns, size=(RESAMPLES, respawns, 1))
    drawn = values[processes, rng.integers(rounds, size=(RESAMPLES, respawns, rounds))]
    found = statistic(drawn.reshape(RESAMPLES, respawns * rounds, *rest))
    lower, upper = np.quantile(found, [1 - CONFIDENCE, CONFIDENCE])
    (middle,) = statistic(values.reshape(1, respawns * rounds, *rest))
    return Interval(float(middle), float(lower), float(upper))


def interval(logs: FloatArray) -> Interval:
    """Find the median of ratios and its interval.

    Parameters
    ----------
    logs : ndarray, shape (respawns, rounds)
        Logarithms of the ratios.

    Returns
    -------
    Interval

    Examples
    --------
    >>> print(interval(np.zeros((3, 60))))
    1.000 [1.000, 1.000]
    """
    found = bootstrap(logs, lambda drawn: np.asarray(np.median(drawn, axis=1)))
    return Interval(*(float(np.exp(end)) for end in (found.median, found.lower, found.upper)))


def timed(
    name: str,
    times: FloatArray,
    shown: Shown,
    *,
    rule: Rule = PAIRED,
    expected: float = 1.0,
) -> Benchmark:
    """Compare the times of two sides.

    Parameters
    ----------
    name : str
        The kernel.
    times : ndarray, shape (respawns, rounds, 2)
        Seconds of the two.
    shown : callable
        Takes their medians to the name of the ratio, the baseline and what is now, for people.
    rule : Rule
        Which decides.
    expected : float
        The ratio, second over first, that counts as 1.

    Returns
    -------
    Benchmark

    Examples
    --------
    >>> print(timed("k", np.tile([0.001, 0.002], (3, 60, 1)), base_and_head))
    time: k: baseline 1 ms, now 2 ms, head/base 2 [2, 2], limit 1.1: regression
    """
    found = interval(np.log(times[..., 1] / times[..., 0] / expected))
    first, second = np.median(times, axis=(0, 1))
    quantity, baseline, now = shown(float(first), float(second))
    return Benchmark(
        "time",
        name,
        quantity,
        baseline,
        now,
        found.median,
        found.lower,
        found.upper,
        1.0,
        rule.limit,
        rule.verdict(found),
        f"pytest tests/benchmarks/test_kernels.py --benchmark-enable -k {name}",
    )


def base_and_head(base: float, head: float) -> tuple[str, str, str]:
    """Show the times of a base commit and of head."""
    return "head/base", f"{1e3 * base:.3g} ms", f"{1e3 * head:.3g} ms"
