"""Reading the arguments of an operator."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError


def sizes(name: str, value: int | tuple[int, ...]) -> tuple[int, ...]:
    """Read one positive integer for each of one or two dimensions.

    Raises
    ------
    InputError
        If there are more dimensions, or a number is no integer of at least 1.

    Examples
    --------
    >>> sizes("length", 5)
    (5,)
    """
    values = value if isinstance(value, tuple) else (value,)
    expected = "an integer that is at least 1, or one for each of one or two dimensions"
    try:
        found = tuple(index(v) for v in values)
    except TypeError:
        raise InputError(name, value, expected) from None
    if len(found) not in (1, 2) or min(found) < 1:
        raise InputError(name, value, expected)
    return found


def bank(filters: Any, dimensions: int) -> FloatArray:
    """Read filters with their axis of channels, shape (filters, channels, *kernel).

    Raises
    ------
    InputError
        If they are no finite real array of that many axes, or one of them is zero.

    Examples
    --------
    >>> bank([[1, 2]], 1).shape
    (1, 1, 2)
    """
    found = np.asarray(filters)
    if found.dtype.kind not in "biuf":
        raise InputError("filters", found, f"real numbers, not {found.dtype}")
    found = np.array(found, dtype=np.float64)
    if found.ndim == dimensions + 1:
        found = found[:, None]
    if found.ndim != dimensions + 2 or found.size == 0:
        axes = "(filters, *kernel) or (filters, channels, *kernel)"
        raise InputError(
            "filters.shape", np.shape(filters), f"{axes} with {dimensions} axes of the kernel"
        )
    if not np.isfinite(found).all():
        raise InputError("filters", found, "finite numbers")
    zero = np.flatnonzero(~found.any(axis=tuple(range(1, found.ndim))))
    if zero.size:
        raise InputError(f"filters[{zero[0]}]", found[zero[0]], "a filter that is not zero")
    found.flags.writeable = False
    return found
