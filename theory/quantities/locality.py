"""Which atoms interact, and how many of a support meet in one place."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import of_dictionary


@of_dictionary
def neighbours(D: Dictionary) -> Mask:
    """Interaction graph: ``[i, j]`` if ``j = i`` or atoms i and j share a row, shape (n, n).

    It comes from structural nonzeros: a larger graph is safe, dropping small entries is not.

    Examples
    --------
    >>> neighbours([[1, 1, 0], [0, 1, 0], [0, 0, 1]]).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 1]])
    """
    return D.overlaps | np.eye(D.shape[1], dtype=bool)


def local_sparsity(D: Dictionary, support: Mask) -> IntArray:
    """Largest number of atoms of a support that interact with one atom, shape (...).

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    support : ndarray of bool, shape (..., n)
        Supports.

    References
    ----------
    Papyan, Sulam, Elad 2017 (there as the stripe norm of a convolutional dictionary).

    Examples
    --------
    >>> local_sparsity(Dictionary(np.eye(3)), np.array([[True, True, True]]))
    array([1])
    """
    return np.asarray(D.interactions(support).max(axis=-1))
