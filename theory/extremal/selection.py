"""Dictionaries of which as many atoms are kept as is promised, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.constructions.equiangular import equiangular, fewest_squares
from sparsebound.theory.evidence.selection import KeptAtoms, Removal
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.uniqueness import tight_frame
from sparsebound.theory.instance import Instance

EVERY = 1.0
"""A threshold above which there is no product."""


def _kept(D: Any, thresholds: Any, picks: Any, groups: Any) -> Experiment:
    atoms = np.asarray(D, dtype=float)
    n, K = atoms.shape[1], len(thresholds)
    padded = np.full((K, n), -1)
    for row, picked in zip(padded, picks, strict=True):
        row[: len(picked)] = picked
    found = KeptAtoms(np.asarray(thresholds), np.ones(K, dtype=bool), padded, np.asarray(groups))
    return Experiment(Instance(atoms, np.zeros((1, n))), {"kept_atoms": found})


def groups_or_a_tight_frame(size: int) -> Experiment:
    """Groups of equiangular atoms, orthogonal to each other; at even sizes an ETF, all of it."""
    if size % 2 == 0:
        D = tight_frame(size).D.data
        every = np.arange(D.shape[1])
        return _kept(D, [EVERY], [every], [every])
    groups = [equiangular(count, 1, count) for count in range(2, size + 2)]
    ends = np.cumsum([block.shape for block in groups], axis=0)
    D = np.zeros(tuple(ends[-1]))
    for block, (row, column) in zip(groups, ends, strict=True):
        D[row - block.shape[0] : row, column - block.shape[1] : column] = block
    group = np.repeat(np.arange(size), range(2, size + 2))
    first = [end - count for (_, end), count in zip(ends, range(2, size + 2), strict=True)]
    order = sorted(first, key=lambda atom: group[atom])
    return _kept(D, [1 / (2 * size + 2)], [order], [group])


def two_coherent_atoms(size: int) -> Experiment:
    """Two atoms that share a row, of which one is kept."""
    return _kept([[size, size], [1, 0], [0, 1]], [1 / 4], [[0]], [[0, 0]])


def one_atom_between_others(size: int) -> Experiment:
    """An atom between two orthogonal ones, which is kept first, and alone."""
    D = np.array([[3.0, 1, 0], [4, 0, 1]]) * [1, size, size]
    return _kept(D, [1 / 2], [[0]], [[0, 0, 1]])


def regular_simplex_kept(size: int) -> Experiment:
    """All atoms of an equiangular tight frame."""
    return groups_or_a_tight_frame(2 * size)


def _removed(D: Any, removed: int, x: Any, z: Any) -> Experiment:
    """A code whose first atoms are removed, and another one without them."""
    codes = np.asarray(x, dtype=float)[None]
    found = Removal((np.arange(codes.shape[1]) < removed)[None], np.asarray(z, dtype=float)[None])
    return Experiment(Instance(D, codes), {"removal": found})


def equal_codes(size: int) -> Experiment:
    """At odd sizes atoms at ``-mu``, and the best code without some; at even ones atoms at +1/2."""
    if size % 2 == 0:
        return two_atoms_removed(size // 2)
    r, k = size, (size + 1) // 2
    D, c = equiangular(k + r, 1, k + r), r + 1  # 1/mu - (k - 1)
    x = [c] * r + [2 * r] * k
    z = [0] * r + [r] * k
    return _removed(D, r, x, z)


def two_atoms_removed(size: int) -> Experiment:
    """Two atoms at +1/2, a further one in a row of its own, and equal entries, removed."""
    D = equiangular(2, 1, 2) * [1, -1]
    D = np.block([[D, np.zeros((len(D), 1))], [np.zeros((1, 2)), 1.0]])
    return _removed(D, 2, [size, size, 0], [0, 0, 0])


def three_equal_products(size: int) -> Instance:
    """Three atoms with all inner products ``+1/(size + 1)``."""
    rest, pair = size, np.ones((1, 3))
    D = np.vstack([pair, *(entry * np.eye(3) for entry in fewest_squares(rest))])
    return Instance(D, np.zeros((1, 3)))
