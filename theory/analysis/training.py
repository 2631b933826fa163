"""What steps of training are measured by: norms of atoms as given, powers, and rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import babel
from sparsebound.theory.quantities.memo import of_dictionary

STEPS_DRAWN = 12
"""How long a report goes on with a run, where the evidence is its first step."""


@of_dictionary
def squared_norm(D: Dictionary) -> Number:
    """``||D||^2`` for the atoms as given: a ball's eigenvalue, or one to any precision.

    Examples
    --------
    >>> float(squared_norm([[3, 0], [0, 1]]).mid.round(9))
    9.0
    """
    m, n = D.shape
    gram = D.raw_gram if n <= m else D.atoms @ D.atoms.swapaxes(0, 1)
    return gram.eigenvalues().max(-1)


def spectral_norm(matrix: Number) -> Number:
    """Largest modulus of an eigenvalue of symmetric matrices on the last two axes."""
    return abs(matrix.eigenvalues()).max(-1)


def squared_frobenius(matrix: Number) -> Number:
    """Sums of the squares over the last two axes.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Exact
    >>> int(squared_frobenius(Exact.of([[1, 2], [0, 2]])).mid)
    9
    """
    return (matrix * matrix).sum(-1).sum(-1)


def power(base: Number, exponent: int) -> Number:
    """Multiply a number by itself, entry by entry; at least once.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Exact
    >>> int(power(Exact.of(2), 5).mid)
    32
    """
    found = base
    for _ in range(exponent - 1):
        found = found * base
    return found


def interference(D: Dictionary, s: Any) -> tuple[Number, Number]:
    """The Babel function at ``s - 1``, and its sum with that at ``s``.

    Examples
    --------
    >>> [float(part.mid) for part in interference(Dictionary([[1, 3], [0, 4]]), 1)]
    [0.0, 0.6]
    """
    inside = babel(D, s - 1)
    return inside, inside + babel(D, s)


@of_dictionary
def is_orthogonal(D: Dictionary) -> bool:
    """Whether all inner products of different atoms are known to be zero.

    Examples
    --------
    >>> is_orthogonal([[1, 1], [1, -1]]), is_orthogonal([[1, 1], [0, 1]])
    (True, False)
    """
    inner = D.scaled_gram.where(~np.eye(D.shape[1], dtype=bool), 0)
    return bool((inner.sign == 0).all())


def rounding(roundings: int, sizes: Any, operations: Any) -> FloatArray:
    """How far float64 may be from sums of products of these sizes, at most; nan if nobody knows.

    ``operations`` adds up, over all of them, what multiplies the result of each on its way. What
    is flushed to zero counts so much more often that a ball around zeros is smaller, too.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = FLOAT64.error(roundings, np.asarray(sizes), operations * 2.0**80)
    return np.asarray(np.where(np.isfinite(found), found, np.nan))  # a number may leave the range
