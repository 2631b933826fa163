"""The deep cascade as one network of convolutions: the stages of all layers in a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.networks.convolutional import Block, flat
from sparsebound.checks.networks.layers import (
    ConvolutionLayer,
    Row,
    Threshold,
    TransposedConvolutionLayer,
)
from sparsebound.theory import operators
from sparsebound.theory.analysis.weights import LinearMap
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.maps import IDENTITY, Map


@dataclass(frozen=True)
class BetweenStages:
    """A function between layers, and what it returns laid out as the next stage reads it.

    Attributes
    ----------
    psi : Map
        From the entries of a code, shift first, then filter.
    inputs, outputs : int
        Channels that come in, and those that go out: entries of one position lie side by side.

    Examples
    --------
    >>> from sparsebound.theory.maps import subsample
    >>> BetweenStages(subsample(2), 1, 2)(np.array([[[1.0, 2, 3, 4, 5, 6, 7, 8]]]))
    array([[[1., 5.],
            [3., 7.]]])
    """

    psi: Map
    inputs: int
    outputs: int

    @property
    def row(self) -> Row:
        """Its line of a table."""
        psi = self.psi
        name = "reshape" if psi is IDENTITY else psi.name
        kernel = "" if psi.kind == "pointwise" else f"{psi.window}, by {psi.stride}"
        return Row(name, kernel, self.inputs, self.outputs)

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch of shape (B, inputs, positions)."""
        found = self.psi(Ball.of(flat(x))).mid
        return found.reshape(len(x), -1, self.outputs).swapaxes(1, 2)


@dataclass(frozen=True)
class Stage:
    """The unfolded network of one layer, on what the stage below returned.

    Attributes
    ----------
    between : BetweenStages
        What stands before it.
    blocks : tuple of Block
        Its iterations.
    channels, positions : int
        Of its codes.
    """

    between: BetweenStages
    blocks: tuple[Block, ...]
    channels: int
    positions: int

    @property
    def rows(self) -> list[Row]:
        """Lines of a table; none for what only hands over."""
        first = self.between
        idle = first.psi is IDENTITY and first.inputs == first.outputs
        rows = [row for block in self.blocks for row in block.rows]
        return rows if idle else [first.row, *rows]

    def __call__(self, below: Any) -> Run:
        """Run it on a batch of shape (B, channels, positions)."""
        y = self.between(below)
        x = np.zeros((len(y), self.channels, self.positions))
        states, sums = [x], []
        for block in self.blocks:
            v, x = block(x, y)
            states.append(x)
            sums.append(v)
        seen, given = (np.stack([*map(flat, values)], axis=1) for values in (states, sums))
        return Run(flat(y), seen, given, x)


@dataclass(frozen=True)
class Run:
    """What one stage did.

    Attributes
    ----------
    signals : ndarray, shape (B, m)
        What its blocks were given.
    states, sums : ndarray, shapes (B, K + 1, n) and (B, K, n)
        All codes, and what the activations were given.
    output : ndarray, shape (B, channels, positions)
        The last code, as the next stage reads it.
    """

    signals: FloatArray
    states: FloatArray
    sums: FloatArray
    output: Any


@dataclass(frozen=True)
class CascadeNetwork:
    """Stages in a row: one convolutional network.

    Attributes
    ----------
    stages : tuple of Stage
        First layer first.

    Examples
    --------
    >>> from sparsebound.checks.networks.layers import table
    >>> from sparsebound.checks.algorithms.thresholding import soft
    >>> lower = operators.Convolution([[1, 2], [2, -1]], 4)
    >>> upper = operators.Convolution([[[3, 0], [0, 4]]], 4)
    >>> half = np.array([0.5])
    >>> first = stage(lower, lower, half, soft, IDENTITY, 1)
    >>> network = CascadeNetwork((first, stage(upper, upper, half, soft, IDENTITY, 2)))
    >>> print(table(network.rows))
    layer                     kernel      channels  parameters
    1 transposed convolution  2           2 -> 1             4
    2 convolution             2           1 -> 2             4
    3 residual                            2 -> 2             0
    4 soft                                2 -> 2             1
    5 transposed convolution  2           1 -> 2             4
    6 convolution             2           2 -> 1             4
    7 residual                            1 -> 1             0
    8 soft                                1 -> 1             1
    8 layers, 10 parameters, shared ones counted once
    >>> [run.states.shape for run in network(np.ones((1, 4)))]
    [(1, 2, 8), (1, 2, 4)]
    """

    stages: tuple[Stage, ...]

    @property
    def rows(self) -> list[Row]:
        """Lines of a table (:func:`sparsebound.checks.networks.layers.table`)."""
        return [row for each in self.stages for row in each.rows]

    def __call__(self, signals: FloatArray) -> list[Run]:
        """Run signals (B, m) through all stages."""
        below, runs = signals[:, None, :], []
        for each in self.stages:
            runs.append(each(below))
            below = runs[-1].output
        return runs


def stage(
    D: LinearMap,
    W: LinearMap,
    thresholds: FloatArray,
    activation: Callable[[Any, Any], Any],
    psi: Map,
    inputs: int,
) -> Stage:
    """Build the stage of one layer.

    Parameters
    ----------
    D, W : ConvolutionLayer or ndarray of shape (m, n)
        The dictionary and the weights, of one kind; a matrix is a bank of filters as long as the
        signal, at one position.
    thresholds : ndarray, shape (K,)
        One for each block.
    activation : callable
        ``h(v, theta)``.
    psi : Map
        What stands before the stage.
    inputs : int
        Channels that the stage below returns.

    Raises
    ------
    InputError
        If the convolutions have more than one spatial dimension.
    """
    synthesis, analysis = filters_of(D), filters_of(W)
    if isinstance(D, operators.Convolution):
        if len(D.length) != 1:
            raise InputError("D.length", D.length, "one spatial dimension")
        (length,), (stride,), (positions,), circular = D.length, D.stride, D.grid, D.circular
    else:
        length, stride, positions, circular = len(D), 1, 1, False
    count, channels, _ = synthesis.shape
    blocks = tuple(
        Block(
            TransposedConvolutionLayer(synthesis, length, stride, circular),
            ConvolutionLayer(analysis, None, stride, circular),
            Threshold(activation, np.asarray(theta), count),
        )
        for theta in thresholds
    )
    return Stage(BetweenStages(psi, inputs, channels), blocks, count, positions)


def filters_of(linear: LinearMap) -> FloatArray:
    """Filters of a linear map, shape (filters, channels, taps).

    Examples
    --------
    >>> filters_of(np.array([[1.0, 2], [3, 4]]))
    array([[[1., 3.]],
    <BLANKLINE>
           [[2., 4.]]])
    """
    if isinstance(linear, operators.Convolution):
        return linear.filters
    return np.ascontiguousarray(linear.T)[:, None, :]
