"""Exact rationals, and arbitrary-precision balls where a root makes a number irrational.

Floats are dyadic rationals, so float data are exact data. Sums, products and quotients of
rationals stay rational (``flint.fmpq``); the root of a rational that is not a square becomes a
ball (``flint.arb``) at the precision that :func:`precision` sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, reduce
from typing import Any

import flint
import numpy as np
from flint import acb_mat, arb, arb_mat, fmpq, fmpq_mat
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import characteristic, symmetric
from sparsebound.theory.arithmetic import entries as single
from sparsebound.theory.arithmetic.data import exact_data
from sparsebound.theory.arithmetic.entries import Entry, as_ball
from sparsebound.theory.arithmetic.number import FEW, FloatArray, Mask, Number

Entries = NDArray[np.object_]
RATIONAL = {fmpq}


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Compute irrational numbers with ``bits`` bits inside the ``with`` block."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def current_precision() -> int:
    """Bits with which irrational numbers are computed at the moment."""
    return int(flint.ctx.prec)


def _elementwise(function: Callable[..., Entry], count: int) -> Callable[..., Entries]:
    lifted = np.frompyfunc(function, count, 1)

    def apply(*arrays: Entries) -> Entries:
        result = lifted(*arrays)
        return result if isinstance(result, np.ndarray) else _scalar(result)

    return apply


def _scalar(value: Entry) -> Entries:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


_quotient = _elementwise(single.divide, 2)
_square_root = _elementwise(single.root, 1)
_exponential = _elementwise(single.exponential, 1)
_arc_cosine = _elementwise(single.arccosine, 1)
_hull = _elementwise(single.hull, 2)
_lift = _elementwise(single.entry, 1)
_enclosed = _elementwise(single.enclosed, 2)


@lru_cache(maxsize=4096)
def _dyadic(value: float) -> fmpq:
    """Take a finite number into rationals; formulas and short data are full of the same ones."""
    return fmpq(*value.as_integer_ratio())


def _rational(*arrays: Entries) -> bool:
    return all(set(map(type, entries.ravel().tolist())) <= RATIONAL for entries in arrays)


def _finite(entries: Entries) -> bool:
    return _rational(entries) or all(single.is_finite(value) for value in entries.flat)


def _matrix(entries: Entries, exactly: bool) -> Any:
    rows, columns = entries.shape
    return (fmpq_mat if exactly else arb_mat)(rows, columns, entries.ravel().tolist())


def _entries(matrix: Any) -> Entries:
    rows, columns = matrix.nrows(), matrix.ncols()
    return np.fromiter(matrix.entries(), object, rows * columns).reshape(rows, columns)


def _stacked(function: Callable[..., Any], rank: tuple[int, ...], *arrays: Entries) -> Entries:
    """Apply a function of matrices to every matrix of a stack (``rank``: the axes it returns)."""
    if all(array.ndim == 2 for array in arrays):
        found = function(*arrays)
        return found if isinstance(found, np.ndarray) else _scalar(found)
    lead = np.broadcast_shapes(*(array.shape[:-2] for array in arrays))
    arrays = tuple(np.broadcast_to(array, lead + array.shape[-2:]) for array in arrays)
    result = np.empty(lead + rank, dtype=object)
    for index in np.ndindex(lead):
        result[index] = function(*(array[index] for array in arrays))
    return result


def _is_symmetric(matrix: Entries) -> bool:
    """Whether balls on both sides of the diagonal overlap."""
    rows, columns = np.triu_indices(len(matrix), 1)
    pairs = zip(matrix[rows, columns], matrix[columns, rows], strict=True)
    return all(as_ball(one).overlaps(as_ball(other)) for one, other in pairs)


class Exact(Number):
    """An array of exact rationals and arbitrary-precision balls.

    Examples
    --------
    >>> third = Exact.of(1) / 3
    >>> int((3 * third - 1).sign), bool(third.rad > 0)  # its float64 is not a third
    (0, True)
    >>> from sparsebound.theory.arithmetic import UNKNOWN
    >>> int((Exact.of(2).sqrt() ** 2 - 2).sign) == UNKNOWN
    True
    """

    __slots__ = ("_values",)

    def __init__(self, values: Entries) -> None:
        self._values = values

    @classmethod
    def of(cls, value: Any) -> Exact:
        """Take exact data into exact arithmetic."""
        if type(value) is int and 0 <= value < FEW:
            return _whole(value)
        if isinstance(value, Exact):
            return value
        if isinstance(value, Number):
            return cls(_enclosed(value.mid, value.rad))
        array = exact_data(value)
        if array.dtype.kind in "biuf" and np.isfinite(array).all():
            values = map(_dyadic, array.ravel().tolist())
            return cls(np.fromiter(values, object, array.size).reshape(array.shape))
        return cls(_lift(array.astype(object)))

    @property
    def values(self) -> Entries:
        """The entries, each a ``fmpq`` or an ``arb``."""
        return self._values

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self._values.shape

    @property
    def mid(self) -> FloatArray:
        """Midpoints, rounded to float64."""
        return self._floats(single.midpoint)

    @property
    def rad(self) -> FloatArray:
        """Radii around the rounded midpoints, rounded up to float64."""
        return self._floats(single.radius)

    def _floats(self, part: Callable[[Entry], float]) -> FloatArray:
        return np.array([part(v) for v in self._values.flat], dtype=float).reshape(self.shape)

    @property
    def sign(self) -> NDArray[np.int8]:
        """-1, 0, 1, or ``UNKNOWN`` where the enclosure contains zero and more."""
        return np.array([single.sign(v) for v in self._values.flat], dtype=np.int8).reshape(
            self.shape
        )

    def __repr__(self) -> str:
        return f"Exact({np.array([str(v) for v in self._values.flat]).reshape(self.shape)})"

    def _apply(self, operation: Callable[..., Any], *others: Any) -> Exact:
        result = operation(self._values, *(Exact.of(other)._values for other in others))
        return Exact(result if isinstance(result, np.ndarray) else _scalar(result))

    def __neg__(self) -> Exact:
        return self._apply(np.negative)

    def __abs__(self) -> Exact:
        return self._apply(np.absolute)

    def __add__(self, other: Any) -> Exact:
        return self._apply(np.add, other)

    def __mul__(self, other: Any) -> Exact:
        return self._apply(np.multiply, other)

    def __truediv__(self, other: Any) -> Exact:
        divisor = Exact.of(other)
        if _rational(divisor._values) and all(divisor._values.ravel().tolist()):
            return self._apply(np.true_divide, divisor)
        return self._apply(_quotient, divisor)

    def __matmul__(self, other: Any) -> Exact:
        left, right = self._values, Exact.of(other)._values
        every = _rational(left, right)

        def product(a: Entries, b: Entries) -> Entries:
            exactly = every or _rational(a, b)
            return _entries(_matrix(a, exactly) * _matrix(b, exactly))

        return Exact(_stacked(product, (left.shape[-2], right.shape[-1]), left, right))

    def __getitem__(self, index: Any) -> Exact:
        result = self._values[index]
        return Exact(result if isinstance(result, np.ndarray) else _scalar(result))

    def sqrt(self) -> Exact:
        """Square root of numbers that are known to be nonnegative."""
        return self._apply(_square_root)

    def exp(self) -> Exact:
        """Exponential function; rational at 0 alone."""
        return self._apply(_exponential)

    def arccos(self) -> Exact:
        """Arc cosine of numbers that are known to be in [-1, 1]; rational at 1 alone."""
        return self._apply(_arc_cosine)

    def _along(self, axis: int, function: Callable[[Entry, Entry], Entry]) -> Exact:
        moved = np.moveaxis(self._values, axis, 0)
        if moved.shape[0] == 0:
            return Exact.of(np.zeros(moved.shape[1:]))
        return Exact(np.asarray(reduce(_elementwise(function, 2), moved)))

    def sum(self, axis: int = -1) -> Exact:
        """Sum along one axis."""
        if self.shape[axis] == 0:
            return self.max(axis)
        total = np.add.reduce(self._values, axis)
        return Exact(total if isinstance(total, np.ndarray) else _scalar(total))

    def max(self, axis: int = -1) -> Exact:
        """Largest entry along one axis; 0 over an empty axis."""
        return self._along(axis, single.larger)

    def largest_sums(self) -> Exact:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis."""

        def running(row: Entries) -> list[Entry]:
            if _rational(row):
                return list(np.cumsum([fmpq(0), *sorted(row, reverse=True)]))
            balls = [as_ball(value) for value in row]
            if not all(ball.is_finite() for ball in balls):
                return [fmpq(0), *[arb.nan()] * len(row)]
            ends = [sorted(map(end, balls), reverse=True) for end in (arb.lower, arb.upper)]
            low, high = (np.cumsum([arb(0), *sums]) for sums in ends)
            sums = [a.union(b) for a, b in zip(low, high, strict=True)]
            return [fmpq(0), reduce(single.larger, row), *sums[2:]]

        lead, count = self.shape[:-1], self.shape[-1]
        result = np.empty((*lead, count + 1), dtype=object)
        for index in np.ndindex(lead):
            result[index] = running(self._values[index])
        return Exact(result)

    def where(self, mask: Mask, other: Any) -> Exact:
        """Keep the entries where ``mask`` holds and take ``other`` elsewhere."""
        return Exact(np.where(mask, self._values, Exact.of(other)._values))

    def reshape(self, *shape: int) -> Exact:
        """Give a new shape to the same entries."""
        return Exact(self._values.reshape(shape))

    def swapaxes(self, first: int, second: int) -> Exact:
        """Exchange two axes."""
        return Exact(self._values.swapaxes(first, second))

    def hull(self, other: Any) -> Exact:
        """Smallest enclosure that contains both numbers."""
        return self._apply(_hull, other)

    def solve(self, right: Number) -> Exact:
        """Solve linear systems; a singular matrix gives entries about which nothing is known."""
        other = Exact.of(right)._values
        every = _rational(self._values, other)

        def quotient(a: Entries, b: Entries) -> Entries:
            if 0 in (a.size, b.size):
                return np.empty(b.shape, dtype=object)
            if not (every or _finite(a)):
                return np.full(b.shape, arb.nan(), dtype=object)
            exactly = every or _rational(a, b)
            try:
                return _entries(_matrix(a, exactly).solve(_matrix(b, exactly)))
            except ZeroDivisionError:
                return np.full(b.shape, arb.nan(), dtype=object)

        return Exact(_stacked(quotient, other.shape[-2:], self._values, other))

    def eigenvalues(self) -> Exact:
        """Eigenvalues in increasing order of their midpoints; they have to be real.

        Those of rational matrices, multiple ones as well, are the roots of exact polynomials.
        """
        known: dict[tuple[Entry, ...], list[Entry]] = {}

        def spectrum(matrix: Entries) -> Entries:
            if matrix.size == 0:
                return np.empty(0, dtype=object)
            if not _finite(matrix):
                return np.full(matrix.shape[0], arb.nan(), dtype=object)
            if matrix.size == 1:
                return matrix.reshape(-1)
            if _rational(matrix):
                values = characteristic.spectrum(matrix, known)
                return np.array(sorted(values, key=lambda v: as_ball(v).mid()), dtype=object)
            if _is_symmetric(matrix):
                return np.array(symmetric.spectrum(_matrix(matrix, exactly=False)), dtype=object)
            try:
                values = acb_mat(_matrix(matrix, exactly=False)).eig(multiple=True)
            except ValueError:  # the clusters overlap at this precision
                return np.full(matrix.shape[0], arb.nan(), dtype=object)
            return np.array(sorted((v.real for v in values), key=lambda v: v.mid()), dtype=object)

        return Exact(_stacked(spectrum, self.shape[-1:], self._values))

    def determinant(self) -> Exact:
        """Determinant of square matrices."""

        def one(matrix: Entries) -> Entry:
            if matrix.size == 0:
                return fmpq(1)
            if not _finite(matrix):
                return arb.nan()
            return _matrix(matrix, _rational(matrix)).det()

        return Exact(_stacked(one, (), self._values))


@cache
def _whole(value: int) -> Exact:
    """Make a whole number once, which nobody can change."""
    entries = _scalar(fmpq(value))
    entries.flags.writeable = False
    return Exact(entries)
