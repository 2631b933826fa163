"""Sparse atoms of transversal designs, for the layers above the first."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters, seeds
from sparsebound.theory.constructions import pad_rows
from sparsebound.theory.constructions import transversal_design as design

PRIMES = (2, 3, 5, 7, 11)
"""Points in a group, that is slopes and intercepts of the lines."""


def lines(
    taps: int, q: int, columns: int, seed: int | None = None, padding: int = 0
) -> NDArray[np.float64]:
    """First lines of a transversal design, all entries +1 unless there is a seed for signs.

    Parameters
    ----------
    taps : int
        Nonzero entries of an atom.
    q : int
        A prime.
    columns : int
        The number of atoms.
    seed : int, optional
        Seed of random signs.
    padding : int
        Zero rows at the end.

    Returns
    -------
    ndarray, shape (taps * q + padding, columns)

    Examples
    --------
    >>> lines(2, 2, 2).astype(int)
    array([[1, 0],
           [0, 1],
           [1, 0],
           [0, 1]])
    """
    return pad_rows(design(taps, q, seed, columns=columns), taps * q + padding)


@st.composite
def _lines(draw: DrawFn, limit: int) -> Parameters:
    q = draw(st.sampled_from(PRIMES))
    taps = draw(st.integers(2, min(q, 5)))
    parameters: Parameters = {"taps": taps, "q": q}
    parameters["columns"] = draw(st.integers(2, min(q * q, limit)))
    if draw(st.booleans()):
        parameters["seed"] = draw(seeds())
    if draw(st.booleans()):
        parameters["padding"] = draw(st.integers(1, 3))
    return parameters


FAMILIES = (
    Family(
        "transversal_design",
        "Sparse atoms that meet in at most one row",
        lines,
        _lines,
        complexity=60,
        fewest=2,
    ),
)
