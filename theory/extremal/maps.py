"""Deep models whose functions between layers attain their Lipschitz constants.

They have one layer above the signal, with nothing but the function in it.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.maps import (
    RELU,
    Map,
    average_pooling,
    hadamard_transform,
    leaky_relu,
    max_pooling,
    soft_threshold,
    subsample,
)


def _under(psi: Map, length: int) -> DeepInstance:
    """One layer ``psi(x_0) = x_1`` for ``x_0 = 0``."""
    outputs = psi.length(length)
    layer = Instance(Dictionary(np.eye(outputs)), np.zeros((1, outputs)))
    return DeepInstance((layer,), np.zeros((1, length)), (psi,))


def each_map(size: int) -> DeepInstance:
    """All kinds of functions in turn."""
    maps = (
        average_pooling(4),
        max_pooling(2),
        hadamard_transform(),
        leaky_relu(Fraction(2)),
        RELU,
        subsample(2),
        soft_threshold(Fraction(0)),
        max_pooling(4, 1),
        max_pooling(3, 2),
    )
    return _under(maps[(size - 1) % len(maps)], 4 * size)


def averages(size: int) -> DeepInstance:
    """Averages of ``size + 1`` numbers."""
    return _under(average_pooling(size + 1), size + 1)


def maxima(size: int) -> DeepInstance:
    """Largest entries of disjoint windows of ``size + 1`` numbers."""
    return _under(max_pooling(size + 1), size + 1)


def overlapping_maxima(size: int) -> DeepInstance:
    """Largest entries of overlapping windows of ``size + 1`` numbers."""
    return _under(max_pooling(size + 1, 1), 2 * size + 1)
