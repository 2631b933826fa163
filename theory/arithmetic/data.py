"""Exact data of any real type, and what float64 loses of them."""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite, nextafter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic.number import FloatArray

CONTAINED = frozenset("?bBhHiIefd")  # types of which float64 holds every number
INTEGERS = frozenset("lLqQ")
CONVERTED = frozenset("gO")  # one number at a time
WHOLE = 2.0**53  # float64 holds every integer below


def exact_data(value: Any) -> NDArray[Any]:
    """Make an array without rounding: numpy turns integers that stand beside floats into floats.

    Examples
    --------
    >>> exact_data([1, 0.5])
    array([1. , 0.5])
    >>> exact_data([2**53 + 1, 0.5])
    array([9007199254740993, 0.5], dtype=object)
    """
    array = np.asarray(value)
    mixed = isinstance(value, list | tuple) and array.dtype.kind == "f" and array.itemsize > 4
    if mixed and (abs(array) >= WHOLE).any():  # half and single precision come of no integers
        return np.array(value, dtype=object)
    return array


def as_float64(value: Any) -> tuple[FloatArray, FloatArray | None]:
    """Round exact data to float64, and bound what each of them loses; None if nothing does.

    A number beyond the range of float64 is 0 with an infinite loss.

    Raises
    ------
    TypeError
        If an entry is not a real number.

    Examples
    --------
    >>> as_float64([1, 2])
    (array([1., 2.]), None)
    >>> as_float64(2**53 + 1)
    (array(9.00719925e+15), array(1.))
    """
    array = value if type(value) is np.ndarray else exact_data(value)
    kind = array.dtype.char
    if kind == "d":
        return array, None
    if kind in CONTAINED:
        return array.astype(np.float64), None
    if kind in INTEGERS:
        found = array.astype(np.float64)
        if (abs(found) < WHOLE).all():
            return found, None
    elif kind not in CONVERTED:
        raise TypeError(f"entries are of type {array.dtype}; expected real numbers")
    mids, rads = np.empty(array.shape), np.empty(array.shape)
    for index in np.ndindex(array.shape):
        mids[index], rads[index] = _enclosed(array[index])
    return mids, (rads if rads.any() else None)


def rational(value: Any) -> Fraction | None:
    """Read a number of any real type as a fraction; None if it is infinite or not a number."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int | np.integer | np.bool_):
        return Fraction(int(value))
    if not hasattr(value, "as_integer_ratio"):
        raise TypeError(f"{value!r} is of type {type(value).__name__}; expected a real number")
    try:
        return Fraction(*value.as_integer_ratio())
    except (OverflowError, ValueError):
        return None


def upward(value: Fraction) -> float:
    """Round a nonnegative fraction up, to infinity if need be."""
    try:
        return nextafter(float(value), inf) if value else 0.0
    except OverflowError:
        return inf


def _enclosed(value: Any) -> tuple[float, float]:
    exact = rational(value)
    if exact is None:
        return float(value), 0.0
    try:
        mid = float(exact)
    except OverflowError:
        return 0.0, inf
    lost = abs(exact - Fraction(mid))
    return mid, (upward(lost) if isfinite(mid) else inf)
