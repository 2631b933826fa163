"""What is planted for theorems on sets of atoms on which others are regressed.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.evidence.designs import GrownSets
from sparsebound.theory.extremal.designs import mirrored_atoms
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants
from tests.theorems.wrong_quantities import FURTHER, Planted


def grown(found: GrownSets, code: int) -> Plants:
    """The first atom is added over and over."""
    yield "twice", replace(found, added=0 * found.added)


def another_matrix(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """The matrix of the sets of one size is larger than it is, or smaller."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module.information
    for size in range(found.instance.D.shape[1] + 1):
        for factor in (FAR, Fraction(15, 16)):

            def wrong(atoms: Number, lam: Any, chosen: Mask, s: int = size, f: Any = factor) -> Any:
                right = compute(atoms, lam, chosen)
                return right * f if chosen.sum() == s else right

            patch.setattr(module, "information", wrong)
            place = (f"{float(factor):g}", size)
            yield Planted(f"{place}", found.instance, found.evidence, {}, everywhere=True)


PLANTS[GrownSets] = grown
BATCHES["selection.gains"] = lambda: mirrored_atoms(1)
FURTHER["selection.gains"] = (another_matrix,)
