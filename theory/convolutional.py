"""A dictionary that is an operator: whatever the filters alone tell is computed from them."""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from theory.arithmetic import (
    Ball,
    Exact,
    FloatArray,
    IntArray,
    Mask,
    Number,
    current_precision,
)
from theory.instance import Dictionary
from theory.operators import Convolution, Correlation, correlation


class ConvolutionalDictionary(Dictionary):
    """All shifts of some filters, on signals of any length.

    Signals, inner products of neighbours, norms, coherence, the Babel function and local sparsity
    come from the filters. What needs a matrix has one up to
    :data:`~theory.operators.LARGEST` atoms; beyond that it is refused.

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
    >>> from theory.constructions import BARKER_13
    >>> from theory.quantities import coherence, local_sparsity
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
    def correlation(self) -> Correlation:
        """Inner products of the atoms as given, by the distance of their shifts."""
        return correlation(self.operator, self.operator, self.arithmetic)

    @cached_property
    def squares(self) -> Number:
        """Squared norms of the atoms as given, shape (n,)."""
        filters = np.arange(len(self.operator.filters))
        return self.correlation.diagonal[np.tile(filters, prod(self.operator.grid))]

    def gram_rows(self) -> Number:
        """Rows of the normalised Gram matrix's sizes that contain every sum of a row."""
        squares = self.correlation.diagonal
        count = len(squares)
        scale = (squares.reshape(count, 1) * squares.reshape(1, count)).sqrt()
        return self.correlation.rows(scale)

    def interactions(self, support: Mask) -> IntArray:
        """How many atoms of a support share a row with each atom, itself included."""
        return self.correlation.interactions(support)

    def synthesis(self, codes: Number) -> Number:
        """``D x`` for a batch of codes, shape (..., m)."""
        return self.operator.synthesis(codes)

    def exact(self) -> Dictionary:
        """The same filters in exact arithmetic, at the precision of the moment."""
        key = ("exact", current_precision())
        if key not in self.memo:
            self.memo[key] = ConvolutionalDictionary(self.operator, arithmetic=Exact)
        exact: Dictionary = self.memo[key]
        return exact
