"""Sets of atoms on which others are regressed: grown, chosen greedily, and pruned again."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.theory.evidence.designs import GrownSets
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Dictionary

RIDGE_WEIGHT = choice("ridge", 1.0, 2.0**-4, 16.0)
"""The weight of the ridge, relative to the largest squared norm of an atom."""
CHOSEN = Setting("chosen", st.integers(0, 2**16 - 1), 0, whole)
"""Which atoms are in a set, by the bits of a number."""
TOGETHER = choice("together", 2, 3, 1)
"""How many atoms are added."""


def ridge(experiment: Experiment, D: Dictionary) -> float:
    """A power of two near the named part of the largest squared norm."""
    _, exponent = np.frexp((D.data**2).sum(axis=0).max())
    return float(np.ldexp(RIDGE_WEIGHT.of(experiment), int(exponent)))


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
    weights = np.array([ridge(experiment, D)])
    return GrownSets(weights, D.data, kept[None], added[None])


PROVIDERS = (plain("grown_sets", GrownSets, grown_sets, RIDGE_WEIGHT, CHOSEN, TOGETHER),)
