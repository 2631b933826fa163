"""Networks that keep the largest entries of each state."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sparsebound.checks.calls import Call, in_its_type
from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.checks.subjects.unfolding_schedules import weights
from sparsebound.theory.analysis.unfolding import rounding
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence import LargestKept
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

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
    W, s, start = _problem(experiment, "float64")
    D, states = instance.D.data, [start]
    for _ in range(KEPT_LAYERS):
        states.append(_largest(states[-1] + (instance.Y.mid - states[-1] @ D.T) @ W, s))
    return _declared(instance, np.stack(states, axis=1), s, W, "float64")


def _problem(experiment: Experiment, dtype: str) -> tuple[FloatArray, IntArray, FloatArray]:
    """Weights, how many entries are kept, and where the network starts."""
    instance, n = experiment.codes, experiment.codes.D.shape[1]
    W = np.asarray(weights(instance, TOPK_WEIGHTS.of(experiment), dtype))
    more = np.array(in_turns(MORE_KEPT, instance.place), dtype=np.int64)
    s = np.minimum(np.maximum(instance.sparsity + more, 1), n)
    start = np.zeros(instance.X.shape)
    for code, place in enumerate(instance.place):
        start[code] = generator(experiment, place).permutation(instance.X[code])
    return W, s, start


def _declared(
    instance: Instance, states: FloatArray, s: IntArray, W: FloatArray, dtype: str
) -> LargestKept:
    """What a network did, and how far rounding may move what it chooses from."""
    losses = rounding(instance, W, dtype)
    far = np.abs(states[:, :-1].astype(np.float64) - instance.X[:, None]).max(axis=2)
    far = np.where(np.isfinite(far), far, 0.0)  # no room for what is no number
    with np.errstate(invalid="ignore"):
        rho = (losses.base[:, None] + (losses.on + losses.off)[:, None] * far) * 2
    return LargestKept(states, s, np.where(np.isnan(rho), np.inf, rho), W)


def _theirs(call: Call, experiment: Experiment) -> LargestKept:
    """Run a network of somebody else."""
    instance = experiment.codes

    def run(plan: tuple[FloatArray, IntArray, FloatArray]) -> Any:
        W, s, start = plan
        given = {"D": instance.D.data, "W": W, "Y": instance.Y.mid, "s": s}
        return call.iterates(start, KEPT_LAYERS, by="W", **given)

    (W, s, _), states = in_its_type(partial(_problem, experiment), run)
    found = _declared(instance, states, s, W, str(states.dtype))
    if not np.isfinite(found.rho).all():
        raise call.beyond(str(states.dtype))
    return found


def _largest(values: FloatArray, s: IntArray) -> FloatArray:
    """The s largest entries of each row, those of lower number first where they are equal."""
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1)
    return np.where(ranks < s[:, None], values, 0.0)


PROVIDERS = (
    plain(
        "topk_run",
        LargestKept,
        topk_run,
        TOPK_WEIGHTS,
        SEED,
        supply=_theirs,
        asks="D, W, Y, s, start, steps -> every iterate, (B, steps + 1, n)",
    ),
)
