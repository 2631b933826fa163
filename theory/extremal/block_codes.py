"""Codes on orthonormal blocks that are just recovered, or just not; by size, smallest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.pursuits import BlockCode
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.greedy import nearly_tied_atoms
from sparsebound.theory.instance import Instance


def _given(D: Any, x: Any, null: Any, width: int) -> Experiment:
    """One code, and a null vector, of atoms in blocks of a width."""
    instance = Instance(D, np.array([x], dtype=float))
    blocks = np.arange(instance.D.shape[1]) // width
    found = BlockCode(instance.X, np.array([null], dtype=float), blocks)
    return Experiment(instance, {"block_code": found})


def _pairs(D: Any) -> FloatArray:
    """Each atom as a block of two, on coordinates of their own."""
    return np.kron(np.asarray(D, dtype=float), np.eye(2))


def nearly_ambiguous_blocks(size: int) -> Experiment:
    """Two blocks beside one that is nearly between them; then ones that pursuit just finds.

    These are ``k = size`` blocks at ``-mu`` to each other, one further at ``mu``, and
    ``(2k - 1) mu`` just below 1.
    """
    first = np.kron([1.0, 0, 0], [1, 0])
    if size == 1:
        near = [[1, 1, 1], [0, 2.0**-11, -(2.0**-11)]]
        return _given(_pairs(near), first, np.kron([2, -1, -1], [1, 0]), 2)
    x = np.kron(np.where(np.arange(size + 1) < size, 1.0, 0.0), [1.0, 0])
    return _given(_pairs(nearly_tied_atoms(size)), x, 0 * x, 2)


def one_block_twice(size: int) -> Experiment:
    """A block of ``size`` orthogonal atoms that is there twice."""
    D = np.hstack([np.eye(size), np.eye(size)])
    x = np.eye(1, 2 * size)[0]
    return _given(D, x, x - np.roll(x, size), size)


def two_bases_of_a_plane(size: int) -> Experiment:
    """Two orthonormal bases of the plane: no entry of their products is 1, but each is a block."""
    D = np.array([[5, 0, 3, 4], [0, 5, 4, -3]])
    return _given(D, [size, 0, 0, 0], [5, 0, -3, -4], 2)
