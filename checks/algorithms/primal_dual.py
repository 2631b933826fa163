"""The primal-dual iteration on basis pursuit, with noise or without; it states its tolerance.

Chambolle and Pock 2011, on ``max_w min_x ||x||_1 + <w, y - D x> - sigma ||w||``, scaled so that
``||D|| = 1`` and ``||y|| = 1``.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import FloatArray

STEP = 0.99
"""Of both variables, as a share of the largest one that converges."""

LOST = 2.0**-36
"""What is added to a relative tolerance for its own rounding."""


def primal_dual(
    D: FloatArray, Y: FloatArray, sigma: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray]:
    """Minimise ``||x||_1`` subject to ``||y - D x||_2 <= sigma``.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms; not all are zero.
    Y : ndarray, shape (B, m)
        Signals.
    sigma : ndarray, shape (B,)
        Bounds of the residuals; 0 for basis pursuit.
    steps : int
        How many.

    Returns
    -------
    points : ndarray, shape (B, n)
        The last ones.
    tolerance : ndarray, shape (B,)
        By which share of ``||y||`` the residual exceeds its bound, or by which share of itself the
        norm exceeds what the last dual point proves of the least one; the larger of both.

    Raises
    ------
    FloatingPointError
        If an atom or a signal is too small or too large for its squares.

    Examples
    --------
    >>> D = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.8]])
    >>> points, tolerance = primal_dual(D, np.array([[0.6, 0.8]]), np.zeros(1), 2000)
    >>> points.round(6), bool(tolerance[0] < 1e-6)
    (array([[0., 0., 1.]]), True)
    """
    shortest, longest = FLOAT64.squared
    for sizes in (np.abs(D).max(axis=0), np.abs(Y).max(axis=1, initial=0.0)):
        some = sizes[sizes > 0]
        if some.size and not (some.min() >= shortest and some.max() <= longest):
            raise FloatingPointError("squares leave the range")
    length, size = np.linalg.norm(D, 2), np.linalg.norm(Y, axis=1, keepdims=True)
    size = np.where(size > 0, size, 1.0)
    atoms, signals, bound = D / length, Y / size, sigma[:, None] / size
    x, w = np.zeros((len(Y), D.shape[1])), np.zeros(Y.shape)
    for _ in range(steps):
        new = soft(x + STEP * w @ atoms, STEP)
        pulled = w + STEP * (signals - (2 * new - x) @ atoms.T)
        norms = np.sqrt(np.einsum("bm,bm->b", pulled, pulled))[:, None]
        w = pulled * (np.maximum(norms - STEP * bound, 0) / np.where(norms > 0, norms, 1.0))
        x = new
    x[bound[:, 0] >= 1] = 0
    w = w / np.maximum(np.abs(w @ atoms).max(axis=1, keepdims=True), 1)
    least = (w * signals).sum(axis=1) - bound[:, 0] * np.linalg.norm(w, axis=1)
    norm = np.abs(x).sum(axis=1)
    proved = (norm > 0) & (least > 0)
    above = np.divide(norm, least, out=np.where(norm > 0, np.inf, 1.0), where=proved) - 1
    outside = np.linalg.norm(signals - x @ atoms.T, axis=1) - bound[:, 0]
    tolerance: FloatArray = np.maximum(np.maximum(above, outside), 0) + LOST
    return x * size / length, tolerance
