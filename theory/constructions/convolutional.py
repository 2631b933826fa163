"""Convolutional dictionaries, as matrices: circular, or full length with zero padding.

The operator itself is :class:`sparsebound.theory.operators.Convolution`.

Column order: shift first, then filter; column `k c + f` is filter `f` at the `k`-th shift, that
is at position `k * stride`. A signal with several channels is the signal with one channel that
lists the channels of each position in turn: a filter of `taps` positions over `c` channels is
then one of `c * taps` taps, and its stride is `c` times as large.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sparsebound.theory.constructions.arguments import integer, matrix
from sparsebound.theory.operators import Convolution

_BARKER = {2: "+-", 3: "++-", 4: "++-+", 5: "+++-+", 7: "+++--+-", 11: "+++---+--+-"}
_BARKER |= {13: "+++++--++-+-+"}

BARKER_LENGTHS: tuple[int, ...] = tuple(_BARKER)
"""Lengths of the Barker codes that :func:`barker` has."""


def barker(length: int) -> NDArray[np.float64]:
    """Barker code as a filter bank of one filter: shifts meet at `1/length` at most.

    Parameters
    ----------
    length : int
        One of 2, 3, 4, 5, 7, 11 and 13.

    Returns
    -------
    ndarray, shape (1, length)
        Entries +1 and -1.

    Raises
    ------
    ValueError
        For any other length.

    References
    ----------
    R. H. Barker (1953), "Group synchronizing of binary digital systems".

    Examples
    --------
    >>> barker(5).astype(int)
    array([[ 1,  1,  1, -1,  1]])
    """
    if length not in _BARKER:
        raise ValueError(f"length = {length!r}: expected one of {BARKER_LENGTHS}")
    return np.array([[1.0 if sign == "+" else -1.0 for sign in _BARKER[length]]])


BARKER_13: NDArray[np.float64] = barker(13)
"""The longest Barker code, one filter of 13 taps."""
BARKER_13.setflags(write=False)

HAAR: NDArray[np.float64] = np.array([[1.0, 1.0], [1.0, -1.0]])
"""The two Haar filters, orthogonal at stride 2."""
HAAR.setflags(write=False)


def circular(filters: ArrayLike, length: int, stride: int = 1) -> NDArray[np.float64]:
    """Circular convolutional dictionary: every shift of every filter, wrapped around.

    Parameters
    ----------
    filters : array_like, shape (c, taps)
        Filters, one a row, none of them zero; `taps` at most `length`.
    length : int
        The length of the signal.
    stride : int
        Distance between shifts; it divides `length`.

    Returns
    -------
    ndarray, shape (length, c * length / stride)
        Columns ordered by shift, then filter.

    Raises
    ------
    ValueError
        If a filter is zero or longer than the signal, or the stride does not divide the length.

    References
    ----------
    V. Papyan, J. Sulam and M. Elad (2017), "Working locally thinking globally", IEEE Transactions
    on Signal Processing 65.

    Examples
    --------
    >>> circular([[1, 2]], 3).astype(int)
    array([[1, 0, 2],
           [2, 1, 0],
           [0, 2, 1]])
    """
    bank, length, stride = _checked(filters, length, stride)
    if length % stride:
        raise ValueError(f"stride = {stride}: expected a divisor of length = {length}")
    return Convolution(bank, length, stride=stride).matrix()


def full_length(filters: ArrayLike, length: int, stride: int = 1) -> NDArray[np.float64]:
    """Convolutional dictionary with zero padding: the shifts at which a filter fits entirely.

    Every atom is complete, so none is shorter than another at the border.

    Parameters
    ----------
    filters : array_like, shape (c, taps)
        Filters, one a row, none of them zero; `taps` at most `length`.
    length : int
        The length of the signal.
    stride : int
        Distance between shifts.

    Returns
    -------
    ndarray, shape (length, c * (floor((length - taps) / stride) + 1))
        Columns ordered by shift, then filter.

    Raises
    ------
    ValueError
        If a filter is zero or longer than the signal, or the stride is below 1.

    References
    ----------
    V. Papyan, J. Sulam and M. Elad (2017), "Working locally thinking globally", IEEE Transactions
    on Signal Processing 65.

    Examples
    --------
    >>> full_length([[1, 2]], 3).astype(int)
    array([[1, 0],
           [2, 1],
           [0, 2]])
    """
    bank, length, stride = _checked(filters, length, stride)
    return Convolution(bank, length, stride=stride, circular=False).matrix()


def dilated_filters(
    t: int, filters: int, stride: int = 1, signs: int | np.random.Generator | None = None
) -> NDArray[np.float64]:
    """Sparse filters of `t` nonzero taps: any two atoms meet in at most one tap.

    Each filter has its own tap positions: the difference of two positions never occurs twice, not
    even in different filters (with a stride: never from the same position modulo the stride). So
    `mu` is at most `1/t`, for :func:`full_length` of any length and for :func:`circular` of any
    length from twice the number of taps on. Positions are chosen greedily, in turn for all
    filters, each the smallest that is possible.

    Parameters
    ----------
    t : int
        Nonzero taps of a filter, at least 1.
    filters : int
        The number of filters, at least 1. For `t = 1` all filters would be alike: at most
        `stride`.
    stride : int
        The stride at which the filters are going to be used; for a layer above one with `c`
        channels, a multiple of `c`.
    signs : int or numpy.random.Generator, optional
        Seed or generator of random signs. All nonzero taps are +1 without.

    Returns
    -------
    ndarray, shape (filters, taps)
        Entries -1, 0 and 1.

    Raises
    ------
    ValueError
        If an argument is not an integer of at least 1, or `t = 1` and `filters > stride`.

    References
    ----------
    F. R. K. Chung, J. A. Salehi and V. K. Wei (1989), "Optical orthogonal codes", IEEE
    Transactions on Information Theory 35. For one filter: A. M. Mian and S. Chowla (1944).

    Examples
    --------
    >>> dilated_filters(3, 2).astype(int)
    array([[1, 1, 0, 0, 1, 0, 0, 0],
           [1, 0, 1, 0, 0, 0, 0, 1]])
    """
    t, count = integer("t", t, 1), integer("filters", filters, 1)
    stride = integer("stride", stride, 1)
    if t == 1 and count > stride:
        raise ValueError(
            f"filters = {count}: expected at most stride = {stride} filters of a single tap"
        )
    taps = [[f % stride] for f in range(count)]
    seen: set[tuple[int, int]] = set()
    for _ in range(t - 1):
        for positions in taps:
            new = positions[-1] + 1
            while not _fresh(steps := [(new - p, p % stride) for p in positions], seen):
                new += 1
            seen.update(steps)
            positions.append(new)
    bank = np.zeros((count, max(positions[-1] for positions in taps) + 1))
    for row, positions in zip(bank, taps, strict=True):
        row[positions] = 1.0
    if signs is None:
        return bank
    bank *= np.random.default_rng(signs).choice([-1.0, 1.0], size=bank.shape)
    return bank


def _fresh(steps: list[tuple[int, int]], seen: set[tuple[int, int]]) -> bool:
    """Whether the differences of a new position are new."""
    return seen.isdisjoint(steps)


def _checked(filters: ArrayLike, length: int, stride: int) -> tuple[NDArray[np.float64], int, int]:
    """Arguments, once they are found to be in range."""
    bank = matrix("filters", filters)
    zero = np.flatnonzero(~bank.any(axis=1))
    if zero.size:
        raise ValueError(f"filters[{zero[0]}] is zero: expected at least one nonzero tap")
    length, stride = integer("length", length, 1), integer("stride", stride, 1)
    if bank.shape[1] > length:
        raise ValueError(
            f"length = {length}: expected at least the {bank.shape[1]} taps of the filters"
        )
    return bank, length, stride
