"""Instances, with settings of the network that is to be built for them.

Each takes a size (1, 2, ...) and returns an instance on which a theorem on networks is attained,
or a mutant of it fails.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.constructions.convolutional import circular
from sparsebound.theory.evidence.networks import ChangedWeights
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def _on(D: Any, X: Any, **settings: Any) -> Experiment:
    return Experiment(Instance(D, X), settings)


def _line(values: list[float], **settings: Any) -> Experiment:
    """One code, whose entries are the pre-activations of a first layer."""
    return _on(np.eye(len(values)), [values], **settings)


def soft_threshold(size: int) -> Experiment:
    """``size`` entries above the threshold."""
    values = [float(i) for i in range(1, size + 1)]
    return _line(values, activation="soft", theta=0.5, dtype="float64")


def leaky_pair(size: int) -> Experiment:
    """``size`` positive entries, and leaky units of slope 1/2."""
    return _line([float(i) for i in range(1, size + 1)], theta=0.5, slope=0.5)


FARTHEST = {"softplus": 0.0, "gelu": -0.751791524693564, "silu": -1.278464542761074, "elu": -40.0}
"""Where smooth units are farthest from the rectified one, or nearly so."""


def smooth_extremum(size: int) -> Experiment:
    """The point at which a smooth unit is farthest from the rectified one; a unit for each size."""
    activation = list(FARTHEST)[(size - 1) % len(FARTHEST)]
    return _line([FARTHEST[activation]], unit=activation, theta=8.0, beta=1.0)


def two_taps(size: int) -> Experiment:
    """``size + 1`` circular shifts of the filter (1, 2), and one of them as the code."""
    code = np.eye(1, size + 1)
    return _on(circular([[1, 2]], size + 1), code, layers=1)


def powers_of_two(size: int) -> Experiment:
    """Signals of length ``2^size + 1``, one entry too many for ``size`` layers of kernel 2."""
    d = 2**size + 1
    return _on(np.eye(d), np.eye(1, d), kernel=2)


def cyclotomic_filter(size: int) -> Experiment:
    """Ones: ``1 + z + ... + z^S`` with ``S = 2 size``, into filters of three taps."""
    return _on(np.ones((2 * size + 1, 1)), np.zeros((0, 1)), taps=3)


def without_real_roots(size: int) -> Experiment:
    """``1 + z + ... + z^6``, without real roots, into filters of four taps."""
    return _on(np.ones((6 * size + 1, 1)), np.zeros((0, 1)), taps=4)


def one_against_all(size: int) -> Experiment:
    """``N = size + 1`` tokens of value 1, but for one of value -1."""
    code = 1.0 - 2.0 * np.eye(1, size + 1)
    return _on(np.eye(size + 1), code, beta=2.0, offset=1)


def leaky_attention(size: int) -> Experiment:
    """A transformer for ``size + 1`` tokens that makes no room for what its attention misses."""
    return _on(np.eye(size + 1), np.eye(1, size + 1), beta=4.0, share=0)


def squares_of_nothing(size: int) -> Experiment:
    """Squares of ``size`` features of a signal that is 0, by ``size`` pieces; their own spline."""
    own = {"function": "square", "pieces": size, "spline": "own"}
    return _on(np.eye(size), np.zeros((1, size)), **own)


def smaller_weights(size: int) -> Experiment:
    """One unit with positive states, whose weights lose a quarter and a half, and threshold 1/8."""
    A, other_A, W, other_W = (np.array([[value]]) for value in (0.5, 0.25, 1.0, 0.75))
    states = [[0.0], [0.0]]
    for _ in range(3):
        states[0].append(0.5 * states[0][-1] + size)  # dyadic: nothing is rounded
        states[1].append(0.25 * states[1][-1] + 0.75 * size - 0.125)
    first, second = (np.array(run)[None, :, None] for run in states)
    zero = np.zeros((1, 3))
    runs = ChangedWeights(first, second, zero, zero + 0.125, A, other_A, W, other_W)
    return _line([float(size)], changed_weights=runs)
