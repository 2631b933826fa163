"""How time and peak memory grow with the size of a problem, against what is expected.

The exponent is the slope of a line through the logarithms. Overhead that does not grow makes it
smaller, so that it only counts where it is too large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.reports.gate.benchmark import PASSED, Benchmark
from sparsebound.reports.gate.compare import NOT_JUDGED, REGRESSION
from sparsebound.reports.gate.timing import Interval, bootstrap
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

SIZES = 4
"""Through fewer points no line is drawn."""
TIME_EXCESS, MEMORY_EXCESS = 0.35, 0.2
"""How far above the expected exponent one may lie. Between logarithms, caches that a problem
outgrows and noise on one side and one more power of the size on the other; memory has no noise."""
LOOK = "pytest tests/benchmarks/test_kernels.py --benchmark-enable"
SMALL = 2**18
"""Bytes that CPython keeps in lists of freed tuples, up to 2000 of each length: no growth below."""


@dataclass(frozen=True)
class Grown:
    """What was measured at several sizes.

    Attributes
    ----------
    name : str
        The benchmark.
    sizes : tuple of int
        At least four.
    seconds : ndarray, shape (respawns, rounds, sizes)
        Processor time.
    memory : ndarray, shape (sizes,)
        Peaks, in bytes.
    time_exponent, memory_exponent : float
        What is expected.

    Raises
    ------
    InputError
        If there are fewer than four sizes.
    """

    name: str
    sizes: tuple[int, ...]
    seconds: FloatArray
    memory: FloatArray
    time_exponent: float
    memory_exponent: float

    def __post_init__(self) -> None:
        if len(set(self.sizes)) < SIZES:
            raise InputError(f"sizes of {self.name}", self.sizes, f"at least {SIZES}")

    @property
    def benchmarks(self) -> tuple[Benchmark, Benchmark]:
        """Time and memory, each against the expected exponent.

        Examples
        --------
        >>> sizes = 1, 2, 4, 8
        >>> seconds = np.tile(np.array(sizes) ** 2, (3, 5, 1)) / 1e3
        >>> grown = Grown("loop", sizes, seconds, 1e6 * np.array(sizes), 1, 1)
        >>> [benchmark.verdict for benchmark in grown.benchmarks]
        ['regression', 'passed']
        """
        logs = np.log(self.seconds)
        found = bootstrap(logs, lambda sample: self._slope(np.median(sample, axis=1)))
        memory = float(self._slope(np.log(np.maximum(self.memory, SMALL))))
        exact = Interval(memory, memory, memory)
        limit = self.time_exponent + TIME_EXCESS
        if found.median <= limit:
            verdict = PASSED
        else:
            verdict = REGRESSION if found.lower > limit else NOT_JUDGED
        held = memory <= self.memory_exponent + MEMORY_EXCESS
        times = [f"{1e3 * value:.3g}" for value in np.median(self.seconds, axis=(0, 1))]
        peaks = [f"{value / 2**20:.3g}" for value in self.memory]
        return (
            self._benchmark("time", found, self.time_exponent, limit, verdict, times, "ms"),
            self._benchmark(
                "peak memory",
                exact,
                self.memory_exponent,
                self.memory_exponent + MEMORY_EXCESS,
                PASSED if held else REGRESSION,
                peaks,
                "MB",
            ),
        )

    def _slope(self, logs: FloatArray) -> FloatArray:
        """Slope of the line through the last axis, by least squares."""
        sizes = np.log(self.sizes)
        sizes -= sizes.mean()
        return np.asarray(logs @ sizes / (sizes @ sizes))

    def _benchmark(
        self,
        what: str,
        found: Interval,
        expected: float,
        limit: float,
        verdict: str,
        values: list[str],
        unit: str,
    ) -> Benchmark:
        sizes = ", ".join(map(str, self.sizes))
        return Benchmark(
            "growth",
            self.name,
            f"exponent of {what}",
            f"exponent {expected:g}",
            f"{', '.join(values)} {unit} at sizes {sizes}",
            found.median,
            found.lower,
            found.upper,
            expected,
            limit,
            verdict,
            f"{LOOK} -k 'growth and {self.name}'",
        )
