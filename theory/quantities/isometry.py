"""How far the atoms of a support are from orthonormal."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from sparsebound.theory.arithmetic import Exact, IntArray, Mask, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.coherence import babel
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.supports import support_gram

ENUMERATION = 20_000
FEW_SUPPORTS = {"ball": 1000, "exact": 300}
"""Most supports whose spectra are computed one by one, by arithmetic."""
BITS_OF_FACTORS = 2.0**30
"""Factors are rounded to as many multiples of themselves: any factor will do."""


def _distance(gram: Number, support: Mask) -> Number:
    inner = support_gram(gram, support).inner
    return abs((inner - np.eye(inner.shape[-1])).eigenvalues()).max(-1)


def support_isometry(instance: Instance) -> Number:
    """Spectral norm of ``D_S^T D_S - I`` for the support of each code, shape (B,).

    Examples
    --------
    >>> support_isometry(Instance([[3, 4], [4, 3]], [[1, 1], [1, 0]])).mid.round(3)
    array([0.96, 0.  ])
    """
    return _distance(instance.D.spectral_gram, instance.support)


@of_dictionary
def restricted_isometry(D: Dictionary, k: int) -> Number:
    """Restricted isometry constant of order ``k`` of the normalised dictionary.

    By enumeration if there are at most 20,000 supports; otherwise an enclosure, from the
    coherence below and the Babel function above.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary.
    k : int
        The order, from 1 to n.

    Raises
    ------
    InputError
        If ``k`` is out of range.

    Examples
    --------
    >>> restricted_isometry([[3, 4], [4, 3]], 2).mid.round(3)
    np.float64(0.96)
    """
    n = D.shape[1]
    if not 1 <= k <= n:
        raise InputError("k", k, f"an order from 1 to {n}")
    if comb(n, k) > ENUMERATION:
        upper = babel(D, k - 1)
        lower = babel(D, min(k - 1, 1))
        return lower.hull(upper)
    return _distance(D.spectral_gram, _every_support(n, k)).max(0)


def _every_support(n: int, k: int) -> Mask:
    supports = np.zeros((comb(n, k), n), dtype=bool)
    chosen = np.array(list(combinations(range(n), k)))
    np.put_along_axis(supports, chosen, True, axis=1)
    return supports


def squared_isometry(
    D: Dictionary, orders: IntArray, *, plain: bool = False, by_norms: bool = False
) -> Number:
    """Squares of restricted isometry constants: rational eigenvalues where the edge is rational.

    By enumeration if there are few supports; otherwise an upper bound, by Gershgorin's theorem.

    Parameters
    ----------
    D : Dictionary
        The dictionary.
    orders : ndarray of int, shape (B,)
        Orders from 1 on; of more than there are atoms, all of them.
    plain : bool
        Whether atoms are as given, but for the common factor of :func:`common_square`, or of unit
        norm.
    by_norms : bool
        Whether that factor is the one of order 1, for all orders.

    Examples
    --------
    >>> D = Dictionary([[1, 0, 0], [0, 2, 0], [0, 0, 3]])
    >>> squared_isometry(D, np.array([1, 7]), plain=True).mid
    array([0.64, 0.64])
    """
    orders = np.minimum(orders, D.shape[1])
    found = D.arithmetic.of(np.zeros(len(orders)))
    for order in np.unique(orders):
        found = found.where(orders != order, _squared(D, int(order), plain, by_norms))
    return found


@of_dictionary
def _squared(D: Dictionary, k: int, plain: bool, by_norms: bool) -> Number:
    n, square = D.shape[1], common_square(D, 1 if by_norms else k) if plain else 1.0
    if comb(n, k) > (FEW_SUPPORTS["exact"] if D.arithmetic is Exact else FEW_SUPPORTS["ball"]):
        gram = D.raw_gram / square if plain else D.gram
        bound = abs(gram - np.eye(n)).largest_sums()[:, k].max(-1)
        return bound * bound
    gram = D.raw_gram / square if plain else D.spectral_gram
    away = support_gram(gram, _every_support(n, k)).inner - np.eye(k)
    return (away @ away).eigenvalues().max(-1).max(-1)


@of_dictionary
def common_square(D: Dictionary, k: int) -> float:
    """A squared norm that atoms may be divided by so that constants of order k are nearly least.

    Halfway between the extreme eigenvalues of Gram matrices of k atoms, or their extreme norms.

    Examples
    --------
    >>> common_square(Dictionary([[1, 0], [0, 3]]), 2)
    5.0
    """
    n, (_, power) = D.shape[1], np.frexp(np.abs(D.data).max())
    data = np.ldexp(D.data, -power)
    if comb(n, k) > FEW_SUPPORTS["exact"]:
        values = (data * data).sum(axis=0)
    else:
        gram = data.T @ data
        chosen = np.array(list(combinations(range(n), k)))
        values = np.linalg.eigvalsh(gram[chosen[:, :, None], chosen[:, None, :]])
    mantissa, exponent = np.frexp((values.min() + values.max()) / 2)
    with np.errstate(over="ignore", under="ignore"):
        mantissa = np.rint(mantissa * BITS_OF_FACTORS) / BITS_OF_FACTORS
        found = float(np.ldexp(mantissa, exponent + 2 * power))
    return found if 0 < found < np.inf else 1.0  # any factor will do
