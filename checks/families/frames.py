"""Frames of lowest coherence: equiangular tight frames, unions of bases, unbiased bases."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory.constructions import (
    TIGHT_FRAMES,
    hadamard_orders,
    mutually_unbiased,
    tight_frame,
    union_of_bases,
)


def by_shape(shape: str) -> NDArray[np.float64]:
    """Equiangular tight frame of a shape such as "3x6".

    Parameters
    ----------
    shape : {"2x3", "3x6", "7x14", "6x16"}

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    ValueError
        If there is no such frame.

    Examples
    --------
    >>> by_shape("6x16").shape
    (6, 16)
    """
    shapes = {f"{m}x{n}": (m, n) for m, n in TIGHT_FRAMES}
    if shape not in shapes:
        raise ValueError(f"shape = {shape!r}: expected one of {', '.join(shapes)}")
    return tight_frame(*shapes[shape])


def two_bases(m: int, second: str) -> NDArray[np.float64]:
    """Identity and a second basis.

    Parameters
    ----------
    m : int
        The dimension.
    second : {"hadamard", "dct"}

    Returns
    -------
    ndarray, shape (m, 2 m)

    Examples
    --------
    >>> two_bases(2, "hadamard").shape
    (2, 4)
    """
    return union_of_bases(m, second)


def unbiased_bases(dimension: int, bases: int) -> NDArray[np.float64]:
    """Real mutually unbiased bases.

    Parameters
    ----------
    dimension : {4, 16}
    bases : int
        From 2 to 3, or to 9.

    Returns
    -------
    ndarray, shape (dimension, dimension * bases)

    Examples
    --------
    >>> unbiased_bases(4, 3).shape
    (4, 12)
    """
    return mutually_unbiased(dimension, bases)


def _frames(limit: int) -> SearchStrategy[Parameters]:
    shapes = [f"{m}x{n}" for m, n in TIGHT_FRAMES if n <= limit]
    return st.fixed_dictionaries({"shape": st.sampled_from(shapes)})


def _unions(limit: int) -> SearchStrategy[Parameters]:
    orders = [order for order in hadamard_orders(limit // 2) if order > 1]
    return st.one_of(
        st.fixed_dictionaries({"m": st.sampled_from(orders), "second": st.just("hadamard")}),
        st.fixed_dictionaries({"m": st.integers(2, limit // 2), "second": st.just("dct")}),
    )


def _unbiased(limit: int) -> SearchStrategy[Parameters]:
    def of_dimension(m: int) -> SearchStrategy[Parameters]:
        bases = st.integers(2, min(limit // m, m // 2 + 1))
        return st.fixed_dictionaries({"dimension": st.just(m), "bases": bases})

    return st.one_of([of_dimension(m) for m in (4, 16) if 2 * m <= limit])


FAMILIES = (
    Family("tight_frame", "Equiangular tight frame", by_shape, _frames, complexity=40, fewest=3),
    Family(
        "union_of_bases",
        "Identity with a Hadamard or a cosine basis",
        two_bases,
        _unions,
        complexity=42,
        fewest=4,
    ),
    Family(
        "mutually_unbiased",
        "Real mutually unbiased bases",
        unbiased_bases,
        _unbiased,
        complexity=44,
        fewest=8,
    ),
)
