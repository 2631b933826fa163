"""Blocks of atoms: norms of blocks of vectors, and spectral norms of blocks of matrices."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.analysis.unfolding import kept, residual
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.instance import Dictionary


def block_norms(vectors: Number, blocks: IntArray) -> Number:
    """Euclidean norms of the blocks of vectors (..., n), shape (..., N).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> block_norms(Ball.of([[3.0, 4.0, 2.0]]), np.array([0, 0, 1])).mid
    array([[5., 2.]])
    """
    index, used = _places(blocks)
    entries = vectors[..., index].where(used, 0)
    return (entries * entries).sum(-1).sqrt()


def blocks_of(support: Mask, blocks: IntArray) -> Mask:
    """The blocks that supports (B, n) meet, shape (B, N)."""
    members = _members(blocks)
    return np.asarray((support[:, None, :] & members).any(axis=-1))


def _members(blocks: IntArray) -> Mask:
    return np.asarray(blocks == np.arange(blocks.max() + 1)[:, None])


def _places(blocks: IntArray) -> tuple[IntArray, Mask]:
    """The atoms of each block, (N, width), and which of them are not filled up."""
    members = _members(blocks)
    width = int(members.sum(axis=1).max())
    index = np.argsort(~members, axis=1, kind="stable")[:, :width]
    return index, np.take_along_axis(members, index, axis=1)


def coupling(D: Dictionary, W: FloatArray, blocks: IntArray) -> Number:
    """Spectral norms of the blocks of ``I - W^T D``, diagonal ones included, shape (N, N)."""

    def compute() -> Number:
        index, used = _places(blocks)
        both = used[:, None, :, None] & used[None, :, None, :]
        parts = residual(D, W)[index[:, None, :, None], index[None, :, None, :]].where(both, 0)
        if index.shape[1] == 1:
            return abs(parts).reshape(len(index), len(index))
        largest = (parts.swapaxes(2, 3) @ parts).eigenvalues().max(-1)
        return largest.where(largest.sign != 0, 0).sqrt()

    name = f"coupling of blocks {blocks.tolist()}"
    result: Number = kept(D.memo, name, W, compute)
    return result
