"""Transformers that find codes for the dictionary in their context."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.proximal import WEIGHT, lipschitz, problem
from sparsebound.checks.networks.in_context import in_context_states
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Experiment, Posed, posed

BLOCKS = 3
"""Blocks of a network."""
SHORTER = choice("shorter", 1.0, 2.0, 0.5)
"""The inverse step over a bound of ``||D||_2^2``; below 1 the codes need not converge."""


def _inverse_step(experiment: Experiment) -> float:
    bound = float(experiment.get("L", lipschitz(experiment.codes.D)))
    return bound * float(SHORTER.of(experiment))


def in_context_run(given: Posed) -> Trajectory:
    """Run a network.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> in_context_run(Experiment(Instance([[1]], [[3]]), {"L": 2.0})).points[0, :, 0]
    array([0.    , 0.75  , 1.125 , 1.3125])
    """
    experiment = posed(given)
    instance, L = experiment.codes, _inverse_step(experiment)
    lam = problem(experiment).lam
    points = in_context_states(instance.D.data, instance.Y.mid, lam, L, BLOCKS)
    return Trajectory(points, lam, np.full(len(instance), L))


PROVIDERS = (plain("in_context_run", Trajectory, in_context_run, WEIGHT, SHORTER),)
