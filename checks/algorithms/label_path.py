"""Dual points of the nearest features with another label, by a path from the features themselves.

For ``min ||D (x - z)||^2 + 2 g^T x`` over ``x >= 0`` on some atoms with ``<v, x> + b <= 0``, the
minimiser of ``||D (x - z)||^2 + 2 (g + tau v)^T x`` moves on a line as ``tau`` grows from 0, where
it is ``z``, until an atom comes or goes; it is followed from one such place to the next, until
there is a tie. Nothing here is trusted: a dual point bounds the distance whatever it is.
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask

FAR = 2.0**200
"""A squared distance after which no path goes on."""
PLACES = 3
"""Places where an atom comes or goes, at most, as a multiple of the number of atoms."""
PRODUCT_ROUNDING = 2.0**-48
"""Of a product, for each term of it, relative to the size of terms."""


def label_path(
    gram: FloatArray,
    z: FloatArray,
    gaps: FloatArray,
    v: FloatArray,
    margins: FloatArray,
    inside: Mask,
    enough: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Find dual points ``tau``, shape (N,), and ``h = x - z``, shape (N, n), of N problems.

    Parameters
    ----------
    gram : ndarray, shape (n, n)
        ``D^T D``.
    z, gaps, v : ndarray, shape (N, n)
        Features, their gaps, and ``V_c - V_j``.
    margins : ndarray, shape (N,)
        ``<v, z> + b``, above 0.
    inside : ndarray of bool, shape (N, n)
        The atoms that may be used: those of ``z`` and others.
    enough : ndarray, shape (N,)
        A squared distance; a path ends where it is reached.

    Returns
    -------
    tau, h
        With ``D^T D h + g + tau v`` a little above 0 on the atoms that may be used.

    Examples
    --------
    >>> one, both = np.ones((1, 2)), np.ones((1, 2), dtype=bool)
    >>> z, v, far = np.array([[3.0, 0.0]]), np.array([[1.0, -1.0]]), np.array([FAR])
    >>> gaps = np.array([[0.0, 0.5]])
    >>> tau, h = label_path(np.eye(2), z, gaps, v, np.array([3.0]), both, far)
    >>> tau.round(9), h.round(9)  # at (1.25, 1.25): both classes are read alike
    (array([1.75]), array([[-1.75,  1.25]]))
    """
    N, n = z.shape
    x, q, free = z.copy(), np.where(inside, gaps, 0.0), (z > 0) & inside
    tau, value, left = np.zeros(N), np.zeros(N), margins.copy()
    open_ = np.arange(N)
    for _ in range(PLACES * n + 1):
        if not len(open_):
            break
        on, off, dv = free[open_], inside[open_] & ~free[open_], v[open_]
        dx = -solved_on(gram, dv, on)
        dq = np.where(off, dx @ gram + dv, 0.0)
        slope = (dv * dx).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            leaves = np.where(on & (dx < 0), -x[open_] / dx, np.inf)
            enters = np.where(off & (dq < 0), -q[open_] / dq, np.inf)
            tie = np.where(slope < 0, -left[open_] / slope, np.inf)
            changes = np.minimum(leaves, enters)
            first = changes.argmin(axis=1)
            step = np.minimum(changes[np.arange(len(open_)), first], tie)
            beyond = (enough[open_] - value[open_]) / (2 * left[open_])
            step = np.maximum(np.where(np.isfinite(step), step, beyond), 0.0)
            gained = step * (2 * left[open_] + step * slope)
        done = (step == beyond) | (tie <= step) | (value[open_] + gained >= enough[open_])
        tau[open_] += step
        value[open_] += gained
        left[open_] += step * slope
        x[open_] = np.where(on, np.maximum(x[open_] + step[:, None] * dx, 0.0), 0.0)
        q[open_] = np.where(off, np.maximum(q[open_] + step[:, None] * dq, 0.0), 0.0)
        going, atom = open_[~done], first[~done]
        free[going, atom] ^= True
        x[going, atom] = q[going, atom] = 0.0
        open_ = going
    h = x - z
    size = np.abs(gaps).max(axis=1) + tau * np.abs(v).max(axis=1)
    size += np.abs(h).sum(axis=1) * np.abs(gram).max()
    above = (n + 8) * PRODUCT_ROUNDING * size[:, None]
    lifted = free | (inside & (q <= 2 * above))  # there, by more than rounding
    return tau, h + solved_on(gram, np.broadcast_to(above, z.shape), lifted)


def _solved(block: FloatArray, side: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(block, side))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(block) @ side)


def solved_on(gram: FloatArray, right: FloatArray, on: Mask) -> FloatArray:
    """Solve the systems of some atoms each, shape (N, n); 0 elsewhere.

    Examples
    --------
    >>> on = np.array([[True, False], [True, True]])
    >>> solved_on(2 * np.eye(2), np.array([[4.0, 6.0], [4.0, 6.0]]), on)
    array([[2., 0.],
           [2., 3.]])
    """
    found = np.zeros(right.shape)
    width = int(on.sum(axis=1).max(initial=0))
    if not width:
        return found
    index = np.argsort(~on, axis=1, kind="stable")[:, :width]
    used = np.take_along_axis(on, index, axis=1)
    blocks = gram.ravel().take(index[:, :, None] * len(gram) + index[:, None, :])
    if not used.all():
        np.putmask(blocks, ~(used[:, :, None] & used[:, None, :]), 0.0)
        own = np.where(used, np.diagonal(gram)[index], 0.0).max(axis=1, keepdims=True)
        beside = np.where(own > 0, own, 1.0)  # of their own size
        diagonal = np.arange(width)
        blocks[:, diagonal, diagonal] = np.where(used, blocks[:, diagonal, diagonal], beside)
    sides = np.where(used, np.take_along_axis(right, index, axis=1), 0.0)[..., None]
    try:
        solution = np.linalg.solve(blocks, sides)
    except np.linalg.LinAlgError:
        solution = np.stack([_solved(*system) for system in zip(blocks, sides, strict=True)])
    np.put_along_axis(found, index, np.where(used, solution[..., 0], 0.0), axis=1)
    return found
