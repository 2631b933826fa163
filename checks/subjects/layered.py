"""Networks of several layers that are somebody else's, in the place of our cascades."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from sparsebound.checks.calls import Call
from sparsebound.checks.networks.cascade import filters_of
from sparsebound.checks.subjects.designs import DESIGNS, EXACT
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.experiment import Experiment, Posed
from sparsebound.theory.extremal.cascades import two_layers
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.maps import Map
from sparsebound.theory.operators import Convolution

IN_LAYERS = (
    "D, W, Y, thresholds, between (or filters, weights, strides, circular), a tuple each but for Y "
    "-> every state of each layer, (B, K + 1, n), the first 0"
)
"""What a network of several layers is given, and returns."""

LAYERED_PROBE = Experiment(two_layers(1).deep)
"""What a network of several layers is tried on before a run is begun."""


def supplied_cascade(
    run: Callable[[Posed], Cascade], call: Call, experiment: Experiment
) -> Cascade:
    """Put the states of somebody else's network in the place of ours, which has the same plan."""
    call = replace(call, power=0)  # what stands between layers may depend on units
    declared = _declared(run, call)
    plan = run(_planned(experiment, declared))
    for network in plan.networks:
        if network.dtype != declared or not np.isfinite(network.thresholds).all():
            raise call.beyond(declared)
    states = _layer_states(call, experiment.deep, plan)
    if {str(part.dtype) for part in states} != {declared}:
        raise call.error(f"{declared}, as before", f"it returned {states[-1].dtype}")
    kind = call.subject.activation or call.subject.name
    return Cascade(
        tuple(
            replace(network, iterates=found, activation=kind)
            for network, found in zip(plan.networks, states, strict=True)
        )
    )


@lru_cache(maxsize=8)
def _declared(run: Callable[[Posed], Cascade], call: Call) -> str:
    """Type in which a network computes: thresholds make room for its rounding."""
    plan = run(_planned(LAYERED_PROBE, "float64"))
    return str(_layer_states(call, LAYERED_PROBE.deep, plan)[-1].dtype)


def _planned(experiment: Experiment, dtype: str) -> Experiment:
    """Networks without perturbations, whose noise levels are those that are known beforehand."""
    parts = {**EXACT, "activation": "soft", "aligned": True, "rounded": True, "fitting": True}
    designs = tuple(replace(one, dtype=dtype, **parts) for one in DESIGNS.of(experiment))
    return Experiment(experiment.instance, {**experiment.settings, "designs": designs})


def _layer_states(call: Call, instance: DeepInstance, plan: Cascade) -> list[Any]:
    first, layers = instance.layers[0], instance.layers
    linear = [layer.D.linear_map for layer in layers]
    shifted = [one if isinstance(one, Convolution) else None for one in linear]
    return call.layered(
        Y=(first.lift(instance.X0) + first.E).mid,
        D=tuple(map(matrix_of, linear)),
        W=tuple(matrix_of(network.W) for network in plan.networks),
        thresholds=tuple(network.thresholds for network in plan.networks),
        between=tuple(map(_in_floats, instance.maps)),
        filters=tuple(map(filters_of, linear)),
        weights=tuple(filters_of(network.W) for network in plan.networks),
        strides=tuple(1 if one is None else one.stride[0] for one in shifted),
        circular=tuple(one is not None and one.circular for one in shifted),
    )


def _in_floats(psi: Map) -> Callable[[FloatArray], FloatArray]:
    """A function between layers, for arrays (B, d)."""
    return lambda x: psi(Ball.of(np.asarray(x, dtype=np.float64))).mid
