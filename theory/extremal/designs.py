"""Atoms on which others are regressed, for which bounds are attained or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.designs import GreedyChoice, GrownSets, ShrunkSet
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _candidates(D: Any, **settings: Any) -> Experiment:
    atoms = np.asarray(D, dtype=float)
    return Experiment(Instance(atoms, np.zeros((1, atoms.shape[1]))), settings)


def mirrored_atoms(size: int) -> Experiment:
    """``(c, e)`` and ``(-c, e)`` with ``c = 4 size``, ``e = 3``, and what is common to them."""
    D = [[4.0 * size, -4.0 * size], [3, 3]]
    target, kept = np.array([[0.0], [1]]), np.zeros((1, 2), dtype=bool)
    found = GrownSets(np.array([12.5]), target, kept, np.array([[0, 1]]))
    return _candidates(D, grown_sets=found)


def one_atom_removed(size: int) -> Experiment:
    """A single number, its own target."""
    found = GrownSets(
        np.array([float(size)]), np.array([[1.0]]), np.zeros((1, 1), dtype=bool), np.array([[0]])
    )
    return _candidates([[1.0]], grown_sets=found)


def _shrunk(D: Any, removed: Any) -> Experiment:
    """Without a ridge, with the atoms as the target."""
    atoms = np.asarray(D, dtype=float)
    return _candidates(atoms, shrunk_set=ShrunkSet(0.0, atoms, np.asarray(removed)))


def equal_numbers_or_a_simplex(size: int) -> Experiment:
    """``size + 2`` equal numbers, all but two removed; at even sizes a simplex, and one atom."""
    if size % 2:
        return _shrunk(np.ones((1, size + 2)), range(size))
    return _shrunk(np.hstack([np.eye(size), -np.ones((size, 1))]), [0])


def three_integers(size: int) -> Experiment:
    """A triangle in other coordinates, of which one atom is removed."""
    return _shrunk(size * np.array([[1.0, 0, -1], [0, 1, -1]]), [0])


def _misled(pair: tuple[float, float], alone: float, size: int, back: int) -> Experiment:
    """Two mirrored atoms that do much together, and others, which greedy choices take.

    As many of these as are chosen; ``back`` of them are removed again.
    """
    (c, e), picks = pair, np.arange(2, 2 + 2 + back)
    D = np.array([[c, -c] + [0.0] * len(picks), [e, e] + [alone] * len(picks)]) * size
    rival = np.arange(D.shape[1]) < 2
    target = np.array([[0.0], [1.0]])
    found = GreedyChoice(float(size**2), target, picks, picks[:back], rival)
    return _candidates(D, greedy_choice=found)


def decoys(size: int) -> Experiment:
    """``(2, 1)``, ``(-2, 1)`` and twice ``(0, 1/2)``, of which two are chosen."""
    return _misled((2.0, 1.0), 0.5, size, 0)


def decoys_and_removals(size: int) -> Experiment:
    """``(8, 2)``, ``(-8, 2)`` and four times ``(0, 1/4)``: four are chosen, and two removed."""
    return _misled((8.0, 2.0), 0.25, size, 2)
