"""A transformer that runs the unfolded iteration of a circular convolutional model.

Tokens are positions. The residual stream of each holds, in this order, its codes ``x`` (c), its
part of the signal ``y`` (stride), what the attention adds to ``x`` to give ``v`` (c), and its
one-hot position (N).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.checks.networks.layers import Row
from sparsebound.theory.arithmetic import FloatArray


def softmax(scores: Any) -> Any:
    """Softmax along the last axis.

    Examples
    --------
    >>> softmax(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Attention:
    """Multi-head softmax attention; its outputs are added to the residual stream.

    Attributes
    ----------
    queries, keys : ndarray, shape (H, C, d)
        From the stream to what is compared.
    values : ndarray, shape (H, C, C)
        From the stream to what is written: value and output matrix in one.
    beta : float
        The inverse temperature.
    """

    queries: FloatArray
    keys: FloatArray
    values: FloatArray
    beta: float

    @property
    def row(self) -> Row:
        """Its line of a table."""
        heads, width, size = self.queries.shape
        arrays = (self.queries, self.keys, self.values)
        return Row(f"attention, {heads} heads", f"{size} wide", width, width, arrays)

    def weights(self, stream: Any) -> Any:
        """Attention weights of one stream (N, C), shape (H, N, N)."""
        scores = (stream @ self.queries) @ (stream @ self.keys).swapaxes(-1, -2)
        return softmax(self.beta * scores)

    def gather(self, weights: Any, stream: Any) -> Any:
        """Sum what all heads gather, shape (B, N, C)."""
        heads, tokens, _ = weights.shape
        seen = stream[:, None] @ self.values  # (B, H, N, C)
        wide = weights.swapaxes(0, 1).reshape(tokens, heads * tokens)
        return wide @ seen.reshape(len(stream), heads * tokens, -1)


def shift_head(N: int, offset: int, width: int) -> tuple[FloatArray, FloatArray]:
    """Queries and keys of a head at which token ``i`` looks for token ``i + offset``.

    The position is one-hot in the last N entries of the stream of the given width.

    Examples
    --------
    >>> shift_head(2, 1, 2)[0].astype(int)
    array([[0, 1],
           [1, 0]])
    """
    queries, keys = np.zeros((2, width, N))
    places = np.arange(N)
    queries[width - N + places, (places + offset) % N] = 1.0
    keys[width - N + places, places] = 1.0
    return queries, keys


@dataclass(frozen=True)
class FeedForward:
    """Two matrices with rectified linear units between them; added to the residual stream.

    Attributes
    ----------
    inner : ndarray, shape (C, F)
    bias : ndarray, shape (F,)
    outer : ndarray, shape (F, C)
    """

    inner: FloatArray
    bias: FloatArray
    outer: FloatArray

    @property
    def row(self) -> Row:
        """Its line of a table."""
        width, hidden = self.inner.shape
        arrays = (self.inner, self.bias, self.outer)
        return Row("feed-forward", f"{hidden} hidden", width, width, arrays)

    def __call__(self, stream: Any) -> Any:
        """Give what is added to a stream (B, N, C)."""
        return np.maximum(stream @ self.inner + self.bias, 0) @ self.outer


@dataclass(frozen=True)
class Transformer:
    """Layers of attention, whose heads they share, and feed-forward blocks.

    Attributes
    ----------
    attention : Attention
    blocks : tuple of FeedForward
    tokens, channels, stride : int
        Positions, codes of each, samples of each.
    """

    attention: Attention
    blocks: tuple[FeedForward, ...]
    tokens: int
    channels: int
    stride: int

    @property
    def rows(self) -> list[Row]:
        """Lines of a table (:func:`sparsebound.checks.networks.layers.table`)."""
        return [row for block in self.blocks for row in (self.attention.row, block.row)]

    @cached_property
    def width(self) -> int:
        """Entries of a token."""
        return 2 * self.channels + self.stride + self.tokens

    def stream(self, signals: FloatArray) -> FloatArray:
        """Embed signals (B, m): zero codes, samples, positions; shape (B, N, C)."""
        start = np.zeros((len(signals), self.tokens, self.width))
        c, s = self.channels, self.stride
        start[:, :, c : c + s] = signals.reshape(len(signals), self.tokens, s)
        start[:, :, 2 * c + s :] = np.eye(self.tokens)
        return start

    def __call__(self, signals: FloatArray) -> FloatArray:
        """Run signals (B, m); give the codes after every layer, shape (B, K + 1, n)."""
        stream = self.stream(signals)
        # queries and keys read positions alone, which no layer writes: one set of weights for all
        weights = self.attention.weights(stream[0]) if len(stream) else None
        states = [stream]
        for block in self.blocks:
            if weights is not None:
                stream = stream + self.attention.gather(weights, stream)
                stream = stream + block(stream)
            states.append(stream)
        codes = np.stack([state[:, :, : self.channels] for state in states], axis=1)
        return np.asarray(codes.reshape(len(signals), len(states), -1))


def transformer(
    D: FloatArray, W: FloatArray, tokens: int, thresholds: FloatArray, beta: float
) -> Transformer:
    """Build the transformer of a circular convolutional dictionary.

    Parameters
    ----------
    D, W : ndarray, shape (m, n)
        The dictionary and the weights; both consist of shifts, ``tokens`` of each column.
    tokens : int
        The number N of positions, a divisor of m and n.
    thresholds : ndarray, shape (K,)
        One for each layer.
    beta : float
        The inverse temperature.

    Returns
    -------
    Transformer
        One head for each offset at which ``W^T D``, or ``W``, is not zero.

    Examples
    --------
    >>> from sparsebound.checks.networks.layers import table
    >>> network = transformer(np.eye(4), np.eye(4), 4, np.array([0.5]), beta=40.0)
    >>> network(np.array([[3.0, 0, 0, 0]]))[0].round(6)
    array([[0. , 0. , 0. , 0. ],
           [2.5, 0. , 0. , 0. ]])
    >>> print(table(network.rows))
    layer               kernel      channels  parameters
    1 attention, 2 heads  4 wide      7 -> 7           210
    2 feed-forward      6 hidden    7 -> 7            90
    2 layers, 300 parameters
    """
    (m, n), N = D.shape, tokens
    c, s = n // N, m // N
    width = 2 * c + s + N
    # the first token's rows of W^T D and of W^T, by offset
    read_codes = -(W[:, :c].T @ D).reshape(c, N, c)
    read_signal = W[:, :c].reshape(N, s, c)
    queries, keys, values = [], [], []
    for offset in range(N):
        parts = ((0, read_codes[:, offset].T), (c, read_signal[offset]))
        for start, part in parts:
            if part.any():
                value = np.zeros((width, width))
                value[start : start + len(part), c + s : 2 * c + s] = part
                query, key = shift_head(N, offset, width)
                queries.append(query)
                keys.append(key)
                values.append(value)
    attention = Attention(np.array(queries), np.array(keys), np.array(values), beta)
    blocks = tuple(_feed_forward(theta, c, s, width) for theta in thresholds)
    return Transformer(attention, blocks, N, c, s)


def _feed_forward(theta: float, c: int, s: int, width: int) -> FeedForward:
    """Add ``soft(x + v, theta) - x`` to ``x``, and ``-v`` to ``v``, so that it is 0 again."""
    one, none = np.eye(c), np.zeros((c, c))
    # hidden units: relu(x + v - theta), relu(-x - v - theta), relu(+-x), relu(+-v)
    from_x = np.hstack([one, -one, one, -one, none, none])
    from_v = np.hstack([one, -one, none, none, one, -one])
    to_x = np.vstack([one, -one, -one, one, none, none])
    to_v = np.vstack([none, none, none, none, -one, one])
    inner, outer = np.zeros((width, 6 * c)), np.zeros((6 * c, width))
    inner[:c], inner[c + s : 2 * c + s] = from_x, from_v
    outer[:, :c], outer[:, c + s : 2 * c + s] = to_x, to_v
    bias = np.repeat([-float(theta), -float(theta), 0, 0, 0, 0], c)
    return FeedForward(inner, bias, outer)
