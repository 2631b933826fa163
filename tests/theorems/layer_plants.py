"""What is planted for theorems on layers of other kinds: spikes elsewhere, or off the clock.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from dataclasses import replace

from sparsebound.theory.evidence.spiking import Spiking
from tests.theorems.planting import PLANTS, Plants, altered, at, unfolding


def spiking(found: Spiking, code: int) -> Plants:
    """As in an unfolded network; a spike between two ticks; a delay that is none of the clock."""
    for k, changed in unfolding(found.unfolding, code):
        yield k, replace(found, unfolding=changed)
    moved = found.ticks[code] / 4
    for k in range(1, found.unfolding.iterates.shape[1]):
        between = altered(found.unfolding, code, iterates=at((k, 0), lambda a: a + moved))
        yield ("between", k), replace(found, unfolding=between)
    yield "delays", altered(found, code, delays=lambda c: c + moved)


PLANTS.update({Spiking: spiking})
