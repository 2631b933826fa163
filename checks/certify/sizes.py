"""How large and how small numbers may be, so that bounds of their squares are float64 numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

SHORTEST, LONGEST = 1e-50, 1e25
"""Of vectors. Squares of distances are at most ``label_path.FAR``, which stands for infinity."""


def lengths_of(rows: Any) -> FloatArray:
    """Lengths of vectors, one in each row, whatever their size; not exact.

    Examples
    --------
    >>> lengths_of([[3.0, 4.0], [0.0, 0.0], [3e300, 4e300]])
    array([5.e+000, 0.e+000, 5.e+300])
    """
    vectors = np.asarray(rows, dtype=float)
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    with np.errstate(over="ignore", under="ignore"):
        scaled = vectors / np.where(largest > 0, largest, 1.0)[:, None]
        found: FloatArray = largest * np.sqrt((scaled**2).sum(axis=1))
    return found


def not_large(name: str, values: Any) -> None:
    """Refuse numbers that are too large.

    Examples
    --------
    >>> not_large("penalty", [1.0, -1e60])
    Traceback (most recent call last):
    sparsebound.InputError: penalty is 1e+60; expected numbers of at most 1e+25 in size
    """
    largest = float(np.abs(np.asarray(values, dtype=float)).max(initial=0.0))
    if not largest <= LONGEST:
        raise InputError(name, largest, f"numbers of at most {LONGEST:g} in size")


def not_extreme(name: str, vectors: Any) -> None:
    """Refuse vectors, one in each row, that are too long, or too short and not 0.

    Examples
    --------
    >>> not_extreme("signal", [[0.0, 0.0], [1.0, 1e-60]])
    >>> not_extreme("signal", [[1.0, 0.0], [1e-60, 0.0]])
    Traceback (most recent call last):
    sparsebound.InputError: norm of signal 1 is 1e-60; expected 0, or from 1e-50 to 1e+25
    """
    lengths = lengths_of(vectors)
    extreme = (lengths != 0) & ~((lengths >= SHORTEST) & (lengths <= LONGEST))
    if extreme.any():
        k = int(extreme.argmax())
        expected = f"0, or from {SHORTEST:g} to {LONGEST:g}"
        raise InputError(f"norm of {name} {k}", float(lengths[k]), expected)
