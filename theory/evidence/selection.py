"""Atoms that are kept of a dictionary, or removed from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.batched import Batched, OfDictionary


@dataclass(frozen=True)
class KeptAtoms(OfDictionary):
    """Atoms that are kept one by one, for each of K thresholds, and groups of all atoms.

    Attributes
    ----------
    thresholds : ndarray, shape (K,)
        Above which two atoms are not kept together.
    initial : ndarray of bool, shape (K,)
        Whether an atom was chosen by its degree among all atoms, or among those that were left.
    picks : ndarray of int, shape (K, n)
        The atoms, in the order in which they were kept; then -1.
    groups : ndarray of int, shape (K, n)
        For each atom, the number of a group whose atoms are all above the threshold to each other.
    """

    thresholds: FloatArray
    initial: Mask
    picks: IntArray
    groups: IntArray


@dataclass(frozen=True)
class Removal(Batched):
    """Atoms that are removed from the support of each code, and another code without them.

    Attributes
    ----------
    removed : ndarray of bool, shape (B, n)
        ``R``.
    points : ndarray, shape (B, n)
        ``z``, with respect to the atoms as given.
    """

    removed: Mask
    points: FloatArray

    def sizes(self, codes: FloatArray) -> tuple[IntArray, IntArray]:
        """``k`` and ``r``: how many entries differ off ``R``, and how many atoms ``R`` has; (B,).

        Examples
        --------
        >>> Removal([[True, False, False]], [[0.0, 2, 3]]).sizes(np.array([[1.0, 2, 4]]))
        (array([1]), array([1]))
        """
        differs = (self.points != codes) & ~self.removed
        return np.asarray(differs.sum(axis=1)), np.asarray(self.removed.sum(axis=1))
