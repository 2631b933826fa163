"""How much float64 rounds, and which numbers it does not round at all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic.number import FloatArray, Mask

UNIT = 2.0**-53  # unit roundoff
TINY = 2.0**-1000  # above every underflow that an operation can hide
SMALLEST = 2.0**-1074  # above one underflow
# covers the rounding of the few operations that compute a radius; what is subnormal after a product
# with it has lost bits, and so is heard of by whoever is watching
SLACK = 1.0 + 2.0**-48 + 2.0**-52
UNIT_UP = UNIT * SLACK
LEAST = 2.0**-1022  # the least number that is not subnormal
GRID = 2.0**10
LARGE = 2.0**32  # products of multiples of 1/GRID up to here fit into 53 bits


def gamma(terms: int) -> float:
    """Relative error of a sum of so many products, with room for two more roundings."""
    return (terms + 2) * UNIT / (1.0 - (terms + 2) * UNIT)


def short(values: FloatArray) -> Mask:
    """Where numbers are multiples of 1/GRID."""
    scaled = values * GRID
    return np.asarray(scaled == np.rint(scaled))


def none_of(entries: NDArray[Any]) -> bool:
    """Whether all entries are zero."""
    return not np.count_nonzero(entries)  # several times as fast as any(), all() on small arrays


def all_of(mask: Mask) -> bool:
    """Whether a mask holds everywhere."""
    return bool(np.count_nonzero(mask) == mask.size)


def watched(heard: list[str]) -> np.errstate:
    """Compute without warnings; the list is not empty after an underflow."""
    return np.errstate(all="ignore", under="call", call=lambda kind, _: heard.append(kind))
