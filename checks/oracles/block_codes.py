"""Codes on orthonormal blocks of atoms, and null vectors that are as large on them as possible."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.compressible import null_lines
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.analysis.blocks import block_coherence, block_norms, blocks_of
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask
from sparsebound.theory.evidence.pursuits import BlockCode
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.recovery import null_vectors

WIDTH = choice("width", 2, 3, 1, 4)
"""The most atoms of a block."""


def block_code(given: Posed) -> BlockCode:
    """Fill blocks that a code meets, no more of them than the theorem on blocks allows.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = block_code(Instance([[2, 0, 1], [0, 2, 1], [0, 0, 2]], [[4, 0, 0], [0, 0, 2]]))
    >>> found.blocks, found.codes
    (array([0, 0, 1]), array([[4., 0., 0.],
           [0., 0., 2.]]))
    """
    experiment = posed(given)
    known: BlockCode | None = given_evidence(experiment, "block_code")
    if known is not None:
        return known
    instance = experiment.codes
    blocks, rho = _told_apart(instance.D, WIDTH.of(experiment))
    most = len(blocks) if rho == 0 else max(1, int(np.ceil((1 / rho + 1) / 2)) - 1)
    X, on = instance.X, blocks_of(instance.support, blocks)
    filled = (on & (np.cumsum(on, axis=1) <= most))[:, blocks]
    turns = (3 * instance.place[:, None] + 2 * np.arange(len(blocks))) % 5 - 2
    others = turns / 2 * np.abs(X).max(axis=1, keepdims=True)
    codes = np.where(filled, np.where(instance.support, X, others), 0.0)
    null = _largest_on(instance.D, blocks_of(codes != 0, blocks), blocks)
    moved = null_vectors(instance, null)
    null[~np.isfinite(moved.rad).all(axis=1)] = 0  # rows that are dependent: it cannot be moved
    return BlockCode(codes, null, blocks)


def _told_apart(D: Dictionary, width: int) -> tuple[IntArray, float]:
    """Blocks of at most that width, narrower where two share a direction; and their ``rho``."""
    while True:
        blocks = orthogonal_blocks(D, width)
        rho = float(Ball.of(block_coherence(D, blocks)).upper)
        if rho < 1 or width == 1:
            return blocks, rho
        width -= 1


def orthogonal_blocks(D: Dictionary, width: int) -> IntArray:
    """Put each atom into the first block of atoms that are orthogonal to it; shape (n,).

    Examples
    --------
    >>> orthogonal_blocks(Dictionary([[1, 1, 0], [0, 1, 1]]), 2)
    array([0, 1, 0])
    """
    apart = np.asarray(D.raw_gram.sign == 0)
    members: list[list[int]] = []
    blocks = np.zeros(D.shape[1], dtype=np.int64)
    for atom in range(D.shape[1]):
        fits = (
            b for b, known in enumerate(members) if len(known) < width and apart[atom, known].all()
        )
        blocks[atom] = next(fits, len(members))
        if blocks[atom] == len(members):
            members.append([])
        members[blocks[atom]].append(atom)
    return blocks


def _largest_on(D: Dictionary, on: Mask, blocks: IntArray) -> FloatArray:
    """Of some null vectors, the one that is largest on the blocks of each code; shape (B, n)."""
    lines = null_lines(D)
    if not len(lines):
        return np.zeros((len(on), len(blocks)))
    sizes = Ball.of(block_norms(Ball.of(lines), blocks)).mid
    shares = on @ sizes.T / sizes.sum(axis=1)
    return np.asarray(lines[shares.argmax(axis=1)] / D.norms.mid)


PROVIDERS = (plain("block_code", BlockCode, block_code, WIDTH),)
