"""What is planted for theorems on networks of several parts, and on what a run identifies.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import ChangedWeights, ParameterRun, PeerRuns, SelectiveUnfolding
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.training import lazy
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at, farther, unfolding
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong


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


def changed_weights(runs: ChangedWeights, code: int) -> Plants:
    """The same; or thresholds of either network are negative."""
    yield from two_runs(runs, code)
    for name in ("thresholds", "thresholds_changed"):
        yield name, altered(runs, code, **{name: -1.0})


def training(run: ParameterRun, code: int) -> Plants:
    """The parameters of one step are far away; or they went the other way."""
    start = run.parameters[code, 0]
    for k in range(1, run.parameters.shape[1]):
        yield ("far", k), altered(run, code, parameters=at(k, lambda now: now + 64 * start))
        yield ("turned", k), altered(run, code, parameters=at(k, lambda now: 2 * start - now))


def farther_from_the_linear_model(
    found: Batch, code: int, patch: pytest.MonkeyPatch
) -> Iterator[Planted]:
    """Residuals of one code are said to be far from those of the linear model."""
    compute = lazy.linear_distance
    row = np.asarray(found.instance.X[code])  # type: ignore[union-attr]

    def wrong(instance: Instance, run: ParameterRun) -> Number:
        value = compute(instance, run)
        return value.where(~(instance.X == row).all(axis=1)[:, None], value + FAR)

    patch.setattr(lazy, "linear_distance", wrong)
    yield Planted("linear", found.instance, found.evidence, {})


PLANTS[ParameterRun] = training
PLANTS.update({ChangedWeights: changed_weights, PeerRuns: two_runs, SelectiveUnfolding: selective})
BATCHES["rate.identification"] = _near_the_minimiser
FURTHER["training.lazy"] = (farther_from_the_linear_model,)
FURTHER["stability.peers"] = (
    computed_wrong("disagreement", farther),
    computed_wrong("distance_to_code", farther),
)
