"""A convolutional dictionary, given by its filters: no matrix is made for its guarantees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.reading import Stored
from sparsebound.checks.certify.settings import integer
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.profile import LONGEST, Profile
from sparsebound.theory.operators import LARGEST_MATRIX, Convolution
from sparsebound.theory.quantities import babel

KERNELS = 4
"""Length of the signals, in kernels, if none is given."""


@dataclass(frozen=True)
class Layout:
    """Where filters are placed.

    Attributes
    ----------
    length : tuple of int, optional
        Positions of a signal in each dimension; by default some kernels. From two kernels on the
        coherence and the Babel function do not depend on it.
    stride : tuple of int
        Distance between shifts, once or for each dimension.
    circular : bool
        Whether filters wrap around; otherwise signals are zero-padded and all atoms complete.
    axis : {"first", "last"}, optional
        Which axis of the array counts the filters; by default the first, if that is certain.
    """

    length: tuple[int, ...] | None = None
    stride: tuple[int, ...] = (1,)
    circular: bool = True
    axis: str | None = "first"


def placing(
    filters: bool | Layout,
    length: Sequence[int] | None,
    stride: Sequence[int] | None,
    boundary: str | None,
    atoms: str | None,
    axis: str | None,
) -> Layout | None:
    """Where filters are placed; None where the array holds atoms.

    Raises
    ------
    InputError
        If an option cannot be used, or is given without filters.

    Examples
    --------
    >>> placing(True, 20, None, "zero", None, None)
    Layout(length=(20,), stride=(1,), circular=False, axis=None)
    """
    for name, value in (
        ("length", length),
        ("stride", stride),
        ("boundary", boundary),
        ("filter-axis", axis),
    ):
        if value is not None and filters is not True:
            raise InputError(f"--{name}", value, "to be used together with --filters")
    if filters is False:
        return None
    if filters is not True and not isinstance(filters, Layout):
        raise InputError("--filters", filters, "True, False or a Layout")
    if atoms is not None:
        raise InputError("--atoms", atoms, "to be left out with --filters")
    if isinstance(filters, Layout):
        return filters
    if boundary not in (None, "circular", "zero"):
        raise InputError("--boundary", boundary, "'circular' or 'zero'")
    steps = (1,) if stride is None else _sizes("--stride", stride)
    whole = None if length is None else _sizes("--length", length)
    return Layout(whole, steps, boundary != "zero", axis)


def _sizes(option: str, value: Any) -> tuple[int, ...]:
    """Sizes in each dimension."""
    each = value if isinstance(value, list | tuple) else (value,)
    return tuple(integer(option, one, 1, "integers that are at least 1") for one in each)


def convolution(stored: Stored, layout: Layout) -> Convolution:
    """Make the operator of filters that were read.

    Parameters
    ----------
    stored : Stored
        Filters, shape (filters, [channels,] *kernel); three axes are two spatial dimensions,
        unless the layout's length says one.
    layout : Layout
        Where they are placed.

    Raises
    ------
    InputError
        If shapes do not fit.

    Examples
    --------
    >>> convolution(Stored("f.npy", None, np.ones((2, 3)), "float64"), Layout()).shape
    (12, 24)
    """
    array = np.asarray(stored.array, dtype=np.float64)
    if layout.axis not in (None, "first", "last"):
        raise InputError("--filter-axis", layout.axis, "first or last")
    if (layout.axis or _certain(array.shape)) == "last":
        array = np.moveaxis(array, -1, 0)
        if array.ndim == 4:  # channels are before the filters, after the kernel
            array = np.moveaxis(array, -1, 1)
    if layout.length is not None:
        dimensions = len(layout.length)
    elif array.ndim in (2, 3, 4):
        dimensions = 1 if array.ndim == 2 else 2
    else:
        dimensions = 0
    if dimensions not in (1, 2) or array.ndim - dimensions not in (1, 2):
        expected = "(filters, [channels,] *kernel), 1-D or 2-D"
        raise InputError("shape of FILE", array.shape, expected)
    if not (used := array.any(axis=tuple(range(1, array.ndim)))).all():
        where = f"filter {int(used.argmin())} of FILE"
        raise InputError(where, "zero throughout", "a filter that is not zero")
    kernel = array.shape[-dimensions:]
    stride = layout.stride * dimensions if len(layout.stride) == 1 else layout.stride
    length = layout.length or tuple(
        KERNELS * -(-k // step) * step for k, step in zip(kernel, stride, strict=False)
    )
    return Convolution(array, length, stride=stride, circular=layout.circular)


def _certain(shape: tuple[int, ...]) -> str:
    """Which axis counts the filters, where the shape says so: kernels of images are square.

    Of a matrix it is the first.

    Raises
    ------
    InputError
        If it is not certain.

    Examples
    --------
    >>> _certain((32, 8, 8)), _certain((64, 3, 7, 7))
    ('first', 'first')
    """
    if len(shape) not in (3, 4):
        return "first"
    first, last = shape[-2:], shape[:2]
    if first[0] == first[1] and last[0] != last[1]:
        return "first"
    channels = ["", ""] if len(shape) == 3 else [f" and {shape[i]} channels" for i in (1, 2)]
    said = (
        f"--filter-axis {name} ({count} filters of {kernel[0]} x {kernel[1]}{more})"
        for name, count, kernel, more in (
            ("first", shape[0], first, channels[0]),
            ("last", shape[-1], last, channels[1]),
        )
    )
    raise InputError("shape of FILE", shape, " or ".join(said))


def profile_of_filters(operator: Convolution) -> Profile:
    """Compute what guarantees need, from cross-correlations of the filters.

    Examples
    --------
    >>> found = profile_of_filters(Convolution([[1, 1, 1, -1]], 5000))
    >>> found.coherence.mid, found.pair, found.neighbours
    (array(0.25), (0, 1), 7)
    """
    D = ConvolutionalDictionary(operator)
    m, n = D.shape
    sizes = np.asarray(D.gram_rows().mid)
    sums = Ball.of(babel(D, np.arange(min(LONGEST, n - 1) + 1)))
    return Profile(
        m,
        n,
        sums,
        np.ones(len(sums), dtype=bool),
        _pair(D),
        min(int(D.correlation.meets.sum(axis=(0, 2)).max()), n),
        sizes.max(axis=1),
    )


def _pair(D: ConvolutionalDictionary) -> tuple[int, int] | None:
    """Two atoms of the largest inner product."""
    if D.shape[1] == 1:
        return None
    found = D.scaled_correlation
    if found.own.all():  # one filter whose shifts never meet
        return 0, 1
    norms = np.sqrt(found.diagonal.mid)
    sizes = np.abs(found.off_diagonal.mid) / (norms[:, None] * norms)
    sizes[found.own] = -1
    offset, f, g = np.unravel_index(int(sizes.argmax()), sizes.shape)
    grid, count = D.operator.grid, len(norms)
    distance = found.offsets[offset]
    start = np.maximum(0, -distance)
    end = (start + distance) % np.array(grid)
    first, second = (int(np.ravel_multi_index(tuple(at), grid)) for at in (start, end))
    return first * count + int(f), second * count + int(g)


def filters_as_atoms(operator: Convolution, axis: str | None) -> Atoms:
    """The filters as rows: all atoms are complete, so their norms are those of the filters."""
    rows = operator.filters.reshape(len(operator.filters), -1)
    return Atoms(rows, "filters", f"the {axis or 'first'} axis counts the filters")


def placed(operator: Convolution) -> str:
    """Say where the filters are placed."""
    length, kernel, stride = (
        " x ".join(map(str, sizes)) for sizes in (operator.length, operator.kernel, operator.stride)
    )
    boundary = "circular" if operator.circular else "zero"
    bank = f"{len(operator.filters)} filters of {kernel} taps, {operator.channels} channels"
    return f"{bank}, on signals of {length}, stride {stride}, boundary {boundary}"


def atoms_of_filters(operator: Convolution) -> Atoms:
    """All shifts as rows, where there are few enough of them."""
    if operator.shape[1] > LARGEST_MATRIX:
        expected = f"signals with at most {LARGEST_MATRIX} atoms, for weights, codes or an attack"
        raise InputError("--length", operator.length, expected)
    return Atoms(operator.matrix().T, "columns", "all shifts of the filters")
