"""How far somebody's solution of the Lasso is from the minimiser, by its duality gap.

``P(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, over all ``x`` or over ``x >= 0``. With the residual
``r = y - D x`` and ``c = D^T r``, the point ``t r`` is feasible for the dual if ``t |c_j| <= lam``
(``t c_j <= lam`` where ``x >= 0``), and then ``P(x)`` is above the least by at most

    G = 1/2 (1 - t)^2 ||r||^2 + sum_j (lam |x_j| - t c_j x_j),

a sum of terms none of which is negative: nothing cancels, however near a minimiser ``x`` is. What
follows from ``G`` is ``stability.gap_safe``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray

THEOREM = "stability.gap_safe"


@dataclass(frozen=True)
class Gap:
    """What is proved of each of B points.

    Attributes
    ----------
    residual : Ball, shape (B, m)
        ``r``.
    scale : ndarray, shape (B,)
        ``t``.
    gap : ndarray, shape (B,)
        Upper bound of ``P(x) - min P``.
    off : ndarray of bool, shape (B, n)
        Atoms that are zero in every minimiser.
    """

    residual: Ball
    scale: FloatArray
    gap: FloatArray
    off: np.ndarray


def duality_gap(
    atoms: Ball, norms: Ball, Y: FloatArray, X: FloatArray, lam: float, *, nonnegative: bool
) -> Gap:
    """Bound the gap of points, and find the atoms that are surely off.

    Parameters
    ----------
    atoms : Ball, shape (n, m)
        The atoms as given, as rows.
    norms : Ball, shape (n,)
        Their norms.
    Y, X : ndarray, shapes (B, m) and (B, n)
        Signals and points.
    lam : float
        The weight.
    nonnegative : bool
        Whether the problem is that over ``x >= 0``.

    Examples
    --------
    >>> D, one = Ball(np.eye(2)), np.ones(2)
    >>> found = duality_gap(D, Ball(one), np.array([[4.0, 0.5]]), np.array([[3.0, 0]]), 1.0,
    ...                     nonnegative=False)
    >>> float(found.gap[0]) < 1e-12, found.off
    (True, array([[False,  True]]))
    """
    x = Ball(X)
    r = Ball(Y) - x @ atoms
    c = r @ atoms.swapaxes(0, 1)
    sizes = c if nonnegative else abs(c)
    largest = np.maximum(sizes.upper.max(axis=1), 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        t = np.where(largest > lam, lam / largest * (1 - 2.0**-50), 1.0)
    scale = Ball(t.reshape(-1, 1))
    fit = (1 - scale)[:, 0] ** 2 * (r**2).sum(-1) / 2
    gap = fit + (lam * abs(x) - scale * c * x).sum(-1)
    most = np.maximum(gap.upper, 0.0)
    room = lam - (scale * sizes).upper
    reach = (Ball(2 * most).sqrt().reshape(-1, 1) * norms.reshape(1, -1)).upper
    with np.errstate(invalid="ignore"):
        off = np.asarray(room > reach)
    return Gap(r, t, most, off)


def excess(r: Ball, other: Ball, x: FloatArray, z: FloatArray, lam: float) -> FloatArray:
    """Lower bound of ``P(x) - P(z)``, from the residuals of both, shape (B,).

    Examples
    --------
    >>> zero = np.zeros((1, 1))
    >>> float(excess(Ball([[2.0]]), Ball([[1.0]]), zero, zero + 1, 1.0)[0].round(6))
    0.5
    """
    fits = ((r - other) * (r + other)).sum(-1) / 2
    sums = (lam * (abs(Ball(x)) - abs(Ball(z)))).sum(-1)
    return np.asarray((fits + sums).lower)
