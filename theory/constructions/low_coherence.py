"""Low-coherence frames, by alternating projection on a dyadic grid."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer
from sparsebound.theory.constructions.elementary import gaussian, rotation

FRAME_GRID = 2.0**12
"""Entries are multiples of its inverse, in every iteration: coarse enough that what linear algebra
rounds differently on another machine does not matter."""


def alternating_projection(
    m: int, n: int, seed: int = 0, iterations: int = 100
) -> NDArray[np.float64]:
    """Frame whose coherence is near Welch's bound, from a random start.

    In turn, the frame is multiplied by its Gram matrix with entries clipped to at most that bound,
    which moves it towards frames with such a Gram matrix; it is replaced by the nearest tight
    frame, its atoms are normalised, and its entries are rounded. The best frame met is returned.
    More than `m (m + 1)/2` atoms cannot attain Welch's bound; for them it is `1/sqrt(m)`.

    Parameters
    ----------
    m : int
        The dimension, at least 1.
    n : int
        The number of atoms, at least 1. Up to `m` of them are orthogonal integers.
    seed : int
        Seed of the random start; the result is a function of the arguments, to the last bit.
    iterations : int
        The number of projections, at least 0.

    Returns
    -------
    ndarray, shape (m, n)
        Multiples of ``2^-12``, of norm 1 up to rounding to these.

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    References
    ----------
    J. A. Tropp, I. S. Dhillon, R. W. Heath and T. Strohmer (2005), "Designing structured tight
    frames via an alternating projection method", IEEE Transactions on Information Theory 51.

    Examples
    --------
    >>> D = alternating_projection(4, 8, seed=0)
    >>> bool(abs(D.T @ D - np.eye(8)).max() < 0.5), bool((D * 2**12 % 1 == 0).all())
    (True, True)
    """
    m, n = integer("m", m, 1), integer("n", n, 1)
    seed, iterations = integer("seed", seed, 0), integer("iterations", iterations, 0)
    if n <= m:
        return np.ascontiguousarray(rotation(m, seed)[:, :n])
    bound = sqrt(1 / m if n > m * (m + 1) // 2 else (n - m) / (m * (n - 1)))
    best = atoms = _rounded(gaussian(m, n, seed))
    lowest = np.inf
    for iteration in range(iterations + 1):
        gram = atoms.T @ atoms
        inner = gram - np.diag(np.diag(gram))
        coherence = float(np.abs(inner).max())
        if coherence < lowest:
            best, lowest = atoms, coherence
        if iteration == iterations or coherence <= bound + 1 / FRAME_GRID:
            break
        gram = np.clip(inner, -bound, bound) + np.eye(n)
        atoms = _rounded(_nearest_tight(atoms @ gram))
    return np.ascontiguousarray(best)


def _nearest_tight(atoms: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(A A^T)^{-1/2} A``: a function of A, whatever eigenvectors are found."""
    values, vectors = np.linalg.eigh(atoms @ atoms.T)
    root = (vectors / np.sqrt(np.maximum(values, 2.0**-40 * values[-1]))) @ vectors.T
    return np.asarray(root @ atoms)


def _rounded(atoms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normalise, and round to the grid."""
    norms = np.maximum(np.linalg.norm(atoms, axis=0), 2.0**-40)
    return np.asarray(np.rint(atoms / norms * FRAME_GRID) / FRAME_GRID)
