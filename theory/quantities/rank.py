"""Rank of several signals, which no rounding may change."""

from __future__ import annotations

import numpy as np
from flint import fmpq_mat

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.circuits import rational
from sparsebound.theory.quantities.memo import of_dictionary


def signal_rank(D: Dictionary, columns: FloatArray) -> IntArray:
    """Rank of ``D X`` for several codes ``X``, in rational arithmetic.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    columns : ndarray, shape (B, n, L)
        Batches of L codes, whose numbers are exact.

    Returns
    -------
    ndarray of int, shape (B,)

    Examples
    --------
    >>> signal_rank(Dictionary([[1, 1, 0], [0, 0, 1]]), np.array([[[1, 0], [0, 1], [0, 0]]]))
    array([1])
    """
    atoms = _rational_atoms(D)
    return np.array([(atoms * rational(X)).rank() for X in columns], dtype=np.int64)


@of_dictionary
def _rational_atoms(D: Dictionary) -> fmpq_mat:
    return rational(D.data)
