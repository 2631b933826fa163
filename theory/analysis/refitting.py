"""Pursuits that choose atoms by their products with the residual, and fit the signal to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sparsebound.theory.analysis.floating_point import (
    UP,
    Allowance,
    FloatingPoint,
    extents,
    gradient_step,
)
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.isometry import common_square


@dataclass(frozen=True)
class Refitting:
    """The steps of a run without noise, on atoms as given; sizes B, K and n.

    Attributes
    ----------
    instance : Instance
        For the dictionary and the codes.
    run : Trajectory
        Its points; those that are not finite are 0.
    finite : ndarray of bool, shape (B, K + 1)
        Which are.
    """

    instance: Instance
    run: Trajectory
    finite: Mask

    @classmethod
    def of(cls, instance: Instance, run: Trajectory) -> Refitting:
        """Take a run as it is."""
        finite = np.asarray(np.isfinite(run.points).all(axis=-1))
        points = np.where(finite[..., None], run.points, 0)
        return cls(instance, replace(run, points=points), finite)

    @property
    def L(self) -> float:
        """The common factor of the squared norms of atoms."""
        return common_square(self.instance.D, 1)

    def away(self) -> Number:
        """``x - x^k``, shape (B, K + 1, n)."""
        codes = self.instance.X[:, None, :]
        return codes - self.instance.lift(self.run.points)

    def products(self, away: Number) -> Number:
        """``<d_j, y - D x^k>``, shape (B, K, n)."""
        batch, length, n = away.shape
        before = away[:, :-1].reshape(batch * (length - 1), n)
        return (before @ self.instance.D.raw_gram).reshape(batch, length - 1, n)

    def sparse(self) -> Mask:
        """Which points have as many nonzeros as the code, or fewer; shape (B, K + 1)."""
        few = (self.run.points != 0).sum(axis=-1) <= self.instance.sparsity[:, None]
        return np.asarray(few & self.finite)

    def fitted(self, chosen: Mask) -> Number:
        """Least squares on sets of atoms (B, K, n), in entries of that shape."""
        D, (batch, steps, n) = self.instance.D, chosen.shape
        both = chosen[..., :, None] & chosen[..., None, :]
        system = D.raw_gram.where(both, np.eye(n) * self.L)
        right = (self.instance.lift(self.instance.X) @ D.raw_gram).reshape(batch, 1, n)
        right = (right + np.zeros(chosen.shape)).where(chosen, 0)
        return system.solve(right.reshape(batch, steps, n, 1)).reshape(batch, steps, n)

    def product_rounding(self) -> Allowance:
        """What rounding moves ``L x + D^T (y - D x)`` by, in the norm, at most; shape (B, K)."""
        D, data = self.instance.D, np.abs(self.instance.D.data)
        m, n = D.shape
        same = np.ones(len(self.instance))
        return gradient_step(
            self.run.points.dtype,
            data,
            extents(D),
            np.abs(self.run.points[:, :-1].astype(np.float64)),
            np.abs(self.instance.X) @ data.T,
            0 * same,
            self.L * same,
            roundings=2 * m + n + 12,
            checked=3 * m + 2 * n + 25,
        )

    def fit_rounding(self, atoms: IntArray, least: FloatArray, fits: FloatArray) -> Allowance:
        """What rounding moves least squares by, in the norm, at most; shape (B, K).

        A fit that is backward stable, column by column, leaves products of ``gamma_k`` times the
        norm of an atom times that of the signal and of all atoms in it; or one by the Gram matrix.
        ``k = 8 (m + n) s`` as for the orthogonal pursuit.

        Parameters
        ----------
        atoms : ndarray of int, shape (B,)
            How many are fitted.
        least : ndarray, shape (B,)
            Lower bounds of the least eigenvalue of their Gram matrix.
        fits : ndarray, shape (B, K, n)
            The exact ones, rounded.
        """
        D, kind = self.instance.D, FloatingPoint.of(self.run.points.dtype)
        m, n = D.shape
        with np.errstate(all="ignore"):  # what is out of range is not known
            longest = float(np.sqrt((D.data * D.data).sum(axis=0).max()))
            signals = longest * np.abs(self.instance.X).sum(axis=1)[:, None]
            fitted = 2 * longest * np.abs(fits).sum(axis=-1)
            rounds, root = 8 * (m + n) * np.maximum(atoms, 1), np.sqrt(atoms)[:, None]
            sizes = longest * (fitted + 3 * signals) * root
            flushed = (rounds * m)[:, None] * (1 + longest) ** 2 * (1 + signals + fitted)
            found = kind.error(rounds[:, None], sizes, flushed)
            size = np.where(least > 0, UP / least, np.inf)[:, None] * found
        known = np.isfinite(size)
        return Allowance(np.where(known, size, 0.0), np.asarray(known))


def golden(D: Dictionary) -> Number:
    """``(1 + sqrt 5)/2`` in the arithmetic of a dictionary."""
    return (D.arithmetic.of(5).sqrt() + 1) / 2


def largest_of(values: Number, counts: IntArray, room: Allowance) -> tuple[Mask, Mask, Mask]:
    """Choose the largest entries in modulus, and say where no rounding changes the choice.

    Parameters
    ----------
    values : Number, shape (B, K, n)
        What is chosen from.
    counts : ndarray of int, shape (B,)
        How many.
    room : Allowance
        By how much values may be moved, shape (B, K).

    Returns
    -------
    chosen, surely : ndarray of bool, shape (B, K, n)
        Which entries, and which of them whatever rounding does.
    clear : ndarray of bool, shape (B, K)
    """
    sizes = np.abs(values.mid)
    order = np.argsort(-sizes, axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1)
    chosen = ranks < counts[:, None, None]
    least = np.where(chosen, sizes, np.inf).min(axis=-1)
    other = np.where(chosen, 0.0, sizes).max(axis=-1)
    every = chosen.all(axis=-1)
    margin = 4 * room.size + 2 * values.rad.max(axis=-1)
    surely = chosen & (sizes > (other + margin)[..., None]) & room.known[..., None]
    clear = room.known & (every | (least - other > margin))
    return np.asarray(chosen), np.asarray(surely), np.asarray(clear)


def truncation_defects(found: FloatArray, values: Number, s: IntArray) -> Number:
    """What moves values to where their s largest entries are what was found, shape (B, K, n).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> values = Ball.of([[[3.0, -2.0]]])
    >>> truncation_defects(np.array([[[3.0, 0.0]]]), values, np.array([1])).mid
    array([[[0., 0.]]])
    """
    used = found != 0
    least = np.where(used, np.abs(found), np.inf).min(axis=-1, keepdims=True)
    full = used.sum(axis=-1, keepdims=True) >= np.maximum(s, 1)[:, None, None]
    beyond = abs(values) - np.where(full, least, 0.0)
    moved: Number = found - values
    return moved.where(used, beyond.where(beyond.sign != -1, 0))
