"""Functions between layers, each with a map back: ``psi(back(v)) = v``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.maps import (
    IDENTITY,
    RELU,
    Map,
    average_pooling,
    hadamard_transform,
    leaky_relu,
    max_pooling,
    soft_threshold,
    subsample,
)

SLOPE = Fraction(1, 2)
LEVEL = Fraction(1, 2)
WINDOW = 2
HADAMARD = hadamard_transform()


@dataclass(frozen=True)
class Between:
    """A function between layers, and what is known of its inverse.

    Attributes
    ----------
    map : Map
        The function.
    back : callable
        Signals above to inputs below, shape (B, m) to (B, ``stretch * m``).
    stretch : int
        Inputs for each output.
    signed : bool
        Whether ``back`` is an inverse for negative numbers as well.
    spread : int
        Most nonzeros below for one above.
    """

    map: Map
    back: Callable[[FloatArray], FloatArray]
    stretch: int = 1
    signed: bool = True
    spread: int = 1


def _first_of(window: int, scale: float) -> Callable[[FloatArray], FloatArray]:
    """Put each number at the beginning of its window."""

    def back(v: FloatArray) -> FloatArray:
        first = np.arange(window * v.shape[1]) % window == 0
        return np.repeat(v * scale, window, axis=1) * first

    return back


BETWEEN: dict[str, Between] = {
    "identity": Between(IDENTITY, lambda v: v),
    "leaky_relu": Between(leaky_relu(SLOPE), lambda v: np.where(v > 0, v, v / float(SLOPE))),
    "relu": Between(RELU, lambda v: v, signed=False),
    "subsample": Between(subsample(WINDOW), _first_of(WINDOW, 1), stretch=WINDOW),
    "soft_threshold": Between(soft_threshold(LEVEL), lambda v: v + float(LEVEL) * np.sign(v)),
    "average_pooling": Between(average_pooling(WINDOW), _first_of(WINDOW, WINDOW), stretch=WINDOW),
    "max_pooling": Between(max_pooling(WINDOW), _first_of(WINDOW, 1), stretch=WINDOW, signed=False),
    "hadamard": Between(HADAMARD, lambda v: HADAMARD(Ball.of(v)).mid, spread=4),
}
"""By name, simplest first."""
