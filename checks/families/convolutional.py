"""Convolutional dictionaries of small integer filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory import constructions
from sparsebound.theory.constructions import BARKER_LENGTHS, barker


def circular(filters: Sequence[Sequence[int]], length: int, stride: int = 1) -> NDArray[np.float64]:
    """Circular convolutional dictionary.

    Parameters
    ----------
    filters : sequence of sequences of int
        Filters of equal length.
    length, stride : int
        The length of the signal, and a divisor of it.

    Returns
    -------
    ndarray, shape (length, len(filters) * length / stride)

    Examples
    --------
    >>> circular([[1, 2]], 2).astype(int)
    array([[1, 2],
           [2, 1]])
    """
    return constructions.circular(filters, length, stride)


def full_length(
    filters: Sequence[Sequence[int]], length: int, stride: int = 1
) -> NDArray[np.float64]:
    """Convolutional dictionary with zero padding, all atoms complete.

    Parameters
    ----------
    filters : sequence of sequences of int
        Filters of equal length.
    length, stride : int
        The length of the signal, and the distance of shifts.

    Returns
    -------
    ndarray, shape (length, len(filters) * shifts)

    Examples
    --------
    >>> full_length([[1, 2]], 3).astype(int)
    array([[1, 0],
           [2, 1],
           [0, 2]])
    """
    return constructions.full_length(filters, length, stride)


@st.composite
def banks(draw: DrawFn, count: int, largest: int) -> list[list[int]]:
    """Strategy for filter banks: small integers, or a Barker code where one filter is wanted.

    Parameters
    ----------
    draw : callable
        Given by Hypothesis.
    count : int
        The number of filters.
    largest : int
        The largest number of taps.

    Returns
    -------
    list of lists of int
        The first tap of each filter is not zero; shrinks to single taps of 1.
    """
    codes = [length for length in BARKER_LENGTHS if length <= largest]
    if count == 1 and codes and draw(st.booleans()):
        code, sign = barker(draw(st.sampled_from(codes)))[0], draw(st.sampled_from([1, -1]))
        return [[sign * int(tap) for tap in code]]
    taps = draw(st.integers(1, min(largest, 6)))
    first = st.sampled_from([1, -1, 2, -2])
    rest = st.lists(st.integers(-2, 2), min_size=taps - 1, max_size=taps - 1)
    return [[draw(first), *draw(rest)] for _ in range(count)]


def _parameters(wrapped: bool) -> Callable[[int], SearchStrategy[Parameters]]:
    """Strategy for filters, length and stride of a circular or a full-length dictionary."""

    @st.composite
    def strategy(draw: DrawFn, limit: int) -> Parameters:
        shifts = draw(st.integers(1, limit))
        count = draw(st.integers(1, min(3, limit // shifts)))
        stride = draw(st.integers(1, 3))
        filters = draw(banks(count, shifts * stride if wrapped else 13))
        length = shifts * stride if wrapped else (shifts - 1) * stride + len(filters[0])
        return {"filters": filters, "length": length, "stride": stride}

    return strategy


FAMILIES = (
    Family(
        "circular", "Circular convolutional dictionary", circular, _parameters(True), complexity=70
    ),
    Family(
        "full_length",
        "Convolutional dictionary with zero padding, complete atoms",
        full_length,
        _parameters(False),
        complexity=72,
    ),
)
