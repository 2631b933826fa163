"""Cross coherence with analysis weights, and how small it can be made."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Enclosure, Number
from sparsebound.theory.arrays import real_array
from sparsebound.theory.evidence import Weights
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.coherence import coherence


def cross_coherence(D: Dictionary, W: Any) -> Number:
    r"""``max_{i != j} |<w_i, d_j>|`` with the weights scaled to ``<w_i, d_i> = 1``; shape ().

    Atoms are normalised.

    Parameters
    ----------
    D : Dictionary
        The dictionary, shape (m, n).
    W : array_like, shape (m, n)
        Analysis weights, one column an atom.

    References
    ----------
    Chen, Liu, Wang, Yin 2018.

    Examples
    --------
    >>> cross_coherence(Dictionary([[1, 3], [0, 4]]), [[4, 0], [-3, 1]]).mid
    array(0.)
    """
    n = D.shape[1]
    weights = D.arithmetic.of(real_array("W", W, 2))
    products = (weights.swapaxes(0, 1) @ D.atoms) / D.norms
    own = products[np.arange(n), np.arange(n)].reshape(n, 1)
    return abs((products / own).where(~np.eye(n, dtype=bool), 0)).max(-1).max(-1)


def least_cross_coherence(instance: Instance, weights: Weights) -> Enclosure:
    r"""Enclose ``min_W max_{i != j} |<w_i, d_j>|`` over ``<w_i, d_i> = 1``; shape ().

    From above: the given weights, or the dictionary itself. From below, by one column: if
    ``d_i = sum_{j != i} a_j d_j`` then ``1 = <w_i, d_i> <= mu(W, D) ||a||_1``. The coefficients
    are solved for here on the atoms that the evidence names, so it need not be trusted.

    Parameters
    ----------
    instance : Instance
        For its dictionary.
    weights : Weights
        Weights, a column, and independent atoms, as many as the rank, that represent it.

    References
    ----------
    Liu, Chen, Wang, Yin 2019.
    """
    D = instance.D
    candidates = (cross_coherence(D, weights.W), coherence(D))
    upper = min(candidates, key=lambda value: float(value.mid + value.rad))
    return Enclosure(_from_below(D, weights), upper)


def _from_below(D: Dictionary, weights: Weights) -> Number:
    basis, column = np.asarray(weights.atoms, dtype=np.int64), weights.column
    rank = D.shape[1] - kernel(D).ncols()
    if len(basis) != rank or column in basis:  # the atoms named do not represent the column
        return D.arithmetic.of(0)
    coefficients = D.gram[basis[:, None], basis].solve(D.gram[basis][:, [column]])
    bound = 1 / abs(coefficients).sum(0)[0]
    return bound.where(np.isfinite(bound.rad), 0)
