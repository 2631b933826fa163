"""Atoms that are kept of a dictionary."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.batched import OfDictionary


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
