"""Codes whose largest products with the atoms are just those of their support, or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.pursuits import EvenCode
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.isometry import LITTLE
from sparsebound.theory.extremal.unfolding import aligned_atoms
from sparsebound.theory.instance import Instance


def _given(D: Any, x: Any, noise: Any = 0.0) -> Experiment:
    instance = Instance(D, np.array([x], dtype=float))
    found = EvenCode(instance.X, instance.X @ instance.D.data.T + noise)
    return Experiment(instance, {"even_code": found})


def nearly_a_tie(size: int) -> Experiment:
    """``size`` atoms in the code at ``-mu``, one further at ``mu``, and noise that helps it."""
    D, private, N = aligned_atoms(size, 1)
    on = np.arange(size + 1) < size
    nu = (N - (2 * size - 1)) / 2 * (1 - LITTLE)  # times N
    return _given(D, 1.0 * on, private @ np.where(on, -nu, nu))


def tied_with_itself(size: int) -> Experiment:
    """An atom that is there twice."""
    return _given([[1, 1]], [size, 0])


def one_entry_hides_another(size: int) -> Experiment:
    """Three atoms at 1/6 to each other, up to signs, and entries 1 and 3 on two of them."""
    return _given([[1, -2, -1], [-2, -1, 1], [-1, 1, -2]], [size, 3 * size, 0])


def noise_moves_the_code(size: int) -> Experiment:
    """Orthogonal atoms, and more than half of the code is moved to the other one."""
    return _given(np.eye(2), [size, 0], np.array([[-0.625, 0.625]]) * size)
