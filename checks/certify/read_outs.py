"""Linear read-outs, of codes or of features, and the classes that are the right ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.formats import arrays
from sparsebound.checks.certify.reading import given
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError

READ_OUTS = (("V", "b"), ("coef_", "intercept_"), ("weight", "bias"), ("W", "b"))
"""What weights and biases are called in a file of both."""


@dataclass(frozen=True)
class LinearReadOut:
    """Weights (C, n) of the atoms as given, biases (C,), and what was changed in reading them."""

    weights: FloatArray
    biases: FloatArray
    notes: tuple[str, ...] = ()


def stored_arrays(value: Any, option: str) -> Mapping[Any, Any]:
    """All arrays of a file, by their names; of what is no file, none.

    Raises
    ------
    InputError
        If it is a file that cannot be read.
    """
    return arrays(str(value), option) if isinstance(value, str | Path) else {}


def read_out(value: Any, stored: Mapping[Any, Any], option: str, n: int) -> LinearReadOut:
    """Take weights and biases, as they are given or out of a file of both.

    Parameters
    ----------
    value : str, Path or (array_like, array_like)
        The file, or the pair.
    stored : mapping
        The arrays of the file, if it is one.
    option : str
        What it is called in an error.
    n : int
        How many atoms there are.

    Raises
    ------
    InputError
        If there is no such pair, or shapes do not agree.

    Examples
    --------
    >>> read_out(([[1.0, -1.0]], 0.5), {}, "--head", 2).biases
    array([0.5])
    """
    if stored:
        value = _pair(stored, option)
    if not isinstance(value, list | tuple) or len(value) != 2:
        expected = "weights (C, n) and biases (C,), or a file of both"
        raise InputError(option, type(value).__name__, expected)
    single = isinstance(value[1], int | float | np.number)
    found = given(value[0], option), given([value[1]] if single else value[1], option)
    weights, biases = (np.asarray(part.array, dtype=np.float64) for part in found)
    biases = _flat(biases)
    if weights.ndim != 2 or weights.shape[1] != n:
        raise InputError(option, weights.shape, f"weights of shape (C, {n}), one column an atom")
    if biases.shape != (len(weights),):
        raise InputError(option, biases.shape, "as many biases as rows of weights")
    return LinearReadOut(
        weights, biases, tuple(note for part in found for note in part.noted(option))
    )


def right_classes(labels: Any, count: int, classes: int, of_what: str) -> IntArray:
    """Take labels, one for each of so many codes or signals; shape (count,).

    Raises
    ------
    InputError
        If they are no classes, or not as many.

    Examples
    --------
    >>> right_classes([[1], [0]], 2, 2, "codes")
    array([1, 0])
    """
    found = _flat(np.asarray(given(labels, "--labels", ("y", "labels")).array))
    if found.shape != (count,):
        raise InputError("--labels", found.shape, f"one label for each of {count} {of_what}")
    wrong = found[(found != np.rint(found)) | (found < 0) | (found >= classes)]
    if wrong.size:
        first = wrong[0].item()
        shown = int(first) if first == int(first) else first
        raise InputError("--labels", shown, f"classes from 0 to {classes - 1}")
    return np.asarray(found, dtype=np.int64)


def _pair(stored: Mapping[Any, Any], option: str) -> tuple[Any, Any]:
    for names in READ_OUTS:
        if set(names) <= set(stored):
            return stored[names[0]], stored[names[1]]
    pairs = ", or ".join(f"{weights} and {biases}" for weights, biases in READ_OUTS)
    raise InputError(option, sorted(map(str, stored)), f"a file with {pairs}")


def _flat(values: np.ndarray) -> np.ndarray:
    """A row or a column as what it holds."""
    return values.reshape(-1) if values.ndim == 2 and 1 in values.shape else values
