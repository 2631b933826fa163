"""Layers whose graphs attain theorems on strengths and activities of nodes, or refute mutants."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.constructions import hadamard
from sparsebound.theory.constructions.blocks import block_diagonal
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
