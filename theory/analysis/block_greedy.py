"""What block pursuit does on a code, as long as it picks blocks of the code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.blocks import block_energies, blocks_of
from sparsebound.theory.analysis.lasso import relative_gram
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask, Number
from sparsebound.theory.instance import Instance


@dataclass(frozen=True)
class BlockSteps:
    """The steps of each code, as many as the code of the batch that has most blocks.

    Attributes
    ----------
    ahead : Number, shape (B, K)
        The largest energy of the products of a block of the code with the residual.
    beside : Number, shape (B, K)
        The largest of a block beside the code; 0 where there is none.
    running : ndarray of bool, shape (B, K)
        Whether blocks of the code are left.
    """

    ahead: Number
    beside: Number
    running: Mask


def block_greedy_steps(instance: Instance, codes: FloatArray, blocks: IntArray) -> BlockSteps:
    """Follow the pursuit of the signals of codes, on their own blocks.

    Atoms have the norm of the first one; orthonormal blocks are orthogonal for it.

    Examples
    --------
    >>> instance = Instance([[1, 0, 0.6], [0, 1, 0.8]], [[2, 1, 0]])
    >>> found = block_greedy_steps(instance, instance.X, np.array([0, 0, 1]))
    >>> found.ahead.mid, found.beside.mid
    (array([[5.]]), array([[4.]]))
    """
    gram, n = relative_gram(instance.D), len(blocks)
    x = instance.lift(codes) * instance.D.relative_norms
    batch, place = len(codes), np.arange(len(codes))
    on = blocks_of(codes != 0, blocks)
    left, taken = on.copy(), np.zeros((batch, n), dtype=bool)
    count = int(on.sum(axis=1).max(initial=0))
    ahead, beside = (instance.lift(np.zeros((batch, max(count, 1)))) for _ in range(2))
    running = np.zeros((batch, max(count, 1)), dtype=bool)
    products = x @ gram
    for step in range(count):
        both = taken[:, :, None] & taken[:, None, :]
        system = gram.where(both, np.eye(n)) if step else instance.lift(np.eye(n))
        fitted = system.solve(products.where(taken, 0).reshape(batch, n, 1)) if step else None
        rest = x if fitted is None else x - fitted.reshape(batch, n)
        energies = block_energies(rest @ gram, blocks)
        inside = energies.where(left, 0)
        pick = np.where(left, inside.mid, -1.0).argmax(axis=1)
        running[:, step] = left.any(axis=1)
        here = np.arange(ahead.shape[1]) == step
        ahead = ahead.where(~here, inside.max(-1).reshape(batch, 1))
        beside = beside.where(~here, energies.where(~on, 0).max(-1).reshape(batch, 1))
        left[place, pick] = False
        taken |= (blocks == pick[:, None]) & running[:, [step]]
    return BlockSteps(ahead, beside, running)
