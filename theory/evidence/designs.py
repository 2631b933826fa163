"""Sets of atoms on which others are regressed, and how they grow and shrink."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.batched import OfDictionary


@dataclass(frozen=True)
class GrownSets(OfDictionary):
    """Sets of atoms, and further ones that are added to each, K times.

    Attributes
    ----------
    weights : ndarray, shape (K,)
        The weight of the ridge.
    target : ndarray, shape (m, q)
        What is regressed, a column each.
    kept : ndarray of bool, shape (K, n)
        The atoms of each set.
    added : ndarray of int, shape (K, t)
        Others.
    """

    weights: FloatArray
    target: FloatArray
    kept: Mask
    added: IntArray


@dataclass(frozen=True)
class ShrunkSet(OfDictionary):
    """All atoms, of which some are removed one by one.

    Attributes
    ----------
    weight : float
        The weight of the ridge.
    target : ndarray, shape (m, q)
        What is regressed, a column each.
    removed : ndarray of int, shape (removals,)
        The atoms, in the order in which they are removed.
    """

    weight: float
    target: FloatArray
    removed: IntArray

    SHARED = ("target", "removed")


@dataclass(frozen=True)
class GreedyChoice(OfDictionary):
    """Atoms that are chosen one by one, some of which are removed again, and another set.

    Attributes
    ----------
    weight : float
        The weight of the ridge.
    target : ndarray, shape (m, q)
        What is regressed, a column each.
    picks, removed : ndarray of int, shape (picks,), (removals,)
        The atoms that are chosen, and those that are removed afterwards, in their order.
    rival : ndarray of bool, shape (n,)
        The other set.
    """

    weight: float
    target: FloatArray
    picks: IntArray
    removed: IntArray
    rival: Mask

    SHARED = ("target", "picks", "removed", "rival")

    @property
    def size(self) -> int:
        """How many atoms the other set has, and at least one."""
        return max(int(self.rival.sum()), 1)
