"""Iterative hard thresholding, a batch of signals at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from sparsebound.checks.provider import number_of_steps
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Instance

STEPS = 8
"""Steps of a run that theorems are checked on."""
THRESHOLDINGS = number_of_steps(STEPS)
"""How many steps a run has."""
BEYOND = 1 + 2.0**-20
"""How far a start lies beyond a tie, relatively: above rounding, in float32 as well."""


def hard_thresholding(
    D: FloatArray,
    Y: FloatArray,
    s: IntArray,
    start: FloatArray,
    steps: int = STEPS,
    dtype: DTypeLike = float,
) -> Trajectory:
    """Run ``x -> H_s(x + D^T (y - D x))`` and keep every iterate.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        Atoms of unit norm.
    Y : ndarray, shape (B, m)
        The signals.
    s : ndarray of int, shape (B,)
        How many entries are kept: the largest ones, the last ones on ties.
    start : ndarray, shape (B, n)
        The first points.
    steps : int
        How many.
    dtype : dtype
        float64 or float32.

    Examples
    --------
    >>> D = np.array([[1, 0.6], [0, 0.8]])
    >>> start = np.array([[0.0, 0.75]])
    >>> hard_thresholding(D, np.array([[1.0, 0]]), np.array([1]), start, 1).points[0]
    array([[0.  , 0.75],
           [0.  , 0.6 ]])
    """
    atoms, signals = D.astype(dtype), Y.astype(dtype)
    batch, n = start.shape
    points = np.empty((batch, steps + 1, n), dtype)
    points[:, 0] = start
    dropped = np.arange(n) < n - s[:, None]
    for k in range(steps):
        x = points[:, k]
        u = x + (signals - x @ atoms.T) @ atoms
        order = np.argsort(np.abs(u), axis=1, kind="stable")
        np.put_along_axis(u, order, np.where(dropped, 0, np.take_along_axis(u, order, 1)), axis=1)
        points[:, k + 1] = u
    return Trajectory(points, np.zeros(batch), np.ones(batch))


def nearly_tied_starts(instance: Instance) -> FloatArray:
    """Starts from which an atom of the code nearly ties with one that is not, shape (B, n).

    The code, normalised atoms, with one entry moved to the atom of the largest inner product g
    with it that is not in the code, times ``(1 - |g|)/|g|`` and its sign; 0 where there is none.

    Examples
    --------
    >>> nearly_tied_starts(Instance([[5, 3], [0, 4]], [[0.3, 0]])).round(4)
    array([[0., 1.]])
    """
    support, gram = instance.support, instance.D.gram.mid
    batch, n = support.shape
    pairs = np.where(support[:, :, None] & ~support[:, None, :], np.abs(gram), 0.0)
    flat = pairs.reshape(batch, -1)
    best = flat.argmax(axis=1)
    every, i, j = np.arange(batch), best // n, best % n
    g = gram[i, j]
    tied = flat[every, best] > 0
    start = np.where(tied[:, None], instance.unit_codes.mid, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.sign(g) * (1 - np.abs(g)) / np.abs(g) * BEYOND * start[every, i]
    start[every, j] = np.where(tied, moved, start[every, j])
    start[every, i] = np.where(tied, 0.0, start[every, i])
    return start


def iht_run(given: Posed) -> Trajectory:
    """Iterative hard thresholding with the true sparsity, from :func:`nearly_tied_starts`."""
    experiment = posed(given)
    instance, steps = experiment.codes, THRESHOLDINGS.of(experiment)
    atoms = instance.D.data / instance.D.norms.mid
    start = nearly_tied_starts(instance)
    return hard_thresholding(atoms, instance.Y.mid, instance.sparsity, start, steps)
