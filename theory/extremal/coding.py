"""Codes and bases on which theorems on efficient coding are attained, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.coding import Rotations
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _rotated(code: Any, *vectors: Any) -> Experiment:
    """One code in the standard basis, and another basis."""
    x = np.asarray(code, dtype=float)
    last = np.arange(len(vectors)) == len(vectors) - 1
    found = Rotations(np.array([vectors], dtype=float), last[None] * 1.0)
    return Experiment(Instance(np.eye(len(x)), x[None]), {"rotations": found})


def flat_codes(size: int) -> Experiment:
    """``size`` entries of modulus 1, in another basis that mixes all of them."""
    return _rotated(np.ones(size), np.ones(size), np.arange(size) + 1)


def two_equal_entries(size: int) -> Experiment:
    """Two entries 1, beside ``size - 1`` zeros, in a basis that is turned by (3, 4, 5)."""
    n = size + 1
    first, second = np.eye(n)[0], np.eye(n)[1]
    return _rotated(first + second, first, first + 2 * second)


def one_code_unseen(size: int) -> Experiment:
    """A code that the first of ``size + 1`` weights does not see."""
    n = size + 1
    return _rotated(np.eye(n)[1], np.eye(n)[0])
