"""Arrays of data: read without rounding, and scaled by powers of two."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.arithmetic.data import as_float64, exact_data
from sparsebound.theory.errors import InputError


def real_array(name: str, value: Any, axes: int) -> FloatArray:
    """Read a finite real array with the given number of axes, or say what is wrong with it.

    Data are exact: a number that float64 cannot hold is refused, not rounded.

    Examples
    --------
    >>> real_array("X", [[1, 2]], 2)
    array([[1., 2.]])
    >>> real_array("X", [[1, 2**53 + 1]], 2)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: X[0, 1] is 9007199254740993; expected a number that float64 holds
    >>> real_array("X", [[1, float("nan")]], 2)
    Traceback (most recent call last):
        ...
    sparsebound.InputError: X[0, 1] is nan; expected a finite number
    """
    array = exact_data(value)
    try:
        numbers, lost = as_float64(array)
    except TypeError:
        raise InputError(name, array, f"real numbers, not {array.dtype}") from None
    if array.ndim != axes:
        raise InputError(f"{name}.shape", array.shape, f"{axes} axes")
    bad, expected = ~np.isfinite(numbers), "a finite number"
    if lost is not None and not bad.any():
        bad, expected = lost > 0, "a number that float64 holds"
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError(f"{name}{list(index)}", np.asarray(array[index]).tolist(), expected)
    numbers = numbers.copy()
    numbers.flags.writeable = False
    return numbers


def scaling(sizes: FloatArray) -> IntArray:
    """Exponents of the powers of two that take sizes to [1, 2); 0 for those that need none.

    Examples
    --------
    >>> scaling(np.array([3.0, 3e80, 3e-80]))
    array([   0, -267,  265])
    """
    ordinary = (sizes >= 2.0**-64) & (sizes <= 2.0**64)
    return np.where(ordinary, 0, 1 - np.frexp(sizes)[1].astype(np.int64))
