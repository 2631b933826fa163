"""Analysis weights as a linear map: a matrix, or a convolution where the dictionary is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.operators import Convolution
from sparsebound.theory.operators.convolution import Method

LinearMap = FloatArray | Convolution
"""A matrix, or a convolution."""


def matrix_of(linear: LinearMap) -> FloatArray:
    """Give the matrix of a linear map.

    Raises
    ------
    InputError
        If it is a convolution with too many atoms.

    Examples
    --------
    >>> matrix_of(Convolution([[2]], 2))
    array([[2., 0.],
           [0., 2.]])
    """
    return linear.matrix() if isinstance(linear, Convolution) else linear


def analysed(W: LinearMap, signals: Number) -> Number:
    """``W^T y`` of a batch of signals, shape (..., n).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> analysed(np.eye(2), Ball([[1, 2]])).mid
    array([[1., 2.]])
    """
    if isinstance(W, Convolution):
        return W.analysis(signals)
    return signals @ signals.of(W)


@dataclass(frozen=True)
class Computed:
    """Linear maps as floating-point arithmetic computes them.

    Attributes
    ----------
    linear : ndarray of shape (m, n), or Convolution
        The map.
    method : {"direct", "fft", "auto"}
        How a convolution is computed; only direct sums have as many roundings as ``terms`` says.
    """

    linear: LinearMap
    method: Method = "direct"

    @property
    def terms(self) -> tuple[int, int]:
        """Most products in one entry of a synthesis, and of an analysis."""
        if isinstance(self.linear, Convolution):
            return self.linear.terms
        m, n = self.linear.shape
        return n, m

    def absolute(self) -> Computed:
        """The entrywise absolute value."""
        if isinstance(self.linear, Convolution):
            return Computed(self.linear.absolute())
        return Computed(np.abs(self.linear))

    def synthesis(self, codes: Any) -> Any:
        """``D x``, shape (..., m), in the type of the codes."""
        if isinstance(self.linear, Convolution):
            return self.linear.synthesis(codes, method=self.method)
        return codes @ self.linear.T.astype(codes.dtype, copy=False)

    def analysis(self, signals: Any) -> Any:
        """``D^T y``, shape (..., n), in the type of the signals."""
        if isinstance(self.linear, Convolution):
            return self.linear.analysis(signals, method=self.method)
        return signals @ self.linear.astype(signals.dtype, copy=False)
