"""Several codes on one support, and others of the same signals that are as short; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.pursuits import JointCode
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _given(D: Any, columns: Any, others: Any) -> Experiment:
    """One batch of codes; its first one stands for the support."""
    X, other = (np.array([part], dtype=float) for part in (columns, others))
    instance = Instance(D, X.any(axis=2).astype(float))
    return Experiment(instance, {"joint_code": JointCode(X, other)})


def one_row_more(size: int) -> Experiment:
    """Independent rows on ``k = size`` atoms, and other codes on one atom more.

    The dictionary is the identity and the sum of its columns, negated.
    """
    m = size + 1
    D = np.hstack([np.eye(m), -np.ones((m, 1))])
    X = np.eye(m + 1, size)
    return _given(D, X, X - np.eye(size)[0])


def an_atom_for_its_copy(size: int) -> Experiment:
    """The same atom twice, and ``size`` times the first or the second."""
    return _given([[1, 1]], [[size], [0]], [[0], [size]])


def the_same_signal_again(size: int) -> Experiment:
    """The same, with the signal twice: two columns, but of rank one."""
    return _given([[1, 1]], [[size, size], [0, 0]], [[0, 0], [size, size]])
