"""Activation functions in either arithmetic, and what is known of the ones that theorems name."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.arithmetic import FloatArray, Number

UNIT = Fraction(1, 2**53)
"""Unit roundoff of float64."""

ROUNDINGS = 8
"""Thresholding functions, computed, are within so many units roundoff times ``|v| + theta`` of
one: roundings, each weighted by what it is multiplied by."""

FLUSHED = 4
"""At most so many of their results are flushed to zero where ``|v|`` or ``|v| - theta`` is tiny;
whatever else is flushed leaves them thresholding functions."""

SMOOTH_ROUNDINGS = 16
"""Smooth units, computed, are within so many units roundoff times ``|v| + t + 1/beta``: three in
the argument, whose slope is at most 1.13, four in each library function and its products."""

LEAST_SHAPE: MappingProxyType[str, int] = MappingProxyType({"firm": 1, "mcp": 1, "scad": 2})
"""What the parameter of a thresholding function has to exceed, where it has one."""

DISTANCES: MappingProxyType[str, Fraction] = MappingProxyType(
    {
        "softplus": Fraction("0.69314718055994530942"),
        "gelu": Fraction("0.16997120747990366170"),
        "silu": Fraction("0.27846454276107379511"),
        "elu": Fraction(1),
    }
)
"""``sup |sigma(t) - relu(t)|``, rounded up: ``log 2`` at 0, the largest ``t Phi(-t)``, the value
``W(1/e)`` of Lambert's function, and 1 far below 0."""


def activation_error(kind: FloatingPoint, sizes: Any, theta: Any) -> FloatArray:
    """Bound how far a computed thresholding function is from one, at ``|v|`` of these sizes.

    Infinite where a sum of both may leave the range of the type.

    Examples
    --------
    >>> bool(activation_error(FloatingPoint.of("float32"), 3.0, 1.0) >= 32 * 2.0**-24)
    True
    """
    with np.errstate(over="ignore"):
        total = np.asarray(sizes + theta)
    found, most = kind.error(ROUNDINGS, total, FLUSHED), kind.largest / 4
    if np.maximum.reduce(total, None, initial=0.0) <= most:
        return found
    return np.where(total <= most, found, np.inf)


DECLARED_KINDS = ("soft", "hard", "garrote")
"""Thresholding functions without a parameter, which a network may say to have."""


def off_the_kind(kind: str, v: Number, theta: Any, rho: Any, h: Number) -> Number:
    """By how much ``h`` is beyond the values of a thresholding function within ``rho`` of ``v``.

    The soft threshold moves by ``rho`` at most, and the nonnegative garrote, whose slope is at most
    2, by twice as much. That one and the hard threshold are looked at where ``|v| > theta + rho``.
    Elsewhere, and for other functions, this is 0.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> v, h = Ball.of([3.0, 0.5]), Ball.of([2.0, 0.25])
    >>> [off_the_kind(kind, v, 1.0, 0.0, h).mid.round(3).tolist() for kind in DECLARED_KINDS]
    [[0.0, 0.25], [1.0, 0.0], [0.667, 0.0]]
    """
    if kind == "soft":
        off: Number = abs(h - soft(v, theta)) - rho
        return off
    above = np.asarray((abs(v) - theta - rho).sign == 1)
    if kind == "hard":
        off = abs(h - v) - rho
    elif kind == "garrote":
        off = abs(h - v + type(v).of(theta) ** 2 / v.where(above, 1)) - rho - rho
    else:
        off, above = v, np.zeros(v.shape, dtype=bool)
    return off.where(above, 0)


def relu(v: Number) -> Number:
    """``max(v, 0)``, entry by entry.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> relu(Ball([-1, 2])).mid
    array([0., 2.])
    """
    return v.where(v.sign > 0, 0)  # what may be positive contains its positive part


def leaky_relu(v: Number, slope: Number) -> Number:
    """``v`` where it is positive, ``slope v`` elsewhere."""
    return relu(v) - relu(-v) * slope


def soft(v: Number, t: Any) -> Number:
    """Soft threshold as two rectified linear units, ``relu(v - t) - relu(-v - t)``."""
    return relu(v - t) - relu(-v - t)
