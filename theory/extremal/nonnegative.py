"""Experiments that attain theorems on nonnegative codes, or refute their mutants; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.constructions.simplex import (
    embedded_simplex,
    simplex,
    simplex_is_integer,
)
from sparsebound.theory.evidence import OneSidedCertificate, OneSidedRival, OnlySolution
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _certified(D: Any, x: Any, null: Any) -> Experiment:
    instance = Instance(D, np.array([x], dtype=float))
    found = OneSidedCertificate(
        np.zeros((1, instance.D.shape[0])),
        np.array([null], dtype=float),
    )
    return Experiment(instance, {"one_sided_certificate": found})


def turned_simplex(size: int) -> Experiment:
    """A simplex of ``2 size + 1`` atoms, ``size`` of them negated and in the code."""
    m = 2 * size
    on = np.arange(m + 1) < size
    D = simplex(m) if simplex_is_integer(m) else embedded_simplex(m)
    signs = np.where(on, -1.0, 1.0)
    return _certified(D * signs, 1.0 * on, signs)


def half_of_a_doubled_atom(size: int) -> Experiment:
    """An atom that is there twice, and a code on one of them."""
    return _certified([[1, 1]], [size, 0], [-1, 1])


def opposite_and_doubled(size: int) -> Experiment:
    """The same, and its negative."""
    return _certified([[1, 1, -1]], [size, 0, 0], [-1, 1, 0])


def _with_rival(D: Any, x: Any, rest: Any, eps: float, point: Any) -> Experiment:
    instance = Instance(D, np.array([x], dtype=float), np.array([rest], dtype=float))
    found = OneSidedRival(
        np.array([eps], dtype=float),
        np.array([point], dtype=float),
    )
    return Experiment(instance, {"one_sided_rival": found})


def opposite_atom(size: int) -> Experiment:
    """An atom and its negative; of the code some is moved to the negative, all that may be."""
    return _with_rival([[1, -1]], [size, 0], [0], size / 2, [0.75 * size, 0.25 * size])


def opposite_atom_and_noise(size: int) -> Experiment:
    """The same with noise against the code, which leaves more room."""
    return _with_rival([[1, -1]], [size, 0], [-size / 4], size / 2, [0.625 * size, 0.375 * size])


def more_of_both(size: int) -> Experiment:
    """An atom and its negative, and one more of each: the same signal, and a larger sum."""
    return _with_rival([[1, -1]], [size, 0], [0], 0.0, [2 * size, size])


def rest_against_the_code(size: int) -> Experiment:
    """One atom, noise against the code, and a code that misses the signal by as much."""
    return _with_rival([[1]], [size], [-size / 4], size / 4, [size / 2])


def _only(D: Any, x: Any, dual: Any, null: Any) -> Experiment:
    found = OnlySolution(np.array([dual], dtype=float), np.array([null], dtype=float))
    return Experiment(Instance(D, np.array([x], dtype=float)), {"only_solution": found})


def half_turned_simplex(size: int) -> Experiment:
    """A simplex of ``2 size`` atoms, half of them negated, and one atom fewer in the code."""
    n = 2 * size
    signs = np.where(np.arange(n) < size, -1.0, 1.0)
    D = (simplex(n - 1) if simplex_is_integer(n - 1) else embedded_simplex(n - 1)) * signs
    on = np.arange(n) < size - 1
    target = np.where(on, 0.0, 1.0)
    dual = np.linalg.lstsq(D.T, target, rcond=None)[0]  # positive off the code
    return _only(D, 1.0 * on, dual, signs)


def half_turned_tetrahedron(size: int) -> Experiment:
    """A tetrahedron, two atoms negated, and both in the code."""
    signs = np.array([-1.0, -1, 1, 1])
    return _only(simplex(3) * signs, [size, size, 0, 0], [0, 0, 0], signs)


def one_of_a_doubled_atom(size: int) -> Experiment:
    """An atom that is there twice, and a code on one of them."""
    return _only([[1, 1]], [size, 0], [0], [-1, 1])


def opposite_atoms_and_nothing(size: int) -> Experiment:
    """An atom and its negative, and no code at all: as much of both is another."""
    return _only([[1, -1]], [0, 0], [0], [size, size])
