"""What theorems on networks are checked against: what layers and networks returned.

Plain data as in :mod:`sparsebound.theory.evidence`, in which nothing is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.batched import Batched, OfDictionary, Selectable
from sparsebound.theory.evidence.runs import Unfolding


@dataclass(frozen=True)
class Activated(Batched):
    """What a thresholding function returned.

    Attributes
    ----------
    points, values : ndarray, shape (B, n)
        Where it was evaluated, and what it gave.
    thresholds, shapes : ndarray, shape (B,)
        The threshold, and the parameter of the activations that have one; 1 for others.
    activation, dtype : str
        Its name, and the floating-point type in which it was computed.
    """

    points: FloatArray
    values: FloatArray
    thresholds: FloatArray
    shapes: FloatArray
    activation: str
    dtype: str

    SHARED = ("activation", "dtype")


@dataclass(frozen=True)
class Rectified(Batched):
    """What networks returned that stand for ``relu(v)`` and for ``soft(v, t)``.

    Attributes
    ----------
    points, relu, soft : ndarray, shape (B, n)
        Where they were evaluated, and what they gave.
    thresholds : ndarray, shape (B,)
        The threshold t.
    parameters : ndarray, shape (B,)
        The slope of leaky units, or the inverse temperature of smooth ones.
    activation : str
        The name of the units.
    """

    points: FloatArray
    relu: FloatArray
    soft: FloatArray
    thresholds: FloatArray
    parameters: FloatArray
    activation: str

    SHARED = ("activation",)


@dataclass(frozen=True)
class Convolved(Batched):
    """What an unfolded network of convolutions did, layer by layer.

    Attributes
    ----------
    signals : ndarray, shape (B, m)
        What it was given.
    states : ndarray, shape (B, K + 1, n)
        The codes ``x^0, ..., x^K``.
    sums : ndarray, shape (B, K, n)
        What its activations were given: ``v^0, ..., v^{K-1}``.
    thresholds : ndarray, shape (B, K)
        The thresholds.
    filters, analysis : ndarray, shape (c, taps) or (c, channels, taps)
        The filters of the dictionary, and those of the weights.
    stride : int
        The distance of shifts.
    circular : bool
        Whether positions wrap around.
    dtype : str
        The floating-point type in which it computed.
    """

    signals: FloatArray
    states: FloatArray
    sums: FloatArray
    thresholds: FloatArray
    filters: FloatArray
    analysis: FloatArray
    stride: int
    circular: bool
    dtype: str = "float64"

    SHARED = ("filters", "analysis", "stride", "circular", "dtype")


@dataclass(frozen=True)
class Encoded(Batched):
    """What a convolutional encoder made of signals, and its architecture.

    Attributes
    ----------
    signals : ndarray, shape (B, d)
        What it was given.
    outputs : ndarray, shape (B, n)
        What it returned.
    kernel, layers, parameters : int
        Kernel and stride, number of convolutions, number of their weights and biases.
    """

    signals: FloatArray
    outputs: FloatArray
    kernel: int
    layers: int
    parameters: int

    SHARED = ("kernel", "layers", "parameters")


@dataclass(frozen=True)
class Factors(OfDictionary):
    """Filters of ``p`` taps whose convolution is a longer filter.

    Attributes
    ----------
    filters : ndarray, shape (F, p)
        The filters, padded with zeros in front.
    """

    filters: FloatArray


@dataclass(frozen=True)
class Attended(Batched):
    """What one head of softmax attention did with one-hot positional queries and keys.

    Attributes
    ----------
    outputs : ndarray, shape (B, N)
        The values that it gathered; it was given the codes, one token an entry.
    beta : ndarray, shape (B,)
        The inverse temperature.
    offsets : ndarray of int, shape (B,)
        Token ``i`` looks for token ``i + offset``.
    targets : ndarray, shape (B, N)
        The weight of the token that each token looks for.
    others : ndarray, shape (B, N)
        The sum of the weights of all other tokens.
    """

    outputs: FloatArray
    beta: FloatArray
    offsets: IntArray
    targets: FloatArray
    others: FloatArray


@dataclass(frozen=True)
class ChangedWeights(Batched):
    """What a network did on each signal, and what it did after its weights were changed.

    Attributes
    ----------
    first, second : ndarray, shape (B, K + 1, n)
        The states of both.
    thresholds, thresholds_changed : ndarray, shape (B, K)
        Their thresholds.
    A, A_changed : ndarray, shape (n, n)
        What multiplies a state.
    W, W_changed : ndarray, shape (m, n)
        The weights of the signal.
    """

    first: FloatArray
    second: FloatArray
    thresholds: FloatArray
    thresholds_changed: FloatArray
    A: FloatArray
    A_changed: FloatArray
    W: FloatArray
    W_changed: FloatArray

    SHARED = ("A", "A_changed", "W", "W_changed")


@dataclass(frozen=True)
class Transformed(Selectable):
    """What a transformer did, as an inexact unfolded network.

    Attributes
    ----------
    unfolding : Unfolding
        Its codes and what it declares of itself.
    beta : float
        Inverse temperature of its attention.
    tokens : int
        Number of positions.
    """

    unfolding: Unfolding
    beta: float
    tokens: int

    SHARED = ("beta", "tokens")
