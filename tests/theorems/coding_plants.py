"""What is planted for theorems on efficient coding: other bases, and what is computed of them.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence.coding import Rotations
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES
from tests.theorems.planting import FAR, PLANTS, Plants, altered
from tests.theorems.wrong_quantities import FURTHER, computed_wrong


def rotated(found: Rotations, code: int) -> Plants:
    """The standard basis alone."""
    first = np.eye(*found.vectors.shape[1:])[:, 0]
    alone = {"shares": first, "vectors": lambda old: np.eye(1, old.shape[1]) + 0 * old}
    yield "one basis", altered(found, code, **alone)


PLANTS[Rotations] = rotated
BATCHES["coding.infomax"] = lambda: Instance(
    [[1, 3, 0], [0, 4, 0], [0, 0, 5]], [[1, 0, 2], [3, 1, 0], [0, 1, 1]]
)
FURTHER["coding.factorial"] = (computed_wrong("_power", lambda value: value + FAR),)
FURTHER["coding.infomax"] = (computed_wrong("_outputs", lambda value: value / 4),)
