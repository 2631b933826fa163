"""Deep models on which the bounds of cascades are met in every layer at once.

All data are dyadic, so that float64 runs the networks without rounding.
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import NOISE, Design
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance

PAIR: FloatArray = np.array([[1, 0]] * 3 + [[1, 1]] + [[0, 1]] * 3, dtype=np.float64)
"""Two atoms of four entries each that share one row: their inner product is a quarter."""
PAIR.setflags(write=False)


def pairs(size: int, depth: int, *, fewest: bool = False) -> Experiment:
    """Chains of ``depth`` layers of :data:`PAIR`, ``size`` of them side by side.

    The first atom of each pair is used at the top; a row of one layer is the first atom of a pair
    of the layer below. Noise lies along the atoms of the bottom layer that are used. With
    ``fewest``, noise levels are derived from the smallest number of entries that meet a weight,
    instead of the largest.

    Examples
    --------
    >>> [layer.D.shape for layer in pairs(1, 2).deep.layers]
    [(49, 14), (14, 2)]
    >>> pairs(1, 2).deep.layers[0].sparsity
    array([4])
    """
    count = size
    D = block_diagonal(PAIR, count)
    x = np.tile([1.0, 0.0], count)
    layers: list[Instance] = []
    for _ in range(depth - 1):
        raised = np.zeros((2 * len(D), D.shape[1]))  # rows belong to first atoms of pairs
        raised[::2] = D
        layers.insert(0, Instance(Dictionary(raised), x[None, :]))
        x, count = raised @ x, len(D)
        D = block_diagonal(PAIR, count)
    clean = D @ x
    noise = -NOISE * clean
    layers.insert(0, Instance(Dictionary(D), x[None, :], noise[None, :]))
    deep = DeepInstance(tuple(layers), clean[None, :])
    return Experiment(deep, {"designs": (Design(),), "fewest": fewest})


def chain_of_pairs(size: int) -> Experiment:
    """Two layers, ``size`` chains."""
    return pairs(size, 2)


def chain_with_fewest_meetings(size: int) -> Experiment:
    """Two layers, and noise levels from the smallest number of entries that meet a weight."""
    return pairs(size, 2, fewest=True)
