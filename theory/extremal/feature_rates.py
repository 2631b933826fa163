"""Experiments in which bounds on networks and features are attained, or mutants fail; by size.

They come with the evidence. Data, thresholds and states are dyadic wherever nothing else is said,
so that float64 runs the networks without rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import (
    FeatureIterates,
    FeaturePair,
    LabelledRuns,
    ReadOut,
    UnfoldedFeatures,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.features import features, signal
from sparsebound.theory.extremal.unfolding import LAYERS, aligned_atoms
from sparsebound.theory.extremal.uniqueness import beside_a_pair


def _found(
    D: FloatArray, W: FloatArray, y: Any, lam: float, z: Any, thresholds: Any, *, signed: bool
) -> Experiment:
    """Run the network with these thresholds on one signal, whose features are ``z``."""
    signal_, z = np.asarray(y, dtype=float), np.asarray(z, dtype=float)
    states = [np.zeros(D.shape[1])]
    for theta in thresholds:
        v = states[-1] + W.T @ (signal_ - D @ states[-1])
        below = np.maximum(-v - theta, 0.0) if signed else 0.0
        states.append(np.maximum(v - theta, 0.0) - below)
    network = UnfoldedFeatures(
        np.array([lam]),
        np.sign(z)[None],
        np.array([signed]),
        np.array(states)[None],
        np.asarray(thresholds, dtype=float)[None],
        np.array([np.abs(z).max(initial=0.0)]),
        np.zeros((1, len(thresholds))),
        W,
    )
    return Experiment(signal(D, signal_), {"unfolded_features": network})


def _aligned(s: int, size: int, layers: int, *, covered: bool = True) -> Experiment:
    """``s`` atoms at ``-mu`` with the features 1, one at ``+mu`` that is as near as can be.

    Thresholds are as low as they may be, or, if nothing is ``covered``, as low as at the end.
    Features have signs at even sizes. From size 2 on, beside a pair of atoms that are twice as
    coherent, and not used.
    """
    D, private, N = aligned_atoms(s, 1)
    z = np.arange(s + 1) < s
    rate = (2 * s - 1) / N
    excess = [s / N * rate**k if covered else 0.0 for k in range(layers)]
    y = D @ z + N * private @ np.ones(s + 1)  # so that all products with what is left are 1
    if size > 1:
        D = beside_a_pair(D)
        z, y = np.pad(z, (0, 2)), np.pad(y, (0, len(D) - len(y)))
    return _found(D, D / N, y, 1.0, z, np.array(excess) + 1.0, signed=size % 2 == 0)


def aligned_features(size: int) -> Experiment:
    """``size`` atoms at ``-mu``, and a further one whose gap is zero at ``+mu`` to each of them."""
    return _aligned(size, size, LAYERS)


def two_or_more_aligned_features(size: int) -> Experiment:
    """The same with ``size + 1`` atoms, which disturb each other."""
    return _aligned(size + 1, size, LAYERS)


def thresholds_as_at_the_end(size: int) -> Experiment:
    """The same with ``size`` atoms, and all thresholds ``lam``: the further atom enters."""
    return _aligned(size, size, 1, covered=False)


def short_weights(size: int) -> Experiment:
    """Orthogonal atoms of length 1 and an eighth of them as weights: seven eighths remain."""
    n, first = size, np.arange(size) == 0
    y = np.where(first, 5.0, 0.5)
    return _found(np.eye(n), np.eye(n) / 8, y, 0.125, 4.0 * first, [0.125] * 3, signed=False)


def _iterates(y: FloatArray, lam: float, L: float, layers: int, *, quick: bool) -> FloatArray:
    """ISTA or FISTA for nonnegative features and orthogonal atoms of length 1, from 0."""
    x = before = np.zeros(len(y))
    t, carried, states = 1.0, 0.0, [x]
    for _ in range(layers):
        start = x + carried * (x - before)
        before, x = x, np.maximum(start + (y - start - lam) / L, 0.0)
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        t, carried = following, (t - 1) / following if quick else 0.0
        states.append(x)
    return np.array(states)[None]


def _labelled(size: int, *, z: float, other: float, L: float, layers: int) -> Experiment:
    """Orthogonal atoms of length 1, thresholds 2, and the first one's features read.

    ``z`` are the features of the signal, on the first atom, and ``other`` those of the signal of
    the runs.
    """
    n, first, lam = size, np.arange(size) == 0, 2.0
    thresholds, signals = np.full(n, lam), first * (other + lam)
    pair = FeaturePair(
        features(thresholds, first * (z > 0)),
        Points(signals[None]),
        features(thresholds, first * (other > 0)),
    )
    iterates = FeatureIterates(
        _iterates(signals, lam, L, layers, quick=False),
        _iterates(signals, lam, L, layers, quick=True),
        np.array([L]),
    )
    readout = ReadOut(first[None, None] * 1.0, np.array([[0.0]]))
    runs = LabelledRuns(pair, readout, iterates)
    return Experiment(signal(np.eye(n), first * (z + lam)), {"labelled_runs": runs})


def one_short_step(size: int) -> Experiment:
    """Orthogonal atoms, the features 1 on one of them, and a step of a quarter."""
    return _labelled(size, z=1.0, other=1.0, L=4.0, layers=1)


def many_short_steps(size: int) -> Experiment:
    """The same, and 25 steps of 1/64."""
    return _labelled(size, z=1.0, other=1.0, L=64.0, layers=25)


def nothing_to_find(size: int) -> Experiment:
    """The features ``size`` on one atom, and another signal that has none."""
    return _labelled(size, z=float(size), other=0.0, L=2.0, layers=3)
