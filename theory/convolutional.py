"""A dictionary that is an operator: whatever the filters alone tell is computed from them."""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import (
    Ball,
    FloatArray,
    IntArray,
    Mask,
    Number,
)
from sparsebound.theory.arrays import scaling
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.operators import Convolution, Correlation, correlation


class ConvolutionalDictionary(Dictionary):
    """All shifts of some filters, on signals of any length.

    Signals, inner products of neighbours, norms, coherence, the Babel function and local sparsity
    come from the filters. What needs a matrix has one up to
    :data:`~sparsebound.theory.operators.LARGEST_MATRIX` atoms; beyond that it is refused.

    Parameters
    ----------
    operator : Convolution
        The atoms.
    arithmetic : {Ball, Exact}
        How quantities of this dictionary are computed.

    Raises
    ------
    InputError
        By ``data``, and whatever needs it, where there are too many atoms for a matrix.

    Examples
    --------
    >>> from sparsebound.theory.constructions import BARKER_13
    >>> from sparsebound.theory.quantities import coherence, local_sparsity
    >>> D = ConvolutionalDictionary(Convolution(BARKER_13, 20_000))
    >>> D.shape, float(13 * coherence(D).mid)
    ((20000, 20000), 1.0)
    >>> local_sparsity(D, np.arange(20_000)[None, :] % 10 == 0)
    array([3])
    """

    def __init__(self, operator: Convolution, *, arithmetic: type[Number] = Ball) -> None:
        self.operator = operator
        self.arithmetic = arithmetic
        self.memo: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"ConvolutionalDictionary({self.operator!r})"

    @property
    def shape(self) -> tuple[int, int]:
        """Length of a signal and number of atoms."""
        return self.operator.shape

    @cached_property
    def data(self) -> FloatArray:  # type: ignore[override]  # made when it is asked for
        """The atoms as a matrix, shape (m, n)."""
        matrix = self.operator.matrix()
        matrix.flags.writeable = False
        return matrix

    @property
    def linear_map(self) -> Convolution:
        """The atoms as a linear map: a matrix, or a convolution."""
        return self.operator

    @cached_property
    def exponents(self) -> IntArray:
        """By which powers of two the atoms are scaled, shape (n,); mostly 0."""
        return np.tile(self._exponents, prod(self.operator.grid))

    @cached_property
    def _exponents(self) -> IntArray:
        """The exponent of each filter: 0 if float64 could not hold all of its scaled taps."""
        filters = self.operator.filters.reshape(len(self.operator.filters), -1)
        found = scaling(np.abs(filters).max(axis=1))
        column = found[:, None]
        held = (np.ldexp(np.ldexp(filters, column), -column) == filters).all(axis=1)
        return np.where(held, found, 0)

    @cached_property
    def correlation(self) -> Correlation:
        """Inner products of the atoms as given, by the distance of their shifts."""
        return correlation(self.operator, self.operator, self.arithmetic)

    @cached_property
    def scaled_correlation(self) -> Correlation:
        """Inner products of the scaled atoms, by the distance of their shifts."""
        if not self._exponents.any():
            return self.correlation
        filters = self.operator.filters
        exponents = self._exponents.reshape(-1, *(1,) * (filters.ndim - 1))
        scaled = self.operator.with_filters(np.ldexp(filters, exponents))
        return correlation(scaled, scaled, self.arithmetic)

    def _of_each(self, filters: Number) -> Number:
        return filters[np.tile(np.arange(len(self._exponents)), prod(self.operator.grid))]

    @cached_property
    def squares(self) -> Number:
        """Squared norms of the atoms as given, shape (n,)."""
        return self._of_each(self.correlation.diagonal)

    @cached_property
    def scaled_squares(self) -> Number:
        """Squared norms of the scaled atoms, shape (n,)."""
        return self._of_each(self.scaled_correlation.diagonal)

    def gram_rows(self) -> Number:
        """Rows of the normalised Gram matrix's sizes that contain every sum of a row."""
        found = self.scaled_correlation
        squares = found.diagonal
        count = len(squares)
        scale = (squares.reshape(count, 1) * squares.reshape(1, count)).sqrt()
        return found.rows(scale)

    def interactions(self, support: Mask) -> IntArray:
        """How many atoms of a support share a row with each atom, itself included."""
        return self.correlation.interactions(support)

    def synthesis(self, codes: Number) -> Number:
        """``D x`` for a batch of codes, shape (..., m)."""
        return self.operator.synthesis(codes)

    def _in(self, arithmetic: type[Number]) -> Dictionary:
        """The same filters in another arithmetic."""
        return ConvolutionalDictionary(self.operator, arithmetic=arithmetic)
