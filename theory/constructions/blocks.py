"""Larger dictionaries from smaller ones: copies side by side, further zero rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sparsebound.theory.constructions.arguments import integer, matrix


def block_diagonal(D: ArrayLike, copies: int) -> NDArray[np.float64]:
    """Block-diagonal matrix of `copies` copies of `D`.

    Coherence stays, while codes with few nonzeros in each block may have any number in total:
    the extremal dictionaries of the theorems on local sparsity.

    Parameters
    ----------
    D : array_like, shape (m, n)
    copies : int
        At least 1.

    Returns
    -------
    ndarray, shape (copies * m, copies * n)

    Raises
    ------
    ValueError
        If `D` is not a finite matrix or `copies` not an integer of at least 1.

    References
    ----------
    V. Papyan, J. Sulam and M. Elad (2017), "Working locally thinking globally", IEEE Transactions
    on Signal Processing 65: local sparsity.

    Examples
    --------
    >>> block_diagonal([[1, -1]], 2).astype(int)
    array([[ 1, -1,  0,  0],
           [ 0,  0,  1, -1]])
    """
    block = matrix("D", D)
    result = np.zeros((copies := integer("copies", copies, 1)) * np.array(block.shape))
    for copy in range(copies):
        rows, columns = (slice(copy * size, (copy + 1) * size) for size in block.shape)
        result[rows, columns] = block
    return result


def pad_rows(D: ArrayLike, rows: int) -> NDArray[np.float64]:
    """`D` with zero rows appended, so that it fits the code of the layer below.

    Parameters
    ----------
    D : array_like, shape (m, n)
    rows : int
        The number of rows of the result, at least `m`.

    Returns
    -------
    ndarray, shape (rows, n)

    Raises
    ------
    ValueError
        If `D` is not a finite matrix or `rows < m`.

    Examples
    --------
    >>> pad_rows([[1, 2]], 2).astype(int)
    array([[1, 2],
           [0, 0]])
    """
    data = matrix("D", D)
    rows = integer("rows", rows, data.shape[0])
    return np.vstack([data, np.zeros((rows - data.shape[0], data.shape[1]))])
