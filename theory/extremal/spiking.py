"""Experiments with spiking neurons in which bounds are met, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import Design, aligned_atoms
from sparsebound.theory.instance import Instance


def _ticking(s: int, layers: int, **settings: Any) -> Experiment:
    """``s`` aligned atoms, a power of two, entries ``s + (2s)^(layers + 1)`` and the tick 1."""
    D, _, _ = aligned_atoms(s, 1)
    entries = s + (2.0 * s) ** (layers + 1)
    x = np.where(np.arange(s + 1) < s, entries, 0.0)
    design = Design(layers=layers)
    return Experiment(Instance(D, x[None, :]), {"designs": (design,), "tick": 1.0, **settings})


def half_a_tick_in_every_layer(size: int) -> Experiment:
    """1, 2 or 4 aligned atoms in turns, and a layer more in each turn."""
    turn, place = divmod(size - 1, 3)
    return _ticking(2**place, turn + 2)


def ticks_left_out(size: int) -> Experiment:
    """The same atoms, in a network that declares no error of its activations."""
    return _ticking(2 ** ((size - 1) % 3), 1 + size // 3, share=0.0)


def ticks_half_left_out(size: int) -> Experiment:
    """The same, in a network that declares half of it."""
    return _ticking(2 ** ((size - 1) % 3), 1 + size // 3, share=0.5)


def fires_too_early(size: int) -> Experiment:
    """Two units, one of which sees the other with the weight 3 and itself with -3.

    Its input is early, and that of the other comes last.
    """
    W = np.array([[4.0, 0.0], [-3.0, 1.0]])
    instance = Instance(np.eye(2), [[0.875 * size, 0.0]])
    built = {"W": W, "delays": np.array([[4.0, 0.0]]) * size}
    return Experiment(instance, {"designs": (Design(layers=2),), "tick": float(size), **built})


def _firing(D: Any, x: Any, **settings: Any) -> Experiment:
    """Neurons whose inputs are earlier for larger entries; see ``first_spikes`` in the checks."""
    return Experiment(Instance(D, np.asarray([x], dtype=float)), settings)


def late_in_every_layer(size: int) -> Experiment:
    """Chains of ``size + 1`` layers that are late by half a tick in each, and by one at the start.

    In the other run nothing is late.
    """
    n = (size + 1) // 2
    late = {"threshold": 0.5, "layers": size + 1, "shift": -np.ones((1, n))}
    return _firing(np.eye(n), np.ones(n), **late)


def one_input_moves(size: int) -> Experiment:
    """The same without lateness, where one of the inputs is moved, and the other ones are not."""
    n = size + 1
    return _firing(np.eye(n), np.ones(n), threshold=1.0, layers=1, shift=-4.0 * np.eye(1, n))


def never_fires(size: int) -> Experiment:
    """Weights 1 and ``-size - 1``, with which the potential falls before it reaches 2."""
    weights = np.array([[[1.0, -1.0 - size], [0.0, 1.0]]])
    return _firing(np.eye(2), [16.0, 15.0], threshold=2.0, layers=1, weights=weights)
