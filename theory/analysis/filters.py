"""Filters: what is left of one without zeros around it, products, and sizes of networks of them."""

from __future__ import annotations

from functools import reduce

import numpy as np

from sparsebound.theory.analysis.floating_point import UP, FloatingPoint, extents, extents_of
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.constructions import circular as circular_dictionary
from sparsebound.theory.constructions import full_length
from sparsebound.theory.instance import Instance
from sparsebound.theory.operators import Convolution


def trimmed(values: FloatArray) -> FloatArray:
    """Leave zeros out at both ends.

    Examples
    --------
    >>> trimmed(np.array([0.0, 1, 0, 2, 0]))
    array([1., 0., 2.])
    """
    places = np.flatnonzero(values)
    return values[places[0] : places[-1] + 1] if places.size else values[:0]


def longest_filter(D: FloatArray) -> FloatArray:
    """The atom with the most taps, the first of them, without zeros around it."""
    return max((trimmed(atom) for atom in D.T), key=len)


def product(filters: Number) -> Number:
    """Convolve filters of ``p`` taps, shape (F, p), to one of ``F (p - 1) + 1`` taps.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> product(Ball([[1, 1], [1, -1]])).mid
    array([ 1.,  0., -1.])
    """

    def convolve(left: Number, right: Number) -> Number:
        long, short = left.shape[0], right.shape[0]
        shifts = np.arange(long + short - 1) - np.arange(short)[:, None]
        inside = (shifts >= 0) & (shifts < long)
        shifted = left[np.where(inside, shifts, 0)].where(inside, 0)
        return (shifted * right.reshape(short, 1)).sum(0)

    return reduce(convolve, (filters[i] for i in range(len(filters))))


def quotient_up(a: int, b: int) -> int:
    """``ceil(a/b)`` in integers."""
    return -(-a // b)


def encoder_layers(d: int, p: int) -> int:
    """``max(1, ceil(log_p d))``, in integers.

    Examples
    --------
    >>> [encoder_layers(d, 3) for d in (1, 3, 4, 9, 10)]
    [1, 1, 2, 2, 3]
    """
    layers = 1
    while p**layers < d:
        layers += 1
    return layers


def encoder_parameters(d: int, n: int, p: int) -> int:
    """Count weights and biases: gathering layers of ``2 p^l`` channels, then an affine one.

    Examples
    --------
    >>> encoder_parameters(4, 1, 2)
    17
    """
    layers, channels, total = encoder_layers(d, p), 1, 0
    for layer in range(1, layers):
        wider = 2 * p**layer
        total += p * channels * wider
        channels = wider
    return total + n * (p * channels + 1)


def dictionary_of(filters: FloatArray, length: int, stride: int, circular: bool) -> FloatArray:
    """The matrix of all shifts of filters, circular or of full length.

    Filters have the shape (c, taps), or (c, channels, taps) on signals of ``length`` entries in
    all, the channels of each position side by side.

    Examples
    --------
    >>> dictionary_of(np.array([[[1.0], [2.0]]]), 4, 1, True).astype(int)
    array([[1, 0],
           [2, 0],
           [0, 1],
           [0, 2]])
    """
    if filters.ndim == 3:
        positions = length // filters.shape[1]
        return Convolution(filters, positions, stride=stride, circular=circular).matrix()
    return (circular_dictionary if circular else full_length)(filters, length, stride)


def step_size(instance: Instance, W: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """``|x| + |W|^T (|y| + |D| |x|)``: what rounding of a step is relative to, shape of x.

    ``x`` has shape (B, K, n), ``y`` (B, m). Rounded up.
    """
    return np.asarray(_step_sizes(instance, W, x, y)[0] * UP)


def step_error(
    instance: Instance, W: FloatArray, x: FloatArray, y: FloatArray, dtype: str = "float64"
) -> FloatArray:
    """Bound the rounding of ``x + W^T (y - D x)`` in a floating-point type, shape of x.

    At most ``m + n + 7`` roundings on the way of any datum, those of ``D``, ``W`` and ``y`` to that
    type among them: see :func:`sparsebound.theory.analysis.unfolding.rounding`. Infinite where a
    number may leave the range of the type.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> bool(step_error(Instance([[1]], [[1]]), one, one[None], one)[0, 0, 0] >= 9 * 3 * 2.0**-53)
    True
    """
    kind, D = FloatingPoint.of(dtype), extents(instance.D)
    (m, n), weights = W.shape, np.abs(W).sum(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        sizes, residuals = _step_sizes(instance, W, x, y)
        flushed = weights * (2 * n + 2 + np.abs(x).sum(-1, keepdims=True) + D.row)
        flushed = flushed + (2 * m + 8 + residuals.sum(-1, keepdims=True))
        reach = np.maximum(sizes, residuals.max(-1, keepdims=True))
        reach = 4 * np.maximum(reach, max(D.entry, extents_of(W).entry))
    return np.where(reach <= kind.largest, kind.error(m + n + 7, sizes, flushed), np.inf)


def _step_sizes(
    instance: Instance, W: FloatArray, x: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    residuals = np.abs(y)[:, None] + np.abs(x) @ np.abs(instance.D.data).T
    return np.abs(x) + residuals @ np.abs(W), residuals
