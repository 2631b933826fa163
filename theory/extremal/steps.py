"""Steps of gradient descent on which theorems on layers are attained, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.steps import LayerStep
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _layer(weights: Any, stepped: Any, inverse: float) -> Experiment:
    """A layer of one channel of white data, all shifts of ``y = x = e_1``."""
    W, result = np.asarray(weights, dtype=float)[None], np.asarray(stepped, dtype=float)[None]
    N = W.shape[1]
    first: FloatArray = np.eye(N)[None, :1]
    found = LayerStep(first, first, W, result, np.array([inverse]), np.zeros((1, 1)), N)
    return Experiment(Instance(np.eye(N), first[0]), {"layer_step": found})


def white_data(size: int) -> Experiment:
    """A layer of which one weight is 1, and a step of size 1/4."""
    N = size + 1
    weights = np.diag(np.eye(N)[0])
    return _layer(weights, 0.75 * weights + 0.25 * np.eye(N), 4.0)


def one_shift_of_two(size: int) -> Experiment:
    """A layer that is 0, and a step of size 1."""
    N = size + 1
    return _layer(np.zeros((N, N)), np.eye(N), 1.0)


def unit_that_is_never_active(size: int) -> Experiment:
    """A unit that is right, and another that is negative on all inputs."""
    N = size + 1
    weights = np.diag(np.where(np.arange(N) == 1, -1.0, 1.0))
    return _layer(weights, np.eye(N), 1.0)
