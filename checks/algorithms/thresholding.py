"""Activation functions: everything that is zero up to a threshold and moves nothing by more.

``h`` is ``theta``-thresholding if ``h(v) = 0`` for ``|v| <= theta`` and ``|h(v) - v| <= theta``
for all ``v``. All functions here compute in the floating-point type of their argument, return
exact zeros up to the threshold, and are elsewhere as close to such a function as
:func:`sparsebound.theory.analysis.activations.activation_error` says.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

Activation = Callable[..., Any]
SHAPES: MappingProxyType[str, float] = MappingProxyType({"scad": 3.75, "mcp": 3.0, "firm": 2.0})
"""The usual parameters of the activations that have one."""


def soft(v: Any, theta: Any) -> Any:
    """Soft threshold ``sign(v) max(|v| - theta, 0)``.

    Examples
    --------
    >>> soft(np.array([-3.0, 1.0]), 1.0)
    array([-2.,  0.])
    """
    return np.copysign(np.maximum(np.abs(v) - theta, 0), v)


def hard(v: Any, theta: Any) -> Any:
    """Hard threshold: ``v`` where ``|v| > theta``.

    Examples
    --------
    >>> hard(np.array([-3.0, 1.0]), 1.0)
    array([-3.,  0.])
    """
    return np.where(np.abs(v) > theta, v, np.zeros_like(v))


def firm(v: Any, theta: Any, shape: float = SHAPES["firm"]) -> Any:
    """Firm threshold (Gao and Bruce 1997): from 0 at ``theta`` linearly to ``v`` at a multiple.

    The multiple of ``theta`` is ``shape``, above 1.

    Examples
    --------
    >>> firm(np.array([-3.0, 1.5]), 1.0)
    array([-3.,  1.])
    """
    size, end = np.abs(v), np.asarray(v).dtype.type(shape)
    middle = np.maximum(size - theta, 0) * (end / (end - 1))
    return np.copysign(np.minimum(middle, size), v)


def garrote(v: Any, theta: Any) -> Any:
    """Nonnegative garrote ``v - theta^2/v`` where ``|v| > theta`` (Breiman 1995).

    Examples
    --------
    >>> garrote(np.array([-2.0, 1.0]), 1.0)
    array([-1.5,  0. ])
    """
    size = np.abs(v)
    passed = size > theta
    share = theta / np.where(passed, size, np.inf)
    return np.copysign(np.where(passed, size - theta * share, 0), v)


def scad(v: Any, theta: Any, shape: float = SHAPES["scad"]) -> Any:
    """Threshold of the smoothly clipped absolute deviation, ``shape`` above 2 (Fan and Li 2001).

    Examples
    --------
    >>> scad(np.array([1.5, 3.0, 5.0]), 1.0).round(3)
    array([0.5  , 2.571, 5.   ])
    """
    size, a = np.abs(v), np.asarray(v).dtype.type(shape)
    inner = np.maximum(size - theta, 0)
    middle = theta + (size - 2 * theta) * ((a - 1) / (a - 2))  # no difference of large numbers
    shrunk = np.where(size <= 2 * theta, inner, np.minimum(middle, size))
    return np.copysign(shrunk, v)


def mcp(v: Any, theta: Any, shape: float = SHAPES["mcp"]) -> Any:
    """Threshold of the minimax concave penalty, ``shape`` above 1 (Zhang 2010).

    As a function it is the firm threshold.

    Examples
    --------
    >>> mcp(np.array([2.0, 4.0]), 1.0)
    array([1.5, 4. ])
    """
    return firm(v, theta, shape)


def relu(v: Any, theta: Any) -> Any:
    """One-sided threshold ``max(v - theta, 0)``: a biased rectified linear unit.

    Examples
    --------
    >>> relu(np.array([-3.0, 3.0]), 1.0)
    array([0., 2.])
    """
    return np.maximum(v - theta, 0)


ACTIVATIONS: MappingProxyType[str, Activation] = MappingProxyType(
    {"soft": soft, "hard": hard, "firm": firm, "garrote": garrote, "scad": scad, "mcp": mcp}
)
"""Two-sided thresholding functions, by name."""
