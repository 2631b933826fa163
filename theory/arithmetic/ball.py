"""Batched midpoint-radius arithmetic in float64.

The radius of every result contains the rounding error of the operation (Higham 2002, chapter 3:
``gamma_k = k u / (1 - k u)`` for a sum of ``k`` products in any order) and its underflow, so an
enclosure is never optimistic. Small integers, and fractions with short binary expansions, stay
exact.

An entry is one of three things:

- a ball: midpoint and radius are finite;
- an infinity, of radius 0: it came in as data, or is the certain result of an operation on one;
- *unknown*, ``0 +- inf``: nothing is known of it. That is what an overflow of finite numbers gives
  (they are too large, not infinite), ``inf - inf``, ``0 * inf``, ``nan``, a divisor that may be
  zero, the root of a negative number; and what every operation gives that depends on one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import linear_algebra
from sparsebound.theory.arithmetic.data import as_float64
from sparsebound.theory.arithmetic.number import UNKNOWN, FloatArray, Mask, Number
from sparsebound.theory.arithmetic.rounding import (
    LARGE,
    SLACK,
    SMALLEST,
    TINY,
    UNIT,
    all_of,
    gamma,
    none_of,
    short,
)

__all__ = ["SLACK", "TINY", "UNIT", "Ball"]


class Ball(Number):
    """An array of balls ``mid +- rad``.

    Parameters
    ----------
    mid : array_like
        Midpoints.
    rad : array_like, optional
        Nonnegative radii, of a shape that broadcasts to that of the midpoints; 0 by default.

    Examples
    --------
    >>> third = Ball.of(1) / 3
    >>> bool(third.rad > 0), int((3 * third - 1).sign) == UNKNOWN
    (True, True)
    >>> int((2 * Ball.of(3) - 6).sign)
    0
    """

    __slots__ = ("_mid", "_rad")

    def __init__(self, mid: Any, rad: Any = None) -> None:
        lost = None
        if type(mid) is not np.ndarray or mid.dtype.char != "d":
            mid, lost = as_float64(mid)
        finite = all_of(np.isfinite(mid))
        if rad is None and lost is None:
            rad = np.zeros(mid.shape)
        else:
            rad = _radii(mid, rad, lost)
            finite = finite and all_of(np.isfinite(rad))
        if not finite:
            known = np.isfinite(rad) & (np.isfinite(mid) | (np.isinf(mid) & (rad == 0)))
            mid, rad = np.where(known, mid, 0.0), np.where(known, rad, np.inf)
        self._mid: FloatArray = mid
        self._rad: FloatArray = rad

    @classmethod
    def _kept(cls, mid: Any, rad: Any) -> Ball:
        """Make a ball of entries that were those of balls before: nothing to look at."""
        ball = cls.__new__(cls)
        ball._mid, ball._rad = np.asarray(mid), np.asarray(rad)
        return ball

    @classmethod
    def _found(cls, mid: Any, rad: Any, certain: Callable[[], Mask] | None = None) -> Ball:
        """Make a ball of what an operation computed; ``certain``: where an infinity is one."""
        finite = np.isfinite(rad)
        if all_of(finite):
            return cls._kept(mid, rad)
        known = finite & np.isfinite(mid)
        limit = np.isinf(mid) & certain() if certain else np.zeros_like(known)
        return cls._kept(
            np.where(known | limit, mid, 0.0), np.where(known, rad, np.where(limit, 0.0, np.inf))
        )

    @classmethod
    def of(cls, value: Any) -> Ball:
        """Take exact data into ball arithmetic; what float64 cannot hold gets a radius.

        Examples
        --------
        >>> Ball.of(2**53), Ball.of(2**53 + 1)
        (Ball(array(9.00719925e+15), array(0.)), Ball(array(9.00719925e+15), array(1.)))
        """
        if isinstance(value, Ball):
            return value
        if isinstance(value, Number):
            return cls._kept(value.mid, value.rad)
        return cls(value)

    @classmethod
    def between(cls, lower: Any, upper: Any) -> Ball:
        """Enclose numbers that lie between two float bounds.

        Nothing is known of a number with an infinite bound, unless both are the same, nor of one
        whose bounds contradict each other.
        """
        lower, upper = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
        with np.errstate(all="ignore"):
            mid = np.asarray(lower / 2 + upper / 2)
            rad = np.asarray(np.maximum(upper - mid, mid - lower) * SLACK)
        wide = lower < upper
        if not all_of(wide):
            same = lower == upper
            mid = np.where(same, lower, mid)
            rad = np.where(wide, rad, np.where(same, 0.0, np.inf))
        return cls._found(mid, rad)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self._mid.shape

    @property
    def mid(self) -> FloatArray:
        """Midpoints."""
        return self._mid

    @property
    def rad(self) -> FloatArray:
        """Radii."""
        return self._rad

    @property
    def lower(self) -> FloatArray:
        """Lower ends, rounded down."""
        return self._end(np.subtract, -np.inf)

    @property
    def upper(self) -> FloatArray:
        """Upper ends, rounded up."""
        return self._end(np.add, np.inf)

    def _end(self, operation: Callable[..., Any], beyond: float) -> FloatArray:
        if none_of(self._rad):
            return self._mid
        with np.errstate(all="ignore"):
            ends = np.asarray(np.nextafter(operation(self._mid, self._rad), beyond))
        points = np.asarray(self._rad == 0)
        if not none_of(points):
            ends = np.where(points, self._mid, ends)
        return ends

    @property
    def sign(self) -> NDArray[np.int8]:
        """-1, 0, 1, or ``UNKNOWN`` where the ball contains zero and more."""
        signs = np.asarray(np.sign(self._mid), dtype=np.int8)
        known = np.asarray(abs(self._mid) > self._rad)
        if not all_of(known):
            np.putmask(signs, ~known & ((self._mid != 0) | (self._rad != 0)), UNKNOWN)
        return signs

    def __repr__(self) -> str:
        return f"Ball({self._mid!r}, {self._rad!r})"

    def __neg__(self) -> Ball:
        return Ball._kept(-self._mid, self._rad)

    def __abs__(self) -> Ball:
        return Ball._kept(np.abs(self._mid), self._rad)

    def __add__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = a + b
            shift = mid - a
            error = abs((a - (mid - shift)) + (b - shift))  # Knuth's two-sum: exact
            rad = (self._rad + other._rad + error) * SLACK  # nan where the sum is not finite
            return Ball._found(
                mid, rad, lambda: (np.isinf(a) | np.isinf(b)) & np.isfinite(self._rad + other._rad)
            )

    def __mul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = a * b
            size = abs(mid)
            rad = np.asarray(size * UNIT + TINY)
            exact = short(a) & short(b)
            none, nothing = a == 0, b == 0
            if not (none_of(self._rad) and none_of(other._rad)):
                points, others = self._rad == 0, other._rad == 0
                exact, none, nothing = exact & points & others, none & points, nothing & others
                rad = np.asarray(rad + (abs(a) * other._rad + (abs(b) + other._rad) * self._rad))
            # 0 * inf is nan: it is not exact, and its radius is nan
            np.putmask(rad, (exact | none | nothing) & (size <= LARGE) & (rad < np.inf), 0.0)
            return Ball._found(
                mid,
                rad * SLACK,
                lambda: (np.isinf(a) | np.isinf(b)) & (abs(a) > self._rad) & (abs(b) > other._rad),
            )

    def __truediv__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = a / b
            size = abs(mid)
            room = abs(b) - other._rad
            rad = np.asarray(size * UNIT + TINY)
            exact = short(mid) & short(b) & (mid * b == a) & (abs(a) <= LARGE)
            exact = exact | (a == 0)
            if not (none_of(other._rad) and none_of(self._rad)):
                exact = exact & (self._rad == 0) & ((other._rad == 0) | (a == 0))
                hidden = SMALLEST * (other._rad > 0)  # an underflow, before it is divided
                rad = rad + (size * other._rad + self._rad + hidden) / room
            rad = np.asarray(rad * SLACK)
            np.putmask(rad, exact, 0.0)
            known = room > 0
            if not all_of(known):
                rad = np.where(known, rad, np.inf)
            return Ball._found(mid, rad, lambda: np.isinf(a) & known)

    def __matmul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid, sizes = a @ b, np.asarray(abs(a) @ abs(b))
            loss = gamma(a.shape[-1])
            # twice the sizes: they overflow before the product does; an underflow in each of 2^74
            # products is below TINY
            rad = np.asarray(loss / 2 * (2 * sizes) + TINY)
            rows = short(a)
            if rows.size == 0 or not none_of(rows):
                columns, exact = short(b), sizes <= LARGE
                if not (all_of(rows) and all_of(columns)):  # each entry is exact by itself
                    exact = exact & np.logical_and.reduce(rows, -1, keepdims=True)
                    exact = exact & np.logical_and.reduce(columns, -2, keepdims=True)
                np.putmask(rad, exact, 0.0)
            if not (none_of(self._rad) and none_of(other._rad)):
                rad = rad + self._spread(other)
            return Ball._found(mid, rad * (SLACK + 2 * loss))

    def _spread(self, other: Ball) -> FloatArray:
        """How far a product of matrices is from that of the midpoints, but for rounding."""
        first, second, spread = abs(self._mid), abs(other._mid) + other._rad, np.zeros(())
        if not none_of(self._rad):
            spread = self._rad @ second
        if not none_of(other._rad):
            spread = spread + first @ other._rad
        if not all_of(np.asarray(spread >= TINY)):  # nothing, or an underflow?
            some = np.sign(self._rad) @ np.sign(second) + np.sign(first) @ np.sign(other._rad)
            spread = spread + TINY * (some > 0)
        return spread

    def __getitem__(self, index: Any) -> Ball:
        return Ball._kept(self._mid[index], self._rad[index])

    def sqrt(self) -> Ball:
        """Square root of numbers that are known to be nonnegative."""
        with np.errstate(all="ignore"):
            root = np.asarray(np.sqrt(self._mid))
            rad = root * UNIT
            exact = short(root) & (root * root == self._mid) & (self._mid <= LARGE)
            if not none_of(self._rad):  # |sqrt(y) - sqrt(x)| = |y - x| / (sqrt(y) + sqrt(x))
                exact = exact & (self._rad == 0)
                rad = rad + self._rad / (root + np.sqrt(self._mid - self._rad))
            rad = np.asarray(rad * SLACK)
            np.putmask(rad, exact, 0.0)
            found = Ball._found(root, rad, lambda: self._mid == np.inf)
            below = np.asarray(self._mid < self._rad)
            if none_of(below):
                return found
            # nan, and so unknown, where all of the ball is negative
            return found.where(~below, Ball.between(0.0, np.nextafter(np.sqrt(self.upper), np.inf)))

    def exp(self) -> Ball:
        """Exponential function, for few entries: one at a time."""
        balls = zip(self._mid.flat, self._rad.flat, strict=True)
        found = [arb(mid, rad).exp() for mid, rad in balls]
        mid, rad = ([float(part(b)) for b in found] for part in (arb.mid, arb.rad))
        mids, rads = np.reshape(mid, self.shape), np.reshape(rad, self.shape)
        exact = (self._mid == 0) & (self._rad == 0)
        with np.errstate(all="ignore"):
            rads = np.where(exact, 0.0, (rads + np.abs(mids) * UNIT + TINY) * SLACK)
        return Ball._found(mids, rads, lambda: self._mid == np.inf)

    def sum(self, axis: int = -1) -> Ball:
        """Sum along one axis."""
        with np.errstate(all="ignore"):
            mid, size = np.add.reduce(self._mid, axis), np.add.reduce(abs(self._mid), axis)
            exact = np.logical_and.reduce(short(self._mid), axis) & (size <= LARGE)
            loss = gamma(self._mid.shape[axis])
            growth = SLACK + 2 * loss
            # twice the size: it overflows before the sum does
            rad = np.asarray(loss / 2 * growth * (2 * size))
            np.putmask(rad, exact, 0.0)
            if not none_of(self._rad):
                rad = rad + np.add.reduce(self._rad, axis) * growth

            def certain() -> Mask:
                known = np.logical_and.reduce(np.isfinite(self._rad), axis)
                return np.asarray(known & np.logical_or.reduce(np.isinf(self._mid), axis))

            return Ball._found(mid, rad, certain)

    def max(self, axis: int = -1) -> Ball:
        """Largest entry along one axis; 0 over an empty axis."""
        if self._mid.shape[axis] == 0:
            return Ball(np.zeros(np.delete(self._mid.shape, axis)))
        if none_of(self._rad):
            return Ball._kept(
                np.maximum.reduce(self._mid, axis), np.maximum.reduce(self._rad, axis)
            )
        return Ball.between(
            np.maximum.reduce(self.lower, axis), np.maximum.reduce(self.upper, axis)
        )

    def largest_sums(self) -> Ball:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis."""
        if none_of(self._rad):
            return _largest_sums(self._mid)
        return Ball.between(_largest_sums(self.lower).lower, _largest_sums(self.upper).upper)

    def where(self, mask: Mask, other: Any) -> Ball:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""
        other = Ball.of(other)
        return Ball._kept(
            np.where(mask, self._mid, other._mid), np.where(mask, self._rad, other._rad)
        )

    def reshape(self, *shape: int) -> Ball:
        """Give a new shape to the same entries."""
        return Ball._kept(self._mid.reshape(shape), self._rad.reshape(shape))

    def swapaxes(self, first: int, second: int) -> Ball:
        """Exchange two axes."""
        return Ball._kept(self._mid.swapaxes(first, second), self._rad.swapaxes(first, second))

    def hull(self, other: Any) -> Ball:
        """Smallest enclosure that contains both numbers."""
        other = Ball.of(other)
        return Ball.between(
            np.minimum(self.lower, other.lower), np.maximum(self.upper, other.upper)
        )

    def solve(self, right: Number) -> Ball:
        """Solve linear systems; the radius bounds the distance to the true solution."""
        return linear_algebra.solve(self, Ball.of(right))

    def eigenvalues(self) -> Ball:
        """Eigenvalues in increasing order; all of a matrix share one radius."""
        return linear_algebra.eigenvalues(self)

    def determinant(self) -> Ball:
        """Determinant of symmetric matrices, the product of their eigenvalues."""
        return linear_algebra.determinant(self)


def _radii(mid: FloatArray, rad: Any, lost: FloatArray | None) -> FloatArray:
    """Read radii, of the shape of the midpoints, and add what converting to float64 lost."""
    found, more = as_float64(0.0 if rad is None else rad)
    for loss in (lost, more):
        found = found if loss is None else np.asarray((found + loss) * SLACK)
    return found if found.shape == mid.shape else np.zeros(mid.shape) + found


def _largest_sums(ends: FloatArray) -> Ball:
    nothing = np.zeros((*ends.shape[:-1], 1))
    order = np.sort(ends, axis=-1)[..., ::-1]
    with np.errstate(all="ignore"):
        sums = np.concatenate([nothing, order.cumsum(-1)], axis=-1)
        sizes = np.concatenate([nothing, np.abs(order).cumsum(-1)], axis=-1)
        exact = short(ends).all(-1, keepdims=True) & (sizes <= LARGE)
        loss = gamma(ends.shape[-1])
        return Ball._found(sums, np.where(exact, 0.0, loss * (SLACK + 2 * loss) * sizes))
