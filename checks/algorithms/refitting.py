"""Hard thresholding pursuit and CoSaMP, a batch of signals at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.checks.algorithms.hard_thresholding import BEYOND
from sparsebound.checks.provider import number_of_steps
from sparsebound.theory.analysis.refitting import in_units_of_atoms
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.isometry import common_square

STEPS = 3
"""Steps of a run that theorems are checked on."""
REFITTINGS = number_of_steps(STEPS)
"""How many steps a run has."""


def hard_thresholding_pursuit(
    D: FloatArray, Y: FloatArray, s: IntArray, L: float, start: FloatArray, steps: int = STEPS
) -> Trajectory:
    """Fit to the s largest entries of ``x + D^T (y - D x)/L``, again and again.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    Y : ndarray, shape (B, m)
        The signals.
    s : ndarray of int, shape (B,)
        How many entries are kept.
    L : float
        The step is 1/L.
    start : ndarray, shape (B, n)
        The first points.
    steps : int
        How many.

    Examples
    --------
    >>> D, one = np.array([[3, 0], [1, 3], [1, 0]]), np.array([1])
    >>> start = np.array([[0, 2.5]])
    >>> hard_thresholding_pursuit(D, np.array([[3.0, 1, 1]]), one, 10.0, start, 1).points[0]
    array([[0.        , 2.5       ],
           [0.        , 0.33333333]])
    """
    points = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        x = points[-1]
        v = x + (Y - x @ D.T) @ D / L
        points.append(fitted(D, Y, largest(v, s)))
    return Trajectory(np.stack(points, axis=1), np.zeros(len(Y)), np.full(len(Y), L))


def cosamp(
    D: FloatArray, Y: FloatArray, s: IntArray, start: FloatArray, steps: int = STEPS
) -> Trajectory:
    """Fit to the present atoms and 2s further ones, and keep the s largest, again and again.

    Parameters
    ----------
    D, Y, s, start, steps
        As for :func:`hard_thresholding_pursuit`.

    Examples
    --------
    >>> start = np.array([[0.0, 2.0]])
    >>> cosamp(np.eye(2), np.array([[3.0, 1.0]]), np.array([1]), start, 1).points[0]
    array([[0., 2.],
           [3., 0.]])
    """
    points = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        x = points[-1]
        products = (Y - x @ D.T) @ D
        u = fitted(D, Y, (x != 0) | largest(products, 2 * s))
        points.append(np.where(largest(u, s), u, 0.0))
    return Trajectory(np.stack(points, axis=1), np.zeros(len(Y)), np.ones(len(Y)))


def largest(values: FloatArray, counts: IntArray) -> Mask:
    """Where the largest entries in modulus are, shape (B, n).

    Examples
    --------
    >>> largest(np.array([[1.0, -3, 2]]), np.array([2]))
    array([[False,  True,  True]])
    """
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    return np.asarray(np.argsort(order, axis=1) < counts[:, None])


def fitted(D: FloatArray, Y: FloatArray, chosen: Mask) -> FloatArray:
    """Least squares on sets of atoms, shape (B, n).

    Examples
    --------
    >>> fitted(np.eye(2), np.array([[3.0, 4]]), np.array([[False, True]]))
    array([[0., 4.]])
    """
    scale, both = (D * D).sum(axis=0).max(), chosen[:, :, None] & chosen[:, None, :]
    system = np.where(both, D.T @ D, np.eye(D.shape[1]) * scale)
    right = np.where(chosen, Y @ D, 0.0)
    try:
        return np.asarray(np.linalg.solve(system, right[..., None])[..., 0])
    except np.linalg.LinAlgError:  # atoms of some set are dependent
        points = np.zeros(chosen.shape)
        for point, signal, atoms in zip(points, Y, chosen, strict=True):
            point[atoms] = np.linalg.lstsq(D[:, atoms], signal)[0]
        return points


def tied_starts(instance: Instance, L: float) -> FloatArray:
    """Starts from which an atom of the code is just behind one that is not, shape (B, n).

    The code, with an entry of it moved to another atom, of the largest product with it.

    Examples
    --------
    >>> tied_starts(Instance([[3, 0], [1, 3], [1, 0]], [[1, 0]]), 10.0).round(4)
    array([[0., 2.]])
    """
    support, gram = instance.support, instance.D.raw_gram.mid
    batch, n = support.shape
    flat = np.where(support[:, :, None] & ~support[:, None, :], np.abs(gram), 0.0).reshape(
        batch, -1
    )
    best, every = flat.argmax(axis=1), np.arange(batch)
    i, j = best // n, best % n
    g, own, other = gram[i, j], gram[i, i], gram[j, j]
    moved = np.sign(g) * (own - np.abs(g)) / (L + np.abs(g) - other) * BEYOND
    tied = (flat[every, best] > 0) & np.isfinite(moved)
    start = np.where(tied[:, None], instance.X, 0.0)
    start[every, j] = np.where(tied, moved * start[every, i], start[every, j])
    start[every, i] = np.where(tied, 0.0, start[every, i])
    return start


def in_their_units(instance: Instance) -> tuple[FloatArray, FloatArray]:
    """Atoms and signals in units in which the longest atom is about 1: points are the same.

    Examples
    --------
    >>> in_their_units(Instance([[3, 0], [0, 4]], [[1, 1]]))[0]
    array([[0.375, 0.   ],
           [0.   , 0.5  ]])
    """
    power = in_units_of_atoms(instance.D)
    return np.ldexp(instance.D.data, power), np.ldexp(instance.Y.mid, power)


def inverse_steps(instance: Instance) -> tuple[float, float]:
    """L of an instance, and in those units.

    Examples
    --------
    >>> inverse_steps(Instance([[4]], [[1]]))
    (16.0, 0.25)
    """
    L = common_square(instance.D, 1)
    return L, float(np.ldexp(L, 2 * in_units_of_atoms(instance.D)))


def htp_run(given: Posed) -> Trajectory:
    """Hard thresholding pursuit with the true sparsity, from :func:`tied_starts`."""
    experiment = posed(given)
    instance, steps = experiment.codes, REFITTINGS.of(experiment)
    L, own = inverse_steps(instance)
    (D, Y), start = in_their_units(instance), tied_starts(instance, L)
    run = hard_thresholding_pursuit(D, Y, instance.sparsity, own, start, steps)
    return replace(run, L=np.full(len(instance), L))


def cosamp_run(given: Posed) -> Trajectory:
    """CoSaMP with the true sparsity, from the same starts."""
    experiment = posed(given)
    known: Trajectory | None = experiment.get("cosamp_run", None)
    if known is not None:
        return known.select(np.zeros(len(experiment.codes), dtype=int))
    instance, steps = experiment.codes, REFITTINGS.of(experiment)
    start = tied_starts(instance, common_square(instance.D, 1))
    return cosamp(*in_their_units(instance), instance.sparsity, start, steps)
