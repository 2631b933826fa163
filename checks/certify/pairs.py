"""The closest pairs of atoms: which of them a certificate suffers from, not the closest alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import (
    MEGABYTE,
    Progress,
    error_of_products,
    error_of_unit_products,
    normalised,
)
from sparsebound.theory.arithmetic import FloatArray, IntArray

SIDE_BY_SIDE = 2048
"""Atoms whose products with as many others are computed in one go."""


@dataclass(frozen=True)
class Pair:
    """Two atoms, and bounds of the inner product of their normalised forms."""

    first: int
    second: int
    lower: float
    upper: float


@dataclass(frozen=True)
class ClosestPairs:
    """The pairs with the largest sizes of inner products, the largest first.

    Attributes
    ----------
    pairs : tuple of Pair
        As many as were asked for, or all.
    others : float
        No other pair has an inner product of a larger size; 0 where there is none.
    """

    pairs: tuple[Pair, ...]
    others: float


def closest_pairs(
    atoms: Atoms, count: int, *, memory: int = 1024 * MEGABYTE, progress: Progress | None = None
) -> ClosestPairs:
    """Find the closest pairs of atoms: a block of products at a time, in float32, then in float64.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    count : int
        How many pairs are wanted.
    memory : int
        Bytes that may be used.
    progress : callable, optional
        Called with the number of blocks done and their total.

    Examples
    --------
    >>> found = closest_pairs(Atoms(np.array([[1.0, 0], [0, 1], [3, 4]]), "rows", ""), 1)
    >>> found.pairs[0].first, found.pairs[0].second, found.others.__round__(6)
    (1, 2, 0.6)
    """
    n, wanted = len(atoms), 2 * count + 8  # some to spare, which float32 cannot tell apart
    block = int(max(64, min(SIDE_BY_SIDE, np.sqrt(memory / 32))))
    unit = np.empty((n, atoms.length), dtype=np.float32)
    for start in range(0, n, block):
        unit[start : start + block] = normalised(atoms, slice(start, start + block))
    sizes, first, second = np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    left = 0.0  # the least size that is kept, once there are enough
    starts = [(i, j) for i in range(0, n, block) for j in range(i, n, block)]
    for done, (i, j) in enumerate(starts, 1):
        products = np.abs(unit[i : i + block] @ unit[j : j + block].T)
        if i == j:
            products[np.tril_indices(len(products))] = -1
        least = left if len(sizes) == wanted else -0.5  # below that they are not kept anyway
        rows, columns = np.nonzero(products > least)
        sizes = np.concatenate([sizes, products[rows, columns]])
        first, second = np.concatenate([first, rows + i]), np.concatenate([second, columns + j])
        if len(sizes) > wanted:
            order = np.argsort(-sizes, kind="stable")
            left = float(sizes[order[wanted - 1]])
            order = order[:wanted]
            sizes, first, second = sizes[order], first[order], second[order]
        if progress is not None:
            progress(done, len(starts))
    others = left + error_of_products(atoms.length) if len(sizes) == wanted else 0.0
    return _again(atoms, first, second, count, others)


def _again(
    atoms: Atoms, first: IntArray, second: IntArray, count: int, others: float
) -> ClosestPairs:
    """Compute the products of candidates in float64, and order them."""
    products: FloatArray = np.einsum("ij,ij->i", atoms.unit(first), atoms.unit(second))
    error = error_of_unit_products(atoms.length)
    order = np.lexsort((second, first, -np.abs(products)))
    kept, rest = order[:count], order[count:]
    pairs = tuple(
        Pair(
            int(first[k]),
            int(second[k]),
            max(-1.0, float(products[k]) - error),
            min(1.0, float(products[k]) + error),
        )
        for k in kept
    )
    beyond = float(np.abs(products[rest]).max(initial=-np.inf)) + error
    return ClosestPairs(pairs, min(1.0, max(others, beyond, 0.0)))
