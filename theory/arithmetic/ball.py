"""Batched midpoint-radius arithmetic in float64.

The radius of every result contains the rounding error of the operation (Higham 2002, chapter 3:
``gamma_k = k u / (1 - k u)`` for a sum of ``k`` products in any order), so an enclosure is never
optimistic. Small integers, and fractions with short binary expansions, stay exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from theory.arithmetic.number import UNKNOWN, FloatArray, Mask, Number

UNIT = 2.0**-53  # unit roundoff
TINY = 2.0**-1000  # above every underflow that an operation can hide
SLACK = 1.0 + 2.0**-48  # covers the rounding of the few operations that compute a radius
GRID = 2.0**10
LARGE = 2.0**32  # products of multiples of 1/GRID up to here fit into 53 bits


def _gamma(terms: int) -> float:
    return (terms + 2) * UNIT / (1.0 - (terms + 2) * UNIT)


def _short(values: FloatArray) -> Mask:
    """Where numbers are multiples of 1/GRID."""
    scaled = values * GRID
    return np.asarray(scaled == np.rint(scaled))


def _none(entries: NDArray[Any]) -> bool:
    return not np.count_nonzero(entries)  # several times as fast as any(), all() on small arrays


def _all(mask: Mask) -> bool:
    return bool(np.count_nonzero(mask) == mask.size)


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
        self._mid: FloatArray = np.asarray(mid, dtype=np.float64)
        if rad is None:
            rad = np.zeros(self._mid.shape)
        else:
            rad = np.asarray(rad, dtype=np.float64)
            if rad.shape != self._mid.shape:
                rad = np.zeros(self._mid.shape) + rad
        finite = np.isfinite(self._mid)
        if not _all(finite):  # an overflow or 0/0: nothing is known, except at an honest infinity
            lost = ~finite
            unknown = np.isnan(self._mid) | (lost & (rad > 0))
            self._mid = np.where(unknown, 0.0, self._mid)
            rad = np.where(unknown, np.inf, np.where(lost, 0.0, rad))
        self._rad: FloatArray = rad

    @classmethod
    def _kept(cls, mid: Any, rad: Any) -> Ball:
        """Make a ball of entries that were those of balls before: nothing to look at."""
        ball = cls.__new__(cls)
        ball._mid, ball._rad = np.asarray(mid), np.asarray(rad)
        return ball

    @classmethod
    def of(cls, value: Any) -> Ball:
        """Take exact data into ball arithmetic."""
        if isinstance(value, Ball):
            return value
        if isinstance(value, Fraction):
            mid = float(value)
            return cls(mid, 0.0 if Fraction(mid) == value else abs(mid) * UNIT + TINY)
        return cls(value)

    @classmethod
    def between(cls, lower: Any, upper: Any) -> Ball:
        """Enclose numbers that lie between two float bounds."""
        lower = np.asarray(lower, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            mid = np.asarray(lower / 2 + upper / 2)
            rad = np.asarray(np.maximum(upper - mid, mid - lower) * SLACK + TINY)
        same = lower == upper
        if not _none(same):
            mid, rad = np.where(same, lower, mid), np.where(same, 0.0, rad)
        return cls(mid, rad)

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
        if _none(self._rad):
            return self._mid
        ends = self._mid - self._rad
        return np.where(self._rad > 0, np.nextafter(ends, -np.inf), ends)

    @property
    def upper(self) -> FloatArray:
        """Upper ends, rounded up."""
        if _none(self._rad):
            return self._mid
        ends = self._mid + self._rad
        return np.where(self._rad > 0, np.nextafter(ends, np.inf), ends)

    @property
    def sign(self) -> NDArray[np.int8]:
        """-1, 0, 1, or ``UNKNOWN`` where the ball contains zero and more."""
        signs = np.asarray(np.sign(self._mid), dtype=np.int8)
        known = np.asarray(abs(self._mid) > self._rad)
        if not _all(known):
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
        with np.errstate(invalid="ignore", over="ignore"):
            mid = a + b
            shift = mid - a
            error = abs((a - (mid - shift)) + (b - shift))  # Knuth's two-sum: exact
            return Ball(mid, (self._rad + other._rad + error) * SLACK)

    def __mul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            mid = a * b
            size = abs(mid)
            exact = (a == 0) | (b == 0) | (_short(a) & _short(b) & (size <= LARGE))
            rad = np.asarray(size * UNIT + TINY)
            np.putmask(rad, exact, 0.0)
            if not _none(other._rad):
                rad = rad + abs(a) * other._rad
                b = abs(b) + other._rad
            if not _none(self._rad):
                rad = rad + abs(b) * self._rad
            return Ball(mid, np.fmin(rad * SLACK, np.inf))  # 0 * inf tells nothing

    def __truediv__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = a / b
            size = abs(mid)
            room = abs(b) - other._rad
            rad = np.asarray(size * UNIT + TINY)
            exact = _short(mid) & _short(b) & (mid * b == a) & (abs(a) <= LARGE)
            if not (_none(other._rad) and _none(self._rad)):
                exact &= (other._rad == 0) & (self._rad == 0)
                rad += (size * other._rad + self._rad) / (room / SLACK)
            rad *= SLACK
            scaleless = a + a == a  # 0 and honest infinities stay what they are
            np.putmask(rad, exact | (scaleless & (self._rad == 0)), 0.0)
            known = room > 0
            if _all(known):
                return Ball(mid, rad)
            return Ball(np.where(known, mid, 0.0), np.where(known, rad, np.inf))

    def __matmul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        sizes = np.asarray(abs(a) @ abs(b))
        gamma = _gamma(a.shape[-1])
        if _all(_short(a)) and _all(_short(b)) and _all(sizes <= LARGE):
            rad = np.zeros(sizes.shape)
        else:
            rad = gamma * sizes + TINY
        with np.errstate(invalid="ignore"):
            if not _none(self._rad):
                rad = rad + self._rad @ (abs(b) + other._rad)
            if not _none(other._rad):
                rad = rad + abs(a) @ other._rad
            rad = np.fmin(rad * (SLACK + 2 * gamma), np.inf)  # 0 * inf tells nothing
        return Ball(a @ b, rad)

    def __getitem__(self, index: Any) -> Ball:
        return Ball._kept(self._mid[index], self._rad[index])

    def sqrt(self) -> Ball:
        """Square root of numbers that are known to be nonnegative."""
        lower = upper = np.sqrt(np.maximum(self.lower, 0.0))
        if not _none(self._rad):
            upper = np.sqrt(np.maximum(self.upper, 0.0))
        exact = (self._rad == 0) & (lower * lower == self._mid) & _short(lower)
        exact &= self._mid <= LARGE
        return Ball.between(
            np.where(exact, lower, np.nextafter(lower, 0.0)),
            np.where(exact, lower, np.nextafter(upper, np.inf)),
        )

    def exp(self) -> Ball:
        """Exponential function, for few entries: one at a time."""
        balls = zip(self._mid.flat, self._rad.flat, strict=True)
        found = [arb(mid, rad).exp() for mid, rad in balls]
        mid, rad = ([float(part(b)) for b in found] for part in (arb.mid, arb.rad))
        mids, rads = np.reshape(mid, self.shape), np.reshape(rad, self.shape)
        exact = (self._mid == 0) & (self._rad == 0)
        return Ball(mids, np.where(exact, 0.0, (rads + np.abs(mids) * UNIT + TINY) * SLACK))

    def sum(self, axis: int = -1) -> Ball:
        """Sum along one axis."""
        size = np.add.reduce(abs(self._mid), axis)
        exact = np.logical_and.reduce(_short(self._mid), axis) & (size <= LARGE)
        gamma = _gamma(self._mid.shape[axis])
        rad = np.asarray(gamma * size)
        np.putmask(rad, exact, 0.0)
        if not _none(self._rad):
            rad = rad + np.add.reduce(self._rad, axis)
        return Ball(np.add.reduce(self._mid, axis), rad * (SLACK + 2 * gamma))

    def max(self, axis: int = -1) -> Ball:
        """Largest entry along one axis; 0 over an empty axis."""
        if self._mid.shape[axis] == 0:
            return Ball(np.zeros(np.delete(self._mid.shape, axis)))
        if _none(self._rad):
            return Ball._kept(
                np.maximum.reduce(self._mid, axis), np.maximum.reduce(self._rad, axis)
            )
        return Ball.between(
            np.maximum.reduce(self.lower, axis), np.maximum.reduce(self.upper, axis)
        )

    def largest_sums(self) -> Ball:
        """For ``k = 0..n``, the sum of the ``k`` largest entries of the last axis."""

        def running(ends: FloatArray) -> Ball:
            order = np.sort(ends, axis=-1)[..., ::-1]
            sums = np.concatenate([np.zeros((*ends.shape[:-1], 1)), order.cumsum(-1)], axis=-1)
            sizes = np.concatenate(
                [np.zeros((*ends.shape[:-1], 1)), np.abs(order).cumsum(-1)], axis=-1
            )
            exact = _short(ends).all(-1, keepdims=True) & (sizes <= LARGE)
            return Ball(sums, np.where(exact, 0.0, _gamma(ends.shape[-1]) * sizes * SLACK))

        if _none(self._rad):
            return running(self._mid)
        return Ball.between(running(self.lower).lower, running(self.upper).upper)

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
        """Solve linear systems; the radius bounds the distance to the true solution.

        With an approximate inverse ``R`` and ``alpha = ||I - R A||_inf < 1``, the error of an
        approximate solution with residual ``r`` is at most ``|R r| + alpha/(1-alpha) max |R r|``
        (Rump 2010, section 10).
        """
        matrix, right = self, Ball.of(right)
        try:
            inverse = np.linalg.inv(matrix._mid)
        except np.linalg.LinAlgError:  # one singular matrix must not spoil its batch
            inverse = np.linalg.pinv(matrix._mid)
        defect = np.eye(matrix.shape[-1]) - Ball(inverse) @ matrix
        alpha = (abs(defect)).sum(-1).upper.max(-1, initial=0.0)[..., None, None]
        point = inverse @ right._mid
        correction = Ball(inverse) @ (right - matrix @ point)
        step = np.abs(correction.mid) + correction.rad
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = alpha / (1.0 - alpha) * step.max(-2, initial=0.0, keepdims=True)
            rad = np.where(alpha < 1.0, (step + rest) * SLACK + TINY, np.inf)
        return Ball(point, np.where(np.isnan(rad), np.inf, rad))

    def eigenvalues(self) -> Ball:
        """Eigenvalues in increasing order; all of a matrix share one radius.

        For ``A V = V L + R`` and ``||V^T V - I|| <= d < 1`` the polar decomposition of ``V`` and
        Weyl's inequality give an error of at most ``(||R|| + 2 d ||L||) / (1 - d)``.
        """
        values, vectors = np.linalg.eigh(self._mid)
        if self.shape[-1] == 0:
            return Ball(values)
        residual = self @ vectors - Ball(vectors) * values[..., None, :]
        defect = Ball(vectors.swapaxes(-1, -2)) @ vectors - np.eye(self.shape[-1])

        def frobenius(matrix: Ball) -> FloatArray:
            sizes = np.abs(matrix.mid) + matrix.rad
            return np.asarray(np.sqrt((sizes * sizes).sum((-1, -2))) * (SLACK + 1e-12))

        loss = frobenius(defect)
        bound = (frobenius(residual) + 2 * loss * np.abs(values).max(-1)) / (1 - loss)
        bound = np.where(loss < 1, bound * (SLACK + 1e-12) + TINY, np.inf)
        return Ball(values, np.broadcast_to(bound[..., None], values.shape))

    def determinant(self) -> Ball:
        """Determinant of symmetric matrices, the product of their eigenvalues."""
        values = self.eigenvalues()
        product = Ball(np.ones(values.shape[:-1]))
        for index in range(values.shape[-1]):
            product = product * values[..., index]
        return product
