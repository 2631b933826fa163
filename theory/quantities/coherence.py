"""Mutual coherence, the Babel function and the Welch bound."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.worst_case import BabelBounds


@of_dictionary
def coherence(D: Dictionary) -> Number:
    """Mutual coherence: the largest absolute inner product of two normalised atoms.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary.

    Returns
    -------
    Number, shape ()
        0 for a single atom.

    Examples
    --------
    >>> coherence([[1, 0, 1], [0, 1, 1]]).mid.round(6)
    np.float64(0.707107)
    """
    return babel(D, 1) if isinstance(D, BabelBounds) else D.gram_rows().reshape(-1).max()


def babel(D: Any, k: Any) -> Number:
    """Babel function: the largest sum of ``k`` off-diagonal absolute Gram entries in one row.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary.
    k : int or array of int
        How many atoms; 0 for ``k <= 0``, and the value at ``n - 1`` above that.

    Returns
    -------
    Number, shape of ``k``

    References
    ----------
    Tropp 2004.

    Examples
    --------
    >>> babel([[1, 0, 1], [0, 1, 1]], [0, 1, 2, 7]).mid.round(3)
    array([0.   , 0.707, 1.414, 1.414])
    """
    counts = np.asarray(k)
    if counts.dtype.kind not in "iu":
        raise InputError("k", k, "an integer or an array of integers")
    table = _babel_table(D)
    return table[np.clip(counts, 0, len(table) - 1)]


@of_dictionary
def _babel_table(D: Dictionary) -> Number:
    if isinstance(D, BabelBounds):
        return D.babel
    return D.gram_rows().largest_sums().max(0)[: D.shape[1]]


def welch_bound(m: int, n: int) -> Fraction:
    """Square of the Welch bound, ``(n - m) / (m (n - 1))``; 0 where it says nothing.

    Parameters
    ----------
    m, n : int
        Length of an atom and number of atoms.

    References
    ----------
    Welch 1974.

    Examples
    --------
    >>> welch_bound(3, 4)
    Fraction(1, 9)
    """
    return Fraction(max(n - m, 0), m * (n - 1)) if n > 1 else Fraction(0)


def welch_bound_of_order(m: int, n: int, k: int) -> Fraction:
    """Bound on the ``2 k``-th power of the coherence; 0 where it says nothing.

    ``(n (2k-1)!! / (m (m+2) .. (m+2k-2)) - 1) / (n - 1)``; of order 1 it is :func:`welch_bound`.

    Parameters
    ----------
    m, n : int
        Length of an atom and number of atoms, at least two.
    k : int
        The order.

    References
    ----------
    Welch 1974; Sidelnikov 1974.

    Examples
    --------
    >>> welch_bound_of_order(3, 6, 2), welch_bound_of_order(3, 4, 1)
    (Fraction(1, 25), Fraction(1, 9))
    """
    mean = Fraction(prod(range(1, 2 * k, 2)), prod(range(m, m + 2 * k, 2)))
    return max((n * mean - 1) / (n - 1), Fraction(0))


def levenshtein_bound(m: int, n: int) -> Fraction:
    """Bound on the square of the coherence of ``n`` atoms, ``n`` not ``m``; 0 if it says nothing.

    Parameters
    ----------
    m, n : int
        Length of an atom and number of atoms.

    Examples
    --------
    >>> levenshtein_bound(3, 6), levenshtein_bound(2, 4)
    (Fraction(1, 5), Fraction(1, 2))
    """
    return max(Fraction(3 * n - m * m - 2 * m, (m + 2) * (n - m)), Fraction(0))
