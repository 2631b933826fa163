"""Numbers that know how wrong they may be.

A predicate is written once, with ``+``, ``*``, ``abs``, ``max`` and a linear solve, and is then
evaluated in either of two arithmetics: :class:`Ball`, whole batches of float64 midpoints with
rigorous radii, and :class:`Exact`, rationals and arbitrary-precision balls for the few cases
that float64 leaves undecided.
"""

from sparsebound.theory.arithmetic.ball import Ball
from sparsebound.theory.arithmetic.enclosure import Enclosure
from sparsebound.theory.arithmetic.exact import Exact, current_precision, precision
from sparsebound.theory.arithmetic.number import (
    UNKNOWN,
    FloatArray,
    IntArray,
    Mask,
    Number,
    NumberLike,
)

__all__ = [
    "UNKNOWN",
    "Ball",
    "Enclosure",
    "Exact",
    "FloatArray",
    "IntArray",
    "Mask",
    "Number",
    "NumberLike",
    "current_precision",
    "precision",
]
