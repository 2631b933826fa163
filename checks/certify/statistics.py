"""Distributions of what is known of codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray

BINS = 20
"""Of every histogram of a certificate."""


@dataclass(frozen=True)
class MarginDistribution:
    """Distribution of the lower ends of margins; those that are unknown are left out."""

    least: float | None
    median: float | None
    largest: float | None
    edges: tuple[float, ...]
    counts: tuple[int, ...]


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
    """Counts in bins, closed to the right: in one, where values are too near each other for more.

    They are equal, but that no bin holds both positive values and others.

    Examples
    --------
    >>> histogram(np.array([1.0, 1 + 2.0**-52]))[0]
    array([2])
    >>> histogram(np.array([-5e-324, 5e-324]))
    (array([1, 1]), array([-4.94065646e-324,  0.00000000e+000,  4.94065646e-324]))
    """
    least, largest = values.min(), values.max()
    both = least <= 0 < largest
    with np.errstate(over="ignore"):
        edges = np.linspace(least, largest, BINS + 1)
    if not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        edges = np.array([least, 0.0, largest] if both else [least, largest])
    elif both:
        edges[1 + np.abs(edges[1:-1]).argmin()] = 0
    places = np.searchsorted(edges[1:-1], values, side="left")
    return np.bincount(places, minlength=len(edges) - 1), edges
