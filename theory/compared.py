"""Inequalities, compared in one arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import UNKNOWN, Enclosure, Exact, FloatArray, Mask, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Claim, Premise, Theorem, lift

AGREEMENT = Fraction(1, 10**30)
"""Relative difference up to which sides of unknown order are taken to be equal."""


@dataclass(frozen=True)
class Compared:
    """An inequality in one arithmetic; arrays of shape (B or 1, ...).

    ``hold`` is the sign of rhs - lhs at the ends that make it hardest to hold, ``fail`` at those
    that make it hardest to fail; they differ where a side is an enclosure. ``close`` and ``equal``:
    whether the sides are equal, or agree to 30 digits where their order is not known, at the former
    ends and at all; ``sides``: the numbers at the latter ends, of any axes.
    """

    hold: NDArray[np.int8]
    fail: NDArray[np.int8]
    close: Mask
    equal: Mask
    sides: tuple[Number, Number]

    @cached_property
    def left(self) -> FloatArray:
        """Midpoints of the left side."""
        return self.sides[0].mid

    @cached_property
    def right(self) -> FloatArray:
        """Midpoints of the right side."""
        return self.sides[1].mid

    @cached_property
    def ratio(self) -> FloatArray:
        """Ratios lhs/rhs; nan where they are not defined."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratios = self.left / self.right
        defined = (self.right > 0) & np.isfinite(ratios)
        return np.where(defined, ratios, np.nan).reshape(self.fail.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes of the sides together."""
        return np.broadcast_shapes(self.left.shape, self.right.shape)

    def surely(self, strict: bool) -> Mask:
        """Say where it holds for sure, shape (B or 1, ...)."""
        return np.asarray((self.hold == 1) | ((self.hold == 0) & (not strict)))

    def never(self, strict: bool) -> Mask:
        """Say where it fails for sure."""
        return np.asarray((self.fail == -1) | ((self.fail == 0) & strict))


def compare(
    theorem: Theorem, instance: Instance | DeepInstance, inequality: Premise | Claim, codes: int
) -> Compared:
    """Compare the sides of an inequality, in the arithmetic of the instance."""
    left, right = _ends(instance, inequality.lhs), _ends(instance, inequality.rhs)
    _check_batch(theorem, inequality, (left.lower.shape, right.lower.shape), codes)
    fail, equal, sides = _margin(left.lower, right.upper)
    if left.lower is left.upper and right.lower is right.upper:
        return Compared(fail, fail, equal, equal, sides)
    hold, close, _ = _margin(left.upper, right.lower)
    return Compared(hold, fail, close, close & equal, sides)


def _check_batch(
    theorem: Theorem,
    inequality: Premise | Claim,
    shapes: tuple[tuple[int, ...], ...],
    codes: int,
) -> None:
    """Refuse what is said of one code alone, and would silently be taken for all of them."""
    for shape in shapes:
        if not shape or shape[0] == codes or (shape[0] == 1 and inequality.shared):
            continue
        expected = f"{codes} as first axis, one for each code"
        if shape[0] == 1:
            expected += ", or shared=True where it is the same for all of them"
        raise InputError(f"the batch of {inequality.name!r} of {theorem.id}", shape, expected)


def _ends(instance: Instance | DeepInstance, side: Any) -> Enclosure:
    if isinstance(side, Enclosure):
        return side
    number = lift(instance, side)
    return Enclosure(number, number)


def _margin(lhs: Number, rhs: Number) -> tuple[NDArray[np.int8], Mask, tuple[Number, Number]]:
    """Signs of rhs - lhs, whether the sides are equal for all we know, and the sides."""
    axes = max(lhs.ndim, rhs.ndim, 1)
    lhs, rhs = _padded(lhs, axes), _padded(rhs, axes)
    signs = rhs.compared(lhs)
    rows = signs.shape[0]
    close = signs == 0
    if isinstance(rhs, Exact) and (signs == UNKNOWN).any():
        room = (abs(rhs) * AGREEMENT - abs(rhs - lhs)).sign
        close |= (signs == UNKNOWN) & ((room == 0) | (room == 1))
    return signs.reshape(rows, -1), close.reshape(rows, -1), (lhs, rhs)


def _padded(side: Number, axes: int) -> Number:
    """Add axes at the end: the batch stays first."""
    if side.ndim == axes:
        return side
    return side.reshape(*(side.shape or (1,)), *(1,) * (axes - max(side.ndim, 1)))
