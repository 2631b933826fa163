"""Sums of functions of features: an encoder, and one layer of rectified units."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.networks.encoder import dense_encoder
from sparsebound.checks.networks.layers import ConvolutionLayer, Rectifier
from sparsebound.theory.analysis.ridges import Interpolant
from sparsebound.theory.arithmetic import FloatArray


def ridge_network(T: FloatArray, found: Interpolant, p: int) -> tuple[Any, ...]:
    """Build the layers that map signals (B, 1, d) to sums of a function of ``T y``, (B, 1, 1).

    Parameters
    ----------
    T : ndarray, shape (n, d)
        Features, a row each.
    found : Interpolant
        What stands for the function.
    p : int
        Kernel and stride of the encoder.

    Examples
    --------
    >>> from sparsebound.checks.networks.encoder import apply
    >>> from sparsebound.theory.analysis.ridges import interpolant
    >>> layers = ridge_network(np.eye(2), interpolant("square", 1.0, 2), 2)
    >>> apply(layers, np.array([[1.0, 0.5]]))
    array([[1.25]])
    """
    n, units = len(T), len(found.knots)
    spread = np.repeat(np.eye(n), units, axis=0)[..., None]
    gathered = np.tile(found.changes, n)[None, :, None]
    return (
        *dense_encoder(T, p),
        ConvolutionLayer(spread, bias=np.tile(-found.knots, n)),
        Rectifier(n * units),
        ConvolutionLayer(gathered, bias=np.array([n * found.bias])),
    )
