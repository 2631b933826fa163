"""Distributions of what is known of codes, which add exactly: parts may come from anywhere.

Bins are a power of two wide, and their edges are multiples of it, so that those of one width are
unions of those of another. Counts of parts, added in whatever order, are those of the whole; they
take the same memory, however many values there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray

BINS = 64
"""Of every histogram of a certificate, at most; more than half as many where values differ."""

NARROWEST = 10
"""Bins are no narrower than this power of 1/2 of the largest size, and hold what differs less."""

LEAST_POWER = -1074


@dataclass(frozen=True)
class MarginDistribution:
    """Distribution of the lower ends of margins; those that are unknown are left out.

    Bins are closed to the right. Distributions add up to that of all values, but for the median,
    which is known to a bin then: see :meth:`quantile`.

    Examples
    --------
    >>> first, second = distribution(np.array([0.25, 0.5])), distribution(np.array([-1.0]))
    >>> both = first + second
    >>> both.least, both.median, both.largest, both.quantile(0.5)
    (-1.0, None, 0.5, (0.21875, 0.25))
    """

    least: float | None
    median: float | None
    largest: float | None
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def __add__(self, other: MarginDistribution) -> MarginDistribution:
        """Add the distribution of other values."""
        if not (self.counts and other.counts):
            return self if self.counts else other
        least = min(one.least for one in (self, other) if one.least is not None)
        largest = max(one.largest for one in (self, other) if one.largest is not None)
        edges = edges_between(least, largest)
        counts = np.zeros(len(edges) - 1, dtype=np.int64)
        for one in (self, other):  # the end of a bin is in the one that the bin is a part of
            np.add.at(counts, np.searchsorted(edges[1:], one.edges[1:]), one.counts)
        return MarginDistribution(least, None, largest, edges, tuple(map(int, counts)))

    def quantile(self, share: float) -> tuple[float, float]:
        """Two numbers between which a quantile is: the ends of its bin, or nearer ones.

        The ends are less than a 31st of the range apart, or at most a 512th of the largest size.

        Parameters
        ----------
        share : float
            From 0 to 1; of ``k`` values it is the ``ceil(share k)``-th, the first for 0.

        Raises
        ------
        ValueError
            If there are no values.
        """
        if self.least is None or self.largest is None:
            raise ValueError("of no values there is no quantile")
        rank = max(1, ceil(share * sum(self.counts)))
        at = int(np.searchsorted(np.cumsum(self.counts), rank))
        return max(self.edges[at], self.least), min(self.edges[at + 1], self.largest)


def distribution(values: np.ndarray) -> MarginDistribution:
    """Sum up values, of which those that are not finite are left out.

    Examples
    --------
    >>> distribution(np.array([0.25, np.nan, 0.75])).median
    0.5
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return MarginDistribution(None, None, None, (), ())
    counted, edges = histogram(known)
    return MarginDistribution(
        float(known.min()),
        float(np.median(known)),
        float(known.max()),
        tuple(map(float, edges)),
        tuple(map(int, counted)),
    )


def histogram(values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Counts in bins, closed to the right; no bin holds both positive values and others.

    Examples
    --------
    >>> histogram(np.array([1.0, 1 - 2.0**-52]))
    (array([2]), array([0.99804688, 1.        ]))
    >>> histogram(np.array([-5e-324, 5e-324]))[0]
    array([1, 0, 1])
    """
    power = _power(float(values.min()), float(values.max()))
    places = _places(values, power)
    first = int(places.min())
    counts = np.bincount(places - first)
    return counts, _edges(first, len(counts), power)


def edges_between(least: float, largest: float) -> tuple[float, ...]:
    """The edges of the bins of values of which these are the least and the largest.

    Examples
    --------
    >>> edges_between(0.9375, 1.0)[::8]
    (0.935546875, 0.951171875, 0.966796875, 0.982421875, 0.998046875)
    """
    power = _power(least, largest)
    first = _place(least, power)
    count = _place(largest, power) - first + 1
    return tuple(map(float, _edges(first, count, power)))


def _power(least: float, largest: float) -> int:
    """The least power of two as the width of bins; it never falls where the range grows."""
    size = max(-least, largest)
    power = max(LEAST_POWER, int(np.frexp(size)[1]) - NARROWEST if size else LEAST_POWER)
    while _place(largest, power) - _place(least, power) >= BINS:
        power += 1
    return power


def _place(value: float, power: int) -> int:
    return int(_places(np.array([value]), power)[0])


def _places(values: FloatArray, power: int) -> IntArray:
    """The numbers of bins: bin i is from ``i 2^power``, exclusive, to ``(i + 1) 2^power``.

    Powers of two divide exactly, but for what underflows, which is not nearer to 0 than its place.
    """
    with np.errstate(under="ignore"):
        scaled = np.ldexp(values, -power)
    lost = np.where(values > 0, 1.0, 0.0)  # what underflows to 0 is still above it
    return np.where(scaled == 0, lost, np.ceil(scaled)).astype(np.int64) - 1


def _edges(first: int, count: int, power: int) -> FloatArray:
    """The ends of bins; beyond the range of float64, its ends, which are in a bin, too."""
    with np.errstate(over="ignore"):
        ends = np.ldexp(np.arange(first, first + count + 1, dtype=np.float64), power)
    return np.clip(ends, -np.finfo(np.float64).max, np.finfo(np.float64).max)
