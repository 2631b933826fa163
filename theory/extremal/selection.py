"""Dictionaries of which as many atoms are kept as is promised, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.constructions.equiangular import equiangular
from sparsebound.theory.evidence.selection import KeptAtoms
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
