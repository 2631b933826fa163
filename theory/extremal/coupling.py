"""Layers that keep codes as well as their weights allow; by size, smallest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.coupling import UncoupledLayer
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _layer(M: Any, threshold: float, size: float) -> Experiment:
    """The identity, and weights of the signal alone."""
    n = len(M)
    found = UncoupledLayer(np.array([threshold]), np.zeros((n, n)), np.array(M, dtype=float))
    instance = Instance(np.eye(n), size * np.eye(1, n))
    return Experiment(instance, {"uncoupled_layer": found})


def leaking_entry(size: int) -> Experiment:
    """Two atoms, of which one leaks into the other, and a threshold of half of that."""
    leak = 2.0 ** (1 - size)
    return _layer([[1, 0], [leak, 1]], leak / 2 * size, size)


def amplified_entry(size: int) -> Experiment:
    """One atom that is made twice as large; the threshold takes two thirds of its size away."""
    return _layer([[2]], 2.0 * size, 3.0 * size)
