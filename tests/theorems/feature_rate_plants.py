"""What is planted for theorems on networks and features; importing it adds to the tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.theory.evidence import LabelledRuns, UnfoldedFeatures
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from tests.theorems import feature_plants
from tests.theorems.batches import BATCHES
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at, farther, infinite, where_zero


def network(found: UnfoldedFeatures, code: int) -> Plants:
    """One state is elsewhere: everywhere, where it was zero, or beyond all numbers."""
    for k in range(1, found.states.shape[1]):
        for change in (farther, where_zero, infinite):
            yield k, altered(found, code, states=at(k, change))
    yield "no fixed point", altered(found, code, signs=0.0)
    yield "negative", altered(found, code, signed=False, signs=lambda old: old * 0 - 1)
    yield "threshold", altered(found, code, thresholds=at(-1, lambda old: old / FAR))


def labelled_runs(found: LabelledRuns, code: int) -> Plants:
    """One iterate is elsewhere; features are others; the margin is lost."""
    runs = found.iterates
    for name in ("ista", "fista"):
        for k in range(1, runs.ista.shape[1]):
            for change in (farther, np.negative, infinite):
                changed = altered(runs, code, **{name: at(k, change)})
                yield (name, k), replace(found, iterates=changed)
    for place, pair in feature_plants.pair(found.pair, code):
        yield place, replace(found, pair=pair)
    lost = altered(found.readout, code, biases=-FAR)
    yield "margin", replace(found, readout=lost)


def three_pulls() -> Experiment:
    """Signals of different atoms, which are neither orthogonal nor of one length."""
    D = np.array([[4.0, 1, 0, 1], [1, 4, 0, -1], [0, 1, 5, 1]])
    X = np.array([[4.0, 0, 0, 0], [0, 6, 0, 0], [0, 0, 5, 0]])
    return Experiment(Instance(D, X, np.full((3, 3), 0.25)))


PLANTS.update({LabelledRuns: labelled_runs, UnfoldedFeatures: network})
BATCHES.update({"rate.features": three_pulls, "rate.label": three_pulls})
