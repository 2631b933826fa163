"""Sets of atoms on which others are regressed: grown, chosen greedily, and pruned again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.designs import GreedyChoice, GrownSets, ShrunkSet
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.designs import RidgeDesign, diagonal, information

RIDGE_WEIGHT = choice("ridge", 1.0, 2.0**-4, 16.0)
"""The weight of the ridge, relative to the largest squared norm of an atom."""
CHOSEN = Setting("chosen", st.integers(0, 2**16 - 1), 0, whole)
"""Which atoms are in a set, by the bits of a number."""
TOGETHER = choice("together", 2, 3, 1)
"""How many atoms are added."""
RIDGE_OR_NONE = choice("ridge", 1.0, 0.0, 2.0**-4)
REMOVALS = choice("removals", 1, 2, 3)
"""How many atoms are removed, at most."""
BATCH = choice("batch", 2, 1, 3)
"""How many atoms are chosen, or half as many."""
BACK = choice("back", True, False)
"""Whether twice as many are chosen, of which half are removed again."""
REGRESSED = choice("regressed", "atoms", "coordinate")
"""What is regressed: all atoms, or the last coordinate."""
ALONE = 2.0**-30
"""What is left of an atom, relative to itself, without which others do not span the space."""
NEARLY = 2.0**-30
"""Relative difference below which float64 does not tell which atom is better."""


def ridge(part: float, D: Dictionary) -> float:
    """A power of two near the named part of the largest squared norm."""
    _, exponent = np.frexp((D.data**2).sum(axis=0).max())
    return float(np.ldexp(part, int(exponent)))


def grown_sets(given: Posed) -> GrownSets:
    """Add a few atoms to some of the others, or to none; the target is all atoms.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = grown_sets(Instance([[1, 0, 1], [0, 1, 1]], [[0, 0, 0]]))
    >>> found.added, found.kept
    (array([[0, 1]]), array([[False, False, False]]))
    """
    experiment = posed(given)
    known: GrownSets | None = experiment.get("grown_sets", None)
    if known is not None:
        return known
    D = experiment.codes.D
    n, number = D.shape[1], CHOSEN.of(experiment)
    count = min(TOGETHER.of(experiment), n)
    added = (number + np.arange(count)) % n
    kept = (number >> np.arange(n) % 16) % 2 == 1
    kept[added] = False
    weights = np.array([ridge(RIDGE_WEIGHT.of(experiment), D)])
    return GrownSets(weights, D.data, kept[None], added[None])


def shrunk_set(given: Posed) -> ShrunkSet:
    """Remove the atoms that are missed least, one by one; the target is all atoms.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> shrunk_set(Instance([[1, 0, 1], [0, 1, 1]], [[0, 0, 0]])).removed
    array([0])
    """
    experiment = posed(given)
    known: ShrunkSet | None = experiment.get("shrunk_set", None)
    if known is not None:
        return known
    D = experiment.codes.D
    m, n = D.shape
    weight = ridge(RIDGE_OR_NONE.of(experiment), D)
    regression, there = _Regression(D, weight, D.data), np.ones(n, dtype=bool)
    removed = np.zeros(0, dtype=int)
    for _ in range(min(REMOVALS.of(experiment), max(n - m, 0))):
        least = regression.best(there, removed=True)
        removed, there[least] = np.append(removed, least), False
    return ShrunkSet(weight, D.data, removed)


@dataclass(frozen=True)
class _Regression:
    """What is regressed, on atoms of a dictionary, with a ridge."""

    D: Dictionary
    weight: float
    target: FloatArray

    def best(self, there: Mask, *, removed: bool) -> int:
        """Say which atom is worth most of those that are not there, or costs least of those."""
        D, open_ = self.D.data, np.flatnonzero(there == removed)
        sign = -1 if removed else 1
        M = D[:, there] @ D[:, there].T + self.weight * np.eye(len(D))
        solved = np.linalg.pinv(M, hermitian=True) @ D[:, open_]
        room = 1 + sign * (D[:, open_] * solved).sum(axis=0)
        usable = room > ALONE
        energies = ((solved.T @ self.target) ** 2).sum(axis=1)
        if not np.isfinite(energies).all():
            raise FloatingPointError("energies of atoms overflow")
        order = -sign * np.where(usable, energies / np.where(usable, room, 1), np.inf)
        near = open_[order <= order.min() + NEARLY * abs(order.min())]
        return int(near[0]) if len(near) == 1 else self._first(there, near, sign)

    def _first(self, there: Mask, near: IntArray, sign: int) -> int:
        """Compare quotients in rationals: the first of the best ones."""
        exact = self.D.exact()
        M = information(exact.atoms, exact.arithmetic.of([self.weight]), there[None])
        regression = RidgeDesign(M, exact.arithmetic.of(self.target))
        columns = exact.atoms[:, near[None]].swapaxes(0, 1)
        energies = regression.energies(columns)[0]
        room = diagonal(regression.products(columns))[0] * sign + 1
        first = 0
        for place in range(1, len(near)):
            beyond = energies[place] * room[first] - energies[first] * room[place]
            first = place if beyond.sign == sign else first
        return int(near[first])


def greedy_choice(given: Posed) -> GreedyChoice:
    """Choose atoms greedily, remove some of them again if that is asked for, and find the best set.

    Removals are from twice as many atoms as signals have entries, where there are so many.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = greedy_choice(Instance([[1, 0, 1, 0], [0, 1, 1, 2]], [[0, 0, 0, 0]]))
    >>> found.picks, found.removed, found.rival
    (array([3, 2, 1, 0]), array([0, 1]), array([False, False,  True,  True]))
    """
    experiment = posed(given)
    known: GreedyChoice | None = experiment.get("greedy_choice", None)
    if known is not None:
        return known
    D = experiment.codes.D
    m, n = D.shape
    weight = ridge(RIDGE_WEIGHT.of(experiment), D)
    target = D.data if REGRESSED.of(experiment) == "atoms" else np.eye(m)[:, -1:]
    k = min(BATCH.of(experiment), n)
    back = bool(BACK.of(experiment)) and 2 * max(k, m) <= n
    k = max(k, m) if back else k
    picks, removed = np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    regression, there = _Regression(D, weight, target), np.zeros(n, dtype=bool)
    for _ in range(2 * k if back else k):
        best = regression.best(there, removed=False)
        picks, there[best] = np.append(picks, best), True
    for _ in range(k if back else 0):
        least = regression.best(there, removed=True)
        removed, there[least] = np.append(removed, least), False
    return GreedyChoice(weight, target, picks, removed, _best(D, weight, target, k))


def _best(D: Dictionary, weight: float, target: FloatArray, k: int) -> Mask:
    """Of all sets of ``k`` atoms, one that leaves least, as far as float64 tells."""
    every = np.array(list(combinations(range(D.shape[1]), k)))
    atoms = D.data.T[every]
    M = atoms.swapaxes(1, 2) @ atoms + weight * np.eye(len(D.data))
    left = (np.linalg.solve(M, np.broadcast_to(target, (len(every), *target.shape))) * target).sum(
        axis=(1, 2)
    )
    return np.isin(np.arange(D.shape[1]), every[left.argmin()])


PROVIDERS = (
    plain("grown_sets", GrownSets, grown_sets, RIDGE_WEIGHT, CHOSEN, TOGETHER),
    plain("shrunk_set", ShrunkSet, shrunk_set, RIDGE_OR_NONE, REMOVALS),
    plain("greedy_choice", GreedyChoice, greedy_choice, RIDGE_WEIGHT, BATCH, BACK, REGRESSED),
)
