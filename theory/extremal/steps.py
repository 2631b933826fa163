"""Steps of gradient descent on which theorems on layers are attained, or mutants fail; by size."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.steps import CodedSignals, LayerStep, PowerStep
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _layer(weights: Any, stepped: Any, inverse: float) -> Experiment:
    """A layer of one channel of white data, all shifts of ``y = x = e_1``."""
    W, result = np.asarray(weights, dtype=float)[None], np.asarray(stepped, dtype=float)[None]
    N = W.shape[1]
    first: FloatArray = np.eye(N)[None, :1]
    found = LayerStep(first, first, W, result, np.array([inverse]), np.zeros((1, 1)), N)
    return Experiment(Instance(np.eye(N), first[0]), {"layer_step": found})


def white_data(size: int) -> Experiment:
    """A layer of which one weight is 1, and a step of size 1/4."""
    N = size + 1
    weights = np.diag(np.eye(N)[0])
    return _layer(weights, 0.75 * weights + 0.25 * np.eye(N), 4.0)


def one_shift_of_two(size: int) -> Experiment:
    """A layer that is 0, and a step of size 1."""
    N = size + 1
    return _layer(np.zeros((N, N)), np.eye(N), 1.0)


def unit_that_is_never_active(size: int) -> Experiment:
    """A unit that is right, and another that is negative on all inputs."""
    N = size + 1
    weights = np.diag(np.where(np.arange(N) == 1, -1.0, 1.0))
    return _layer(weights, np.eye(N), 1.0)


def _unit(samples: Any, counts: Any, start: Any) -> Experiment:
    """Samples of orthonormal atoms, and a step of a unit."""
    x, often = np.asarray(samples, dtype=float), np.asarray(counts)
    a = np.asarray(start, dtype=float)
    n, share = len(a), often / often.sum()
    variance = float(share @ x[:, 0] ** 2)
    stepped = (share * (x @ a) ** 3) @ x - 3 * variance**2 * (a @ a) * a
    places = np.arange(n)[None]
    found = PowerStep(places, x[None], often[None], a[None], stepped[None])
    return Experiment(Instance(np.eye(n), x[-1:]), {"power_step": found})


def equal_other_coordinates(size: int) -> Experiment:
    """All signs of ``size + 1`` entries; one coordinate of the start is twice the others."""
    samples = list(product([-1, 1], repeat=size + 1))
    return _unit(samples, np.ones(len(samples), dtype=int), [2] + [1] * size)


def entries_0_and_2(size: int) -> Experiment:
    """All combinations of entries 0 and 2, which do not have mean 0."""
    samples = list(product([0, 2], repeat=size + 1))
    return _unit(samples, np.ones(len(samples), dtype=int), [2] + [1] * size)


def one_entry_at_a_time(size: int) -> Experiment:
    """Codes of one entry, 2 or -2, or none: never two together."""
    n = size + 1
    samples = np.vstack([2 * np.eye(n), -2 * np.eye(n), np.zeros((1, n))])
    return _unit(samples, np.append(np.ones(2 * n, dtype=int), 8 - 2), [4] + [3] * size)


def entries_with_gaussian_moments(size: int) -> Experiment:
    """All combinations of -1, 1, and 0, four times as often: the excess of each entry is 0."""
    samples = np.array(list(product([-1, 0, 1], repeat=size + 1)))
    return _unit(samples, 4 ** (samples == 0).sum(axis=1), [2] + [1] * size)


def _coded(D: Any, codes: Any, signals: Any) -> Experiment:
    """Samples of signals with codes."""
    X, Y = np.asarray(codes, dtype=float), np.asarray(signals, dtype=float)
    return Experiment(Instance(D, X[:1]), {"coded_signals": CodedSignals(Y[None], X[None])})


def fixed_point(size: int) -> Experiment:
    """``size + 2`` orthogonal atoms, each a sample, and a sample that is orthogonal to them."""
    n = size + 2
    codes = np.vstack([np.eye(n), np.zeros((1, n))])
    return _coded(np.eye(n + 1, n), codes, np.eye(n + 1))


def three_times_the_same_atom(size: int) -> Experiment:
    """Equal atoms, three at least, that all are used for a signal 0, and each on its own."""
    n = size + 2
    D = np.ones((1, n))
    codes = np.vstack([np.ones((1, n)), 2.0**-10 * np.eye(n)])
    return _coded(D, codes, np.zeros((n + 1, 1)))


def codes_of_two_atoms(size: int) -> Experiment:
    """Equal atoms, with two codes for each pair of which the best atoms are not of norm 1."""
    blocks, pair = np.eye(size), np.array([[1.0, -1], [1, -0.5]])
    return _coded(np.kron(blocks, [[1, 1]]), np.kron(blocks, pair), np.kron(blocks, [[1], [0.25]]))
