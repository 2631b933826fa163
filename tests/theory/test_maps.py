"""Lipschitz constants of the functions between layers are attained, and never exceeded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Exact, FloatArray
from sparsebound.theory.maps import (
    IDENTITY,
    RELU,
    Map,
    average_pooling,
    hadamard_transform,
    leaky_relu,
    max_pooling,
    soft_threshold,
    subsample,
)

POOLS = [max_pooling(window, stride) for window in range(1, 6) for stride in range(1, 7)]
OTHERS = [
    IDENTITY,
    RELU,
    *(leaky_relu(Fraction(slope)) for slope in (-3, -1, 0, 2)),
    leaky_relu(Fraction(1, 4)),
    soft_threshold(Fraction(1, 2)),
    *(subsample(stride) for stride in (1, 2, 3)),
    *(average_pooling(window) for window in (1, 2, 3, 5)),
    hadamard_transform(),
]
LENGTH = 13


def ratios(psi: Map, first: FloatArray, second: FloatArray) -> list[Fraction]:
    """``||psi(u) - psi(v)||^2 / ||u - v||^2``, exactly."""
    moved = psi(Exact.of(first)) - psi(Exact.of(second))
    size = (Exact.of(first) - Exact.of(second)) ** 2
    return [Fraction(str(value)) for value in ((moved**2).sum(-1) / size.sum(-1)).values]


@pytest.mark.parametrize("psi", [*POOLS, *OTHERS], ids=lambda psi: psi.name)
def test_the_constant_is_attained_and_not_exceeded(psi: Map) -> None:
    """By single entries or windows, up or down; in between are all other displacements."""
    rng = np.random.default_rng(0)
    unit, start = np.eye(LENGTH), np.full((1, LENGTH), 8.0)
    window = (np.arange(LENGTH) < psi.window)[None] * 1.0
    steps = np.concatenate([unit, -unit, window, rng.integers(-8, 9, (200, LENGTH)) / 8])
    steps = steps[steps.any(axis=1)]
    for base in (start, -start, 0 * start):
        found = ratios(psi, base + steps, base + 0 * steps)
        assert max(found) <= psi.square
    attained = max(max(ratios(psi, base + steps, base + 0 * steps)) for base in (start, -start))
    assert attained == psi.square


@pytest.mark.parametrize("window", range(1, 6))
@pytest.mark.parametrize("stride", range(1, 7))
def test_an_entry_lies_in_so_many_windows(window: int, stride: int) -> None:
    psi = max_pooling(window, stride)
    counts = psi.gather(Exact.of(np.eye(60))).mid.sum(axis=1)
    assert counts.max() == psi.square
