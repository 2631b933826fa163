"""Steps of gradient descent on whole layers, taken in float64 from data on a coarse grid."""

from __future__ import annotations

from math import gcd

import numpy as np

from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.oracles.training import generators, multiples, units
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.steps import LayerStep
from sparsebound.theory.experiment import Posed, posed

CHANNELS = choice("channels", "few", "few", "many")
"""Whether a signal has as few channels as its length and that of the codes allow, or more."""
INVERSE_STEPS = (1.0, 2.0, 0.5, -2.0)
"""Inverses of the sizes of steps, relative to the largest eigenvalue; in turns."""
BESIDE = 1
"""Pairs beside the code and its signal."""


def layer_step(given: Posed) -> LayerStep:
    """Take a step on all shifts of the code of the instance and of another pair.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> layer_step(Instance([[1, 0], [0, 1]], [[1, 0]])).positions
    2
    """
    experiment = posed(given)
    known: LayerStep | None = given_evidence(experiment, "layer_step")
    if known is not None:
        return known
    instance, draws = experiment.codes, generators(experiment)
    (m, n), batch = instance.D.shape, len(instance)
    N = gcd(m, n)
    if CHANNELS.of(experiment) == "many":
        N = max((size for size in range(2, N) if N % size == 0), default=N)
    x = np.rint(2 * instance.X / units(instance.X))
    codes = np.concatenate([x[:, None], multiples(draws, -2, 2, (BESIDE, n), 1.0)], axis=1)
    own = (x @ instance.D.data.T)[:, None]
    signals = np.concatenate([own, multiples(draws, -2, 2, (BESIDE, m), 1.0)], axis=1)
    inputs, outputs = _closed(signals, N), _closed(codes, N)
    S, C = np.swapaxes(inputs, 1, 2) @ inputs, np.swapaxes(outputs, 1, 2) @ inputs
    largest = np.linalg.norm(S, 2, axis=(1, 2))
    inverse = np.ceil(largest * np.array(in_turns(INVERSE_STEPS, instance.place)) + 1 / 2)
    weights = multiples(draws, -2, 2, (n, m), 1.0)
    stepped = weights + (C - weights @ S) / inverse[:, None, None]
    biases = multiples(draws, -2, 2, (n // N,), 1.0).reshape(batch, n // N)
    return LayerStep(signals, codes, weights, stepped, inverse, biases, N)


def _closed(values: FloatArray, N: int) -> FloatArray:
    """All shifts of some vectors, channel by channel; (B, P N, length)."""
    batch, pairs, length = values.shape
    split = values.reshape(batch, pairs, length // N, N)
    found = [np.roll(split, -shift, axis=3) for shift in range(N)]
    return np.stack(found, axis=2).reshape(batch, pairs * N, length)


PROVIDERS = (plain("layer_step", LayerStep, layer_step, CHANNELS, SEED),)
