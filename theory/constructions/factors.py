"""Atoms with given inner products, the same to the last bit on every processor."""

from __future__ import annotations

import math

import numpy as np

from sparsebound.theory.arithmetic import FloatArray


def atoms_with_products(gram: FloatArray) -> FloatArray:
    """Factor a positive definite Gram matrix, by Cholesky: upper triangular atoms, up to rounding.

    One number at a time: kernels of linear algebra add and round in an order of their own.

    Examples
    --------
    >>> atoms_with_products(np.array([[4, 2], [2, 5]]))
    array([[2., 1.],
           [0., 2.]])
    """
    n = len(gram)
    rows = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i, n):
            left = float(gram[i][j]) - sum(rows[k][i] * rows[k][j] for k in range(i))
            rows[i][j] = math.sqrt(left) if i == j else left / rows[i][i]
    return np.array(rows)
