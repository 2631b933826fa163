"""Experiments in which the theorems on features are attained, or their mutants fail; by size.

They come with the evidence, as a setting of the name by which theorems ask for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import (
    ApproximateFeatures,
    DriftedFeatures,
    FeaturePair,
    Features,
    Returned,
    SolverResult,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Dictionary, Instance


def features(thresholds: Any, signs: Any, given: Any = None) -> Features:
    """Features of one signal, nonnegative."""
    signs = np.asarray(signs, dtype=np.float64)[None]
    given = np.zeros(signs.shape) if given is None else np.asarray(given, dtype=np.float64)[None]
    return Features(np.asarray(thresholds, dtype=np.float64)[None], signs, given, np.array([False]))


def signal(D: FloatArray, y: Any) -> Instance:
    """One signal: a code that is zero, and noise."""
    return Instance(Dictionary(D), np.zeros((1, D.shape[1])), np.asarray(y, dtype=float)[None])


def enters_or_rises(size: int) -> Experiment:
    """Orthogonal atoms of length 1: one that enters, at odd sizes, or features that rise."""
    n, first = size, np.arange(size) == 0
    if size % 2:
        before, after = features(np.ones(n), np.zeros(n)), features(np.ones(n), first)
        y, other = np.full(n, 0.5), np.where(first, 1.0 + size, 0.5)
    else:
        before = after = features(np.ones(n), np.ones(n))
        y, other = np.full(n, 2.0), np.full(n, 3.0)
    pair = FeaturePair(before, Points(other[None]), after)
    return Experiment(signal(np.eye(n), y), {"feature_pair": pair})


def opposite_changes(size: int) -> Experiment:
    """Two atoms of length 5, what is left the same, and one feature rises as the other falls."""
    D = np.array([[5.0, 3.0], [0.0, 4.0]])
    r, z, moved = np.array([1, 0.5]), np.array([1.0, 1.0]) * size, np.array([1.5, 0.5]) * size
    found = features([5, 5], [1, 1])
    pair = FeaturePair(found, Points((D @ moved + r)[None]), found)
    return Experiment(signal(D, D @ z + r), {"feature_pair": pair})


def doubled_atom(size: int) -> Experiment:
    """An atom that is there twice, one signal, and both of its features."""
    pair = FeaturePair(
        features([1, 1], [1, 0]), Points(np.array([[1.0 + size]])), features([1, 1], [0, 1])
    )
    return Experiment(signal(np.ones((1, 2)), [1.0 + size]), {"feature_pair": pair})


def rival_atom(size: int) -> Experiment:
    """The same signal and features: the other atom has no gap."""
    return Experiment(signal(np.ones((1, 2)), [1.0 + size]), {"features": features([1, 1], [1, 0])})


def shared_by_dependent_atoms(size: int) -> Experiment:
    """The same signal, and half of the feature on either atom."""
    found = features([1, 1], [1, 0], [0, size / 2])
    return Experiment(signal(np.ones((1, 2)), [1.0 + size]), {"features": found})


def twice_the_feature(size: int) -> Experiment:
    """Orthogonal atoms, one feature 1, twice as much of it, and the dual point that is left."""
    n, first = size, np.arange(size) == 0
    found = features(np.ones(n), first)
    points, dual = np.where(first, 2.0, 0.0), np.where(first, 1.0, 0.0)
    approximate = ApproximateFeatures(
        found, Points(points[None]), Points(dual[None]), Points(np.where(first, 1.0, 0.0)[None])
    )
    return Experiment(signal(np.eye(n), points), {"approximate_features": approximate})


def long_atom_at_its_minimiser(size: int) -> Experiment:
    """One atom of length 2, its minimiser, and zero as the dual point."""
    found = features([size], [1])
    approximate = ApproximateFeatures(
        found,
        Points(np.array([[size / 16]])),
        Points(np.zeros((1, 1))),
        Points(np.zeros((1, 1))),
    )
    D = np.array([[2.0]])
    return Experiment(signal(D, [0.625 * size]), {"approximate_features": approximate})


def doubled_length(size: int) -> Experiment:
    """Orthogonal atoms of length 1, the features 1, and atoms of twice that length."""
    n = size
    found = features(np.ones(n), np.ones(n))
    drifted = DriftedFeatures(found, 2 * np.eye(n), found)
    return Experiment(signal(np.eye(n), np.full(n, 2.0)), {"drifted_features": drifted})


def more_than_the_feature(size: int) -> Experiment:
    """One atom, its minimiser, and a half more: an eighth more than the least value."""
    y = 2.0**size
    returned = Returned(np.array([[y - 0.5]]), np.array([0.25 / y**2]))
    found = SolverResult(features([1.0], [1]), returned)
    return Experiment(signal(np.eye(1), [y]), {"solution": found})


def on_a_shorter_atom(size: int) -> Experiment:
    """An atom, and half of it: the minimiser is on the long one, what is returned on the other."""
    y = 2.0**size
    z = y - 1
    returned = Returned(np.array([[0.0, 2 * z]]), np.array([2 * z / y**2]))
    found = SolverResult(features([1.0, 1.0], [1, 0]), returned)
    return Experiment(signal(np.array([[1.0, 0.5]]), [y]), {"solution": found})
