"""Data and kernels on which theorems on very wide layers are attained, or mutants fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sparsebound.theory.constructions import simplex
from sparsebound.theory.constructions.equiangular import equiangular
from sparsebound.theory.evidence.kernels import LayerGraph, LayerKernel
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

POWERS = {"cube": (0.0, 0.0, 0.0, 1.0), "square": (0.0, 0.0, 1.0), "half": (1.0, 1.0)}
"""Coefficients of ``t^3``, of ``t^2``, and of ``(1 + t)/2``."""


def _seen(D: Any, activation: str) -> Experiment:
    """Data, and a kernel; a polynomial by its name."""
    given = POWERS.get(activation)
    name = activation if given is None else "polynomial"
    found = LayerKernel(name, np.array(given or POWERS["cube"]))
    return Experiment(Instance(D, np.zeros((0, np.shape(D)[1]))), {"layer_kernel": found})


def equal_angles_or_a_pair(size: int) -> Experiment:
    """A regular simplex of data, and an odd kernel; at even sizes two that are near each other."""
    if size % 2:
        return _seen(equiangular(size + 2, 1, size + 1), ("cube", "sign")[size % 4 // 2])
    return near_pair(size // 2, ("relu", "exponential", "half")[size % 3])


def near_pair(size: int, activation: str = "half") -> Experiment:
    """Two data with the inner product 3/5, in ``size + 1`` dimensions."""
    D = np.eye(size + 1, 2)
    D[:2, 1] = 3, 4
    return _seen(D, activation)


def _graph(
    D: Any, edges: Sequence[tuple[int, int, float, str]], powers: Any = (0.0, 1.0)
) -> Experiment:
    """Data, and edges: where they begin and end, weights, and activations or else powers."""
    sources, targets, weights, names = zip(*edges, strict=True)
    n = np.shape(D)[1]
    found = LayerGraph(
        np.array(sources),
        np.array(targets),
        np.array(weights, dtype=float),
        list(names),
        np.array([powers] * len(names), dtype=float),
        np.eye(n)[0] - np.eye(n)[-1],
        np.array([float(n)]),
    )
    return Experiment(Instance(D, np.zeros((0, n))), {"layer_graph": found})


def equal_angles_in_a_graph(size: int) -> Experiment:
    """``size + 1`` data at equal angles; two activations, with a skip beside the second."""
    names = ("relu", "sign", "exponential", "erf")
    first, second = names[size % 4], names[size // 2 % 4]
    edges = [(0, 1, 1.0, first), (1, 2, 3.0, second), (0, 2, 1.0, "polynomial")]
    return _graph(np.eye(size + 1) + 1, edges)


def orthogonal_pair_halved(size: int) -> Experiment:
    """``size + 1`` orthogonal data, and ``(1 + t)/2``."""
    return _graph(np.eye(size + 1), [(0, 1, 1.0, "polynomial")], POWERS["half"])


def pair_squared(size: int) -> Experiment:
    """Two data with the inner product 3/5, squared."""
    D = near_pair(size).codes.D.data
    return _graph(D, [(0, 1, 1.0, "polynomial")], POWERS["square"])


def tetrahedron_of_mixed_signs(size: int) -> Experiment:
    """A regular simplex of ``size + 3`` data, and ``2 t - t^2``, which is no kernel."""
    return _graph(simplex(size + 2), [(0, 1, 1.0, "polynomial")], (0.0, 2.0, -1.0))


def trained_orthogonal_pair(size: int) -> Experiment:
    """``size + 1`` orthogonal data, a skip, and steps of the size that their number allows."""
    return _graph(np.eye(size + 1), [(0, 1, 1.0, "polynomial")])
