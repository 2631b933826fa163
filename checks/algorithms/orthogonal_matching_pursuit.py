"""Orthogonal matching pursuit, a batch of signals at a time."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Pursuit
from sparsebound.theory.instance import Instance

FITS = 1e-6
"""What its points may leave of a signal, as a share of its norm."""


def orthogonal_matching_pursuit(instance: Instance, max_steps: int | None = None) -> Pursuit:
    """Select atoms greedily, and fit the signal to those selected.

    Each step selects the normalised atom with the largest absolute correlation with the residual
    (the first one on ties). It stops where the residual, or every correlation with it, is within
    rounding of zero: ``u (m + n)`` times the norm of the signal, and the rounding of the signal
    itself.

    Parameters
    ----------
    instance : Instance
        B signals ``Y``; the codes are not looked at.
    max_steps : int, optional
        Largest number of steps; by default ``min(m, n)``.

    Returns
    -------
    Pursuit
        The selections, and the codes in the coordinates of the atoms as given.

    Raises
    ------
    InputError
        If ``max_steps`` is negative.

    Examples
    --------
    >>> run = orthogonal_matching_pursuit(Instance([[1, 0, 1], [0, 2, 0]], [[0, 2, 3]]))
    >>> run.picks, run.points
    (array([[1, 0]]), array([[3., 2., 0.]]))
    """
    m, n = instance.D.shape
    limit = min(m, n)
    if max_steps is not None:
        if max_steps < 0:
            raise InputError("max_steps", max_steps, "an integer that is at least 0")
        limit = min(limit, max_steps)
    norms = instance.D.norms.mid
    atoms = instance.D.data / norms
    power = exponents(instance.Y.mid)
    signals, unsure = (np.ldexp(v, -power) for v in (instance.Y.mid, instance.Y.rad))
    batch = len(signals)
    every = np.arange(batch)
    guard = np.finfo(np.float64).eps * (m + n) * np.linalg.norm(signals, axis=1)
    guard = guard + np.linalg.norm(unsure, axis=1)
    picks = np.full((batch, max(limit, 1)), -1, dtype=np.int64)
    frames = np.zeros((batch, limit, m))  # orthonormal bases of the atoms selected
    triangles = np.broadcast_to(np.eye(limit), (batch, limit, limit)).copy()
    projections = np.zeros((batch, limit))
    residual = np.array(signals)
    free = np.ones((batch, n), dtype=bool)
    running = np.ones(batch, dtype=bool)
    for step in range(limit):
        correlations = np.where(free, np.abs(residual @ atoms), -1.0)
        best = np.argmax(correlations, axis=1)
        running &= (correlations[every, best] > guard) & (np.linalg.norm(residual, axis=1) > guard)
        if not running.any():
            break
        direction, shares = atoms.T[best], np.zeros((batch, limit))
        for _ in range(2):  # twice is enough
            share = np.einsum("bkm,bm->bk", frames, direction)
            direction = direction - np.einsum("bkm,bk->bm", frames, share)
            shares += share
        length = np.linalg.norm(direction, axis=1)
        running &= length > np.finfo(np.float64).eps * (m + n)
        on = running
        frames[on, step] = direction[on] / length[on, None]
        triangles[on, :step, step] = shares[on, :step]
        triangles[on, step, step] = length[on]
        picks[on, step] = best[on]
        free[every[on], best[on]] = False
        gained = np.einsum("bm,bm->b", frames[:, step], residual)
        projections[:, step] = gained
        residual = residual - gained[:, None] * frames[:, step]
        again = np.einsum("bkm,bm->bk", frames, residual)
        residual = residual - np.einsum("bkm,bk->bm", frames, again)
        projections += again
    steps = max(int((picks >= 0).sum(axis=1).max(initial=0)), 1)
    points = np.zeros((batch, n))
    if limit:
        entries = np.linalg.solve(triangles, projections[..., None])[..., 0]
        code, taken = np.nonzero(picks >= 0)
        sizes, powers = np.frexp(norms[picks[code, taken]])
        found = np.ldexp(entries[code, taken] / sizes, power[code, 0] - powers)
        points[code, picks[code, taken]] = found
    return Pursuit(picks[:, :steps], points, np.full(len(points), FITS))


def exponents(signals: FloatArray) -> IntArray:
    """Powers of two of the sizes of signals (B, m), shape (B, 1): squares of what is left fit.

    Examples
    --------
    >>> exponents(np.array([[3.0, -4.0], [0.0, 1e-300]]))
    array([[   3],
           [-996]])
    """
    largest = np.abs(signals).max(axis=1, initial=0.0, keepdims=True)
    return np.asarray(np.frexp(largest)[1].astype(np.int64))
