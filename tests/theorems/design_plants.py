"""What is planted for theorems on sets of atoms on which others are regressed.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence.designs import GreedyChoice, GrownSets, ShrunkSet
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.designs import mirrored_atoms
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants
from tests.theorems.wrong_quantities import FURTHER, Planted


def grown(found: GrownSets, code: int) -> Plants:
    """The first atom is added over and over."""
    yield "twice", replace(found, added=0 * found.added)


def shrunk(found: ShrunkSet, code: int) -> Plants:
    """Each atom is removed, one twice, or all; or the weight is negative."""
    n = found.target.shape[1]
    for atom in range(n):
        yield "another", replace(found, removed=np.array([atom]))
    yield "twice", replace(found, removed=np.array([0, 0]))
    yield "all", replace(found, removed=np.arange(n))
    yield "negative", replace(found, weight=-1.0)
    yield "nothing", replace(found, target=0 * found.target)


def greedy(found: GreedyChoice, code: int) -> Plants:
    """Other atoms are chosen, or one twice, or others removed; or the weight is negative."""
    yield "others", replace(found, picks=found.picks[::-1])
    yield "twice", replace(found, picks=0 * found.picks)
    yield "removed", replace(found, removed=0 * found.removed - 1)
    yield "fewer", replace(found, picks=found.picks[1:])
    yield "negative", replace(found, weight=-1.0)


def another_matrix(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """The matrix of the sets of one size is larger than it is, or smaller."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module.information
    for size in range(found.instance.D.shape[1] + 1):
        for factor in (FAR, Fraction(15, 16), 1 / Fraction(FAR)):

            def wrong(atoms: Number, lam: Any, chosen: Mask, s: int = size, f: Any = factor) -> Any:
                right = compute(atoms, lam, chosen)
                return right.where(chosen.sum(axis=1)[:, None, None] != s, right * f)

            patch.setattr(module, "information", wrong)
            place = (f"{float(factor):g}", size)
            yield Planted(f"{place}", found.instance, found.evidence, {}, everywhere=True)


def _three_atoms() -> Experiment:
    """Three atoms of the plane, without a ridge."""
    return Experiment(Instance([[1, 0, 2], [0, 1, 1]], np.zeros((1, 3))), {"ridge": 0.0})


def _four_atoms() -> Experiment:
    """Four atoms of the plane, all of which are chosen, and two removed."""
    return Experiment(Instance([[1, 0, 1, 0], [0, 1, 1, 2]], np.zeros((1, 4))))


PLANTS.update({GreedyChoice: greedy, GrownSets: grown, ShrunkSet: shrunk})
BATCHES["selection.greedy"] = _four_atoms
FURTHER["selection.greedy"] = (another_matrix,)
BATCHES["selection.backward"] = _three_atoms
BATCHES["selection.gains"] = lambda: mirrored_atoms(1)
FURTHER["selection.backward"] = (another_matrix,)
FURTHER["selection.gains"] = (another_matrix,)
