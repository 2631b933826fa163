"""Spiking neurons: networks of them that are unfolded ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched, Selectable
from sparsebound.theory.evidence.runs import Unfolding


@dataclass(frozen=True)
class Spiking(Selectable):
    """What a network of spiking neurons did, as an inexact unfolded network, and how it is built.

    A state is read from its spikes: how long before the deadline of its layer they are.

    Attributes
    ----------
    unfolding : Unfolding
        Its states and what it declares of itself.
    ticks : ndarray, shape (B,)
        The tick of the clock, of which all spikes are multiples.
    reaches, delays : ndarray, shape (B, K)
        How long before the deadline of its inputs the clock of a layer spikes, and by how much
        the deadline of its outputs is later.
    weights : ndarray, shape (n, n)
        What one unit of an input adds to the slope of a neuron, on the side of either.
    biases : ndarray, shape (B, K, n)
        What neurons take off.
    """

    unfolding: Unfolding
    ticks: FloatArray
    reaches: FloatArray
    delays: FloatArray
    weights: FloatArray
    biases: FloatArray

    SHARED = ("weights",)


@dataclass(frozen=True)
class NeuronRun(Batched):
    """When neurons fired in L layers, and when their potentials had reached the threshold.

    A neuron that never fires does at a time beyond all others, by which it is known.

    Attributes
    ----------
    times : ndarray, shape (B, N)
        The spikes that enter the first layer.
    weights : ndarray, shape (B, N, N)
        Of each neuron in every layer, what each spike adds to the slope of its potential.
    numerators, denominators : ndarray, shape (B, L, N)
        Quotients: when potentials first reach the threshold, for the spikes of the layer before.
    spikes : ndarray, shape (B, L, N)
        When neurons fire: near these times.
    lateness : ndarray, shape (B,)
        How near, at most.
    """

    times: FloatArray
    weights: FloatArray
    numerators: FloatArray
    denominators: FloatArray
    spikes: FloatArray
    lateness: FloatArray

    @property
    def inputs(self) -> FloatArray:
        """The spikes that enter each layer, shape (B, L, N)."""
        return np.concatenate([self.times[:, None], self.spikes[:, :-1]], axis=1)


@dataclass(frozen=True)
class FirstSpikes(Selectable):
    """Three runs of neurons of the same threshold.

    Attributes
    ----------
    thresholds : ndarray, shape (B,)
        Of all neurons.
    runs : tuple of NeuronRun
        One; one of the same weights, whose inputs spike at other times; and one of the same
        inputs, whose weights are no smaller.
    """

    thresholds: FloatArray
    runs: tuple[NeuronRun, NeuronRun, NeuronRun]
