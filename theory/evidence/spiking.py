"""Spiking neurons: networks of them that are unfolded ones."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Selectable
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
