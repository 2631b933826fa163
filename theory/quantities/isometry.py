"""How far the atoms of a support are from orthonormal."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from sparsebound.theory.arithmetic import Mask, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.coherence import babel
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.quantities.supports import support_gram

ENUMERATION = 20_000


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
    supports = np.zeros((comb(n, k), n), dtype=bool)
    chosen = np.array(list(combinations(range(n), k)))
    np.put_along_axis(supports, chosen, True, axis=1)
    return _distance(D.spectral_gram, supports).max(0)
