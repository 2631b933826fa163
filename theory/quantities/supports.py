"""Gram matrices on the supports of a batch of codes, padded to one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.worst_case import EverySupport


@dataclass(frozen=True)
class SupportGram:
    """Gram entries that belong to the supports of B codes, at most ``k`` atoms each.

    Attributes
    ----------
    inner : Number, shape (B, k, k)
        Inner products within the support; rows and columns beyond it are those of the identity.
    outer : Number, shape (B, k, n)
        Inner products of the support with every atom; rows beyond it are zero.
    index : ndarray of int, shape (B, k)
        The atoms of the support, in increasing order.
    used : ndarray of bool, shape (B, k)
        False beyond the support.
    """

    inner: Number
    outer: Number
    index: IntArray
    used: Mask

    def gather(self, values: Any) -> Any:
        """Pick a code's values (B, n) on its support; 0 beyond it, shape (B, k, 1)."""
        picked = np.take_along_axis(values, self.index, axis=1)
        return np.where(self.used, picked, 0)[..., None]


def support_gram(gram: Number, support: Mask) -> SupportGram:
    """Cut the blocks of a Gram matrix (n, n) out that belong to supports (B, n)."""
    sizes = support.sum(axis=1)
    k = int(sizes.max(initial=0))
    index = np.argsort(~support, axis=1, kind="stable")[:, :k]
    used = np.arange(k) < sizes[:, None]
    inside = used[:, :, None] & used[:, None, :]
    inner = gram[index[:, :, None], index[:, None, :]].where(inside, np.eye(k))
    outer = gram[index].where(used[:, :, None], 0)
    return SupportGram(inner, outer, index, used)


def largest_off(support: Mask, sizes: Number) -> Number:
    """Largest of the sizes (B, n) off each support, shape (B,); 0 where there is no atom off it.

    Unknown where one of the sizes is, on the support as well: they come from one linear system,
    which tells nothing if the atoms of the support are dependent.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> sizes = Ball([[1, 2, 3], [1, 2, 3], [1, 2, 3]], [[0, 0, 0], [0, 0, 0], [0, np.inf, 0]])
    >>> largest_off(np.array([[0, 0, 1], [1, 1, 1], [1, 1, 1]]) > 0, sizes)
    Ball(array([2., 0., 0.]), array([ 0.,  0., inf]))
    """
    known = np.asarray(np.isfinite(sizes.rad).all(axis=1))
    return sizes.where(~support & known[:, None], 0).max(-1).where(known, np.nan)


def selected(picks: IntArray, n: int) -> Mask:
    """Say which of n atoms were selected at all, shape (B, n); a pick of -1 is none.

    Examples
    --------
    >>> selected(np.array([[2, 0, -1]]), 3)
    array([[ True, False,  True]])
    """
    found = np.zeros((len(picks), n + 1), dtype=bool)
    np.put_along_axis(found, picks, True, axis=1)  # -1 is the last one
    return found[:, :n]


def astray(picks: IntArray, support: Mask) -> Mask:
    """Say which picks are off the support of their code, shape (B, K); a pick of -1 is none.

    Examples
    --------
    >>> astray(np.array([[2, 0, -1]]), np.array([[False, True, True]]))
    array([[False,  True, False]])
    """
    return np.asarray((picks >= 0) & ~np.take_along_axis(support, np.maximum(picks, 0), axis=1))


def independence(D: Dictionary, support: Mask) -> Number:
    """Determinant of the normalised Gram matrix on each support, shape (B,).

    It is positive if and only if the atoms of the support are independent, at most 1 by
    Hadamard's inequality, and rational if the atoms are.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    support : ndarray of bool, shape (B, n)
        The supports; the empty one has determinant 1.

    Examples
    --------
    >>> independence(Dictionary([[1, 1, 0], [0, 0, 2]]), np.array([[1, 0, 1], [1, 1, 0]]) > 0).mid
    array([1., 0.])
    """
    return support_gram(D.spectral_gram, support).inner.determinant()


def support_independence(instance: Instance) -> Number:
    """A number for each code that is positive if and only if its atoms are independent, shape (B,).

    The determinant; where an instance stands for all codes of a sparsity, a bound by Gershgorin's
    theorem, which is positive only if all their supports are independent.

    Examples
    --------
    >>> support_independence(Instance([[1, 1, 0], [0, 0, 2]], [[1, 0, 1], [1, 1, 0]])).mid
    array([1., 0.])
    """
    if isinstance(instance, EverySupport):
        return instance.least_eigenvalue
    return independence(instance.D, instance.support)
