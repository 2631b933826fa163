"""Small integer matrices, given entry by entry: a single atom, and readable dictionaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters

LARGEST_SHAPE = (6, 8)
"""Rows and atoms beyond which a matrix of integers is no longer read at a glance."""


def given_rows(matrix: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Build the dictionary with the rows that are given.

    Parameters
    ----------
    matrix : sequence of rows of int
        Rows of equal length, no column zero.

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    ValueError
        If the rows differ in length, there is none, or a column is zero.

    Examples
    --------
    >>> given_rows([[1, 1, 0], [0, 0, 1]])
    array([[1., 1., 0.],
           [0., 0., 1.]])
    """
    if not matrix or not matrix[0] or len({len(row) for row in matrix}) > 1:
        raise ValueError(f"matrix = {matrix!r}: expected rows of equal length, at least one entry")
    data = np.array(matrix, dtype=np.float64)
    if not data.any(axis=0).all():
        raise ValueError(f"matrix = {matrix!r}: expected no zero column")
    return data


def repaired(rows: list[list[int]]) -> list[list[int]]:
    """Rows with a 1 put into every zero column, going down the rows in turn.

    Parameters
    ----------
    rows : list of lists of int

    Returns
    -------
    list of lists of int

    Examples
    --------
    >>> repaired([[0, 0], [0, 0]])
    [[1, 0], [0, 1]]
    """
    result = [list(row) for row in rows]
    for column in range(len(rows[0])):
        if not any(row[column] for row in rows):
            result[column % len(rows)][column] = 1
    return result


@st.composite
def _matrices(draw: DrawFn, limit: int) -> Parameters:
    n = draw(st.integers(1, min(limit, LARGEST_SHAPE[1])))
    m = draw(st.integers(1, LARGEST_SHAPE[0]))
    row = st.lists(st.integers(-2, 2), min_size=n, max_size=n)
    return {"matrix": repaired(draw(st.lists(row, min_size=m, max_size=m)))}


def _single(limit: int) -> st.SearchStrategy[Parameters]:
    first = st.sampled_from([1, -1, 2, -2, 3, 4])
    rest = st.lists(st.integers(-4, 4), max_size=5)
    rows = st.builds(lambda head, tail: [[entry] for entry in (head, *tail)], first, rest)
    return st.fixed_dictionaries({"matrix": rows})


FAMILIES = (
    Family("one_atom", "A single atom", given_rows, _single, narrow=True, complexity=0),
    Family("integer", "Small integer matrix", given_rows, _matrices, complexity=35),
)
