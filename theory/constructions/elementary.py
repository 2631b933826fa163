"""Elementary dictionaries: signed permutations, rotations, random atoms, near-duplicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sparsebound.theory.constructions.arguments import integer, matrix


def signed_permutation(m: int, seed: int) -> NDArray[np.float64]:
    """Identity with its columns in random order and with random signs.

    Parameters
    ----------
    m : int
        The dimension, at least 1.
    seed : int
        Seed of the order and of the signs, at least 0.

    Returns
    -------
    ndarray, shape (m, m)
        Integers.

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    Examples
    --------
    >>> D = signed_permutation(3, seed=1)
    >>> bool((D.T @ D == np.eye(3)).all())
    True
    """
    m, rng = integer("m", m, 1), np.random.default_rng(integer("seed", seed, 0))
    atoms = np.eye(m)[:, rng.permutation(m)]
    atoms *= rng.choice([-1.0, 1.0], size=m)
    return atoms


def rotation(m: int, seed: int) -> NDArray[np.float64]:
    """Random multiple of an orthogonal matrix of determinant +1, in integers.

    The product of two reflections ``|v|^2 I - 2 v v^T`` for small integer vectors.

    Parameters
    ----------
    m : int
        The dimension, at least 1.
    seed : int
        Seed, at least 0.

    Returns
    -------
    ndarray, shape (m, m)
        Integers; columns are orthogonal and equally long.

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    Examples
    --------
    >>> D = rotation(3, seed=1)
    >>> gram = D.T @ D
    >>> bool((gram == gram[0, 0] * np.eye(3)).all() and np.linalg.det(D) > 0)
    True
    """
    m, rng = integer("m", m, 1), np.random.default_rng(integer("seed", seed, 0))
    first, second = (rng.integers(1, 4, m) * rng.choice([-1.0, 1.0], m) for _ in range(2))

    def reflection(v: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(v @ v * np.eye(m) - 2 * np.outer(v, v))

    return np.ascontiguousarray(reflection(first) @ reflection(second))


GRID = 2.0**12
"""Random entries are multiples of its inverse: the last bits of floats differ between machines."""


def gaussian(m: int, n: int, seed: int) -> NDArray[np.float64]:
    """Independent standard normal entries, rounded away from 0 to multiples of 2^-12.

    Parameters
    ----------
    m, n : int
        The dimension and the number of atoms, at least 1.
    seed : int
        Seed, at least 0.

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    Examples
    --------
    >>> gaussian(2, 3, seed=0).shape
    (2, 3)
    """
    m, n = integer("m", m, 1), integer("n", n, 1)
    drawn = np.random.default_rng(integer("seed", seed, 0)).standard_normal((m, n))
    return np.asarray(np.copysign(np.ceil(np.abs(drawn) * GRID) / GRID, drawn))


def near_duplicate(D: ArrayLike, exponent: int, offset: int = 1) -> NDArray[np.float64]:
    """`D` with one more atom: `2^exponent` times the first atom, plus `offset` times the second.

    Integer data stays integer. With `offset = 0` the first atom is repeated exactly.

    Parameters
    ----------
    D : array_like, shape (m, n)
        At least two columns.
    exponent : int
        From 0 to 20: the larger, the nearer.
    offset : int
        The share of the second atom; any integer.

    Returns
    -------
    ndarray, shape (m, n + 1)

    Raises
    ------
    ValueError
        If `D` has a single column, `exponent` is out of range, or the new atom is zero.

    Examples
    --------
    >>> near_duplicate(np.eye(2), 4).astype(int)
    array([[ 1,  0, 16],
           [ 0,  1,  1]])
    """
    data, exponent = matrix("D", D), integer("exponent", exponent, 0)
    if data.shape[1] < 2 or exponent > 20:
        raise ValueError(
            f"D of shape {data.shape}, exponent = {exponent}: expected at least two columns, and "
            "an exponent from 0 to 20"
        )
    atom = 2.0**exponent * data[:, 0] + offset * data[:, 1]
    if not atom.any():
        raise ValueError(f"exponent = {exponent}, offset = {offset}: the new atom is zero")
    return np.column_stack([data, atom])
