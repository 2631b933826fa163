"""Sets of atoms on which others are regressed: grown, chosen greedily, and pruned again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.theory.evidence.designs import GrownSets, ShrunkSet
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.selection.backward import sets

RIDGE_WEIGHT = choice("ridge", 1.0, 2.0**-4, 16.0)
"""The weight of the ridge, relative to the largest squared norm of an atom."""
CHOSEN = Setting("chosen", st.integers(0, 2**16 - 1), 0, whole)
"""Which atoms are in a set, by the bits of a number."""
TOGETHER = choice("together", 2, 3, 1)
"""How many atoms are added."""
RIDGE_OR_NONE = choice("ridge", 1.0, 0.0, 2.0**-4)
REMOVALS = choice("removals", 1, 2, 3)
"""How many atoms are removed, at most."""
ALONE = 2.0**-30
"""What is left of an atom, relative to itself, without which others do not span the space."""


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
    found = ShrunkSet(weight, D.data, np.zeros(0, dtype=int))
    for _ in range(min(REMOVALS.of(experiment), max(n - m, 0))):
        found = replace(found, removed=np.append(found.removed, _least_missed(D, found)))
    return found


def _least_missed(D: Dictionary, found: ShrunkSet) -> int:
    """Compare quotients in float64: of equal ones any will do, and a premise decides."""
    there = sets(D.shape[1], found.removed)[-1]
    M = D.data[:, there] @ D.data[:, there].T + found.weight * np.eye(len(D.data))
    solved = np.linalg.pinv(M, hermitian=True) @ D.data
    energies = ((solved.T @ found.target) ** 2).sum(axis=1)
    room = 1 - (D.data * solved).sum(axis=0)
    usable = there & (room > ALONE)
    quotients = np.where(usable, energies / np.where(usable, room, 1), np.inf)
    return int(quotients.argmin())


PROVIDERS = (
    plain("grown_sets", GrownSets, grown_sets, RIDGE_WEIGHT, CHOSEN, TOGETHER),
    plain("shrunk_set", ShrunkSet, shrunk_set, RIDGE_OR_NONE, REMOVALS),
)
