"""Several codes on one support, and others of the same signals on as few atoms as possible.

Both are made at once: the codes are what a null vector takes away on the support, but for as many
rows as the rank asks for.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence.pursuits import JointCode
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import circuit_count, circuits, spark
from sparsebound.theory.quantities.circuits import LIMIT
from sparsebound.theory.quantities.memo import of_dictionary

FURTHER = (0, 1, 0, 2)
"""By how much the rank exceeds what the theorem asks for, if it may; in turns."""


def joint_code(given: Posed) -> JointCode:
    """Make codes and others of the same signals.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = joint_code(Instance([[1, 0, 1], [0, 1, 1]], [[4, 0, 0]]))
    >>> found.columns[..., 0], found.others[..., 0]
    (array([[-1.,  0.,  0.]]), array([[ 0.,  1., -1.]]))
    """
    experiment = posed(given)
    known: JointCode | None = given_evidence(experiment, "joint_code")
    if known is not None:
        return known
    instance = experiment.codes
    k, least = instance.sparsity, int(spark(instance.D).mid)
    ranks = np.maximum(2 * k - least + 2, 1) + in_turns(FURTHER, instance.place)
    ranks = np.clip(ranks, 0, k)
    null = _null_vectors(instance.D)
    shape = (*instance.X.shape, max(int(ranks.max(initial=0)), 1))
    columns, moves = np.zeros(shape), np.zeros(shape)
    for code, (support, rank) in enumerate(zip(instance.support, ranks, strict=True)):
        if not support.any():
            continue
        h = _shortest_beside(null, support, instance.place[code])
        columns[code], moves[code, :, 0] = _rows(support, h, int(rank), shape[2]), h
    return JointCode(columns, columns + moves)


def _shortest_beside(null: FloatArray, support: Mask, place: int) -> FloatArray:
    """Of the null vectors, one that has most of its entries on a support; shape (n,)."""
    if not len(null):
        return np.zeros(len(support))
    some = null != 0
    order = np.argsort((some & ~support).sum(axis=1) - (some & support).sum(axis=1), kind="stable")
    return np.asarray(null[order[(place % 4 == 3) * (place % len(order))]])


def _rows(support: Mask, h: FloatArray, rank: int, columns: int) -> FloatArray:
    """Rows on a support: those that ``h`` takes away, and others of a rank; shape (n, columns)."""
    found = np.zeros((len(support), columns))
    found[:, 0] = np.where(support, np.where(h != 0, -h, 1.0), 0.0)
    rows: IntArray = np.flatnonzero(support)
    for column, row in enumerate(rows[np.argsort(h[rows] != 0, kind="stable")][: rank - 1], 1):
        found[row] = np.arange(columns) == column
    return found


@of_dictionary
def _null_vectors(D: Dictionary) -> FloatArray:
    """Null vectors of the least supports, if they are integers that float64 holds; (C, n)."""
    if circuit_count(D) > LIMIT:
        return np.zeros((0, D.shape[1]))
    found = circuits(D)
    whole = (found.rad == 0).all(axis=1) & (np.abs(found.mid) < 2.0**40).all(axis=1)
    return np.asarray(found.mid[whole])


PROVIDERS = (plain("joint_code", JointCode, joint_code),)
