"""Blocks of atoms: norms of blocks of vectors, and spectral norms of blocks of matrices."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.analysis.unfolding import residual
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import kept, of_dictionary


def block_norms(vectors: Number, blocks: IntArray) -> Number:
    """Euclidean norms of the blocks of vectors (..., n), shape (..., N).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> block_norms(Ball.of([[3.0, 4.0, 2.0]]), np.array([0, 0, 1])).mid
    array([[5., 2.]])
    """
    return block_energies(vectors, blocks).sqrt()


def block_energies(vectors: Number, blocks: IntArray) -> Number:
    """Their squares.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> block_energies(Ball.of([[3.0, 4.0, 2.0]]), np.array([0, 0, 1])).mid
    array([[25.,  4.]])
    """
    index, used = _places(blocks)
    entries = vectors[..., index].where(used, 0)
    return (entries * entries).sum(-1)


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
        return _spectral_norms(residual(D, W), blocks)

    name = f"coupling of blocks {blocks.tolist()}"
    result: Number = kept(D.memo, name, W, compute)
    return result


def block_coherence(D: Dictionary, blocks: IntArray) -> Number:
    """The largest spectral norm of the products of two blocks of normalised atoms; 0 for one.

    Examples
    --------
    >>> D = Dictionary([[1, 0, 1, 1], [0, 1, 1, -1]])
    >>> block_coherence(D, np.array([0, 0, 1, 1])).mid.round(6)
    np.float64(1.0)
    """
    return _block_coherence(D, tuple(blocks.tolist()))


@of_dictionary
def _block_coherence(D: Dictionary, numbers: tuple[int, ...]) -> Number:
    blocks = np.array(numbers)
    others = blocks[:, None] != blocks
    return _spectral_norms(D.gram.where(others, 0), blocks).max(-1).max(-1)


def _spectral_norms(matrix: Number, blocks: IntArray) -> Number:
    """Spectral norms of the blocks of a square matrix, shape (N, N)."""
    index, used = _places(blocks)
    both = used[:, None, :, None] & used[None, :, None, :]
    parts = matrix[index[:, None, :, None], index[None, :, None, :]].where(both, 0)
    if index.shape[1] == 1:
        return abs(parts).reshape(len(index), len(index))
    squares = parts.swapaxes(2, 3) @ parts
    place = np.arange(index.shape[1])
    diagonal = squares[..., place, place]
    largest = diagonal.max(-1)
    off = np.asarray(squares.sign != 0) & (place[:, None] != place)
    if (full := off.any(axis=(-2, -1))).any():  # the others have their eigenvalues there
        shapes = (len(index), len(index))
        found = squares[full].eigenvalues().max(-1)
        order = np.cumsum(full).reshape(shapes) - 1
        largest = largest.where(~full, found[np.maximum(order, 0)])
    return largest.where(largest.sign != 0, 0).sqrt()
