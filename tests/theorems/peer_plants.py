"""What is planted for theorems on networks of several parts, and on what a run identifies.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence import ChangedWeights, PeerRuns, SelectiveUnfolding
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES
from tests.theorems.planting import PLANTS, Plants, altered, at, farther, unfolding
from tests.theorems.wrong_quantities import FURTHER, computed_wrong


def _near_the_minimiser() -> Experiment:
    """One entry each on orthonormal atoms: two steps from the code end at the minimiser."""
    return Experiment(
        Instance(np.eye(4), [[4, 0, 0, 0], [0, 5, 0, 0], [0, 0, -6, 0]]), {"start": 1}
    )


def selective(run: SelectiveUnfolding, code: int) -> Plants:
    """An iterate is elsewhere; or everything keeps its value, or nothing does."""
    yield from unfolding(run, code)
    for value in (True, False):
        yield "kept", altered(run, code, kept=value)


def two_runs(runs: ChangedWeights | PeerRuns, code: int) -> Plants:
    """One point of either run is elsewhere."""
    for name in ("first", "second"):
        for k in range(1, runs.first.shape[1]):
            yield (name, k), altered(runs, code, **{name: at(k, farther)})


PLANTS.update({ChangedWeights: two_runs, PeerRuns: two_runs, SelectiveUnfolding: selective})
BATCHES["rate.identification"] = _near_the_minimiser
FURTHER["stability.peers"] = (
    computed_wrong("disagreement", farther),
    computed_wrong("distance_to_code", farther),
)
