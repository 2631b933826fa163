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


class Ball(Number):
    """An array of balls ``mid +- rad``.

    Parameters
    ----------
    mid, rad : array_like
        Midpoints and nonnegative radii, of shapes that broadcast.

    Examples
    --------
    >>> third = Ball.of(1) / 3
    >>> bool(third.rad > 0), int((3 * third - 1).sign) == UNKNOWN
    (True, True)
    >>> int((2 * Ball.of(3) - 6).sign)
    0
    """

    __slots__ = ("_mid", "_rad")

    def __init__(self, mid: Any, rad: Any = 0.0) -> None:
        self._mid: FloatArray = np.asarray(mid, dtype=np.float64)
        rad = np.asarray(rad, dtype=np.float64)
        if rad.shape != self._mid.shape:
            rad = np.zeros(self._mid.shape) + rad
        finite = np.isfinite(self._mid)
        if not finite.all():  # an overflow or 0/0: nothing is known, except at an honest infinity
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
        same = lower == upper
        with np.errstate(invalid="ignore"):
            mid = np.where(same, lower, lower / 2 + upper / 2)
            rad = np.where(same, 0.0, np.maximum(upper - mid, mid - lower) * SLACK + TINY)
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
        ends = self._mid - self._rad
        return np.where(self._rad > 0, np.nextafter(ends, -np.inf), ends)

    @property
    def upper(self) -> FloatArray:
        """Upper ends, rounded up."""
        ends = self._mid + self._rad
        return np.where(self._rad > 0, np.nextafter(ends, np.inf), ends)

    @property
    def sign(self) -> NDArray[np.int8]:
        """-1, 0, 1, or ``UNKNOWN`` where the ball contains zero and more."""
        known = np.abs(self._mid) > self._rad
        zero = (self._mid == 0) & (self._rad == 0)
        return np.where(known, np.sign(self._mid), np.where(zero, 0, UNKNOWN)).astype(np.int8)

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
            error = np.abs((a - (mid - shift)) + (b - shift))  # Knuth's two-sum: exact
            rad = self._rad + other._rad
            return Ball(mid, np.where((rad == 0) & (error == 0), 0.0, (rad + error) * SLACK))

    def __mul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            mid = a * b
            size = np.abs(mid)
            exact = (a == 0) | (b == 0) | (_short(a) & _short(b) & (size <= LARGE))
            spread = np.abs(a) * other._rad + (np.abs(b) + other._rad) * self._rad
            spread = np.where(np.isnan(spread), np.inf, spread)
            rounding = np.where(exact, 0.0, size * UNIT + TINY)
            return Ball(mid, np.where((spread == 0) & exact, 0.0, (spread + rounding) * SLACK))

    def __truediv__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        with np.errstate(all="ignore"):
            mid = a / b
            size = np.abs(mid)
            room = np.abs(b) - other._rad
            spread = (size * other._rad + self._rad) / (room / SLACK)
            exact = (other._rad == 0) & (self._rad == 0) & _short(mid) & (mid * b == a)
            exact &= _short(b) & (np.abs(a) <= LARGE)
            exact |= (a == 0) & (self._rad == 0)
            rad = np.where(exact, 0.0, (spread + size * UNIT + TINY) * SLACK)
            known = room > 0
            return Ball(np.where(known, mid, 0.0), np.where(known, rad, np.inf))

    def __matmul__(self, other: Any) -> Ball:
        other = Ball.of(other)
        a, b = self._mid, other._mid
        sizes = np.abs(a) @ np.abs(b)
        short = bool(_short(a).all() and _short(b).all() and (sizes <= LARGE).all())
        rad = np.zeros_like(sizes) if short else _gamma(a.shape[-1]) * sizes + TINY
        with np.errstate(invalid="ignore"):
            if self._rad.any():
                rad = rad + self._rad @ (np.abs(b) + other._rad)
            if other._rad.any():
                rad = rad + np.abs(a) @ other._rad
        rad = np.where(np.isnan(rad), np.inf, rad)
        inflate = SLACK + 2 * _gamma(a.shape[-1])
        return Ball(a @ b, rad if short and not rad.any() else rad * inflate)

    def __getitem__(self, index: Any) -> Ball:
        return Ball._kept(self._mid[index], self._rad[index])

    def sqrt(self) -> Ball:
        """Square root of numbers that are known to be nonnegative."""
        lower, upper = np.sqrt(np.maximum(self.lower, 0.0)), np.sqrt(np.maximum(self.upper, 0.0))
        exact = (self._rad == 0) & (lower * lower == self._mid) & _short(lower)
        exact &= np.abs(self._mid) <= LARGE
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
        mid = self._mid.sum(axis)
        size = np.abs(self._mid).sum(axis)
        rad = self._rad.sum(axis)
        exact = _short(self._mid).all(axis) & (size <= LARGE)
        gamma = _gamma(self._mid.shape[axis])
        total = np.where(exact, rad, rad + gamma * size) * (SLACK + 2 * gamma)
        return Ball(mid, np.where(exact & (rad == 0), 0.0, total))

    def max(self, axis: int = -1) -> Ball:
        """Largest entry along one axis; 0 over an empty axis."""
        if self._mid.shape[axis] == 0:
            return Ball(np.zeros(np.delete(self._mid.shape, axis)))
        return Ball.between(self.lower.max(axis), self.upper.max(axis))

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

        if not self._rad.any():
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
