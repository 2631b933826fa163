"""Plain float64 with one bound of its error for a whole expression: a filter before balls.

A number is the value that float64 computes, a *size* that bounds it and all that it was computed
from, and a count of *roundings*: its error is at most ``roundings * u * size``, with ``u = 2^-53``
(the running error analysis of Wilkinson, with a static count; as predicates of computational
geometry are filtered). So an operation costs one or two of plain numpy. What is far from the edge
is decided by that; the rest goes to balls, and what they leave open to exact arithmetic.

Why: sums add sizes and take the larger count, products multiply sizes and add counts, and each
operation adds its own roundings to the count. The sizes are rounded as well, by at most four
roundings an operation, that is relatively by less than ``4 u`` times the count: ``GUARD`` covers
that, and terms of second order, for counts up to ``MOST``. An overflow makes sizes infinite or nan,
of which nothing is known. An underflow is not bounded: computations are to raise it (numpy's
``errstate(under="raise")``), and whoever filters starts again in balls.

References
----------
Wilkinson 1963; Fortune, Van Wyk 1993; Shewchuk 1997.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic.ball import Ball
from sparsebound.theory.arithmetic.data import as_float64
from sparsebound.theory.arithmetic.number import UNKNOWN, FloatArray, Mask, Number
from sparsebound.theory.arithmetic.rounding import TINY, UNIT, all_of, none_of

GUARD = 1 + 2.0**-20
MOST = 2**24
"""Most roundings of which anything is said."""
STEEP = 2.0**-11
"""Largest relative error of a divisor."""
SMALL = 2**14
"""Entries up to which products of matrices of data are looked at for being exact."""


class Rough(Number):
    """An array of numbers that float64 computed, with what their errors may be.

    Parameters
    ----------
    value : ndarray
        What was computed.
    size : ndarray, optional
        Bounds of it, and of what it was computed from; the absolute value by default.
    roundings : int
        How many; 0 for exact data.

    Examples
    --------
    >>> third = Rough.of(1) / 3
    >>> int((third - 0.25).sign), int((3 * third - 1).sign) == UNKNOWN
    (1, True)
    >>> int(Rough.of([2, 3]).compared(2)[0])
    0
    """

    __slots__ = ("_roundings", "_size", "_value")

    def __init__(self, value: FloatArray, size: FloatArray | None = None, roundings: int = 0):
        self._value = value
        self._size = size
        self._roundings = roundings

    @classmethod
    def of(cls, value: Any) -> Rough:
        """Take exact data, or a number of another arithmetic, into this one.

        Examples
        --------
        >>> Rough.of(0.5).rad, float(Rough.of(Ball.of(1) / 3).rad) > 0
        (array(0.), True)
        """
        if isinstance(value, Rough):
            return value
        if isinstance(value, Number):
            mid, rad = value.mid, value.rad
        else:
            mid, lost = as_float64(value)
            rad = np.zeros(mid.shape) if lost is None else lost
        unknown = np.asarray(np.isnan(mid))
        if none_of(rad) and none_of(unknown):
            return cls(mid)
        sizes = np.where(unknown, np.inf, abs(mid) + rad / UNIT)
        return cls(np.where(unknown, 0.0, mid), sizes, 1)

    @property
    def size(self) -> FloatArray:
        """Bounds of the values, and of what they were computed from."""
        if self._size is None:
            self._size = np.asarray(abs(self._value))
        return self._size

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self._value.shape

    @property
    def mid(self) -> FloatArray:
        """What was computed; 0 where nothing is known of it."""
        if self._roundings == 0:
            return self._value
        known = np.isfinite(self.size)
        return self._value if all_of(known) else np.where(known, self._value, 0.0)

    @property
    def rad(self) -> FloatArray:
        """Bounds of the errors."""
        if self._roundings == 0:
            return np.zeros(self._value.shape)
        found = self._bound()
        known = np.isfinite(found)
        return found if all_of(known) else np.where(known, found, np.inf)

    def _bound(self) -> FloatArray:
        factor = self._roundings * UNIT * GUARD if self._roundings <= MOST else np.inf
        return np.asarray(self.size * factor)

    @property
    def sign(self) -> NDArray[np.int8]:
        """-1, 0, 1, or ``UNKNOWN`` where the error may be as large as the value."""
        value = self._value
        signs = np.asarray((value > 0).view(np.int8) - (value < 0).view(np.int8))
        if self._roundings == 0:
            return signs
        known = np.asarray(abs(value) > self._bound())
        if not all_of(known):
            np.putmask(signs, ~known & (self.size != 0), UNKNOWN)
        return signs

    def compared(self, other: Any) -> NDArray[np.int8]:
        """Signs of this number minus another one: exact where both are data."""
        other = Rough.of(other)
        if self._roundings == 0 == other._roundings:
            a, b = self._value, other._value
            signs = np.asarray((a > b).astype(np.int8) - (a < b))
            return np.where((a == b) & np.isinf(a), np.int8(UNKNOWN), signs)
        difference: Rough = self - other
        return difference.sign

    def __repr__(self) -> str:
        return f"Rough({self._value!r}, {self.size!r}, {self._roundings})"

    def __neg__(self) -> Rough:
        return Rough(-self._value, self._size, self._roundings)

    def __abs__(self) -> Rough:
        return Rough(np.asarray(abs(self._value)), self._size, self._roundings)

    def __add__(self, other: Any) -> Rough:
        other = Rough.of(other)
        count = max(self._roundings, other._roundings) + 1
        return Rough(
            np.asarray(self._value + other._value), np.asarray(self.size + other.size), count
        )

    def __sub__(self, other: Any) -> Rough:
        other = Rough.of(other)
        count = max(self._roundings, other._roundings) + 1
        return Rough(
            np.asarray(self._value - other._value), np.asarray(self.size + other.size), count
        )

    def __mul__(self, other: Any) -> Rough:
        other = Rough.of(other)
        count = self._roundings + other._roundings + 1
        return Rough(
            np.asarray(self._value * other._value), np.asarray(self.size * other.size), count
        )

    def __truediv__(self, other: Any) -> Rough:
        other = Rough.of(other)
        divisor = np.asarray(abs(other._value))
        value = np.asarray(self._value / other._value)
        if other._roundings == 0:
            return Rough(value, np.asarray(self.size / divisor), self._roundings + 2)
        # |a/b - a'/b'| <= (|a - a'| + |a'/b'| |b - b'|) / |b|, and |b| is nearly |b'|
        spread = other.size / divisor
        sizes = np.asarray(self.size / divisor * spread * (1 + 2 * STEEP))
        steep = np.asarray(spread * (other._roundings * UNIT) <= STEEP)
        if not all_of(steep):
            sizes = np.where(steep, sizes, np.inf)
        return Rough(value, sizes, self._roundings + other._roundings + 2)

    def __matmul__(self, other: Any) -> Rough:
        other = Rough.of(other)
        if self._roundings == 0 == other._roundings and self._value.size <= SMALL:
            return Rough.of(Ball(self._value) @ Ball(other._value))
        count = self._roundings + other._roundings + self.shape[-1] + 2
        # products are not watched for underflow by every library: each is below TINY u
        sizes = np.asarray(self.size @ other.size + TINY)
        return Rough(np.asarray(self._value @ other._value), sizes, count)

    def __getitem__(self, index: Any) -> Rough:
        size = None if self._size is None else np.asarray(self._size[index])
        return Rough(np.asarray(self._value[index]), size, self._roundings)

    def sqrt(self) -> Rough:
        """Square root of numbers that are known to be nonnegative."""
        root = np.asarray(np.sqrt(self._value))
        if self._roundings == 0:
            return Rough(root, root, 1)
        spread = self.size / self._value  # |sqrt(a) - sqrt(a')| <= |a - a'| / sqrt(a')
        sizes = np.asarray(root * spread)
        positive = np.asarray(self._value > 0)
        if not all_of(positive):
            sizes = np.where(positive, sizes, np.where(self.size == 0, 0.0, np.inf))
        return Rough(root, sizes, self._roundings + 2)

    def sum(self, axis: int = -1) -> Rough:
        """Sum along one axis."""
        count = self._roundings + self.shape[axis] + 1
        values, sizes = np.add.reduce(self._value, axis), np.add.reduce(self.size, axis)
        return Rough(np.asarray(values), np.asarray(sizes), count)

    def max(self, axis: int = -1) -> Rough:
        """Largest entry along one axis; 0 over an empty axis."""
        if self.shape[axis] == 0:
            return Rough(np.zeros(np.delete(self.shape, axis)))
        values = np.asarray(np.maximum.reduce(self._value, axis))
        if self._roundings == 0:
            return Rough(values)
        return Rough(values, np.asarray(np.maximum.reduce(self.size, axis)), self._roundings)

    def where(self, mask: Mask, other: Any) -> Rough:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""
        other = Rough.of(other)
        values = np.where(mask, self._value, other._value)
        count = max(self._roundings, other._roundings)
        if not count:
            return Rough(values)
        return Rough(values, np.where(mask, self.size, other.size), count)

    def reshape(self, *shape: int) -> Rough:
        """Give a new shape to the same entries."""
        size = None if self._size is None else self._size.reshape(shape)
        return Rough(self._value.reshape(shape), size, self._roundings)

    def swapaxes(self, first: int, second: int) -> Rough:
        """Exchange two axes."""
        size = None if self._size is None else self._size.swapaxes(first, second)
        return Rough(self._value.swapaxes(first, second), size, self._roundings)

    def exp(self) -> Rough:
        """Exponential function, by balls."""
        return Rough.of(Ball.of(self).exp())

    def arccos(self) -> Rough:
        """Arc cosine of numbers that are known to be in [-1, 1], by balls."""
        return Rough.of(Ball.of(self).arccos())

    def largest_sums(self) -> Rough:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis, by balls."""
        return Rough.of(Ball.of(self).largest_sums())

    def hull(self, other: Any) -> Rough:
        """Smallest enclosure that contains both numbers, by balls."""
        return Rough.of(Ball.of(self).hull(Ball.of(Rough.of(other))))

    def solve(self, right: Number) -> Rough:
        """Solve linear systems, by balls."""
        return Rough.of(Ball.of(self).solve(Ball.of(right)))

    def eigenvalues(self) -> Rough:
        """Eigenvalues of symmetric matrices, by balls."""
        return Rough.of(Ball.of(self).eigenvalues())

    def determinant(self) -> Rough:
        """Determinant of symmetric matrices, by balls."""
        return Rough.of(Ball.of(self).determinant())
