"""Numbers of any type, as float32 or float64, and what was lost on the way."""

from __future__ import annotations

from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np

from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.decimals import up

CERTIFIED = "the certificate is of the rounded array"
DECIMALS = "decimals were read as the nearest numbers of float64"


def real(array: np.ndarray, label: str) -> tuple[np.ndarray, float]:
    """Check that an array holds finite real numbers, and take it to float32 or float64.

    Parameters
    ----------
    array : ndarray
        Of any type.
    label : str
        What it is called in an error.

    Returns
    -------
    kept : ndarray
        Of type float32 or float64.
    change : float
        The largest relative change of an entry, rounded up; 0 if none was rounded.

    Raises
    ------
    InputError
        If an entry is no finite real number, or beyond the range of float64.

    Examples
    --------
    >>> kept, change = real(np.array([[1, 2]], dtype=np.int8), "FILE")
    >>> kept.dtype, change
    (dtype('float64'), 0.0)
    """
    if array.dtype.kind not in "biuf":
        expected = "an array of real numbers, of a boolean, integer or floating-point type"
        raise InputError(label, array.dtype, expected)
    if array.size == 0 or array.ndim == 0:
        raise InputError(f"shape of {label}", array.shape, "an array of at least one number")
    kept, change = array, 0.0
    if array.dtype not in (np.float32, np.float64):  # float32 holds float16, and half as large
        with np.errstate(over="ignore"):
            kept = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
    for start in range(0, len(kept), CHUNK):
        before, after = array[start : start + CHUNK], kept[start : start + CHUNK]
        bad = np.argwhere(~np.isfinite(after))
        if bad.size:
            entry = before[tuple(bad[0])]
            index = (start + int(bad[0][0]), *(int(i) for i in bad[0][1:]))
            where = f"{label}[{', '.join(map(str, index))}]"
            if np.isfinite(entry):
                raise InputError(where, str(entry), "a number within the range of float64")
            raise InputError(where, float(entry), "a finite number")
        change = max(change, _change(before, after))
    return kept, change


def _change(before: np.ndarray, after: np.ndarray) -> float:
    """Largest relative change of an entry, rounded up."""
    kind, size = before.dtype.kind, before.dtype.itemsize
    if kind == "b" or size <= (8 if kind == "f" else 4):
        return 0.0
    if kind == "f":
        lost = after - before  # exact: the two are neighbours, or one of them is 0
    else:
        low = before % LOW
        lost = (after - (before - low).astype(np.float64)) - low.astype(np.float64)  # exact, too
    changed = lost != 0
    if not changed.any():
        return 0.0
    return float(np.abs(lost[changed] / before[changed]).max()) * (1 + 2.0**-50)


LOW = 2**11
"""A 64-bit integer without its last 11 bits is a float64."""


def rounded_integers(value: Any) -> float:
    """Largest relative change of an integer that numpy takes to float64 beside floats."""
    integers = (int(x) for x in np.asarray(value, dtype=object).flat if isinstance(x, Integral))
    changes = (Fraction(abs(x - int(float(x))), abs(x)) for x in integers if abs(x) > 2**53)
    return float(max(changes, default=Fraction(0))) * (1 + 2.0**-50)


def rounded(kept: np.ndarray, change: float) -> str:
    """Say that numbers were rounded."""
    return f"rounded to {kept.dtype}, by up to {up(change, 2)} of an entry; {CERTIFIED}"


def note_of(array: np.ndarray, kept: np.ndarray, change: float) -> str | None:
    """Say what became of numbers of another type; nothing of float32 and float64."""
    if change:
        return f"{array.dtype} was {rounded(kept, change)}"
    if array.dtype in (np.float32, np.float64):
        return None
    return f"{array.dtype} was taken to {kept.dtype}, without rounding"


CHUNK = 4096
"""Rows that are looked at in one go."""
