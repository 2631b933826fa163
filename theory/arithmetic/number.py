"""The interface that ball and exact arithmetic share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]
NumberLike = "Number | int | float | Fraction | NDArray[Any]"

UNKNOWN = 2
"""The sign of a number whose enclosure contains zero and something else."""
FEW = 4
"""Whole numbers that every arithmetic keeps: formulas are full of them."""


class Number(ABC):
    """An array of real numbers, each known up to an enclosure.

    Subclasses say how the enclosure is kept. Operators follow numpy's broadcasting; integers,
    fractions, floats and arrays of them take part as the exact numbers that they are.

    Where nothing is known of a number, its midpoint is 0 and its radius infinite. An infinity, of
    radius 0, is a number of its own: it came in as data, or is what an operation on it must give.
    """

    __array_ufunc__ = None  # numpy arrays hand mixed operations over to us
    __hash__ = None  # type: ignore[assignment]  # a number is compared by `sign`, never by ==

    @classmethod
    @abstractmethod
    def of(cls, value: Any) -> Self:
        """Take exact data (integers, fractions, floats, arrays of them) into this arithmetic."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""

    @property
    @abstractmethod
    def mid(self) -> FloatArray:
        """Midpoints, rounded to float64."""

    @property
    @abstractmethod
    def rad(self) -> FloatArray:
        """Radii, rounded up to float64; zero where the midpoint is the number."""

    @property
    @abstractmethod
    def sign(self) -> NDArray[np.int8]:
        """-1, 0 or 1 where the enclosure decides it, ``UNKNOWN`` elsewhere."""

    def compared(self, other: Any) -> NDArray[np.int8]:
        """Signs of this number minus another one."""
        difference: Self = self - other
        return difference.sign

    @abstractmethod
    def __add__(self, other: Any) -> Self:
        """Add; this and the other operators have the same types in every arithmetic."""

    @abstractmethod
    def __mul__(self, other: Any) -> Self: ...

    @abstractmethod
    def __truediv__(self, other: Any) -> Self: ...

    @abstractmethod
    def __neg__(self) -> Self: ...

    @abstractmethod
    def __abs__(self) -> Self: ...

    @abstractmethod
    def __matmul__(self, other: Any) -> Self: ...

    @abstractmethod
    def __getitem__(self, index: Any) -> Self: ...

    def __radd__(self, other: Any) -> Self:
        return self.__add__(other)

    def __rmul__(self, other: Any) -> Self:
        return self.__mul__(other)

    def __sub__(self, other: Any) -> Self:
        return self.__add__(-self.of(other))

    def __rsub__(self, other: Any) -> Self:
        return (-self).__add__(other)

    def __rtruediv__(self, other: Any) -> Self:
        return self.of(other).__truediv__(self)

    def __rmatmul__(self, other: Any) -> Self:
        return self.of(other).__matmul__(self)

    def __pow__(self, exponent: int) -> Self:
        if exponent != 2:
            raise ValueError(f"exponent is {exponent!r}; only squares are needed here")
        return self.__mul__(self)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @abstractmethod
    def sqrt(self) -> Self:
        """Square root of numbers that are known to be nonnegative."""

    @abstractmethod
    def exp(self) -> Self:
        """Exponential function, for few entries: one at a time."""

    @abstractmethod
    def arccos(self) -> Self:
        """Arc cosine of numbers that are known to be in [-1, 1], for few entries as well."""

    @abstractmethod
    def sum(self, axis: int = -1) -> Self:
        """Sum along one axis."""

    @abstractmethod
    def max(self, axis: int = -1) -> Self:
        """Largest entry along one axis; 0 over an empty axis."""

    def min(self, axis: int = -1) -> Self:
        """Smallest entry along one axis."""
        return -((-self).max(axis))

    @abstractmethod
    def largest_sums(self) -> Self:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis."""

    @abstractmethod
    def where(self, mask: Mask, other: Any) -> Self:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""

    @abstractmethod
    def reshape(self, *shape: int) -> Self:
        """Give a new shape to the same entries."""

    @abstractmethod
    def swapaxes(self, first: int, second: int) -> Self:
        """Exchange two axes."""

    @abstractmethod
    def hull(self, other: Any) -> Self:
        """Smallest enclosure that contains both numbers, entry by entry."""

    @abstractmethod
    def solve(self, right: Self) -> Self:
        """Solve ``self @ x = right`` for square matrices on the last two axes.

        A matrix that may be singular gives entries that are enclosed by the whole line.
        """

    @abstractmethod
    def eigenvalues(self) -> Self:
        """Eigenvalues, in increasing order, of symmetric matrices on the last two axes."""

    @abstractmethod
    def determinant(self) -> Self:
        """Determinant of symmetric matrices on the last two axes."""


def larger(one: Number, other: Number) -> Number:
    """Return the larger of two numbers of equal shape, entry by entry.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> larger(Ball([1.0, 3.0]), Ball([2.0, 2.0])).mid
    array([2., 3.])
    """
    order = (one - other).sign
    result: Number = one.where(
        (order == 0) | (order == 1), other.where(order == -1, one.hull(other))
    )
    return result


def smaller(one: Number, other: Number) -> Number:
    """Return the smaller of two numbers of equal shape, entry by entry.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> smaller(Ball([1.0, 3.0]), Ball([2.0, 2.0])).mid
    array([1., 2.])
    """
    result: Number = -larger(-one, -other)
    return result
