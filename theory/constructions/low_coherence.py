"""Low-coherence frames, by alternating projection on the Gram matrix."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer


def alternating_projection(
    m: int, n: int, seed: int = 0, iterations: int = 100
) -> NDArray[np.float64]:
    """Frame whose coherence is near Welch's bound, from a random start.

    In turn, the Gram matrix is projected on the matrices with unit diagonal and entries of at
    most that bound, and on the Gram matrices of tight frames. The best frame met is returned.
    More than `m (m + 1)/2` atoms cannot attain Welch's bound; for them it is `1/sqrt(m)`.

    Parameters
    ----------
    m : int
        The dimension, at least 1.
    n : int
        The number of atoms, at least 1. Up to `m` of them are orthonormal.
    seed : int
        Seed of the random start; the result is a function of the arguments (up to rounding, which
        depends on the linear algebra library).
    iterations : int
        The number of projections, at least 0.

    Returns
    -------
    ndarray, shape (m, n)
        Unit-norm floats.

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
    >>> bool(abs(D.T @ D - np.eye(8)).max() < 0.5)
    True
    """
    m, n = integer("m", m, 1), integer("n", n, 1)
    seed, iterations = integer("seed", seed, 0), integer("iterations", iterations, 0)
    atoms = np.random.default_rng(seed).standard_normal((m, n))
    if n <= m:
        return np.ascontiguousarray(np.linalg.qr(atoms)[0])
    bound = sqrt(1 / m if n > m * (m + 1) // 2 else (n - m) / (m * (n - 1)))
    best = atoms = atoms / np.linalg.norm(atoms, axis=0)
    lowest = np.inf
    for iteration in range(iterations + 1):
        gram = atoms.T @ atoms
        np.fill_diagonal(gram, 0.0)
        coherence = float(np.abs(gram).max())
        if coherence < lowest:
            best, lowest = atoms, coherence
        if iteration == iterations or coherence <= bound * (1 + 1e-12):
            break
        gram = np.clip(gram, -bound, bound)
        np.fill_diagonal(gram, 1.0)
        atoms = np.linalg.eigh(gram)[1][:, -m:].T
        atoms = atoms / np.maximum(np.linalg.norm(atoms, axis=0), 1e-12)
    return np.ascontiguousarray(best)
