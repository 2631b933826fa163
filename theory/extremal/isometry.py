"""Dictionaries whose restricted isometry is at the edge of what recovery needs; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.equiangular import equiangular_plus
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

LITTLE = 2.0**-20
"""How far from an edge."""


def _alone(D: Any, x: Any) -> Experiment:
    """A code, and itself for the other one."""
    instance = Instance(D, np.array([x], dtype=float))
    found = Estimate(instance.X @ instance.D.data.T, instance.X, np.zeros(1))
    return Experiment(instance, {"shorter_code": found})


def _uneven(k: int, excess: float) -> tuple[FloatArray, FloatArray]:
    """``k`` atoms against ``3 k`` longer ones, and a null vector.

    Its entries are 3 on the ones and -1 on the others, but for the excess.
    """
    w, c = 1.0 + excess, 3.0 * k
    shared = np.hstack([np.full((3 * k, k), w), c * np.eye(3 * k)])
    # k atoms of equal norms, orthogonal but for what they share: a simplex beside it
    rest = np.sqrt(3 * k) * (np.eye(k) - 1 / k) * np.sqrt(k)
    beside = np.hstack([rest, np.zeros((k, 3 * k))]) if k > 1 else np.zeros((0, 4))
    return np.vstack([shared, beside]), np.concatenate([np.ones(k), np.zeros(3 * k)])


def just_recovered(size: int) -> Experiment:
    """``k`` atoms against ``3 k`` longer ones, and the code of the ones; ``k`` is 1 or 2."""
    return _alone(*_uneven(1 + (size - 1) % 2, LITTLE))


def just_not_recovered(size: int) -> Experiment:
    """One atom against three longer ones: three of them are as short a code as three of it."""
    D, x = _uneven(1, 0.0)
    return _alone(D, 3 * size * x)


def lost_below_a_larger_constant(size: int) -> Experiment:
    """The same with a null vector of 61 against three times 20."""
    D = np.hstack([np.full((3, 1), 20.0), 61 * np.eye(3)])
    return _alone(D, [61 * size, 0, 0, 0])


def halfway_to_a_shorter_code(size: int) -> Experiment:
    """One atom, and a signal halfway between two codes."""
    instance = Instance([[1]], [[3 * size]])
    found = Estimate(np.array([[2.0 * size]]), np.array([[1.0 * size]]), np.array([1.0 * size]))
    return Experiment(instance, {"shorter_code": found})


def _beside_a_longer_atom(k: int, share: float) -> Instance:
    """``k`` orthogonal atoms and a longer one; the code is their sum."""
    own = np.concatenate([np.full(k, share), [k], np.ones(k)])
    D = np.column_stack([k * np.eye(2 * k + 1)[:, :k], own])
    return Instance(D, (np.arange(k + 1) < k)[None, :] * 1.0)


def just_ahead(size: int) -> Instance:
    """``k = size`` orthogonal atoms in the code; the products of a longer one are just smaller."""
    return _beside_a_longer_atom(size, 1 - LITTLE)


def tied_with_a_longer_atom(size: int) -> Instance:
    """``k = size`` orthogonal atoms in the code, and a longer one whose product is equal."""
    return _beside_a_longer_atom(size, 1.0)


def just_behind_a_longer_atom(size: int) -> Instance:
    """One atom, and a longer one whose product with it is larger."""
    return Instance([[1, 1.02], [0, np.sqrt(3 - 1.02**2)]], [[size, 0]])


def nearly_parallel_atoms(size: int) -> Instance:
    """Two atoms that are nearly the same, and one of them in the code."""
    return Instance([[1, 1], [0, 2.0**-9]], [[size, 0]])


def an_atom_twice(size: int) -> Instance:
    """The same atom twice, and one of them in the code."""
    return Instance([[1, 1]], [[size, 0]])


def tied_unit_atoms(size: int) -> Instance:
    """Two atoms at -1/3 and one at 1/3 to both: all products with their sum are equal."""
    return Instance(equiangular_plus(2, 1, 3), [[size, size, 0]])
