"""Experiments in which what is said of solvers of basis pursuit is attained; by size."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence import LeastNorm
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.features import signal


def on_both_atoms(size: int) -> Experiment:
    """An atom, and half of it: what is returned is on both, as far out as the tolerance lets it."""
    y, sigma, eps = 2.0 ** (size + 1), 2.0, 0.125
    short = 2 * eps * (3 * y - sigma)
    returned = [(1 + eps) * (y - sigma) + eps * y - short, short]
    one = np.ones((1, 1))
    found = LeastNorm(
        np.array([sigma]),
        np.array([True]),
        np.array([[y - sigma, 0.0]]),
        one,
        np.array([returned]),
        np.array([eps]),
    )
    return Experiment(signal(np.array([[1.0, 0.5]]), [y]), {"least_norm": found})
