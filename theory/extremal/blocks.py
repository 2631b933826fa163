"""Experiments with networks on blocks of atoms in which their bounds are met; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import BlockUnfolding
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import aligned_atoms
from sparsebound.theory.instance import Instance

LONGEST = 4
"""Layers of a network that meets its bounds."""
WIDTH = 2
"""Atoms of a block."""


def _first(values: Any) -> FloatArray:
    """Numbers, one a block, on the first atom of each."""
    return np.kron(np.asarray(values, dtype=float), np.eye(1, WIDTH)[0])


def _run(
    instance: Instance,
    W: Any,
    states: list[Any],
    thresholds: list[float],
    nu: float = 0.0,
    outside: list[float] | None = None,
) -> Experiment:
    """One code; states are given by the first entries of their blocks."""
    nothing = np.zeros((1, len(thresholds)))
    found = BlockUnfolding(
        np.array([[_first(state) for state in states]]),
        np.array([thresholds], dtype=float),
        np.abs(instance.X).max(axis=1),
        np.array([nu], dtype=float),
        nothing,
        nothing,
        nothing if outside is None else np.array([outside], dtype=float),
        np.asarray(W, dtype=float),
        np.arange(instance.D.shape[1]) // WIDTH,
    )
    return Experiment(instance, {"block_unfolding": found})


def aligned_blocks(size: int) -> Experiment:
    """``size`` blocks in the code, at ``-mu`` to each other, one further at ``mu``; and noise.

    All lengths are powers of two: nothing is rounded.
    """
    D, private, N = aligned_atoms(size, 1)
    nu, b, on = 2.0**-6, 4.0, np.arange(size + 1) < size
    states, thresholds = [0.0 * on], []
    for _ in range(LONGEST):
        thresholds.append(size * b / N + nu)
        b = (size - 1) * b / N + nu + thresholds[-1]
        states.append((4.0 - b) * on)
    wide = np.kron(D, np.eye(WIDTH))
    noise = np.kron(private, np.eye(WIDTH)) @ _first(-nu * N * on)
    instance = Instance(wide, _first(4.0 * on)[None], noise[None])
    return _run(instance, wide / N, states, thresholds, nu)


def _coupled(W: Any, x: list[float], *rest: Any, **more: Any) -> Experiment:
    """The identity, and weights that couple its blocks."""
    instance = Instance(np.eye(WIDTH * len(x)), _first(x)[None])
    return _run(instance, np.kron(W, np.eye(WIDTH)), *rest, **more)


def half_coupled_blocks(size: int) -> Experiment:
    """Two blocks at one half, one of them in the code."""
    return _coupled([[1, 0.5], [0.5, 1]], [size, 0], [[0, 0], [size / 2, 0]], [size / 2])


def half_coupled_and_short(size: int) -> Experiment:
    """The same with a threshold that is too small: the other block is switched on."""
    theta, x = 0.46875 * size, [[0, 0], [0.53125 * size, 0.03125 * size]]
    return _coupled([[1, 0.5], [0.5, 1]], [size, 0], x, [theta])


def noisy_block(size: int) -> Experiment:
    """One block, and noise against it."""
    noise = _first([-size])[None]
    instance = Instance(np.eye(WIDTH), _first([4 * size])[None], noise)
    return _run(instance, np.eye(WIDTH), [[0], [2 * size]], [size], size)


def blocks_beside_false_positives(size: int) -> Experiment:
    """Two further blocks, switched on by mistake after one layer; the next one keeps them on."""
    W = [[1, 0.25, 0.25], [0.25, 1, -0.25], [0.25, -0.25, 1]]
    first = [0.75 * size, size / 2, size / 2]
    # v = x - (W^T - I) (x^1 - x): 0.75 on the first block, 3/16 on the others
    second = [0.6875 * size, size / 8, size / 8]
    thresholds, outside = [size / 4, size / 16], [size / 2, 0.0]
    return _coupled(W, [size, 0, 0], [[0, 0, 0], first, second], thresholds, outside=outside)
