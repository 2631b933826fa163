"""Layers in numpy, and tables of them.

Tensors have the shape (B, channels, positions). What torch calls a convolution is a correlation,
and so is it here: ``out[k] = sum_t w[t] x[k stride + t]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.errors import InputError


@dataclass(frozen=True)
class Row:
    """What a table says about a layer.

    Attributes
    ----------
    name : str
        What it is.
    kernel : str
        Taps and stride, or what stands for them.
    inputs, outputs : int
        Numbers of channels.
    arrays : tuple of ndarray
        Its parameters; an array that several layers share is counted once.
    """

    name: str
    kernel: str
    inputs: int
    outputs: int
    arrays: tuple[Any, ...] = ()

    @property
    def parameters(self) -> int:
        """Number of entries of its arrays."""
        return sum(array.size for array in self.arrays)


class Layer(Protocol):
    """A map of tensors that can say what it is made of."""

    @property
    def row(self) -> Row:
        """Its line of a table."""

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch."""


def parameters(rows: Iterable[Row]) -> int:
    """Count parameters, those of shared arrays once."""
    return sum({id(array): array.size for row in rows for array in row.arrays}.values())


def table(rows: Sequence[Row]) -> str:
    """Print an architecture: one line a layer, and the number of parameters.

    Examples
    --------
    >>> layer = ConvolutionLayer(np.ones((2, 1, 3)), bias=np.zeros(2))
    >>> print(table([layer.row, Rectifier(2).row]))
    layer            kernel      channels  parameters
    1 convolution    3           1 -> 2             8
    2 relu                       2 -> 2             0
    2 layers, 8 parameters
    """
    name = max([13, *(len(row.name) for row in rows)])
    lines = [f"{'layer':{name + 2}}  {'kernel':10}  {'channels':8}  parameters"]
    for number, row in enumerate(rows, start=1):
        channels = f"{row.inputs} -> {row.outputs}"
        lines.append(
            f"{number} {row.name:{name}}  {row.kernel:10}  {channels:8}  {row.parameters:10}"
        )
    total = parameters(rows)
    shared = "" if total == sum(row.parameters for row in rows) else ", shared ones counted once"
    return "\n".join([*lines, f"{len(rows)} layers, {total} parameters{shared}"])


def windows(length: int, taps: int, stride: int, circular: bool) -> IntArray:
    """Positions that each output of a convolution sees, shape (outputs, taps).

    Raises
    ------
    InputError
        If the kernel is longer than the signal, or the stride does not divide a circular one.

    Examples
    --------
    >>> windows(3, 2, 1, circular=True)
    array([[0, 1],
           [1, 2],
           [2, 0]])
    """
    if not 1 <= taps <= length:
        raise InputError("taps", taps, f"an integer from 1 to {length}, the length of the signal")
    if stride < 1 or (circular and length % stride):
        raise InputError("stride", stride, f"a divisor of {length}, the length of the signal")
    starts = np.arange(0, length if circular else length - taps + 1, stride)
    return np.asarray((starts[:, None] + np.arange(taps)) % length, dtype=np.int64)


@dataclass(frozen=True)
class ConvolutionLayer:
    """``out[b, o, k] = bias[o] + sum_{i, t} weights[o, i, t] x[b, i, k stride + t]``.

    Attributes
    ----------
    weights : ndarray, shape (outputs, inputs, taps)
    bias : ndarray, shape (outputs,), optional
    stride : int
    circular : bool
        Whether positions wrap around; otherwise only where the kernel fits.

    Examples
    --------
    >>> ConvolutionLayer(np.array([[[1.0, 10]]]))(np.array([[[1.0, 2, 3]]]))
    array([[[21., 32., 13.]]])
    """

    weights: Any
    bias: Any = None
    stride: int = 1
    circular: bool = True

    @property
    def row(self) -> Row:
        """Its line of a table."""
        outputs, inputs, taps = self.weights.shape
        arrays = (self.weights,) if self.bias is None else (self.weights, self.bias)
        return Row("convolution", _kernel(taps, self.stride), inputs, outputs, arrays)

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch of shape (B, inputs, positions)."""
        outputs, _, taps = self.weights.shape
        seen = windows(x.shape[2], taps, self.stride, self.circular)
        gathered = x[:, :, seen].swapaxes(1, 2).reshape(len(x), len(seen), -1)
        found = gathered @ self.weights.reshape(outputs, -1).T
        return (found if self.bias is None else found + self.bias).swapaxes(1, 2)


@dataclass(frozen=True)
class TransposedConvolutionLayer:
    """The transpose: ``out[b, i, k stride + t] += weights[o, i, t] x[b, o, k]``.

    Attributes
    ----------
    weights : ndarray, shape (inputs, outputs, taps)
        The first axis are the channels that come in, as in torch.
    length : int
        Positions that go out.
    stride : int
    circular : bool

    Examples
    --------
    >>> TransposedConvolutionLayer(np.array([[[1.0, 10]]]), length=3)(np.array([[[1.0, 2, 3]]]))
    array([[[31., 12., 23.]]])
    """

    weights: Any
    length: int
    stride: int = 1
    circular: bool = True

    @property
    def row(self) -> Row:
        """Its line of a table."""
        inputs, outputs, taps = self.weights.shape
        kernel = _kernel(taps, self.stride)
        return Row("transposed convolution", kernel, inputs, outputs, (self.weights,))

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch of shape (B, inputs, positions)."""
        inputs, outputs, taps = self.weights.shape
        seen = windows(self.length, taps, self.stride, self.circular)
        spread = x.swapaxes(1, 2) @ self.weights.reshape(inputs, -1)
        spread = spread.reshape(len(x), len(seen), outputs, taps)
        out = np.zeros((len(x), outputs, self.length), dtype=spread.dtype)
        for tap in range(taps):  # the positions of one tap are distinct
            out[:, :, seen[:, tap]] += spread[..., tap].swapaxes(1, 2)
        return out


@dataclass(frozen=True)
class Rectifier:
    """The rectified linear unit ``max(x, 0)``.

    Examples
    --------
    >>> Rectifier(1)(np.array([[[-1.0, 2]]]))
    array([[[0., 2.]]])
    """

    channels: int

    @property
    def row(self) -> Row:
        """Its line of a table."""
        return Row("relu", "", self.channels, self.channels)

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch."""
        return np.maximum(x, 0)


@dataclass(frozen=True)
class Threshold:
    """A thresholding function, whose threshold is a parameter of the layer.

    Attributes
    ----------
    function : callable
        ``h(v, theta)``.
    theta : ndarray, shape ()
    channels : int

    Examples
    --------
    >>> from sparsebound.checks.algorithms.thresholding import soft
    >>> Threshold(soft, np.array(1.0), 1)(np.array([[[-3.0, 0.5]]]))
    array([[[-2.,  0.]]])
    """

    function: Callable[[Any, Any], Any]
    theta: Any
    channels: int

    @property
    def row(self) -> Row:
        """Its line of a table."""
        name = getattr(self.function, "__name__", "activation")
        return Row(name, "", self.channels, self.channels, (self.theta,))

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch."""
        return self.function(x, self.theta)


def _kernel(taps: int, stride: int) -> str:
    return f"{taps}" if stride == 1 else f"{taps}, by {stride}"
