"""Layers of spiking neurons: numbers are times, and a clock gives them their scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.algorithms.spikes import Integers, first_crossings

GRID = 2.0**20
"""Weights of neurons are multiples of its inverse."""


@dataclass(frozen=True)
class SpikingLayer:
    """Neurons that stand for ``relu(M a - g)``, for B codes at once.

    All are integers: times in ticks, weights in units of ``1/GRID``, biases in those of both.

    Attributes
    ----------
    weights : ndarray of int, shape (B, n, n)
        ``M``.
    biases : ndarray of int, shape (B, n)
        ``g``.
    reaches, delays : ndarray of int, shape (B,)
        How long before the deadline of its inputs the clock spikes, and by how much the deadline
        of its outputs is later.

    Examples
    --------
    >>> one = int(GRID)
    >>> layer = SpikingLayer(one * np.array([[[1, -1], [2, 0]]]), one * np.array([[0, 1]]),
    ...                      np.array([3]), np.array([20]))
    >>> layer(np.array([[2, 3]]))
    array([[0, 3]])
    """

    weights: Integers
    biases: Integers
    reaches: Integers
    delays: Integers

    def __call__(self, inputs: Integers) -> Integers:
        """Run inputs ``a`` (B, n), in ticks, through the layer: spikes at ``-a``, and what fires.

        Neurons that have not fired by the deadline fire then.
        """
        one = int(GRID)
        clock = one - self.weights.sum(-1)
        times = np.concatenate([-self.reaches[:, None], -inputs], axis=1)
        weights = np.concatenate([clock[:, :, None], self.weights], axis=2)
        delays, reaches = self.delays[:, None], self.reaches[:, None]
        thresholds = one * delays + clock * reaches + self.biases
        found = first_crossings(times, weights, thresholds)
        spikes = np.where(found.fired, np.minimum(found.ticks(), delays), delays)
        result: Integers = delays - spikes
        return result
