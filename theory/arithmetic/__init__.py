"""Numbers that know how wrong they may be.

A predicate is written once, with ``+``, ``*``, ``abs``, ``max`` and a linear solve, and is then
evaluated in three arithmetics: :class:`Rough`, plain float64 with one bound of its error, for
what is far from the edge; :class:`Ball`, float64 midpoints with rigorous radii, for what is near;
and :class:`Exact`, rationals and arbitrary-precision balls, for the few cases that these leave
undecided.
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
    larger,
    smaller,
)
from sparsebound.theory.arithmetic.rough import Rough

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
    "Rough",
    "current_precision",
    "larger",
    "precision",
    "smaller",
]
