"""Dictionaries without much structure: near-duplicates, low coherence, Gaussian entries."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters, seeds
from sparsebound.theory import constructions
from sparsebound.theory.constructions import alternating_projection, embedded_simplex


def near_duplicate(
    base: str, atoms: int, exponent: int, offset: int = 1, seed: int = 0
) -> NDArray[np.float64]:
    """Add to a base dictionary one atom near its first, or equal to it.

    Parameters
    ----------
    base : {"identity", "simplex", "gaussian"}
        Of `atoms - 1` atoms; the first two in integers.
    atoms : int
        At least 3.
    exponent, offset : int
        The further atom is `2^exponent d_0 + offset d_1`.
    seed : int
        Seed of the Gaussian base.

    Returns
    -------
    ndarray, shape (atoms - 1, atoms)

    Raises
    ------
    ValueError
        If the base is unknown, or a number is out of range.

    Examples
    --------
    >>> near_duplicate("identity", 3, 4).astype(int)
    array([[ 1,  0, 16],
           [ 0,  1,  1]])
    """
    if base == "identity":
        data = np.eye(atoms - 1)
    elif base == "simplex":
        data = embedded_simplex(atoms - 2)
    elif base == "gaussian":
        data = constructions.gaussian(atoms - 1, atoms - 1, seed)
    else:
        raise ValueError(f"base = {base!r}: expected 'identity', 'simplex' or 'gaussian'")
    return constructions.near_duplicate(data, exponent, offset)


def low_coherence(m: int, n: int, seed: int, iterations: int = 30) -> NDArray[np.float64]:
    """Frame of low coherence by alternating projection.

    Parameters
    ----------
    m, n : int
        The dimension and the number of atoms.
    seed, iterations : int
        The random start, and the number of projections from there.

    Returns
    -------
    ndarray, shape (m, n)

    Examples
    --------
    >>> low_coherence(2, 3, seed=0).shape
    (2, 3)
    """
    return alternating_projection(m, n, seed, iterations)


def gaussian(m: int, n: int, seed: int) -> NDArray[np.float64]:
    """Random Gaussian dictionary.

    Parameters
    ----------
    m, n, seed : int
        The dimension, the number of atoms, and the seed.

    Returns
    -------
    ndarray, shape (m, n)

    Examples
    --------
    >>> gaussian(2, 3, seed=0).shape
    (2, 3)
    """
    return constructions.gaussian(m, n, seed)


@st.composite
def _duplicates(draw: DrawFn, limit: int) -> Parameters:
    base = draw(st.sampled_from(["identity", "simplex", "gaussian"]))
    parameters: Parameters = {"base": base, "atoms": draw(st.integers(3, limit))}
    parameters["exponent"] = draw(st.integers(1, 20))
    parameters["offset"] = draw(st.integers(-1, 1))
    if base == "gaussian":
        parameters["seed"] = draw(seeds())
    return parameters


@st.composite
def _low(draw: DrawFn, limit: int) -> Parameters:
    n = draw(st.integers(3, limit))
    return {"m": draw(st.integers(2, n - 1)), "n": n, "seed": draw(seeds())}


@st.composite
def _gaussian(draw: DrawFn, limit: int) -> Parameters:
    n = draw(st.integers(1, limit))
    return {"m": draw(st.integers(1, 2 * n)), "n": n, "seed": draw(seeds())}


FAMILIES = (
    Family(
        "near_duplicate",
        "One atom nearly, or exactly, a copy of another",
        near_duplicate,
        _duplicates,
        complexity=80,
        fewest=3,
    ),
    Family(
        "low_coherence",
        "Low coherence by alternating projection",
        low_coherence,
        _low,
        complexity=82,
        fewest=3,
    ),
    Family("gaussian", "Independent Gaussian entries", gaussian, _gaussian, complexity=90),
)
