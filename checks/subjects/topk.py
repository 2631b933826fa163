"""Networks that keep the largest entries of each state."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.checks.subjects.unfolding_schedules import weights
from sparsebound.theory.analysis.unfolding import rounding
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence import LargestKept
from sparsebound.theory.experiment import Posed, posed

KEPT_LAYERS = 4
"""Layers of a network."""
MORE_KEPT = (0, 0, 0, 1)
"""How many more entries are kept than a code has; in turns."""
TOPK_WEIGHTS = choice("topk_weights", "normalised", "closed form", "gradient")
"""The weights of the network."""


def topk_run(given: Posed) -> LargestKept:
    """Run a network from sparse starts: other entries, of the sizes of those of the code.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = topk_run(Instance([[1, 0], [0, 1]], [[4, 0]]))
    >>> found.iterates[0, 1:3]
    array([[4., 0.],
           [4., 0.]])
    """
    experiment = posed(given)
    known: LargestKept | None = given_evidence(experiment, "topk_run")
    if known is not None:
        return known
    instance = experiment.codes
    D, n = instance.D.data, instance.D.shape[1]
    W = np.asarray(weights(instance, TOPK_WEIGHTS.of(experiment)))
    more = np.array(in_turns(MORE_KEPT, instance.place), dtype=np.int64)
    s = np.minimum(np.maximum(instance.sparsity + more, 1), n)
    start = np.zeros(instance.X.shape)
    for code, place in enumerate(instance.place):
        start[code] = generator(experiment, place).permutation(instance.X[code])
    losses = rounding(instance, W)
    states, rho = [start], []
    for _ in range(KEPT_LAYERS):
        x = states[-1]
        far = np.abs(x - instance.X).max(axis=1)
        rho.append((losses.base + losses.on * far + losses.off * far) * 2)
        states.append(_largest(x + (instance.Y.mid - x @ D.T) @ W, s))
    return LargestKept(np.stack(states, axis=1), s, np.stack(rho, axis=1), W)


def _largest(values: FloatArray, s: IntArray) -> FloatArray:
    """The s largest entries of each row, those of lower number first where they are equal."""
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1)
    return np.where(ranks < s[:, None], values, 0.0)


PROVIDERS = (plain("topk_run", LargestKept, topk_run, TOPK_WEIGHTS, SEED),)
