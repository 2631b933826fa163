"""Smooth activations, and networks of one hidden layer that stand for simpler ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import scipy

from sparsebound.checks.networks.layers import ConvolutionLayer, Rectifier, Row

Unit = Callable[[Any], Any]


def softplus(v: Any) -> Any:
    """``log(1 + e^v)``.

    Examples
    --------
    >>> softplus(np.array([0.0])).round(4)
    array([0.6931])
    """
    return np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v)))


def gelu(v: Any) -> Any:
    """``v Phi(v)``, ``Phi`` the distribution function of a standard normal variable.

    Examples
    --------
    >>> gelu(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.8413])
    """
    return v * scipy.special.ndtr(v)


def silu(v: Any) -> Any:
    """``v / (1 + e^-v)``.

    Examples
    --------
    >>> silu(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.7311])
    """
    return v * scipy.special.expit(v)


def elu(v: Any) -> Any:
    """``v`` where it is positive, ``e^v - 1`` elsewhere.

    Examples
    --------
    >>> elu(np.array([-1.0, 1.0])).round(4)
    array([-0.6321,  1.    ])
    """
    return np.where(v > 0, v, np.expm1(np.minimum(v, 0)))


SMOOTH: MappingProxyType[str, Unit] = MappingProxyType(
    {"softplus": softplus, "gelu": gelu, "silu": silu, "elu": elu}
)
"""Smooth activations by name."""


@dataclass(frozen=True)
class Pointwise:
    """A unit applied to every entry, ``unit(scale v)/scale``.

    Examples
    --------
    >>> Pointwise("elu", elu, 1)(np.zeros((1, 1, 1)))
    array([[[0.]]])
    """

    name: str
    unit: Unit
    channels: int
    scale: float = 1.0

    @property
    def row(self) -> Row:
        """Its line of a table."""
        return Row(self.name, "", self.channels, self.channels)

    def __call__(self, x: Any) -> Any:
        """Apply it to a batch."""
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # theorems judge that
            return self.unit(self.scale * x) / self.scale


def rectified_pair(t: float, units: Any = None) -> tuple[Any, ...]:
    """Soft threshold of one channel: a 1x1 convolution to ``(v - t, -v - t)``, units, difference.

    Parameters
    ----------
    t : float
        The threshold.
    units : layer, optional
        On two channels; rectified linear units by default.

    Examples
    --------
    >>> run(rectified_pair(1.0), np.array([[-3.0, 0.5]]))
    array([[-2.,  0.]])
    """
    split = ConvolutionLayer(np.array([[[1.0]], [[-1.0]]]), bias=np.array([-t, -t]))
    return split, units or Rectifier(2), ConvolutionLayer(np.array([[[1.0], [-1.0]]]))


def leaky_pair(slope: float) -> tuple[Any, ...]:
    """Rectified linear unit of one channel from two leaky ones of a slope that is not 1 or -1.

    Examples
    --------
    >>> run(leaky_pair(0.5), np.array([[-3.0, 3.0]]))
    array([[0., 3.]])
    """
    scale = 1 / ((1 - slope) * (1 + slope))
    units = Pointwise("leaky_relu", lambda v: np.where(v > 0, v, slope * v), 2)
    out = ConvolutionLayer(np.array([[[scale], [slope * scale]]]))
    return ConvolutionLayer(np.array([[[1.0]], [[-1.0]]])), units, out


def run(layers: tuple[Any, ...], values: Any) -> Any:
    """Apply layers of one channel to values of shape (B, n)."""
    x = values[:, None, :]
    for layer in layers:
        x = layer(x)
    return x[:, 0, :]
