"""Unfolded networks as residual blocks of convolutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.networks.encoder import dense_encoder
from sparsebound.checks.networks.layers import (
    ConvolutionLayer,
    Row,
    Threshold,
    TransposedConvolutionLayer,
)
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import full_length


@dataclass(frozen=True)
class Structure:
    """Filters of which a dictionary consists: ``filters`` (c, taps), a stride, a boundary."""

    filters: FloatArray
    stride: int
    circular: bool


def found_structure(D: FloatArray) -> Structure:
    """Find the fewest filters whose shifts, in the order shift, then filter, are a dictionary.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        Any dictionary: if nothing else fits, each atom is a filter, at one position.

    Returns
    -------
    Structure

    Examples
    --------
    >>> found_structure(np.array([[1.0, 0, 2], [2, 1, 0], [0, 2, 1]])).filters
    array([[1., 2.]])
    """
    m, n = D.shape
    for count in (c for c in range(1, n) if n % c == 0):
        shifts, first = n // count, D[:, :count]
        if m % shifts == 0:
            stride = m // shifts
            if np.array_equal(D[:, count:], np.roll(D[:, :-count], stride, axis=0)):
                return Structure(_bank(first), stride, circular=True)
        taps = int(np.flatnonzero(first.any(axis=1)).max()) + 1
        stride = (m - taps) // (shifts - 1)
        if stride and (m - taps) % (shifts - 1) == 0:
            bank = np.ascontiguousarray(first[:taps].T)
            if np.array_equal(full_length(bank, m, stride), D):
                return Structure(bank, stride, circular=False)
    return Structure(_bank(D), m, circular=True)


def _bank(atoms: FloatArray) -> FloatArray:
    taps = int(np.flatnonzero(atoms.any(axis=1)).max()) + 1
    return np.ascontiguousarray(atoms[:taps].T)


@dataclass(frozen=True)
class Block:
    """One iteration ``x, y -> h(x + analysis(y - synthesis(x)))``.

    Attributes
    ----------
    synthesis, analysis : layer
        A transposed convolution from codes to signals, a convolution back.
    activation : layer
        Its bias is the threshold.
    residual : bool
        Whether ``x`` is added; a network without is not an iteration.
    """

    synthesis: TransposedConvolutionLayer
    analysis: ConvolutionLayer
    activation: Threshold
    residual: bool = True

    @property
    def rows(self) -> list[Row]:
        """Its lines of a table."""
        codes = self.activation.channels
        add = [Row("residual", "", codes, codes)] if self.residual else []
        return [self.synthesis.row, self.analysis.row, *add, self.activation.row]

    def __call__(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Give what the activation sees, and what it returns; tensors (B, channels, positions)."""
        v = self.analysis(y - self.synthesis(x))
        v = x + v if self.residual else v
        return v, self.activation(v)


@dataclass(frozen=True)
class DenseBlock:
    """One iteration ``x, c -> h(x + (c - G x))`` of 1x1 convolutions; ``c = W^T y`` is given."""

    gram: ConvolutionLayer
    activation: Threshold

    @property
    def rows(self) -> list[Row]:
        """Its lines of a table."""
        n = self.activation.channels
        return [self.gram.row, Row("residual", "", n, n), self.activation.row]

    def __call__(self, x: Any, c: Any) -> tuple[Any, Any]:
        """Give what the activation sees, and what it returns; tensors (B, n, 1)."""
        v = x + (c - self.gram(x))
        return v, self.activation(v)


@dataclass(frozen=True)
class UnfoldedNetwork:
    """Blocks in a row, from zero codes.

    Attributes
    ----------
    blocks : tuple
        Maps ``x, y -> v, h(v)``.
    channels, positions : int
        Of the codes.
    encoder : tuple of layer
        What signals pass through before they are given to every block.
    """

    blocks: tuple[Any, ...]
    channels: int
    positions: int
    encoder: tuple[Any, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """Lines of a table (:func:`sparsebound.checks.networks.layers.table`)."""
        return [
            *(layer.row for layer in self.encoder),
            *(row for block in self.blocks for row in block.rows),
        ]

    def __call__(self, signals: Any) -> tuple[Any, Any]:
        """Run signals (B, m); give all states (B, K + 1, n) and pre-activations (B, K, n)."""
        y = signals[:, None, :]
        for layer in self.encoder:
            y = layer(y)
        x = np.zeros((len(signals), self.channels, self.positions), dtype=signals.dtype)
        states, sums = [x], []
        for block in self.blocks:
            v, x = block(x, y)
            states.append(x)
            sums.append(v)
        return np.stack([*map(flat, states)], axis=1), np.stack([*map(flat, sums)], axis=1)


def flat(codes: Any) -> Any:
    """Order codes (B, c, shifts) as the atoms are, shift first, then filter: (B, n)."""
    return codes.swapaxes(1, 2).reshape(len(codes), -1)


def convolutional_network(
    structure: Structure,
    analysis: FloatArray,
    length: int,
    thresholds: FloatArray,
    activation: Callable[[Any, Any], Any] = soft,
    *,
    residual: bool = True,
) -> UnfoldedNetwork:
    """Build the unfolded network of a convolutional dictionary; its blocks share their filters.

    Parameters
    ----------
    structure : Structure
        Filters of the dictionary, stride and boundary.
    analysis : ndarray, shape (c, taps)
        Filters of the weights.
    length : int
        Of signals.
    thresholds : ndarray, shape (K,)
        One for each block.
    activation : callable
        ``h(v, theta)``.
    residual : bool
        Whether blocks add their input.

    Examples
    --------
    >>> from sparsebound.checks.networks.layers import table
    >>> network = convolutional_network(
    ...     Structure(np.array([[1.0, 2]]), 1, True), np.array([[0.2, 0.4]]), 4, np.array([0.5])
    ... )
    >>> print(table(network.rows))
    layer                     kernel      channels  parameters
    1 transposed convolution  2           1 -> 1             2
    2 convolution             2           1 -> 1             2
    3 residual                            1 -> 1             0
    4 soft                                1 -> 1             1
    4 layers, 5 parameters
    """
    channels = len(structure.filters)
    shape = structure.stride, structure.circular
    down, up = structure.filters[:, None, :], analysis[:, None, :]
    blocks = tuple(
        Block(
            TransposedConvolutionLayer(down, length, *shape),
            ConvolutionLayer(up, None, *shape),
            Threshold(activation, np.asarray(theta), channels),
            residual,
        )
        for theta in thresholds
    )
    taps = structure.filters.shape[1]
    room = length if structure.circular else length - taps + structure.stride
    return UnfoldedNetwork(blocks, channels, room // structure.stride)


def dense_network(
    D: FloatArray, W: FloatArray, thresholds: FloatArray, p: int = 2
) -> UnfoldedNetwork:
    """Build the unfolded network of any dictionary: an encoder, then 1x1 convolutions.

    Parameters
    ----------
    D, W : ndarray, shape (m, n)
        The dictionary and the weights.
    thresholds : ndarray, shape (K,)
        One for each block.
    p : int
        Kernel and stride of the encoder.

    Examples
    --------
    >>> states, _ = dense_network(np.eye(2), np.eye(2), np.array([1.0]))(np.array([[3.0, 0]]))
    >>> states[0, 1]
    array([2., 0.])
    """
    n = D.shape[1]
    gram = (W.T @ D)[:, :, None]
    blocks = tuple(
        DenseBlock(ConvolutionLayer(gram), Threshold(soft, np.asarray(theta), n))
        for theta in thresholds
    )
    return UnfoldedNetwork(blocks, n, 1, dense_encoder(W.T, p))
