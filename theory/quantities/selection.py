"""Atoms that can not be kept together, and what is left while atoms are kept one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import UNKNOWN, IntArray, Mask, Number, larger
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_dictionary


@of_dictionary
def squared_products(D: Dictionary) -> Number:
    """Squared inner products of different normalised atoms, shape (n, n); rational if atoms are.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary.

    Examples
    --------
    >>> squared_products([[1, 0, 1], [0, 1, 1]]).mid
    array([[0. , 0. , 0.5],
           [0. , 0. , 0.5],
           [0.5, 0.5, 0. ]])
    """
    n, squares = D.shape[1], D.scaled_squares
    gram = D.scaled_gram
    found = gram * gram / (squares.reshape(n, 1) * squares.reshape(1, n))
    return found.where(~np.eye(n, dtype=bool), 0)


@dataclass(frozen=True)
class Conflicts:
    """Which atoms have an inner product above a threshold, for each of K thresholds.

    Attributes
    ----------
    pairs : ndarray of bool, shape (K, n, n)
        Pairs of different atoms; of those that are not decided, nothing is meant.
    known : ndarray of bool, shape (K,)
        Whether all pairs are decided.
    """

    pairs: Mask
    known: Mask

    @property
    def degrees(self) -> IntArray:
        """How many other atoms each atom conflicts with, shape (K, n)."""
        return np.asarray(self.pairs.sum(axis=2))


def conflicts(D: Dictionary, thresholds: Any) -> Conflicts:
    """Compare all inner products with some thresholds, in the arithmetic of the dictionary.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    thresholds : array_like, shape (K,)
        Floats are exact data.

    Examples
    --------
    >>> conflicts(Dictionary([[1, 0, 3], [0, 1, 4]]), [0.7, 0.75]).degrees
    array([[0, 1, 1],
           [0, 1, 1]])
    """
    n, t = D.shape[1], D.arithmetic.of(np.asarray(thresholds))
    squares = (t * t).reshape(len(t), 1, 1)
    signs = squared_products(D).reshape(1, n, n).compared(squares)
    return Conflicts((signs == 1) & ~np.eye(n, dtype=bool), (signs != UNKNOWN).all(axis=(1, 2)))


@dataclass(frozen=True)
class Keeping:
    """What atoms that were kept one by one, each of which drops its conflicts, leave.

    Attributes
    ----------
    kept : ndarray of bool, shape (K, n)
        The atoms that were kept.
    excess : ndarray of int, shape (K,)
        The most by which the degree of a kept atom exceeded the least degree of what was left.
    left : ndarray of int, shape (K,)
        How many atoms are left in the end, neither kept nor dropped.
    """

    kept: Mask
    excess: IntArray
    left: IntArray


def keeping(pairs: Mask, picks: IntArray, initial: Mask) -> Keeping:
    """Follow which atoms are left.

    Parameters
    ----------
    pairs : ndarray of bool, shape (K, n, n)
        The conflicts.
    picks : ndarray of int, shape (K, n)
        The atoms that are kept, in their order; -1 is none.
    initial : ndarray of bool, shape (K,)
        Whether degrees count all atoms, or those that are left.

    Examples
    --------
    >>> path = np.array([[[0, 1, 0], [1, 0, 1], [0, 1, 0]]]) > 0
    >>> keeping(path, np.array([[1, -1, -1]]), np.array([True]))
    Keeping(kept=array([[False,  True, False]]), excess=array([1]), left=array([0]))
    """
    K, n = picks.shape
    kept, left = np.zeros((K, n), dtype=bool), np.ones((K, n), dtype=bool)
    excess, row = np.zeros(K, dtype=int), np.arange(K)
    for picked in picks.T:
        there = picked >= 0
        counted = left | initial[:, None]
        degrees = (pairs & counted[:, None, :]).sum(axis=2)
        least = np.where(left, degrees, n).min(axis=1)
        excess = np.where(there, np.maximum(excess, degrees[row, picked] - least), excess)
        kept[row[there], picked[there]] = True
        gone = pairs[row, picked] | (np.arange(n) == picked[:, None])
        left &= ~(gone & there[:, None])
    return Keeping(kept, excess, left.sum(axis=1))


def signal_energy(instance: Instance, codes: Number) -> Number:
    """Squared l2 norms of ``D u``, shape (B,).

    Parameters
    ----------
    instance : Instance
        Its dictionary counts, not its codes.
    codes : Number, shape (B, n)
        Codes ``u``, with respect to the atoms as given.

    Examples
    --------
    >>> instance = Instance([[3, 0], [4, 1]], [[1, -1]])
    >>> signal_energy(instance, instance.lift(instance.X)).mid
    array([18.])
    """
    signals = instance.D.synthesis(codes)
    return (signals * signals).sum(-1)


def merged_products(D: Dictionary) -> tuple[Number, Number]:
    """Squared products of merged pairs with the other atoms, and ``c`` of each pair.

    A pair is merged into its normalised sum, with signs that make its product ``c`` positive. Where
    that is 0, or not known to be anything else, the larger result of both signs is taken.

    Parameters
    ----------
    D : Dictionary
        Of at least 3 atoms.

    Returns
    -------
    products : Number, shape (P,)
        The largest of each pair.
    c : Number, shape (P,)

    Examples
    --------
    >>> [part.mid.round(12) for part in merged_products(Dictionary([[1, 0, 3], [0, 1, 4]]))]
    [array([0.98, 0.2 , 0.1 ]), array([0. , 0.6, 0.8])]
    """
    n = D.shape[1]
    i, j = np.triu_indices(n, 1)
    gram = D.gram
    signs = gram[i, j].sign
    others = (np.arange(n) != i[:, None]) & (np.arange(n) != j[:, None])
    sums, differences = ((gram[i] + gram[j] * sign).where(others, 0) for sign in (1, -1))
    first, second = (abs(part).max(-1) for part in (sums, differences))
    either = larger(first, second)
    found = first.where(signs == 1, second.where(signs == -1, either))
    c = abs(gram[i, j])
    return found * found / (2 + 2 * c), c
