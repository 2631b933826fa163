"""Simplexes and equiangular atoms: the extremal families of most theorems on coherence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory.constructions import (
    embedded_simplex,
    equiangular,
    equiangular_plus,
    simplex,
)


def regular_simplex(m: int, kind: str = "coordinates") -> NDArray[np.float64]:
    """Regular simplex of `m + 1` atoms.

    Parameters
    ----------
    m : int
        The dimension.
    kind : {"coordinates", "embedded"}
        In its own dimension (integers where there are any), or in one more (always integers).

    Returns
    -------
    ndarray, shape (m, m + 1) or (m + 1, m + 1)

    Raises
    ------
    ValueError
        If the kind is unknown or `m < 1`.

    Examples
    --------
    >>> regular_simplex(1)
    array([[ 1., -1.]])
    """
    if kind == "coordinates":
        return simplex(m)
    if kind == "embedded":
        return embedded_simplex(m)
    raise ValueError(f"kind = {kind!r}: expected 'coordinates' or 'embedded'")


def minus(atoms: int, numerator: int, denominator: int) -> NDArray[np.float64]:
    """`atoms` atoms with all inner products `-numerator/denominator`.

    Parameters
    ----------
    atoms, numerator, denominator : int
        See :func:`~sparsebound.theory.constructions.equiangular.equiangular`.

    Returns
    -------
    ndarray, shape (m, atoms)

    Examples
    --------
    >>> minus(2, 1, 3).shape
    (3, 2)
    """
    return equiangular(atoms, numerator, denominator)


def minus_and_plus(atoms: int, numerator: int, denominator: int) -> NDArray[np.float64]:
    """`atoms - 1` atoms at `-numerator/denominator`, and a last one at plus that to each.

    Parameters
    ----------
    atoms, numerator, denominator : int
        The number of all atoms, at least 2; else as for
        :func:`~sparsebound.theory.constructions.equiangular.equiangular_plus`.

    Returns
    -------
    ndarray, shape (m, atoms)

    Examples
    --------
    >>> minus_and_plus(3, 1, 3).shape
    (3, 3)
    """
    return equiangular_plus(atoms - 1, numerator, denominator)


@st.composite
def coherences(draw: DrawFn, s: int, largest: int) -> tuple[int, int]:
    """Strategy for `mu` as a fraction, half of the time within 5 percent of an edge.

    The edges are `1/j`: `(2k - 1) mu = 1` for the sparsity `k` of the theorems, from the whole of
    the `s` atoms (`j = 2s - 1`) down to where the Gram matrix turns singular (`j = largest`).

    Parameters
    ----------
    draw : callable
        Given by Hypothesis.
    s : int
        The number of atoms with inner products `-mu`.
    largest : int
        `mu` is at most `1/largest`.

    Returns
    -------
    tuple of int
        Numerator and denominator; shrinks to `1, 2s - 1`.
    """
    last = max(2 * s - 1, largest)
    if draw(st.sampled_from(["edge", "interior"])) == "interior":
        denominator = draw(st.integers(largest, max(60, 2 * last)))
        return draw(st.integers(0, denominator // largest)), denominator
    every = range(largest, last + 1)
    foremost = [last, largest, min(largest + 1, last)] * (1 + len(every) // 3)
    edge = draw(st.sampled_from([*foremost, *every]))
    percent = draw(st.integers(-5, min(5, 100 * edge // largest - 100)))
    return (100 + percent, 100 * edge) if percent else (1, edge)


def _parameters(further: int) -> Callable[[int], SearchStrategy[Parameters]]:
    """Strategy for `atoms`, of which `further` are at `+mu`, and for `mu`."""

    @st.composite
    def strategy(draw: DrawFn, limit: int) -> Parameters:
        atoms = draw(st.integers(2, limit))
        numerator, denominator = draw(coherences(atoms - further, atoms - 1))
        return {"atoms": atoms, "numerator": numerator, "denominator": denominator}

    return strategy


def _simplexes(limit: int) -> SearchStrategy[Parameters]:
    kinds = st.sampled_from(["coordinates", "embedded"])
    return st.fixed_dictionaries({"m": st.integers(1, limit - 1), "kind": kinds})


FAMILIES = (
    Family(
        "simplex",
        "Regular simplex, all inner products -1/m",
        regular_simplex,
        _simplexes,
        narrow=True,
        complexity=20,
        fewest=2,
    ),
    Family(
        "equiangular",
        "All inner products -mu",
        minus,
        _parameters(0),
        narrow=True,
        complexity=22,
        fewest=2,
    ),
    Family(
        "equiangular_plus",
        "Inner products -mu, and one atom at +mu to each of the others",
        minus_and_plus,
        _parameters(1),
        narrow=True,
        complexity=24,
        fewest=2,
    ),
)
