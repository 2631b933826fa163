"""The time of head relative to base, decided from rounds in which each was called once.

Rounds of one pair of processes share what chance gave these (addresses, cache), so the bootstrap
draws processes first and rounds within them: an interval from the pooled rounds would be too short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reports.gate.compare import NOT_JUDGED, REGRESSION, Finding
from theory.arithmetic import FloatArray

RESPAWNS, ROUNDS = 3, 60
LIMIT = 1.10
"""What the median may be."""
CONFIDENCE = 0.995
"""Of each end of the interval."""
SEEN = 1.3
"""The slowdown that the gate is there to find: where the interval does not rule it out, a median
within the limit is not a pass."""
RESAMPLES = 2000
PASSED = "passed"


@dataclass(frozen=True)
class Interval:
    """How much longer head takes.

    Attributes
    ----------
    median, lower, upper : float
        Of head/base; the ends at ``CONFIDENCE`` each.
    """

    median: float
    lower: float
    upper: float

    @property
    def verdict(self) -> str:
        """One of "passed", "regression" and "not judged".

        Examples
        --------
        >>> Interval(1.3, 1.2, 1.4).verdict, Interval(1.0, 0.9, 1.1).verdict
        ('regression', 'passed')
        >>> Interval(1.3, 0.9, 1.4).verdict, Interval(1.0, 0.5, 2.0).verdict
        ('not judged', 'not judged')
        """
        if self.median > LIMIT:
            return REGRESSION if self.lower > 1 else NOT_JUDGED
        return PASSED if self.upper < SEEN else NOT_JUDGED

    def __str__(self) -> str:
        return f"{self.median:.3f} [{self.lower:.3f}, {self.upper:.3f}]"


def interval(logs: FloatArray) -> Interval:
    """Find the median of the ratios, and its interval by a bootstrap in two stages.

    Parameters
    ----------
    logs : ndarray, shape (respawns, rounds)
        log(head/base) of each round.

    Returns
    -------
    Interval
        The same for the same data: the draws are seeded.

    Examples
    --------
    >>> print(interval(np.zeros((3, 60))))
    1.000 [1.000, 1.000]
    """
    respawns, rounds = logs.shape
    rng = np.random.default_rng(0)
    processes = rng.integers(respawns, size=(RESAMPLES, respawns, 1))
    drawn = logs[processes, rng.integers(rounds, size=(RESAMPLES, respawns, rounds))]
    medians = np.median(drawn.reshape(RESAMPLES, -1), axis=1)
    lower, upper = np.quantile(medians, [1 - CONFIDENCE, CONFIDENCE])
    return Interval(*(float(np.exp(value)) for value in (np.median(logs), lower, upper)))


@dataclass(frozen=True)
class Timing:
    """One kernel, of base and of head.

    Attributes
    ----------
    name : str
        The kernel.
    base, head : float
        Median seconds of processor time, in the first run.
    runs : tuple of Interval
        One, or two where the first did not pass.
    """

    name: str
    base: float
    head: float
    runs: tuple[Interval, ...]

    @classmethod
    def of(cls, name: str, *times: FloatArray) -> Timing:
        """Take the ratios from what was measured.

        Parameters
        ----------
        name : str
            The kernel.
        *times : ndarray, shape (respawns, rounds, 2)
            Of each run, seconds of base and of head.

        Returns
        -------
        Timing
        """
        base, head = np.median(times[0], axis=(0, 1))
        logs = (np.log(run[..., 1] / run[..., 0]) for run in times)
        return cls(name, float(base), float(head), tuple(interval(run) for run in logs))

    @property
    def verdict(self) -> str:
        """A regression if every run is one; passed if the last run passed; else not judged."""
        verdicts = [run.verdict for run in self.runs]
        if verdicts[-1] == PASSED or len(set(verdicts)) == 1:
            return verdicts[-1]
        return NOT_JUDGED

    @property
    def look(self) -> str:
        """What to run to look closer."""
        return f"pytest tests/benchmarks/test_kernels.py --benchmark-enable -k {self.name}"

    def __str__(self) -> str:
        runs = ", again ".join(str(run) for run in self.runs)
        times = f"base {1e3 * self.base:.3g} ms, head {1e3 * self.head:.3g} ms"
        return f"{self.name}: {times}, ratio {runs}: {self.verdict}"


def membership(base: list[str], head: list[str]) -> Iterator[Finding]:
    """Find kernels that only one side has.

    Parameters
    ----------
    base, head : list of str
        Their kernels.

    Yields
    ------
    Finding
        Gone (renamed kernels are gone and new): a regression. New: nothing to compare it with,
        not judged; nor is it if nothing is common to both.

    Examples
    --------
    >>> [(f.subject, f.now, f.verdict) for f in membership(["a", "b"], ["b", "c"])]
    [('a', 'gone', 'regression'), ('c', 'new', 'not judged')]
    """
    look = "checks/kernels.py"
    for name in sorted(set(base) ^ set(head)):
        if name in base:
            yield Finding("time", name, "kernel", "there", "gone", REGRESSION, look)
        else:
            yield Finding("time", name, "kernel", "none", "new", NOT_JUDGED, look)
    if not set(base) & set(head):
        yield Finding("time", "kernels", "common to both", "some", "none", NOT_JUDGED, look)


def findings(timings: list[Timing]) -> list[Finding]:
    """Find what did not pass.

    Parameters
    ----------
    timings : list of Timing
        Of the kernels of both sides.

    Returns
    -------
    list of Finding
    """
    return [
        Finding("time", t.name, "head/base", "1", str(t.runs[-1]), t.verdict, t.look)
        for t in timings
        if t.verdict != PASSED
    ]
