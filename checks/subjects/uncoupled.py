"""Layers whose two weight matrices nearly fit together."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.evidence.coupling import UncoupledLayer
from sparsebound.theory.experiment import Posed, posed

THRESHOLDS = (0.125, 0.0625, 0.5, 0.03125, 1.5)
"""Relative to the largest entry of a code; in turns."""
MISFIT = choice("misfit", 4, 1, 2)
"""How far the weights are from being coupled, in sixteenths."""


def uncoupled_layer(given: Posed) -> UncoupledLayer:
    """Couple weights, and change some of those of the state.

    Examples
    --------
    >>> from sparsebound.theory.experiment import Experiment
    >>> from sparsebound.theory.instance import Instance
    >>> found = uncoupled_layer(Experiment(Instance([[2, 0], [0, 1]], [[4, 0]]), {"misfit": 0}))
    >>> found.thresholds, found.signal @ [[2, 0], [0, 1]] + found.state
    (array([0.5]), array([[1., 0.],
           [0., 1.]]))
    """
    experiment = posed(given)
    known: UncoupledLayer | None = given_evidence(experiment, "uncoupled_layer")
    if known is not None:
        return known
    instance = experiment.codes
    D, n = instance.D.data, instance.D.shape[1]
    signal = (D / (D * D).sum(axis=0)).T
    draw = np.random.default_rng(SEED.of(experiment)).integers(-1, 2, (n, n))
    state = np.eye(n) - signal @ D + draw * MISFIT.of(experiment) / 16
    sizes = np.abs(instance.X).max(axis=1)
    thresholds = np.where(sizes > 0, sizes, 1.0) * in_turns(THRESHOLDS, instance.place)
    return UncoupledLayer(thresholds, state, signal)


PROVIDERS = (plain("uncoupled_layer", UncoupledLayer, uncoupled_layer, MISFIT, SEED),)
