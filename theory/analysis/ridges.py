"""Convex functions of one feature, and what rectified units make of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, Number, smaller
from sparsebound.theory.errors import InputError


def _square(u: Number) -> Number:
    return u * u


def _huber(u: Number) -> Number:
    size = abs(u)
    inside = smaller(size, size * 0 + 1)
    return inside * size - inside * inside / 2


@dataclass(frozen=True)
class ConvexFunction:
    """A convex function with ``0 <= g'' <= M``.

    Attributes
    ----------
    curvature : int
        ``M``.
    value : callable
        ``g``.
    """

    curvature: int
    value: Callable[[Number], Number]


CONVEX: dict[str, ConvexFunction] = {
    "square": ConvexFunction(2, _square),
    "huber": ConvexFunction(1, _huber),
}
"""By name: ``u^2``; and ``u^2/2`` up to 1, ``|u| - 1/2`` from there on."""


def convex(name: str) -> ConvexFunction:
    """Look a function up.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in CONVEX:
        raise InputError("function", name, f"one of {sorted(CONVEX)}")
    return CONVEX[name]


@dataclass(frozen=True)
class Interpolant:
    """``bias + sum_i changes_i relu(u - knots_i)``, for one feature.

    Attributes
    ----------
    knots, changes : ndarray, shape (N,)
        Where slopes change, and by how much; the first one is a slope.
    bias : float
        The value at the first knot, and what is taken off.
    """

    knots: FloatArray
    changes: FloatArray
    bias: float


def interpolant(name: str, reach: float, pieces: int) -> Interpolant:
    """Interpolate a function at the ends of equal pieces, and take half the largest error off.

    Parameters
    ----------
    name : str
        A function.
    reach : float
        ``R``; nothing is rounded if ``2R/N`` is a power of two.
    pieces : int
        ``N``.

    Examples
    --------
    >>> found = interpolant("square", 1.0, 2)
    >>> found.knots, found.changes, found.bias
    (array([-1.,  0.]), array([-1.,  2.]), 0.875)
    """
    function, width = convex(name), 2 * reach / pieces
    ends = np.asarray(width * np.arange(pieces + 1) - reach, dtype=np.float64)
    values = function.value(Ball(ends)).mid
    slopes = np.diff(values) / width
    changes = np.diff(slopes, prepend=0.0)
    return Interpolant(ends[:-1], changes, float(values[0] - function.curvature * width**2 / 16))


def rounding_of_units(found: Interpolant, features: int, signal: Any, reach: float) -> Any:
    """Sizes of all that is added up in a network of such units, for its rounding, shape (B,).

    ``signal`` bounds the sums of the sizes of what features are made of, shape (B,).
    """
    per_unit = np.abs(found.changes).sum() * (signal + reach)
    return features * (per_unit + abs(found.bias))
