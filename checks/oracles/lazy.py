"""Training runs of two-layer diagonal networks, from starts that are just large enough."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.analysis.lazy import row_spectrum
from sparsebound.theory.evidence import ParameterRun
from sparsebound.theory.experiment import Posed, posed

LAZINESS = choice("laziness", 1 + 2.0**-6, 2.0, 8.0)
"""Square of the start, relative to the least for which the theorem speaks."""
SHARE_OF_RATE = choice("share_of_rate", 1 - 2.0**-10, 0.5)
"""The step, relative to the largest one that is sure to be allowed."""
TRAINING_STEPS = 4
"""Steps of a run."""


def training_run(given: Posed) -> ParameterRun:
    """Train from ``u = v = c``, where the network is zero.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> training_run(Instance([[1]], [[2]])).parameters[0, 0].round(4).tolist()
    [1.0078, 1.0078]
    """
    experiment = posed(given)
    known: ParameterRun | None = given_evidence(experiment, "training_run")
    if known is not None:
        return known
    instance = experiment.codes
    D, Y = instance.D.data, instance.Y.mid
    least, largest = (float(bound.mid) for bound in row_spectrum(instance.D))
    longest = np.sqrt((D**2).sum(axis=0).max())
    sizes = np.linalg.norm(Y, axis=1)
    needed = longest * sizes / (2 * least) if least > 0 else np.ones(len(Y))
    c = np.sqrt(np.where(needed > 0, needed, 1.0) * LAZINESS.of(experiment))
    alpha, curved = 8 * c**2 * least, 4 * longest * sizes
    spread = np.sqrt(alpha) + np.sqrt(np.maximum(alpha - curved, 0.0))
    radius = np.where(spread > 0, 2 * sizes / np.where(spread > 0, spread, 1.0), 0.0)
    beta = np.sqrt(largest) * (np.sqrt(8) * c + 2 * radius)
    eta = SHARE_OF_RATE.of(experiment) / beta**2
    u = np.repeat(c[:, None], D.shape[1], axis=1)
    v, steps = u, []
    for _ in range(TRAINING_STEPS):
        steps.append(np.concatenate([u, v], axis=1))
        pulled = 2 * eta[:, None] * (((u * u - v * v) @ D.T - Y) @ D)
        u, v = u - pulled * u, v + pulled * v
    steps.append(np.concatenate([u, v], axis=1))
    return ParameterRun(np.stack(steps, axis=1), eta)


PROVIDERS = (plain("training_run", ParameterRun, training_run, LAZINESS, SHARE_OF_RATE),)
