"""What one layer of an encoder sees of a code: its products with the atoms, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, IntArray, Number
from sparsebound.theory.instance import Instance


@dataclass(frozen=True)
class RowsOfEncoder:
    """Of ``G = W^T D``: the diagonal, and sums of largest entries beside it.

    Attributes
    ----------
    own : Number, shape (n,)
        ``g_ii``.
    positive, negative : Number, shape (n, n)
        ``p_i(k)`` and ``n_i(k)``: sums of the ``k`` largest positive entries of row ``i``, and of
        the ``k`` largest negative ones in modulus; ``k`` from 0 to ``n - 1``.
    both : Number, shape (n, n)
        ``t_i(k)``: those of the ``k`` largest in modulus.
    """

    own: Number
    positive: Number
    negative: Number
    both: Number

    def above(self, count: IntArray, amplitude: Number, noise: Number) -> Number:
        """``B p_i(s) + nu``: the most that a unit off the support gets, shape (B, n)."""
        sums = self.positive[:, np.minimum(count, self.positive.shape[1] - 1)].swapaxes(0, 1)
        result: Number = amplitude.reshape(-1, 1) * sums + noise.reshape(-1, 1)
        return result

    def below(self, count: IntArray, amplitude: Number, noise: Number) -> Number:
        """``B n_i(s - 1) + nu``: the most that is taken from one on it, shape (B, n)."""
        fewer = np.clip(count - 1, 0, self.negative.shape[1] - 1)
        sums = self.negative[:, fewer].swapaxes(0, 1)
        result: Number = amplitude.reshape(-1, 1) * sums + noise.reshape(-1, 1)
        return result


def encoder_products(instance: Instance, weights: FloatArray) -> Number:
    """``W^T D``, shape (n, n), for the atoms as given.

    Examples
    --------
    >>> encoder_products(Instance([[1, 0], [1, 2]], [[1, 1]]), np.array([[1.0, 0], [0, 3]])).mid
    array([[1., 0.],
           [3., 6.]])
    """
    return instance.lift(weights).swapaxes(0, 1) @ instance.D.atoms


def rows_of_encoder(products: Number) -> RowsOfEncoder:
    """Sort the rows of ``W^T D``, shape (n, n).

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> found = rows_of_encoder(Ball([[1, 0.5, -0.25], [0, 1, 0], [0.5, 0.5, 2]]))
    >>> found.positive.mid[:, 1].tolist(), found.negative.mid[:, 1].tolist()
    ([0.5, 0.0, 0.5], [0.25, 0.0, 0.0])
    """
    n = products.shape[0]
    own, diagonal = products[np.arange(n), np.arange(n)], np.eye(n, dtype=bool)
    zero = np.zeros((n, n))
    up = np.asarray(products.mid > 0)
    positive = products.where(up & ~diagonal, zero).largest_sums()[:, :n]
    negative = (-products).where(~up & ~diagonal, zero).largest_sums()[:, :n]
    both = abs(products).where(~diagonal, zero).largest_sums()[:, :n]
    return RowsOfEncoder(own, positive, negative, both)
