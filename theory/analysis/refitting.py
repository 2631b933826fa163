"""Pursuits that choose atoms by their products with the residual, and fit the signal to them.

Their points are the same if all atoms and signals are multiplied by a number. So rounding is
bounded as they compute in units of the atoms: a power of two, by which the longest is about 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sparsebound.theory.analysis.descent import upper_end
from sparsebound.theory.analysis.floating_point import (
    UP,
    Allowance,
    FloatingPoint,
    extents_of,
    gradient_step,
    norms_of,
)
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.isometry import common_square
from sparsebound.theory.theorem import STEPS, Claim


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
        m, n = self.instance.D.shape
        power = in_units_of_atoms(self.instance.D)
        data, same = np.abs(np.ldexp(self.instance.D.data, power)), np.ones(len(self.instance))
        found = gradient_step(
            self.run.points.dtype,
            data,
            extents_of(data),
            np.abs(self.run.points[:, :-1].astype(np.float64)),
            np.abs(self.instance.X) @ data.T,
            0 * same,
            np.ldexp(self.L, 2 * power) * same,
            roundings=2 * m + n + 12,
            checked=3 * m + 2 * n + 25,
        )
        with np.errstate(over="ignore"):
            return Allowance.of(np.where(found.known, np.ldexp(found.size, -2 * power), np.inf))

    def fit_rounding(self, atoms: IntArray, least: FloatArray, delta: FloatArray) -> Allowance:
        """What rounding moves least squares by, in the norm, at most; shape (B, 1).

        A fit that is backward stable, column by column, leaves products of ``gamma_k`` times the
        norm of an atom times that of the signal and of all atoms in it; or one by the Gram matrix.
        ``k = 8 (m + n) s`` as for the orthogonal pursuit. A type of so few digits that this says
        nothing, ``k u >= 1/2``, is held to errors of the size of the data.

        The fit ``u`` has the norm ``||x|| / sqrt(1 - delta^2)`` at most, whatever the atoms are: on
        these it is off by ``delta / sqrt(1 - delta^2)`` times what of x is not on them.

        Parameters
        ----------
        atoms : ndarray of int, shape (B,)
            How many are fitted, at most.
        least : ndarray, shape (B,)
            Lower bounds of the least eigenvalue of their Gram matrix.
        delta : ndarray, shape (B,)
            Upper bounds of the restricted isometry constant of these and the atoms of the code.
        """
        D, kind = self.instance.D, FloatingPoint.of(self.run.points.dtype)
        (m, n), power = D.shape, in_units_of_atoms(D)
        with np.errstate(all="ignore"):  # what is out of range is not known
            data, least = np.ldexp(D.data, power), np.ldexp(least, 2 * power)
            longest = float(np.sqrt((data * data).sum(axis=0).max()))
            signals = longest * np.abs(self.instance.X).sum(axis=1)
            fits = norms_of(np.abs(self.instance.X)) / np.sqrt(1 - delta * delta) * UP
            rounds, root = 8 * (m + n) * np.maximum(atoms, 1), np.sqrt(atoms)
            fitted = 2 * longest * root * fits
            sizes = longest * (fitted + 3 * signals) * root
            flushed = rounds * m * (1 + longest) ** 2 * (1 + signals + fitted)
            found = kind.error(rounds, sizes, flushed, most=1.0)
            size = np.where(least > 0, UP / least, np.inf) * found
        return Allowance.of(size[:, None])


def in_units_of_atoms(D: Dictionary) -> int:
    """Give the power of two that atoms are multiplied by so that the longest is about 1.

    Examples
    --------
    >>> in_units_of_atoms(Dictionary([[3, 4], [4, 0]]))
    -3
    """
    return -int(np.frexp(D.norms.mid.max())[1])


def held(eta: Number, settled: Mask, allowed: Allowance) -> tuple[Claim, Number]:
    """Claim that steps are off by no more than rounding, and give what they are allowed for.

    Only where it is settled which atoms are fitted: elsewhere they are allowed all of it.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> off, known = Ball.of([[1.0, 3.0]]), np.array([[True, False]])
    >>> held(off, known, Allowance.of(np.array([[2.0, 2.0]])))[1].mid
    array([[1., 2.]])
    """
    name = "a step, up to rounding"
    left = allowed.against(eta.where(settled, 0))
    claim = Claim(name, left, allowed.size, measured=False, step=True, axes=STEPS)
    return claim, upper_end(eta.where(settled & ~allowed.exceeded(eta), allowed.size))


def golden(D: Dictionary) -> Number:
    """``(1 + sqrt 5)/2`` in the arithmetic of a dictionary."""
    return (D.arithmetic.of(5).sqrt() + 1) / 2
