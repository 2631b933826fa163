"""Experiments in which bounds on one layer of an encoder are attained, or mutants fail; by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.evidence.encoders import EncoderStep, OneLayer
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _step(G: Any, x: Any, units: Any, worst: Any, e: Any = None) -> Experiment:
    """Orthogonal atoms, weights whose products with them are ``G``, and one code."""
    products, point = np.asarray(G, dtype=float), np.asarray(x, dtype=float)[None]
    n = len(products)
    noise = np.zeros((1, n)) if e is None else np.asarray(e, dtype=float)[None]
    found = EncoderStep(
        products.T,
        np.zeros((1, n)),
        np.full((1, n), 0.5),
        point,
        np.abs(noise @ products.T).max(axis=1),
        np.array([units]),
        np.asarray(worst, dtype=float)[None],
    )
    return Experiment(Instance(np.eye(n), point, noise), {"encoder_step": found})


def positive_and_negative_rows(size: int) -> Experiment:
    """Atoms at -1/8 to each other, and one further at 1/8 to each; ones on all but the last."""
    n = size + 1
    G = np.where(np.eye(n, dtype=bool), 1.0, -0.125)
    G[-1, :-1] = G[:-1, -1] = 0.125
    x = np.append(np.ones(size), 0)
    return _step(G, x, [size, 0], [x, x])


def two_positive_units(size: int) -> Experiment:
    """Two units at 1/2, and one of the atoms."""
    x = [float(size), 0]
    return _step([[1, 0.5], [0.5, 1]], x, [1, 0], [x, x])


def two_negative_units(size: int) -> Experiment:
    """Two units at -1/2, and both atoms."""
    x = [float(size), float(size)]
    return _step([[1, -0.5], [-0.5, 1]], x, [1, 0], [[0, 0], x])


def noise_against_a_unit(size: int) -> Experiment:
    """One unit, and noise against its atom."""
    return _step([[1]], [size], [0, 0], [[0], [size]], [-size / 4])


def _layer(D: Any, W: Any, x: Any, bias: float, pair: Any) -> Experiment:
    point = np.asarray(x, dtype=float)
    n = len(point)
    found = OneLayer(
        np.asarray(W, dtype=float), np.full((1, n), bias), np.array([[point, *pair]], dtype=float)
    )
    return Experiment(Instance(D, point[None]), {"one_layer": found})


def simplex_products(size: int) -> Experiment:
    """Unit vectors and minus their sum, products of a simplex, two nonzeros, and the best bias."""
    m = size
    D = np.hstack([np.eye(m), np.full((m, 1), -1.0)])
    W = np.hstack([(m + 1) * np.eye(m) - 1, np.full((m, 1), -1.0)])
    x, nothing = np.zeros(m + 1), np.zeros(m + 1)
    x[:2] = 2.0
    return _layer(D, W, x, 1.0, [x, nothing])


def two_opposite_atoms(size: int) -> Experiment:
    """An atom and its negative: both, and neither, look alike."""
    both, neither = [float(size)] * 2, [0.0] * 2
    return _layer([[1, -1]], [[1, -1]], both, size / 2, [both, neither])


def opposite_atoms_and_one(size: int) -> Experiment:
    """An atom and its negative, and one of them at a time: no error."""
    one, neither = [float(size), 0.0], [0.0] * 2
    return _layer([[1, -1]], [[1, -1]], one, 0.0, [one, neither])
