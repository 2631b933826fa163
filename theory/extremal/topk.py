"""Experiments with networks that keep the largest entries; by size, smallest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence import LargestKept
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _kept(rows: Any, x: Any, s: int, *states: Any) -> Experiment:
    """The identity, and weights for which ``I - W^T D`` has these rows."""
    n = len(x)
    instance = Instance(np.eye(n), np.array([x], dtype=float))
    found = LargestKept(
        np.array([states], dtype=float),
        np.array([s]),
        np.zeros((1, len(states) - 1)),
        np.eye(n) - np.array(rows, dtype=float).T,
    )
    return Experiment(instance, {"topk_run": found})


def tie_against_the_code(size: int) -> Experiment:
    """Two atoms, or four, and a tie that is broken against the code.

    Two of inner product 1/2 for odd sizes, with one entry ``size``; else four, with two entries.
    """
    if size % 2:
        rows = [[0, -0.5], [-0.5, 0]]
        return _kept(rows, [size, 0], 1, [0, size], [0, size / 2])
    c = 0.5 ** (size // 2 + 1)
    rows = [[0, c / 2, -c / 2, 0], [0] * 4, [0] * 4, [c / 2, -c / 2, 0, 0]]
    return _kept(rows, [2 * c, 1, 0, 0], 2, [2 * c + 1, 0, 1, 0], [0, 1, 0, c])


def one_more_than_the_code(size: int) -> Experiment:
    """One entry, and room for two."""
    rows = [[0, -0.25], [-0.25, 0]]
    return _kept(rows, [size, 0], 2, [0, 0], [size, size / 4])


def dense_start(size: int) -> Experiment:
    """No code at all, and a start on five atoms, all of which the first one sees."""
    rows = np.zeros((6, 6))
    rows[0, 1:] = 1 / 8
    start = size * (np.arange(6) > 0)
    return _kept(rows, np.zeros(6), 1, start, np.where(np.arange(6) == 0, 5 / 8 * size, 0))
