"""A dense matrix as a stack of convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.networks.layers import ConvolutionLayer, Rectifier, Row
from sparsebound.theory.analysis.filters import encoder_layers
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError


@dataclass(frozen=True)
class Padding:
    """Zeros at the end of a signal, up to a length."""

    length: int

    @property
    def row(self) -> Row:
        """Its line of a table."""
        return Row("zero padding", f"to {self.length}", 1, 1)

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch (B, channels, positions)."""
        return np.pad(x, ((0, 0), (0, 0), (0, self.length - x.shape[2])))


def dense_encoder(T: FloatArray, p: int) -> tuple[Any, ...]:
    """Build the layers that map signals (B, 1, d) to ``T y`` (B, n, 1).

    Parameters
    ----------
    T : ndarray, shape (n, d)
        Any matrix.
    p : int
        Kernel and stride of every convolution, at least 2.

    Returns
    -------
    tuple of layers
        Padding, then convolutions with rectified linear units between them.

    Raises
    ------
    InputError
        If p is below 2.

    Examples
    --------
    >>> from sparsebound.checks.networks.layers import table
    >>> layers = dense_encoder(np.array([[1.0, 2, 3]]), 2)
    >>> apply(layers, np.array([[1.0, -1, 10]]))
    array([[29.]])
    >>> print(table([layer.row for layer in layers]))
    layer            kernel      channels  parameters
    1 zero padding   to 4        1 -> 1             0
    2 convolution    2, by 2     1 -> 4             8
    3 relu                       4 -> 4             0
    4 convolution    2, by 2     4 -> 1             9
    4 layers, 17 parameters
    """
    if p < 2:
        raise InputError("p", p, "an integer that is at least 2")
    n, d = T.shape
    depth = encoder_layers(d, p)
    padded = np.zeros((n, p**depth))
    padded[:, :d] = T
    layers: list[Any] = [Padding(p**depth)]
    # channel c of a layer holds the entry at `places[c]` of each block, where its sign is signs[c]
    places, signs = np.zeros(1, dtype=np.int64), np.zeros(1)
    for layer in range(1, depth):
        layers += [_gather(signs, p), Rectifier(2 * p**layer)]
        block = p ** (layer - 1)
        signs = np.tile([1.0, -1.0], p) if layer == 1 else np.repeat(signs, p)
        new = np.repeat(np.arange(p), 2) if layer == 1 else np.tile(np.arange(p), len(places))
        old = np.zeros(2 * p, dtype=np.int64) if layer == 1 else np.repeat(places, p)
        places = new * block + old
    block = p ** (depth - 1)
    taps = padded[:, places[:, None] + np.arange(p) * block]
    weights = taps * np.where(signs == 0, 1.0, signs)[:, None]
    return (*layers, ConvolutionLayer(weights, bias=np.zeros(n), stride=p))


def _gather(signs: FloatArray, p: int) -> ConvolutionLayer:
    """Gather ``p`` neighbours into channels; the first such layer splits off the signs."""
    if not signs.any():
        weights = np.zeros((2 * p, 1, p))
        tap = np.arange(p)
        weights[2 * tap, 0, tap], weights[2 * tap + 1, 0, tap] = 1.0, -1.0
        return ConvolutionLayer(weights, stride=p)
    channel, tap = np.divmod(np.arange(len(signs) * p), p)
    weights = np.zeros((len(channel), len(signs), p))
    weights[np.arange(len(channel)), channel, tap] = 1.0
    return ConvolutionLayer(weights, stride=p)


def apply(layers: tuple[Any, ...], signals: FloatArray) -> FloatArray:
    """Run signals (B, d) through an encoder; give (B, n)."""
    x: Any = signals[:, None, :]
    for layer in layers:
        x = layer(x)
    return np.asarray(x[:, :, 0])


def convolutions(layers: tuple[Any, ...]) -> int:
    """Count the layers that have weights."""
    return sum(isinstance(layer, ConvolutionLayer) for layer in layers)
