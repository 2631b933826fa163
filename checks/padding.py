"""Shapes of what a subject is given, filled up to a few sizes, so that it is compiled a few times.

Zero rows of ``D``, ``W`` and ``Y`` are added, zero atoms, and the last signal once more: nothing of
this changes the answer on what was there, which is cut out again.

- Signals can be added for every theorem but those about networks of several layers.
- Rows can be added where there is a matrix ``D``, unless residuals are bounded by ``sigma``: what
  solves ``D x = y`` may ask for independent equations.
- Atoms can be added in the iterations of the Lasso and in networks that are given ``W``, and
  places where a threshold is evaluated: there a zero atom keeps the entry 0. Not for pursuits,
  hard thresholding and solvers, which may divide by the norm of an atom or fit to it; nor with
  ``blocks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

SMALLEST_FILLED, FILLED_BY = 8, 4
"""Axes are filled up to the first number, or to it times a power of the second one."""

_AXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "D": ("rows", "atoms"),
        "W": ("rows", "atoms"),
        "Y": ("signals", "rows"),
        "v": ("signals", "atoms"),
        "X": ("signals", ""),
        "start": ("signals", "atoms"),
        "sides": ("signals", "atoms"),
        "thresholds": ("signals", ""),
        **dict.fromkeys(("lam", "s", "eps", "sigma"), ("signals",)),
    }
)


def filled_up(size: int) -> int:
    """The size to which an axis is filled up.

    Examples
    --------
    >>> [filled_up(size) for size in (1, 8, 9, 33)]
    [8, 8, 32, 128]
    """
    found = SMALLEST_FILLED
    while found < size:
        found *= FILLED_BY
    return found


def fillable(given: Mapping[str, Any]) -> dict[str, int]:
    """Sizes of the axes that can be filled up, by their names, for what a theorem gives.

    Examples
    --------
    >>> D, Y = np.eye(3), np.ones((2, 3))
    >>> fillable({"D": D, "Y": Y, "eps": np.ones(2)})
    {'signals': 2, 'rows': 3}
    >>> fillable({"D": D, "W": D, "Y": Y, "thresholds": np.ones((2, 4))})
    {'signals': 2, 'rows': 3, 'atoms': 3}
    """
    if any(isinstance(value, tuple | list) for value in given.values()):
        return {}
    axes = {"signals"}
    if "D" in given and "sigma" not in given:
        axes.add("rows")
    of_the_lasso = {"D", "lam", "steps"} <= set(given)
    in_a_network = "W" in given and "blocks" not in given
    if of_the_lasso or in_a_network or "v" in given:
        axes.add("atoms")
    found: dict[str, int] = {}
    for name in ("Y", "v", "X", "D"):
        if name in given:
            found |= dict(zip(_AXES[name], np.shape(given[name]), strict=True))
    return {axis: size for axis, size in found.items() if axis in axes}


def filled(given: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Fill the axes of all arguments up.

    Examples
    --------
    >>> given = {"D": np.eye(3), "Y": np.ones((2, 3)), "eps": np.ones(2)}
    >>> {name: value.shape for name, value in filled(given, fillable(given)).items()}
    {'D': (8, 3), 'Y': (8, 8), 'eps': (8,)}
    """
    found = dict(given)
    for name in _AXES.keys() & given.keys():
        value = np.asarray(given[name])
        for place, axis in enumerate(_AXES[name]):
            if axis not in sizes or not value.shape[place]:
                continue
            width = [(0, 0)] * value.ndim
            width[place] = (0, filled_up(sizes[axis]) - sizes[axis])
            value = np.pad(value, width, mode="edge" if axis == "signals" else "constant")
        found[name] = value
    return found


def cut(value: Any, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """Cut what was there out of an answer: arrays, or a pair of them; the last axis is of atoms.

    Examples
    --------
    >>> D = np.eye(3)
    >>> given = {"D": D, "W": D, "Y": np.ones((2, 3)), "thresholds": np.ones((2, 4))}
    >>> cut(np.zeros((8, 5, 8)), given, fillable(given)).shape
    (2, 5, 3)
    """
    if isinstance(value, tuple | list):
        parts = [cut(part, given, sizes) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    shape = tuple(getattr(value, "shape", ()))
    signals, atoms = (sizes.get(axis) for axis in ("signals", "atoms"))
    momentum = len(shape) == 1 and "steps" in given  # of steps, not of signals
    if not shape or momentum:
        return value
    found = np.asarray(value)
    if signals is not None and shape[0] == filled_up(signals):
        found = found[:signals]
    if atoms is not None and len(shape) > 1 and shape[-1] == filled_up(atoms):
        found = found[..., :atoms]
    return found
