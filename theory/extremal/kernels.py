"""Data and kernels on which theorems on very wide layers are attained, or mutants fail."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.constructions.equiangular import equiangular
from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

POWERS = {"cube": (0.0, 0.0, 0.0, 1.0), "square": (0.0, 0.0, 1.0), "half": (1.0, 1.0)}
"""Coefficients of ``t^3``, of ``t^2``, and of ``(1 + t)/2``."""


def _seen(D: Any, activation: str) -> Experiment:
    """Data, and a kernel; a polynomial by its name."""
    given = POWERS.get(activation)
    name = activation if given is None else "polynomial"
    found = LayerKernel(name, np.array(given or POWERS["cube"]))
    return Experiment(Instance(D, np.zeros((0, np.shape(D)[1]))), {"layer_kernel": found})


def equal_angles_or_a_pair(size: int) -> Experiment:
    """A regular simplex of data, and an odd kernel; at even sizes two that are near each other."""
    if size % 2:
        return _seen(equiangular(size + 2, 1, size + 1), ("cube", "sign")[size % 4 // 2])
    return near_pair(size // 2, ("relu", "exponential", "half")[size % 3])


def near_pair(size: int, activation: str = "half") -> Experiment:
    """Two data with the inner product 3/5, in ``size + 1`` dimensions."""
    D = np.eye(size + 1, 2)
    D[:2, 1] = 3, 4
    return _seen(D, activation)
