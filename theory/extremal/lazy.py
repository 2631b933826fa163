"""Training runs on which the bounds of lazy training are attained, or mutants fail; by size."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence.training import ParameterRun
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

TRAINED = 6
"""Steps of a run."""


def _one_weight(target: float, size: int) -> Experiment:
    """One atom, ``u = 2^{size-1}``, ``v = 0``, the step ``1/|J_0|^2``; the target is that of 1."""
    start = 2.0 ** (size - 1)
    y, eta, u = target * start**2, 1 / (4 * start**2), [start]
    for _ in range(TRAINED):
        u.append(u[-1] - eta * 2 * u[-1] * (u[-1] ** 2 - y))
    parameters = np.array([u, [0.0] * len(u)]).T[None]
    run = ParameterRun(parameters, np.array([eta]))
    return Experiment(Instance([[1.0]], [[y]]), {"training_run": run})


def one_weight_shrinks(size: int) -> Experiment:
    """A weight that is nearer to its target in each step, and all that is lost is regained."""
    return _one_weight(7 / 16, size)


def one_weight_vanishes(size: int) -> Experiment:
    """A target that the weight cannot reach: it goes to 0, where the Jacobian vanishes."""
    return _one_weight(-1 / 2, size)
