"""Unfolded networks whose layers see all states before them: residual, dense, with momentum."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.provider import Setting, plain
from sparsebound.checks.subjects.designs import DESIGN, design_of
from sparsebound.checks.subjects.unfolded import run, supplied
from sparsebound.checks.subjects.unfolding_schedules import Schedule, wide_enough
from sparsebound.theory.constructions.skips import SKIPS
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.extremal.connected import Skips

SHARES = tuple(k / 8 for k in range(1, 9))


def _read(value: Any) -> Skips:
    kind, share = value
    if kind not in SKIPS or share not in SHARES:
        raise ValueError(f"expected one of {', '.join(SKIPS)}, and a share in eighths")
    return Skips(kind, share)


GRAPH = Setting(
    "skips",
    st.tuples(st.sampled_from([*SKIPS]), st.sampled_from(SHARES)).map(list),
    Skips("residual", 0.5),
    _read,
)
"""Which states enter a layer: a kind of graph, and the share of what is not the last one."""


def connected_unfolding(given: Posed) -> Unfolding:
    """Any activation, any weights, any graph, exact or not, with the thresholds it needs.

    Parameters
    ----------
    given : Experiment or Instance
        B codes with noise, the design of the network, and its skips.

    Returns
    -------
    Unfolding

    Examples
    --------
    >>> from sparsebound.theory.extremal.connected import aligned_graphs
    >>> connected_unfolding(aligned_graphs(1)).skips[:2, :2]
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    experiment = posed(given)
    instance = experiment.codes
    design = design_of(experiment, instance)
    skips = GRAPH.of(experiment).weights(design.layers)
    if design.fitting:
        design = wide_enough(instance, design, float(np.abs(skips).sum(axis=1).max()))
    schedule = Schedule(instance, design, skips=skips)
    schedule.master()
    return run(schedule, instance, schedule.size)


PROVIDERS = (
    plain(
        "connected_unfolding",
        Unfolding,
        connected_unfolding,
        DESIGN,
        GRAPH,
        supply=partial(supplied, connected_unfolding),
        asks="D, W, Y, thresholds, skips -> every state, (B, K + 1, n), the first 0",
    ),
)
