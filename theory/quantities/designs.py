"""What is left of a target after a ridge regression on some atoms, and what each atom is worth.

For atoms ``C`` as given, a set ``S`` of them, ``lam >= 0`` and a target ``R``, one column for each
of what is regressed, ``M = lam I + C_S C_S^T`` and ``f(S) = tr(R^T M^{-1} R)``. For ``R = D``,
``lam f(S)`` is the sum of ``min_z ||d_j - D_S z||^2 + lam ||z||^2`` over all atoms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask, Number


@dataclass(frozen=True)
class RidgeDesign:
    """A matrix ``M`` for each of K sets, and what follows from it.

    Attributes
    ----------
    matrix : Number, shape (K, m, m)
        ``M``.
    target : Number, shape (m, q)
        ``R``.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> found = RidgeDesign(Ball([[[2.0]]]), Ball([[1.0]]))
    >>> found.left.mid, found.energies(Ball([[[1.0]]])).mid
    (array([0.5]), array([[0.25]]))
    """

    matrix: Number
    target: Number

    @cached_property
    def rest(self) -> Number:
        """``M^{-1} R``, shape (K, m, q)."""
        sets, m, q = len(self.matrix), *self.target.shape
        return self.matrix.solve(np.zeros((sets, m, q)) + self.target)

    @cached_property
    def left(self) -> Number:
        """``f(S)``, shape (K,)."""
        result: Number = (self.rest * self.target).sum(-1).sum(-1)
        return result

    def products(self, columns: Number) -> Number:
        """``v^T M^{-1} w`` of atoms that are given for each set: (K, m, t) to (K, t, t)."""
        result: Number = columns.swapaxes(1, 2) @ self.matrix.solve(columns)
        return result

    def energies(self, columns: Number) -> Number:
        """``v^T M^{-1} R R^T M^{-1} v`` of each of them, shape (K, t)."""
        read = columns.swapaxes(1, 2) @ self.rest
        result: Number = (read * read).sum(-1)
        return result


def diagonal(matrices: Number) -> Number:
    """Diagonals of matrices on the last two axes."""
    every = np.arange(matrices.shape[-1])
    result: Number = matrices[:, every, every]
    return result


def information(atoms: Number, lam: Number, chosen: Mask) -> Number:
    """``M`` for each of K sets, shape (K, m, m).

    Parameters
    ----------
    atoms : Number, shape (m, n)
        Candidates.
    lam : Number, shape (K,)
        Weights of the ridge.
    chosen : ndarray of bool, shape (K, n)
        The sets.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> information(Ball([[1, 1], [0, 2]]), Ball([1.0]), np.array([[False, True]])).mid
    array([[[2., 2.],
            [2., 5.]]])
    """
    m = atoms.shape[0]
    kept = atoms * chosen[:, None, :].astype(float)
    ridge = lam.reshape(-1, 1, 1) * np.eye(m)
    result: Number = kept @ atoms.swapaxes(0, 1) + ridge
    return result


def stages(start: Mask, changed: IntArray) -> Mask:
    """A set, and what it is after each atom of some was added, or removed, shape (steps + 1, n).

    Examples
    --------
    >>> stages(np.array([True, False, True]), np.array([1, 0])).astype(int)
    array([[1, 0, 1],
           [1, 1, 1],
           [0, 1, 1]])
    """
    turned = np.arange(len(start)) == changed[:, None]
    none = np.zeros((1, len(start)), dtype=bool)
    return np.asarray(start ^ np.logical_xor.accumulate(np.concatenate([none, turned])))


def outdone(regression: RidgeDesign, atoms: Number, there: Mask, changed: IntArray) -> Number:
    """By how much another atom would have been a better choice in each step, shape (steps, n).

    That is, one that is worth more where one is added, or costs less where one is removed, times
    the denominators of both quotients (``selection.gains``); 0 for atoms that could not be chosen.

    Parameters
    ----------
    regression : RidgeDesign
        Of the sets before each step.
    atoms : Number, shape (m, n)
        All of them.
    there : ndarray of bool, shape (steps, n)
        The sets.
    changed : ndarray of int, shape (steps,)
        The atoms that are added, or removed.
    """
    step = np.arange(len(changed))
    removes = there[step, changed]
    sign = np.where(removes, -1, 1)[:, None]
    columns = np.zeros((len(changed), 1, 1)) + atoms
    energies = regression.energies(columns)
    room = diagonal(regression.products(columns)) * sign + 1
    own, left = (part[step, changed].reshape(-1, 1) for part in (energies, room))
    others = there == removes[:, None]
    others[step, changed] = False
    return ((energies * left - own * room) * sign).where(others, 0)
