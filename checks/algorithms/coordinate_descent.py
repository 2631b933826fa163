"""Coordinate descent on the Lasso, which states its duality gap."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray

ROUNDING = 2.0**-36
"""What is added to a relative gap for its own rounding."""

STILL = 2.0**-50
"""Relative changes of all entries of a signal in a sweep at which it is its last one."""


def coordinate_descent(
    D: FloatArray, Y: FloatArray, lam: FloatArray, sweeps: int, *, nonnegative: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Minimise ``1/2 ||y - D x||^2 + lam ||x||_1``, one entry at a time, from 0.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms; none is zero.
    Y : ndarray, shape (B, m)
        Signals.
    lam : ndarray, shape (B,)
        Weights, positive.
    sweeps : int
        How often each entry is looked at, at most.
    nonnegative : bool
        Whether it is minimised over ``x >= 0``.

    Returns
    -------
    points : ndarray, shape (B, n)
        The last ones.
    tolerance : ndarray, shape (B,)
        Their duality gaps, relative to the value at 0.

    Examples
    --------
    >>> points, tolerance = coordinate_descent(np.eye(2), np.array([[3.0, 0.5]]), np.ones(1), 1)
    >>> points, bool(tolerance[0] < 1e-9)
    (array([[2., 0.]]), True)
    """
    squares = (D**2).sum(axis=0)
    points, rest = np.zeros((len(Y), D.shape[1])), Y.copy()
    moving = np.arange(len(Y))
    for _ in range(sweeps):
        x, r, weight = points[moving], rest[moving], lam[moving]
        for j in range(D.shape[1]):
            v = x[:, j] + np.einsum("bm,m->b", r, D[:, j]) / squares[j]
            size = np.maximum((v if nonnegative else np.abs(v)) - weight / squares[j], 0)
            new = size if nonnegative else np.sign(v) * size
            r += np.outer(x[:, j] - new, D[:, j])
            x[:, j] = new
        still = (np.abs(x - points[moving]) <= STILL * np.abs(x)).all(axis=1)
        points[moving], rest[moving] = x, r
        moving = moving[~still]
        if not moving.size:
            break
    pull = rest @ D
    largest = (pull if nonnegative else np.abs(pull)).max(axis=1)
    theta = rest / np.maximum(largest / lam, 1)[:, None]
    value = ((Y - points @ D.T) ** 2).sum(axis=1) / 2 + lam * np.abs(points).sum(axis=1)
    zero = (Y**2).sum(axis=1) / 2
    gap = value - zero + ((Y - theta) ** 2).sum(axis=1) / 2
    # where squares underflow, a gap says nothing: no more than 0 has
    unknown = np.where(Y.any(axis=1), 1.0, 0.0)
    relative = np.divide(gap, zero, out=unknown, where=zero > np.finfo(np.float64).tiny / ROUNDING)
    return points, np.maximum(relative, 0) + ROUNDING
