"""The regular simplex: `m + 1` atoms in dimension `m` with all inner products `-1/m`."""

from __future__ import annotations

from math import frexp, ldexp, sqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer
from sparsebound.theory.constructions.hadamard import hadamard, hadamard_orders


def simplex(m: int) -> NDArray[np.float64]:
    """Regular simplex in its own dimension; the kernel is spanned by `(1, ..., 1)`.

    Where a Hadamard matrix of order `m + 1` is at hand, its rows but the first: entries +1 and
    -1, so the normalised Gram matrix is exactly `-1/m` off the diagonal. Otherwise floats of
    unit norm up to rounding; their rows sum to zero *exactly*, so `(1, ..., 1)` is in the kernel
    of the floats themselves (an integer simplex need not exist: I. J. Schoenberg 1937). For an
    exact simplex of any `m` see :func:`embedded_simplex`.

    Parameters
    ----------
    m : int
        The dimension, at least 1.

    Returns
    -------
    ndarray, shape (m, m + 1)

    Raises
    ------
    ValueError
        If `m` is not an integer of at least 1.

    References
    ----------
    L. R. Welch (1974), "Lower bounds on the maximum cross correlation of signals", IEEE
    Transactions on Information Theory 20: its bound is attained.

    Examples
    --------
    >>> simplex(3).astype(int)
    array([[ 1, -1,  1, -1],
           [ 1,  1, -1, -1],
           [ 1, -1, -1,  1]])
    >>> np.round(simplex(2).T @ simplex(2), 12)
    array([[ 1. , -0.5, -0.5],
           [-0.5,  1. , -0.5],
           [-0.5, -0.5,  1. ]])
    """
    m = integer("m", m, 1)
    if simplex_is_integer(m):
        return hadamard(m + 1)[1:]
    atoms = np.zeros((m, m + 1))
    for k in range(1, m + 1):
        step = _shorten(sqrt((m + 1) / (m * k * (k + 1))), k.bit_length())
        atoms[k - 1, :k] = step
        atoms[k - 1, k] = -k * step
    return atoms


def simplex_is_integer(m: int) -> bool:
    """Whether :func:`simplex` returns integers for this dimension.

    Parameters
    ----------
    m : int
        The dimension, at least 1.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If `m` is not an integer of at least 1.

    Examples
    --------
    >>> [m for m in range(1, 20) if simplex_is_integer(m)]
    [1, 3, 7, 11, 15, 19]
    """
    return integer("m", m, 1) + 1 in hadamard_orders(m + 1)


def embedded_simplex(m: int) -> NDArray[np.float64]:
    """Regular simplex in one dimension more, in integers: `(m + 1) I - J`, of rank `m`.

    Its normalised Gram matrix is that of :func:`simplex`, exactly, for every `m`.

    Parameters
    ----------
    m : int
        The dimension that the atoms span, at least 1.

    Returns
    -------
    ndarray, shape (m + 1, m + 1)

    Raises
    ------
    ValueError
        If `m` is not an integer of at least 1.

    Examples
    --------
    >>> embedded_simplex(2).astype(int)
    array([[ 2, -1, -1],
           [-1,  2, -1],
           [-1, -1,  2]])
    """
    m = integer("m", m, 1)
    return (m + 1) * np.eye(m + 1) - np.ones((m + 1, m + 1))


def _shorten(value: float, bits: int) -> float:
    """Round to a float whose product with any integer of `bits` bits is exact."""
    mantissa, exponent = frexp(value)
    return ldexp(round(ldexp(mantissa, 53 - bits)), exponent - 53 + bits)
