"""Equiangular tight frames, mutually unbiased bases and unions of two bases."""

from __future__ import annotations

from itertools import combinations
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer
from sparsebound.theory.constructions.hadamard import conference, hadamard
from sparsebound.theory.constructions.simplex import simplex

TIGHT_FRAMES: tuple[tuple[int, int], ...] = ((2, 3), (3, 6), (7, 14), (6, 16))
"""Shapes for which :func:`tight_frame` has a frame, by number of atoms."""


def tight_frame(m: int, n: int) -> NDArray[np.float64]:
    """Equiangular tight frame of `n` atoms in dimension `m`; it attains Welch's bound.

    ======  ===========================================  ========  ==================
    shape   what it is                                   `mu`      data
    ======  ===========================================  ========  ==================
    2 x 3   three directions at 120 degrees              1/2       unit-norm floats
    3 x 6   the six diagonals of the icosahedron         1/sqrt 5  unit-norm floats
    7 x 14  from the Paley conference matrix             1/sqrt 13 unit-norm floats
    6 x 16  rows of a Hadamard matrix, difference set    1/3       integers
    ======  ===========================================  ========  ==================

    The rows of the 2 x 3 frame sum to zero exactly: `(1, 1, 1)` spans its kernel.

    Parameters
    ----------
    m, n : int
        One of the shapes above.

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    ValueError
        For any other shape.

    References
    ----------
    L. R. Welch (1974), IEEE Transactions on Information Theory 20. P. W. H. Lemmens and
    J. J. Seidel (1973), "Equiangular lines", Journal of Algebra 24. P. Xia, S. Zhou and
    G. B. Giannakis (2005), "Achieving the Welch bound with difference sets".

    Examples
    --------
    >>> D = tight_frame(6, 16)
    >>> sorted(set(np.abs(D.T @ D).astype(int).ravel().tolist()))
    [2, 6]
    """
    if (m, n) == (2, 3):
        return simplex(2)
    if (m, n) == (6, 16):
        return hadamard(16)[[3, 7, 11, 12, 13, 14]]
    if (m, n) in ((3, 6), (7, 14)):
        return conference_frame(n)
    shapes = ", ".join(f"{rows} x {atoms}" for rows, atoms in TIGHT_FRAMES)
    raise ValueError(f"(m, n) = ({m!r}, {n!r}): expected one of {shapes}")


def conference_frame(n: int) -> NDArray[np.float64]:
    """Equiangular tight frame of `n` atoms in dimension `n/2`, `mu = 1/sqrt(n - 1)`.

    With the symmetric conference matrix `C` of order `n`, `I + C/sqrt(n - 1)` is a Gram matrix
    of rank `n/2`; the atoms are read off its Cholesky factor with pivoting.

    Parameters
    ----------
    n : int
        An order of :func:`~sparsebound.theory.constructions.hadamard.conference`: 6, 10, 14, 18,
        26, 30, ...

    Returns
    -------
    ndarray, shape (n / 2, n)
        Unit-norm floats.

    Raises
    ------
    ValueError
        If there is no such conference matrix.

    References
    ----------
    T. Strohmer and R. W. Heath (2003), "Grassmannian frames with applications to coding and
    communication", Applied and Computational Harmonic Analysis 14.

    Examples
    --------
    >>> D = conference_frame(10)
    >>> D.shape, round(float(abs(D.T @ D - np.eye(10)).max()), 12)
    ((5, 10), 0.333333333333)
    """
    core = conference(n)
    rest = np.eye(n) + core / np.sqrt(n - 1)
    atoms = np.zeros((n // 2, n))
    for row in range(n // 2):
        pivot = int(np.argmax(np.diag(rest) > np.diag(rest).max() - 1e-6))
        atoms[row] = rest[pivot] / np.sqrt(rest[pivot, pivot])
        rest = rest - np.outer(atoms[row], atoms[row])
    return atoms


def mutually_unbiased(m: int, bases: int | None = None) -> NDArray[np.float64]:
    """Union of real mutually unbiased bases: atoms of two bases meet at `1/sqrt(m)`.

    Integers, all columns of norm `sqrt(m)`: the first basis is `sqrt(m) I`, the others are the
    columns of a Hadamard matrix, times the signs `(-1)^Q(v)` of the quadratic forms of a Kerdock
    set (alternating binary matrices whose differences are all invertible).

    Parameters
    ----------
    m : {4, 16}
        The dimension.
    bases : int, optional
        How many bases, from 2 to `m/2 + 1` (3 and 9), which is the largest number there can be
        and the default.

    Returns
    -------
    ndarray, shape (m, m * bases)
        `mu` is exactly `1/sqrt(m)` (1/2 and 1/4).

    Raises
    ------
    ValueError
        For another dimension or number of bases.

    References
    ----------
    A. R. Calderbank, P. J. Cameron, W. M. Kantor and J. J. Seidel (1997), "Z4-Kerdock codes,
    orthogonal spreads, and extremal Euclidean line-sets", Proceedings of the London Mathematical
    Society 75.

    Examples
    --------
    >>> D = mutually_unbiased(4)
    >>> D.shape, sorted(set(np.abs(D.T @ D).astype(int).ravel().tolist()))
    ((4, 12), [0, 2, 4])
    """
    if m not in (4, 16):
        raise ValueError(f"m = {m!r}: expected 4 or 16")
    bases = m // 2 + 1 if bases is None else integer("bases", bases, 2)
    if bases > m // 2 + 1:
        raise ValueError(f"bases = {bases}: expected at most {m // 2 + 1} in dimension {m}")
    dimensions = m.bit_length() - 1
    bits = np.arange(m)[:, None] >> np.arange(dimensions) & 1
    parts = [isqrt(m) * np.eye(m)]
    for form in _kerdock(dimensions)[: bases - 1]:
        exponent = sum(bits[:, i] * bits[:, j] for i, j in form)
        parts.append(
            np.where(np.asarray(exponent + np.zeros(m)) % 2, -1.0, 1.0)[:, None] * hadamard(m)
        )
    return np.hstack(parts)


def union_of_bases(m: int, second: str = "hadamard") -> NDArray[np.float64]:
    """Union of the identity and a second orthonormal basis.

    Parameters
    ----------
    m : int
        The dimension; with "hadamard" the order of a Hadamard matrix.
    second : {"hadamard", "dct"}
        "hadamard": integers, the raw `H`, whose columns have the norm `sqrt(m)`, `mu` exactly
        `1/sqrt(m)`. "dct": the orthonormal cosine transform of type II, `mu` at most
        `sqrt(2/m)`, up to rounding to multiples of `2^-30`.

    Returns
    -------
    ndarray, shape (m, 2 m)

    Raises
    ------
    ValueError
        For another `second`, or a dimension that it does not have.

    References
    ----------
    D. L. Donoho and X. Huo (2001), "Uncertainty principles and ideal atomic decomposition", IEEE
    Transactions on Information Theory 47.

    Examples
    --------
    >>> union_of_bases(2).astype(int)
    array([[ 1,  0,  1,  1],
           [ 0,  1,  1, -1]])
    """
    m = integer("m", m, 1)
    if second == "hadamard":
        return np.hstack([np.eye(m), hadamard(m)])
    if second == "dct":
        return np.hstack([np.eye(m), cosine_basis(m)])
    raise ValueError(f"second = {second!r}: expected 'hadamard' or 'dct'")


def cosine_basis(m: int) -> NDArray[np.float64]:
    """Basis of the discrete cosine transform of type II, one atom per column.

    Parameters
    ----------
    m : int
        The dimension, at least 1.

    Returns
    -------
    ndarray, shape (m, m)
        Multiples of ``2^-30``, orthonormal up to rounding to these: the last bits of a cosine
        differ between machines.

    Raises
    ------
    ValueError
        If `m` is not an integer of at least 1.

    References
    ----------
    N. Ahmed, T. Natarajan and K. R. Rao (1974), "Discrete cosine transform", IEEE Transactions on
    Computers C-23.

    Examples
    --------
    >>> bool(np.allclose(cosine_basis(5).T @ cosine_basis(5), np.eye(5)))
    True
    """
    m = integer("m", m, 1)
    angles = np.outer(2 * np.arange(m) + 1, np.arange(m)) * (np.pi / (2 * m))
    scale = np.sqrt(np.where(np.arange(m) == 0, 1.0, 2.0) / m)
    return np.asarray(np.rint(np.cos(angles) * scale * 2.0**30) / 2.0**30)


def _kerdock(dimensions: int) -> list[tuple[tuple[int, int], ...]]:
    """Quadratic forms, as tuples of index pairs, whose pairwise sums are all nondegenerate.

    The first one is zero. Found by a greedy search with backtracking over the alternating
    matrices in 2 or 4 dimensions, whose determinant is the square of their Pfaffian.
    """
    pairs = list(combinations(range(dimensions), 2))

    def regular(form: int) -> bool:
        entry = {pair: form >> position & 1 for position, pair in enumerate(pairs)}
        if dimensions == 2:
            return entry[0, 1] == 1
        products = entry[0, 1] * entry[2, 3] + entry[0, 2] * entry[1, 3] + entry[0, 3] * entry[1, 2]
        return products % 2 == 1

    def extend(chosen: list[int], start: int) -> list[int] | None:
        if len(chosen) == 2 ** (dimensions - 1):
            return chosen
        for form in range(start, 2 ** len(pairs)):
            if all(regular(form ^ other) for other in chosen):
                longer = extend([*chosen, form], form + 1)
                if longer is not None:
                    return longer
        return None

    forms = extend([0], 1)
    assert forms is not None
    return [tuple(p for i, p in enumerate(pairs) if form >> i & 1) for form in forms]
