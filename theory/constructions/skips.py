"""Graphs of layers, as the weights with which all earlier states enter each layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sparsebound.theory.arithmetic import FloatArray


def residual(layers: int, share: float = 0.5) -> FloatArray:
    """A skip over one layer, which has that share.

    Examples
    --------
    >>> residual(3, 0.25)
    array([[1.  , 0.  , 0.  ],
           [0.25, 0.75, 0.  ],
           [0.  , 0.25, 0.75]])
    """
    found = np.diag(np.full(layers, 1 - share)) + np.diag(np.full(layers - 1, share), -1)
    found[0, 0] = 1.0
    return found


def dense(layers: int, share: float = 0.5) -> FloatArray:
    """Every state before, the oldest one with the whole rest; the others fall by that share.

    Examples
    --------
    >>> dense(3)
    array([[1.  , 0.  , 0.  ],
           [0.5 , 0.5 , 0.  ],
           [0.25, 0.25, 0.5 ]])
    """
    distance = np.subtract.outer(np.arange(layers), np.arange(layers))
    found = np.where(distance >= 0, (1 - share) * share ** np.maximum(distance, 0), 0.0)
    found[:, 0] = share ** np.arange(layers)
    return found


def averages(layers: int, share: float = 0.5) -> FloatArray:
    """Every state before, with equal weights: those of most layers are no floats, whatever share.

    Examples
    --------
    >>> averages(2)
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    return np.tri(layers) / np.arange(1, layers + 1)[:, None]


def momentum(layers: int, share: float = 0.5) -> FloatArray:
    """The last state, carried on by that share of the last step: a weight is negative.

    Examples
    --------
    >>> momentum(2)
    array([[ 1. ,  0. ],
           [-0.5,  1.5]])
    """
    return residual(layers, -share)


def pruned(layers: int, share: float = 0.5) -> FloatArray:
    """A residual graph whose skips are cut, while the weights that are left stay as they are.

    Examples
    --------
    >>> pruned(2)
    array([[1. , 0. ],
           [0. , 0.5]])
    """
    return np.diag(np.diag(residual(layers, share)))


def amplified(layers: int, share: float = 0.5) -> FloatArray:
    """A chain in which each state counts for too much by that share.

    Examples
    --------
    >>> amplified(2)
    array([[1.5, 0. ],
           [0. , 1.5]])
    """
    return np.eye(layers) * (1 + share)


SKIPS: dict[str, Callable[[int, float], FloatArray]] = {
    graph.__name__: graph for graph in (residual, dense, averages, momentum, pruned, amplified)
}
"""Graphs of layers by name: of so many layers, with a share between 0 and 1."""
