"""What is planted for theorems on features: signals, points and certificates that are others.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sparsebound.theory.evidence import (
    ApproximateFeatures,
    DriftedFeatures,
    FeaturePair,
    Features,
    LabelChange,
    LeastNorm,
    SolverResult,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES
from tests.theorems.planting import FAR, NEAR, PLANTS, Plants, altered


def moved(points: Points, code: int, change: Any) -> Points:
    changed: Points = altered(points, code, values=change)
    return changed


def features(found: Features, code: int) -> Plants:
    """Entries that are given have gaps, and cover the support; or they are negative."""
    yield "everywhere", altered(found, code, given=lambda old: old + FAR)
    yield "negative", altered(found, code, signed=False, signs=lambda old: old * 0 - 1)


def pair(found: FeaturePair, code: int) -> Plants:
    """The other signal stays, and its features are others: no equality, and too far."""
    own = altered(found.moved, code, signs=np.zeros_like, given=NEAR * found.moved.signs[code])
    yield "little of each feature", replace(found, moved=own)
    little = altered(found.moved, code, signs=np.zeros_like, given=lambda old: old + NEAR)
    yield "little of all atoms", replace(found, moved=little)
    for place, moved in features(found.moved, code):
        yield place, replace(found, moved=moved)
    for place, first in features(found.features, code):
        yield place, replace(found, features=first)
    gaps = altered(found.features, code, signs=np.zeros_like, thresholds=lambda old: old + FAR)
    yield "gaps", replace(found, features=gaps, moved=little)


def drifted(found: DriftedFeatures, code: int) -> Plants:
    for place, moved_ in features(found.drifted, code):
        yield place, replace(found, drifted=moved_)
    for place, first in features(found.features, code):
        yield place, replace(found, features=first)


def approximate(found: ApproximateFeatures, code: int) -> Plants:
    # a dual point beyond the polytope has too good an objective: of the signal itself, the gap is 0
    for share in (1.0, 2.0):
        there = replace(found, duals=moved(found.duals, code, lambda old, s=share: old * 0 + s))
        yield "dual", there
    there = replace(found, duals=moved(found.duals, code, lambda old: old + FAR))
    yield "dual elsewhere", there
    for place, changed in features(found.features, code):
        yield place, replace(found, features=changed)
    unsigned = altered(found.features, code, signed=False)
    below = moved(found.points, code, lambda old: old * 0 - 1)
    yield "negative points", replace(found, features=unsigned, points=below)


def label_change(found: LabelChange, code: int) -> Plants:
    """The other signal is where the first one is."""
    near = moved(found.pair.signals, code, lambda old: old * 0)
    yield "signal", replace(found, pair=replace(found.pair, signals=near))
    yield "margin", replace(found, head=altered(found.head, code, biases=more_for_the_label))


def more_for_the_label(biases: Any) -> Any:
    return np.where(np.arange(len(biases)) == 0, biases + FAR, biases)


def three_signals() -> Instance:
    return Instance(np.eye(3) * 2, [[4.0, 0, 0], [0, 6, 0], [0, 0, 5]], np.full((3, 3), 0.25))


PLANTS.update(
    {
        ApproximateFeatures: approximate,
        DriftedFeatures: drifted,
        FeaturePair: pair,
        Features: features,
        LabelChange: label_change,
    }
)
BATCHES.update(
    {
        "stability.features": three_signals,
        "stability.gap_safe": three_signals,
        "training.certified_radius": three_signals,
        "training.code_drift": three_signals,
        "uniqueness.features": lambda: Instance(
            [[2, 0, 1], [0, 2, 1]], [[4.0, 0, 0], [0, 6, 0], [5, 0, 0]], np.full((3, 2), 0.25)
        ),
    }
)


def solver_result(found: SolverResult, code: int) -> Plants:
    """Points that are far away, or negative where they may not be, and no tolerance."""
    far = altered(found.returned, code, points=lambda old: old + FAR)
    yield "far", replace(found, returned=far)
    yield "negative", replace(found, returned=altered(found.returned, code, points=-FAR))


def least_norm(found: LeastNorm, code: int) -> Plants:
    """What is returned is far away; or the code, the dual point, the bound are none."""
    yield "far", altered(found, code, points=lambda old: old + FAR)
    yield "code", altered(found, code, explanation=lambda old: old + FAR)
    yield "dual", altered(found, code, dual=lambda old: old + FAR)
    yield "bound", altered(found, code, sigma=-1.0)
    yield "tolerance", altered(found, code, tolerance=1.0)


PLANTS[LeastNorm] = least_norm
PLANTS[SolverResult] = solver_result


def _of_nonnegative_codes() -> Experiment:
    """Signals of nonnegative codes, with atoms off all of them."""
    X = [[8.0, 0, 0, 4], [0, 5, 0, 9], [0, 0, 7, 0]]
    return Experiment(Instance(np.eye(4), X), {"sign": "nonnegative"})


BATCHES["stability.near_minimiser"] = _of_nonnegative_codes
