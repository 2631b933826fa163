"""Linear systems and eigenvalues of batches of ball matrices.

LAPACK finds an approximate solution, matrix by matrix; what is proved of it is computed in balls.
A matrix of which LAPACK can make nothing, or with an entry of which nothing is known, has unknown
results, and its batch is none the worse for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparsebound.theory.arithmetic.number import FloatArray, Mask
from sparsebound.theory.arithmetic.rounding import SLACK, TINY, all_of, gamma

if TYPE_CHECKING:
    from sparsebound.theory.arithmetic.ball import Ball


def solve(matrix: Ball, right: Ball) -> Ball:
    """Solve linear systems.

    With an approximate inverse ``R`` and ``alpha = ||I - R A||_inf < 1``, the error of an
    approximate solution with residual ``r`` is at most ``|R r| + alpha/(1-alpha) max |R r|``
    (Rump 2010, section 10).
    """
    Ball = type(matrix)
    matrix, usable = _usable(matrix)
    inverse = _inverses(matrix.mid)
    defect = np.eye(matrix.shape[-1]) - Ball(inverse) @ matrix
    alpha = abs(defect).sum(-1).upper.max(-1, initial=0.0)[..., None, None]
    with np.errstate(all="ignore"):
        point = inverse @ right.mid
        correction = Ball(inverse) @ (right - matrix @ point)
        step = np.abs(correction.mid) + correction.rad
        rest = alpha / (1.0 - alpha) * step.max(-2, initial=0.0, keepdims=True)
        rad = np.where(usable & (alpha < 1.0), (step + rest) * SLACK + TINY, np.inf)
    return Ball(point, rad)


def eigenvalues(matrix: Ball) -> Ball:
    """Eigenvalues of symmetric matrices, in increasing order; all of a matrix share one radius.

    For ``A V = V L + R`` and ``||V^T V - I|| <= d < 1`` the polar decomposition of ``V`` and
    Weyl's inequality give an error of at most ``(||R|| + 2 d ||L||) / (1 - d)``.
    """
    Ball = type(matrix)
    matrix, usable = _usable(matrix)
    values, vectors = _spectra(matrix.mid)
    if matrix.shape[-1] == 0:
        return Ball(values)
    residual = matrix @ vectors - Ball(vectors) * values[..., None, :]
    defect = Ball(vectors.swapaxes(-1, -2)) @ vectors - np.eye(matrix.shape[-1])
    with np.errstate(all="ignore"):
        loss = _frobenius(defect)
        bound = (_frobenius(residual) + 2 * loss * np.abs(values).max(-1)) / (1 - loss)
        bound = np.where(usable[..., 0, 0] & (loss < 1), bound * SLACK + TINY, np.inf)
    return Ball(values, np.broadcast_to(bound[..., None], values.shape))


def determinant(matrix: Ball) -> Ball:
    """Determinant of symmetric matrices, the product of their eigenvalues."""
    values = eigenvalues(matrix)
    product = type(matrix)(np.ones(values.shape[:-1]))
    for index in range(values.shape[-1]):
        product = product * values[..., index]
    return product


def _usable(matrix: Ball) -> tuple[Ball, Mask]:
    """Replace matrices with entries that are not finite; which were none, shape (..., 1, 1)."""
    finite = np.isfinite(matrix.mid) & np.isfinite(matrix.rad)
    if all_of(finite):
        return matrix, np.ones((*matrix.shape[:-2], 1, 1), dtype=bool)
    usable: Mask = np.asarray(finite.all((-1, -2), keepdims=True))
    return matrix.where(usable, np.eye(matrix.shape[-1])), usable


def _inverses(matrices: FloatArray) -> FloatArray:
    """Approximate inverses; zeros where LAPACK fails."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        if matrices.ndim == 2:
            return np.zeros(matrices.shape)
        return np.stack([_inverses(matrix) for matrix in matrices])


def _spectra(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Approximate eigenvalues, and eigenvectors; zeros where LAPACK fails."""
    try:
        with np.errstate(all="ignore"):
            values, vectors = np.linalg.eigh(matrices)
        return values, vectors
    except np.linalg.LinAlgError:
        if matrices.ndim == 2:
            return np.zeros(matrices.shape[-1]), np.zeros(matrices.shape)
        each = [_spectra(matrix) for matrix in matrices]
        return np.stack([values for values, _ in each]), np.stack([vectors for _, vectors in each])


def _frobenius(matrix: Ball) -> FloatArray:
    """Bound the Frobenius norm, shape (...)."""
    sizes = np.abs(matrix.mid) + matrix.rad
    largest = sizes.max((-1, -2), keepdims=True)
    shares = sizes / np.where(largest > 0, largest, 1.0)  # their squares do not overflow
    norm = np.sqrt((shares * shares).sum((-1, -2))) * largest[..., 0, 0]
    return np.asarray(norm * (SLACK + 2 * gamma(matrix.shape[-1] ** 2)))
