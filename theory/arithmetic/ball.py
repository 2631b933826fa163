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
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import linear_algebra
from sparsebound.theory.arithmetic.data import as_float64
from sparsebound.theory.arithmetic.entries import arccosine
from sparsebound.theory.arithmetic.number import FEW, UNKNOWN, FloatArray, Mask, Number
from sparsebound.theory.arithmetic.rounding import (
    LARGE,
    LEAST,
    SLACK,
    SMALLEST,
    TINY,
    UNIT,
    UNIT_UP,
    all_of,
    gamma,
    none_of,
    short,
    watched,
)

__all__ = ["SLACK", "TINY", "UNIT", "Ball"]

COUNTED = 1024
"""Entries below which it is quicker to count them than to find the largest."""
POINTS, BALLS = (False, False), (True, True)
"""Whether some radius is not zero, and whether none is."""


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

    __slots__ = ("_known_short", "_mid", "_on_grid", "_rad", "_radii")

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
        self._radii: tuple[bool, bool] | None = None
        self._on_grid: bool | None = None

    @classmethod
    def _kept(
        cls,
        mid: Any,
        rad: Any,
        radii: tuple[bool, bool] | None = None,
        on_grid: bool | None = None,
    ) -> Ball:
        """Make a ball of entries that are those of balls: nothing to look at.

        What is known of their radii, and whether all midpoints are multiples of a power of two,
        can be said.
        """
        ball = cls.__new__(cls)
        ball._mid, ball._rad = np.asarray(mid), np.asarray(rad)
        ball._radii, ball._on_grid = radii, on_grid
        return ball

    @classmethod
    def _points(cls, mid: Any, on_grid: bool | None = None) -> Ball:
        """Make a ball of finite numbers that an operation computed exactly."""
        return cls._kept(mid, np.zeros(np.shape(mid)), POINTS, on_grid)

    def _moved(self, mid: Any, rad: Any) -> Ball:
        """Make a ball of entries of this one, in other places or with other signs."""
        radii = None if self._radii == (True, False) else self._radii  # if these are some of them
        return Ball._kept(mid, rad, radii, self._on_grid or None)

    @classmethod
    def _found(cls, mid: Any, rad: Any, certain: Callable[[], Mask] | None = None) -> Ball:
        """Make a ball of what an operation computed; ``certain``: where an infinity is one."""
        if rad.size >= COUNTED and isfinite(largest := float(np.maximum.reduce(rad, None))):
            return cls._kept(mid, rad, (largest > 0, bool(np.minimum.reduce(rad, None))))
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
        kind = type(value)
        if kind is np.ndarray or kind is float:  # to ask what else they might be takes longer
            return cls(value)
        if kind is int and 0 <= value < FEW:
            return _whole(value)
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
    def _has_radii(self) -> bool:
        """Whether some radius is not zero."""
        if self._radii is None:
            self._radii = _some_and_all(self._rad)
        return self._radii[0]

    @property
    def _has_points(self) -> bool:
        """Whether some radius is zero: only of points, results may be exact."""
        return not (self._has_radii and self._radii and self._radii[1])

    @property
    def _short(self) -> Mask | None:
        """Where midpoints are multiples of a power of two; nothing if none is."""
        try:
            return self._known_short
        except AttributeError:
            found = short(self._mid)
            self._known_short: Mask | None = None if none_of(found) and found.size else found
            return self._known_short

    @property
    def _all_short(self) -> bool:
        """Whether all midpoints are multiples of a power of two."""
        if self._on_grid is None:
            found = self._short
            self._on_grid = found is not None and all_of(found)
        return self._on_grid

    def _exact_with(self, other: Ball) -> bool:
        """Whether both are points of few bits: what has no large result is exact."""
        points = not (self._has_radii or other._has_radii)
        return points and self._all_short and other._all_short

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
        if not self._has_radii:
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
        signs = _signs(self._mid)
        if not self._has_radii:
            return signs
        known = np.asarray(abs(self._mid) > self._rad)
        if not all_of(known):
            np.putmask(signs, ~known & ((self._mid != 0) | (self._rad != 0)), UNKNOWN)
        return signs

    def __repr__(self) -> str:
        return f"Ball({self._mid!r}, {self._rad!r})"

    def __neg__(self) -> Ball:
        return self._moved(-self._mid, self._rad)

    def __abs__(self) -> Ball:
        return self._moved(np.abs(self._mid), self._rad)

    def compared(self, other: Any) -> NDArray[np.int8]:
        """Signs of this number minus another one: of points, or far apart, without a ball of it."""
        other = Ball.of(other)
        a, b = self._mid, other._mid
        if self._has_radii or other._has_radii:
            with np.errstate(all="ignore"):
                mid = np.asarray(a - b)
                size = np.asarray(abs(mid))
                apart = np.asarray(size > (self._rad + other._rad + size * UNIT) * SLACK)
            return _signs(mid) if all_of(apart) else super().compared(other)
        if not all_of(np.isfinite(a)):
            return super().compared(other)
        return np.asarray((a > b).view(np.int8) - (a < b).view(np.int8))

    def __add__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        radii = self._has_radii or other._has_radii
        with np.errstate(all="ignore"):
            mid = np.asarray(a + b)
            if not radii:
                lost = _lost(a, b, mid)  # nan where the sum is not finite
                if none_of(lost):
                    return Ball._points(mid, (self._on_grid and other._on_grid) or None)
                return Ball._found(mid, abs(lost) * SLACK, lambda: np.isinf(a) | np.isinf(b))
            rad = np.asarray(self._rad + other._rad)
            error = np.asarray(abs(mid))
            error *= UNIT
            if self._has_points and other._has_points:  # only a sum of two points may be exact
                error = np.asarray(np.where(rad == 0, abs(_lost(a, b, mid)), error))
            rad += error  # nan where the sum is not finite
            rad *= SLACK
            return Ball._found(
                mid, rad, lambda: (np.isinf(a) | np.isinf(b)) & np.isfinite(self._rad + other._rad)
            )

    def __mul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        underflow: list[str] = []
        with watched(underflow):
            mid = np.asarray(a * b)
            size = np.asarray(abs(mid))
            if self._exact_with(other) and all_of(np.asarray(size <= LARGE)):
                return Ball._points(mid)
            rad = np.asarray(size * UNIT_UP)
            if other._has_radii:
                rad += abs(a) * other._rad
            if self._has_radii:
                rad += (abs(b) + other._rad) * self._rad
            rad *= SLACK
            exact = self._both_short(other)
            if exact is not None:
                np.putmask(rad, exact & (size <= LARGE), 0.0)
            if underflow:
                rad = rad + TINY * self._hides(other, size * UNIT_UP, rad)
            return Ball._found(
                mid,
                rad,
                lambda: (np.isinf(a) | np.isinf(b)) & (abs(a) > self._rad) & (abs(b) > other._rad),
            )

    def _hides(self, other: Ball, rounding: FloatArray, rad: FloatArray) -> Mask:
        """Where an underflow may be hidden in a product.

        Each of these entries is heard: ``UNIT_UP`` and ``SLACK`` have bits that no subnormal number
        holds. So it is the same for an entry in every array.
        """
        a, b = self._mid, other._mid
        product = (a != 0) & (b != 0) & (rounding < LEAST)
        spread = ((other._rad > 0) & (a != 0)) | ((self._rad > 0) & ((b != 0) | (other._rad > 0)))
        return np.asarray(product | (spread & (rad < LEAST)))

    def _both_short(self, other: Ball) -> Mask | None:
        """Where a product of two points has few bits; nothing if it has nowhere."""
        if not (self._has_points and other._has_points):
            return None
        first, second = self._short, other._short
        if first is None or second is None:
            return None
        exact = first & second
        if self._has_radii or other._has_radii:
            exact = exact & (self._rad == 0) & (other._rad == 0)
        return np.asarray(exact)

    def __truediv__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        radii = self._has_radii or other._has_radii
        underflow: list[str] = []
        with watched(underflow):
            mid = np.asarray(a / b)
            size = np.asarray(abs(mid))
            rounding = rad = np.asarray(size * UNIT_UP)
            room, spread = np.asarray(abs(b)), None
            if radii:
                room = np.asarray(room - other._rad)
                spread = (size * other._rad + self._rad) * SLACK
                rad = rad + spread / room
            rad = np.asarray(rad * SLACK)
            if underflow:
                hidden = (a != 0) & (rounding < LEAST)
                if spread is not None:
                    lost = (other._rad > 0) & (a != 0) & (spread < LEAST)
                    rad = rad + SMALLEST * lost / room * SLACK  # lost before it is divided
                    hidden = hidden | ((spread > 0) & (rad < LEAST))
                rad = np.asarray(rad + TINY * hidden)
            if self._has_points:
                np.putmask(rad, self._exactly_divided(other, mid), 0.0)
            known = room > 0
            if not all_of(known):
                rad = np.where(known, rad, np.inf)
            return Ball._found(mid, rad, lambda: np.isinf(a) & known)

    def _exactly_divided(self, other: Ball, mid: FloatArray) -> Mask:
        """Where a quotient is what float64 found."""
        a, b = self._mid, other._mid
        exact = np.broadcast_to(a == 0, mid.shape)
        short_ = other._short if other._has_points else None
        if short_ is not None:
            points = short(mid) & short_ & (mid * b == a) & (abs(a) <= LARGE)
            exact = exact | (points & (other._rad == 0) if other._has_radii else points)
        return np.asarray(exact & (self._rad == 0) if self._has_radii else exact)

    def __matmul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = np.asarray(a @ b)
            points = self._exact_with(other)
            if points and a.shape[-1] * _largest(a) * _largest(b) <= LARGE:
                return Ball._points(mid)
            sizes = np.asarray(abs(a) @ abs(b))
            loss = gamma(a.shape[-1])
            # twice the sizes: they overflow before the product does; an underflow in each of 2^74
            # products is below TINY
            rad = np.asarray(loss / 2 * (2 * sizes) + TINY)
            rows = self._short
            columns = None if rows is None else other._short
            if rows is not None and columns is not None:
                exact = sizes <= LARGE
                if not (all_of(rows) and all_of(columns)):  # each entry is exact by itself
                    exact = exact & np.logical_and.reduce(rows, -1, keepdims=True)
                    exact = exact & np.logical_and.reduce(columns, -2, keepdims=True)
                np.putmask(rad, exact, 0.0)
            if self._has_radii or other._has_radii:
                rad = rad + self._spread(other)
            return Ball._found(mid, rad * (SLACK + 2 * loss))

    def _spread(self, other: Ball) -> FloatArray:
        """How far a product of matrices is from that of the midpoints, but for rounding."""
        first, second, spread = abs(self._mid), abs(other._mid) + other._rad, np.zeros(())
        if self._has_radii:
            spread = self._rad @ second
        if other._has_radii:
            spread = spread + first @ other._rad
        if not all_of(np.asarray(spread >= TINY)):  # nothing, or an underflow?
            some = np.sign(self._rad) @ np.sign(second) + np.sign(first) @ np.sign(other._rad)
            spread = spread + TINY * (some > 0)
        return spread

    def __getitem__(self, index: Any) -> Ball:
        return self._moved(self._mid[index], self._rad[index])

    def sqrt(self) -> Ball:
        """Square root of numbers that are known to be nonnegative."""
        with np.errstate(all="ignore"):
            root = np.asarray(np.sqrt(self._mid))
            rad = root * UNIT
            if self._has_radii:  # |sqrt(y) - sqrt(x)| = |y - x| / (sqrt(y) + sqrt(x))
                rad = rad + self._rad / (root + np.sqrt(self._mid - self._rad))
            rad = np.asarray(rad * SLACK)
            if self._has_points:
                exact = short(root) & (root * root == self._mid) & (self._mid <= LARGE)
                np.putmask(rad, exact & (self._rad == 0), 0.0)
            found = Ball._found(root, rad, lambda: self._mid == np.inf)
            below = np.asarray(self._mid < self._rad)
            if none_of(below):
                return found
            # nan, and so unknown, where all of the ball is negative
            return found.where(~below, Ball.between(0.0, np.nextafter(np.sqrt(self.upper), np.inf)))

    def exp(self) -> Ball:
        """Exponential function, for few entries: one at a time."""
        mids, rads = self._one_by_one(arb.exp, self._mid == 0)
        return Ball._found(mids, rads, lambda: self._mid == np.inf)

    def arccos(self) -> Ball:
        """Arc cosine of numbers that are known to be in [-1, 1], for few entries as well."""
        return Ball._found(*self._one_by_one(arccosine, self._mid == 1))

    def _one_by_one(
        self, function: Callable[[arb], Any], exact: Mask
    ) -> tuple[FloatArray, FloatArray]:
        """Midpoints and radii of a function of each entry; ``exact``: of which points it is one."""
        balls = zip(self._mid.flat, self._rad.flat, strict=True)
        found = [arb(function(arb(mid, rad))) for mid, rad in balls]
        mid, rad = ([float(part(b)) for b in found] for part in (arb.mid, arb.rad))
        mids, rads = np.reshape(mid, self.shape), np.reshape(rad, self.shape)
        with np.errstate(all="ignore"):
            spread = (rads + np.abs(mids) * UNIT + TINY) * SLACK
        return mids, np.where(exact & (self._rad == 0), 0.0, spread)

    def sum(self, axis: int = -1) -> Ball:
        """Sum along one axis."""
        with np.errstate(all="ignore"):
            mid = np.add.reduce(self._mid, axis)
            size = np.asarray(np.add.reduce(abs(self._mid), axis))
            if not self._has_radii and self._all_short and all_of(size <= LARGE):
                return Ball._points(mid, on_grid=True)
            loss = gamma(self._mid.shape[axis])
            growth = SLACK + 2 * loss
            # twice the size: it overflows before the sum does
            rad = np.asarray(loss / 2 * growth * (2 * size))
            short_ = self._short
            if short_ is not None:
                exact = np.logical_and.reduce(short_, axis) & (size <= LARGE)
                np.putmask(rad, exact, 0.0)
            if self._has_radii:
                rad = rad + np.add.reduce(self._rad, axis) * growth

            def certain() -> Mask:
                known = np.logical_and.reduce(np.isfinite(self._rad), axis)
                return np.asarray(known & np.logical_or.reduce(np.isinf(self._mid), axis))

            return Ball._found(mid, rad, certain)

    def max(self, axis: int = -1) -> Ball:
        """Largest entry along one axis; 0 over an empty axis."""
        if self._mid.shape[axis] == 0:
            return Ball(np.zeros(np.delete(self._mid.shape, axis)))
        if not self._has_radii:
            mid = np.maximum.reduce(self._mid, axis)
            return Ball._kept(mid, np.zeros(np.shape(mid)), POINTS, self._on_grid or None)
        if self._has_points:
            low, high = np.maximum.reduce(self.lower, axis), np.maximum.reduce(self.upper, axis)
        else:  # to round the largest outwards is to take the largest of those that are rounded
            with np.errstate(all="ignore"):
                low = np.maximum.reduce(self._mid - self._rad, axis)
                high = np.maximum.reduce(self._mid + self._rad, axis)
                low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
        return Ball.between(low, high)

    def largest_sums(self) -> Ball:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis."""
        if not self._has_radii:
            return _largest_sums(self._mid)
        return Ball.between(_largest_sums(self.lower).lower, _largest_sums(self.upper).upper)

    def where(self, mask: Mask, other: Any) -> Ball:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""
        other = Ball.of(other)
        mid = np.where(mask, self._mid, other._mid)
        if self._has_radii or other._has_radii:
            return Ball._kept(mid, np.where(mask, self._rad, other._rad))
        on_grid = (self._on_grid and other._on_grid) or None
        return Ball._kept(mid, np.zeros(mid.shape), POINTS, on_grid)

    def reshape(self, *shape: int) -> Ball:
        """Give a new shape to the same entries."""
        return self._moved(self._mid.reshape(shape), self._rad.reshape(shape))

    def swapaxes(self, first: int, second: int) -> Ball:
        """Exchange two axes."""
        return self._moved(self._mid.swapaxes(first, second), self._rad.swapaxes(first, second))

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


@cache
def _whole(value: int) -> Ball:
    """Make a whole number once, which nobody can change."""
    ball = Ball(value)
    for array in (ball.mid, ball.rad):
        array.flags.writeable = False
    return ball


def _radii(mid: FloatArray, rad: Any, lost: FloatArray | None) -> FloatArray:
    """Read radii, of the shape of the midpoints, and add what converting to float64 lost."""
    found, more = as_float64(0.0 if rad is None else rad)
    for loss in (lost, more):
        found = found if loss is None else np.asarray((found + loss) * SLACK)
    return found if found.shape == mid.shape else np.zeros(mid.shape) + found


def _signs(numbers: FloatArray) -> NDArray[np.int8]:
    return np.asarray(np.sign(numbers), dtype=np.int8)


def _lost(a: FloatArray, b: FloatArray, total: FloatArray) -> FloatArray:
    """What rounding took from a sum: Knuth's two-sum, which is exact."""
    shift = total - a
    return np.asarray((a - (total - shift)) + (b - shift))


def _largest(entries: FloatArray) -> float:
    """Largest absolute value; 0 of none."""
    return float(np.maximum.reduce(abs(entries), None, initial=0.0))


def _largest_sums(ends: FloatArray) -> Ball:
    nothing = np.zeros((*ends.shape[:-1], 1))
    order = np.sort(ends, axis=-1)[..., ::-1]
    with np.errstate(all="ignore"):
        sums = np.concatenate([nothing, order.cumsum(-1)], axis=-1)
        sizes = np.concatenate([nothing, np.abs(order).cumsum(-1)], axis=-1)
        exact = short(ends).all(-1, keepdims=True) & (sizes <= LARGE)
        loss = gamma(ends.shape[-1])
        return Ball._found(sums, np.where(exact, 0.0, loss * (SLACK + 2 * loss) * sizes))


def _some_and_all(radii: FloatArray) -> tuple[bool, bool]:
    """Whether some of them are not zero, and whether all are."""
    if radii.size < COUNTED:
        count = np.count_nonzero(radii)
        return bool(count), bool(count == radii.size)
    return bool(np.maximum.reduce(radii, None)), bool(np.minimum.reduce(radii, None))
