"""Layers whose graphs attain theorems on strengths and activities of nodes, or refute mutants."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.constructions import hadamard
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import Design, aligned_atoms, designed
from sparsebound.theory.extremal.uniqueness import tight_frame
from sparsebound.theory.instance import Instance


def tight_frame_or_bases(size: int) -> Instance:
    """Equiangular tight frames at odd sizes; copies of two unbiased bases of R^4 at even ones."""
    if size % 2:
        return tight_frame(size)
    D = block_diagonal(np.hstack([2 * np.eye(4), hadamard(4)]), size // 2)
    return Instance(D, np.zeros((1, D.shape[1])))


def atom_beside_a_repeated_one(size: int) -> Instance:
    """An atom that is there ``size + 1`` times, and one that is orthogonal to it."""
    return Instance(np.eye(2)[:, [0] * (size + 1) + [1]], np.zeros((1, size + 2)))


def pairs_of_either_sign(size: int) -> Instance:
    """``size`` pairs of atoms with the inner product 3/5, and as many with -3/5."""
    pair = np.array([[1.0, 3.0], [0.0, 4.0]])
    D = block_diagonal(np.kron(np.eye(2), pair) * [1, 1, 1, -1], size)
    return Instance(D, np.zeros((1, D.shape[1])))


def one_opposite_atom(size: int) -> Instance:
    """Equal numbers, ``size + 2`` of them, and one of the other sign."""
    return Instance(np.append(np.ones(size + 2), -1.0)[None], np.zeros((1, size + 3)))


def opposite_atoms(size: int) -> Instance:
    """``size`` atoms that are orthogonal to each other, and their negatives."""
    D = np.kron(np.eye(size), [[1.0, -1.0]])
    return Instance(D, np.zeros((1, 2 * size)))


def errors_of_mean_zero(size: int) -> Experiment:
    """``2 size`` aligned atoms in the code, half of them negated, as their entries; one further."""
    s = 2 * size
    D, _, _ = aligned_atoms(s, 1)
    place = np.arange(s + 1)
    signs = np.where(place < size, -1.0, 1.0)
    return designed(Instance(D * signs, (signs * (place < s))[None]), Design())
