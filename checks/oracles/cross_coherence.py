"""Weights of least cross coherence, one linear program a column.

With normalised atoms, the program of column i, ``min ||a||_1`` subject to ``sum_{j != i} a_j d_j
= d_i``, has the dual ``max <p, d_i>`` subject to ``|<p, d_j>| <= 1`` for ``j != i``. Its value
``v`` is the reciprocal of the least ``max_{j != i} |<w, d_j>|`` over ``<w, d_i> = 1``, attained
by ``w = p / v``; where no representation exists, some ``w`` is orthogonal to all other atoms.
"""

from __future__ import annotations

import numpy as np
import scipy

from sparsebound.checks.oracles.linear_programs import least_l1
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import Weights
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.coherence import coherence
from sparsebound.theory.quantities.cross_coherence import cross_coherence

EVERY_COLUMN = 64
"""Up to how many atoms a program is solved for each of them."""

LOST_IN_SVD = 1e-9
"""What counts as zero among singular values, relative to the largest, and in null vectors."""

SOME_COLUMNS = 4
"""For how many of the most coherent atoms otherwise; the weights are then the dictionary."""


def weights(D: Dictionary, *, every: int = EVERY_COLUMN) -> Weights:
    """Find weights of least cross coherence, and what proves that none are better.

    Parameters
    ----------
    D : Dictionary
        The dictionary, shape (m, n).
    every : int
        Up to how many atoms a program is solved for each of them.

    Returns
    -------
    Weights
        The dictionary itself, where the programs do not improve on it.

    Examples
    --------
    >>> found = weights(Dictionary([[-1, -1, -1], [0, 1, 2]]))
    >>> found.column, found.atoms
    (1, array([0, 2]))
    """
    n = D.shape[1]
    atoms = np.asarray(D.data / D.norms.mid)
    columns = np.arange(n) if n <= every else _most_coherent(D)
    dependent, rank = _dependent(D, atoms)
    spanned = dependent[columns]
    solved = least_l1(atoms, atoms.T[columns[spanned]], columns[spanned, None] != np.arange(n))
    points, duals = np.zeros((n, n)), np.zeros((n, D.shape[0]))
    points[columns[spanned]], duals[columns[spanned]] = solved.points, solved.duals
    sizes = np.abs(points).sum(axis=1)
    bounds = np.divide(1.0, sizes, out=np.zeros(n), where=sizes > 0)
    W = np.array(D.data)
    for i in columns:
        W[:, i] = _polished(atoms, points[i], duals[i]) if sizes[i] else _orthogonal(atoms, i)
    column = int(np.argmax(bounds))
    independent = _basis(atoms, column, points[column], rank)
    ours, own = cross_coherence(D, W), coherence(D)
    improved = len(columns) == n and ours.mid + ours.rad < own.mid - own.rad
    return Weights(W if improved else D.data, column, independent)


def _dependent(D: Dictionary, atoms: FloatArray) -> tuple[Mask, int]:
    """Which atoms are in the span of the others, and the rank; of many atoms, in float64.

    Examples
    --------
    >>> D = Dictionary([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    >>> _dependent(D, np.asarray(D.data / D.norms.mid))
    (array([ True,  True,  True, False]), 3)
    """
    n = D.shape[1]
    if n <= EVERY_COLUMN:
        basis = kernel(D)
        null: list[list[bool]] = [
            [basis[i, j] != 0 for j in range(basis.ncols())] for i in range(n)
        ]
        return np.array([any(row) for row in null]), n - basis.ncols()
    _, sizes, vectors = np.linalg.svd(atoms)
    rank = int((sizes > LOST_IN_SVD * sizes[0]).sum())
    return np.asarray((np.abs(vectors[rank:]) > LOST_IN_SVD).any(axis=0)), rank


def _most_coherent(D: Dictionary) -> IntArray:
    gram = np.abs(D.gram.mid) - np.eye(D.shape[1])
    return np.argsort(-gram.sum(axis=1), kind="stable")[:SOME_COLUMNS]


def _orthogonal(atoms: FloatArray, i: int) -> FloatArray:
    """Find the part of an atom that is orthogonal to all others; the atom itself if lost."""
    others = np.delete(atoms, i, axis=1)
    rest = atoms[:, i]
    for _ in range(2):
        rest = rest - others @ np.linalg.lstsq(others, rest, rcond=None)[0]
    return rest if np.abs(rest @ atoms[:, i]) > 1e-9 else atoms[:, i]


def _polished(atoms: FloatArray, point: FloatArray, dual: FloatArray) -> FloatArray:
    """Move a dual solution onto the constraints that are active at the primal one."""
    active = np.abs(point) > 1e-9
    missing = np.sign(point[active]) - atoms[:, active].T @ dual
    return np.asarray(dual + np.linalg.lstsq(atoms[:, active].T, missing, rcond=None)[0])


def _basis(atoms: FloatArray, column: int, point: FloatArray, rank: int) -> IntArray:
    """Extend the support of a representation to ``rank`` independent atoms, without a column."""
    used = [int(i) for i in np.argsort(-np.abs(point), kind="stable") if abs(point[i]) > 1e-9]
    left = [i for i in range(atoms.shape[1]) if i not in used and i != column]
    rest = atoms[:, left]
    if used:
        frame, _ = np.linalg.qr(atoms[:, used])
        for _ in range(2):
            rest = rest - frame @ (frame.T @ rest)
    more = max(0, rank - len(used))
    if more and left:
        _, _, order = scipy.linalg.qr(rest, mode="economic", pivoting=True)
        used += [left[int(i)] for i in order[:more]]
    return np.array(sorted(used), dtype=np.int64)


PROVIDERS = (plain("weights", Weights, lambda experiment: weights(experiment.codes.D)),)
