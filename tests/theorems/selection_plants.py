"""What is planted for theorems on the atoms to keep: others, or fewer of them, or other groups.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.theory.evidence.selection import KeptAtoms
from sparsebound.theory.extremal.selection import groups_or_a_tight_frame
from tests.theorems.batches import BATCHES
from tests.theorems.planting import PLANTS, Plants
from tests.theorems.wrong_quantities import FURTHER, of_the_dictionary


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


PLANTS[KeptAtoms] = kept
BATCHES["selection.front"] = lambda: groups_or_a_tight_frame(3)
FURTHER["selection.front"] = (of_the_dictionary("welch_bound", lambda value, m, p: value + 1),)
