"""Experiments that attain the oracle inequality of the Lasso, or refute its mutants; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.stability import AMPLITUDE, around_axis
from sparsebound.theory.instance import Dictionary, Instance


def noise_against_all_atoms(size: int) -> Instance:
    """``size`` atoms with equal negative inner products, all in the code; noise against them."""
    D = around_axis(size, 9, 8)
    noise = -np.eye(1, len(D))
    return Instance(Dictionary(D), np.full((1, size), AMPLITUDE), noise)


def _with_weight(D: Any, x: Any, noise: Any, lam: float, signs: Any) -> Experiment:
    instance = Instance(D, np.array([x], dtype=float), np.array([noise], dtype=float))
    on = np.array([signs]) != 0
    found = Minimiser(np.array([lam]), on, np.array([signs], dtype=float), on)
    return Experiment(instance, {"oracle_witness": found})


def weight_below_the_noise(size: int) -> Experiment:
    """Two orthogonal atoms, and noise that the weight does not cover: a wrong atom enters."""
    return _with_weight(np.eye(2), [5 * size, 0], [-size, size], size / 2, [1, 1])


def weight_of_twice_the_noise(size: int) -> Experiment:
    """An atom that is there twice, which is too coherent for any bound."""
    return _with_weight([[1, 1]], [4 * size, 0], [-size / 2], float(size), [1, 0])
