"""What is planted for theorems on layers of other kinds: spikes elsewhere, or off the clock.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from dataclasses import replace

from sparsebound.theory.evidence.ridges import RidgeNetwork
from sparsebound.theory.evidence.spiking import FirstSpikes, Spiking
from tests.theorems.planting import FAR, NEAR, PLANTS, Plants, altered, at, unfolding


def ridge_network(found: RidgeNetwork, code: int) -> Plants:
    """An output is elsewhere; for all codes, the architecture, or pieces of next to no length."""
    yield "output", altered(found, code, outputs=lambda old: old + FAR)
    for more in (-1, 1):
        yield "shared", replace(found, layers=found.layers + more)
        yield "shared", replace(found, units=found.units + more)
    yield "shared", replace(found, knots=found.knots * NEAR, ends=0 * found.ends)


def spiking(found: Spiking, code: int) -> Plants:
    """As in an unfolded network; a spike between two ticks; a delay that is none of the clock."""
    for k, changed in unfolding(found.unfolding, code):
        yield k, replace(found, unfolding=changed)
    moved = found.ticks[code] / 4
    for k in range(1, found.unfolding.iterates.shape[1]):
        between = altered(found.unfolding, code, iterates=at((k, 0), lambda a: a + moved))
        yield ("between", k), replace(found, unfolding=between)
    yield "delays", altered(found, code, delays=lambda c: c + moved)


def first_spikes(found: FirstSpikes, code: int) -> Plants:
    """Potentials that reach the threshold later or earlier, and neurons that fire later."""
    for r, run in enumerate(found.runs):
        for place, name, sign in (
            ("reached later", "numerators", 1),
            ("reached earlier", "numerators", -1),
            ("fires later", "spikes", 1),
        ):
            changed = altered(run, code, **{name: lambda old, sign=sign: old + sign * FAR})
            runs = (*found.runs[:r], changed, *found.runs[r + 1 :])
            yield f"{place} {r}", replace(found, runs=runs)


PLANTS.update({FirstSpikes: first_spikes, RidgeNetwork: ridge_network, Spiking: spiking})
