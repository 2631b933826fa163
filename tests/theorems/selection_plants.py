"""What is planted for theorems on the atoms to keep: others, or fewer of them, or other groups.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sparsebound.theory.evidence.selection import KeptAtoms, Removal
from sparsebound.theory.extremal.selection import groups_or_a_tight_frame, three_equal_products
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong, of_the_dictionary


def kept(found: KeptAtoms, code: int) -> Plants:
    """None are kept, the first atoms are kept, all atoms are; or all are in one group."""
    n = found.picks.shape[1]
    yield "none", replace(found, picks=np.full_like(found.picks, -1))
    every = np.tile(np.arange(n), (len(found.picks), 1))
    yield "every", replace(found, picks=every)
    for first in range(n):
        yield "first", replace(found, picks=np.where(every == 0, first, -1))
    yield "one group", replace(found, groups=np.zeros_like(found.groups))
    yield "negative", replace(found, thresholds=-found.thresholds - 1)


def removal(found: Removal, code: int) -> Plants:
    """Nothing is removed, or everything is; or all entries are moved."""
    yield "kept", altered(found, code, points=lambda old: old * 0, removed=False)
    yield "moved", altered(found, code, points=lambda old: old + FAR)
    yield "all", altered(found, code, points=0.0, removed=True)


def the_code_itself(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """It misses nothing, whatever is said to be removed."""
    evidence = found.evidence["removal"]
    same = altered(evidence, code, points=found.instance.X[code])
    yield Planted("same", found.instance, {"removal": same}, {})


PLANTS.update({KeptAtoms: kept, Removal: removal})
BATCHES["selection.front"] = lambda: groups_or_a_tight_frame(3)
BATCHES["selection.merge"] = lambda: three_equal_products(1)
FURTHER["selection.front"] = (of_the_dictionary("welch_bound", lambda value, m, p: value + 1),)
FURTHER["selection.cost"] = (
    the_code_itself,
    computed_wrong("signal_energy", lambda value: value + FAR),
)
FURTHER["selection.merge"] = (of_the_dictionary("coherence", lambda mu, D: mu / 2),)
