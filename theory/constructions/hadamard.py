"""Hadamard matrices (Sylvester, Paley) and symmetric conference matrices."""

from __future__ import annotations

from functools import cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer


def hadamard(order: int) -> NDArray[np.float64]:
    """Hadamard matrix `H` of entries +1 and -1 with `H H^T = order I`.

    The first row and the first column consist of ones. Powers of two are Sylvester's; the
    other orders are Paley's first and second construction over fields of `p` or `p^2` elements,
    and Kronecker products of these. Every multiple of 4 below 100 except 92 is reached.

    Parameters
    ----------
    order : int
        The number of rows, one of ``hadamard_orders(order)``.

    Returns
    -------
    ndarray, shape (order, order)

    Raises
    ------
    ValueError
        If no matrix of this order is known to this module.

    References
    ----------
    J. J. Sylvester (1867), Philosophical Magazine 34.
    R. E. A. C. Paley (1933), "On orthogonal matrices", Journal of Mathematics and Physics 12.

    Examples
    --------
    >>> hadamard(4).astype(int)
    array([[ 1,  1,  1,  1],
           [ 1, -1,  1, -1],
           [ 1,  1, -1, -1],
           [ 1, -1, -1,  1]])
    >>> H = hadamard(12)
    >>> bool((H @ H.T == 12 * np.eye(12)).all())
    True
    """
    order = integer("order", order, 1)
    if not _exists(order):
        raise ValueError(
            f"order = {order}: expected 1, 2, or an order that the constructions of Sylvester and "
            "Paley reach, see hadamard_orders(limit)"
        )
    table = _build(order)
    table *= table[0].copy()
    table *= table[:, :1].copy()
    return table


def hadamard_orders(limit: int) -> list[int]:
    """Orders up to `limit` for which :func:`hadamard` has a matrix.

    Parameters
    ----------
    limit : int
        The largest order of interest.

    Returns
    -------
    list of int
        In increasing order.

    Raises
    ------
    ValueError
        If `limit` is not an integer of at least 1.

    Examples
    --------
    >>> hadamard_orders(30)
    [1, 2, 4, 8, 12, 16, 20, 24, 28]
    """
    limit = integer("limit", limit, 1)
    return [order for order in range(1, limit + 1) if _exists(order)]


def conference(order: int) -> NDArray[np.float64]:
    """Symmetric conference matrix `C`: zero diagonal, entries +1 and -1, `C^2 = (order - 1) I`.

    Parameters
    ----------
    order : int
        `q + 1` for a prime, or the square of an odd prime, `q` that is 1 modulo 4.

    Returns
    -------
    ndarray, shape (order, order)

    Raises
    ------
    ValueError
        If `order - 1` is no such number.

    References
    ----------
    R. E. A. C. Paley (1933), "On orthogonal matrices", Journal of Mathematics and Physics 12.

    Examples
    --------
    >>> C = conference(6)
    >>> bool((C @ C == 5 * np.eye(6)).all() and (C == C.T).all())
    True
    """
    order = integer("order", order, 2)
    if not _is_field(order - 1, residue=1):
        raise ValueError(
            f"order = {order}: expected q + 1 for a prime, or the square of an odd prime, q that "
            "is 1 modulo 4 (6, 10, 14, 18, 26, 30, ...)"
        )
    table = np.ones((order, order))
    table[0, 0] = 0
    table[1:, 1:] = _characters(order - 1)
    return table


@cache
def _exists(order: int) -> bool:
    """Whether `_build` has a matrix of this order."""
    if order in (1, 2):
        return True
    if order % 4:
        return False
    return (
        order & (order - 1) == 0
        or _is_field(order - 1, residue=3)
        or _is_field(order // 2 - 1, residue=1)
        or _split(order) > 0
    )


def _split(order: int) -> int:
    """Smallest proper factor of the order such that it and its cofactor are orders, else 0."""
    factors = (f for f in range(2, isqrt(order) + 1) if order % f == 0)
    return next((f for f in factors if _exists(f) and _exists(order // f)), 0)


def _build(order: int) -> NDArray[np.float64]:
    """Hadamard matrix of an order that exists, signs not normalised."""
    if order == 1:
        return np.ones((1, 1))
    if order & (order - 1) == 0:
        return _product(np.array([[1.0, 1.0], [1.0, -1.0]]), _build(order // 2))
    if _is_field(order - 1, residue=3):
        table = np.ones((order, order))
        table[1:, 0] = -1
        table[1:, 1:] = _characters(order - 1) + np.eye(order - 1)
        return table
    if _is_field(order // 2 - 1, residue=1):
        core = conference(order // 2)
        signs, diagonal = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, -1.0]])
        return _product(core, signs) + _product(np.eye(order // 2), diagonal)
    factor = _split(order)
    return _product(_build(factor), _build(order // factor))


def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kronecker product."""
    return np.asarray(np.kron(left, right), dtype=np.float64)


def is_prime(number: int) -> bool:
    """Whether `number` is a prime.

    Parameters
    ----------
    number : int
        Any integer; trial division, so meant for small ones.

    Returns
    -------
    bool

    Examples
    --------
    >>> [q for q in range(20) if is_prime(q)]
    [2, 3, 5, 7, 11, 13, 17, 19]
    """
    return number > 1 and all(number % f for f in range(2, isqrt(number) + 1))


def _is_field(q: int, residue: int) -> bool:
    """Whether `q` is `p` or `p^2` for an odd prime `p`, and `residue` modulo 4."""
    root = isqrt(max(q, 0))
    return q % 4 == residue and (is_prime(q) or (root * root == q and is_prime(root)))


def _characters(q: int) -> NDArray[np.float64]:
    """Quadratic characters of all differences of elements of the field of `q` elements.

    In the field of `p^2` elements `a + b w`, `w^2 = r` a non-residue, an element is a square
    if and only if its norm `a^2 - r b^2` is a square modulo `p`.
    """
    root = isqrt(q)
    p = root if root * root == q else q
    legendre: NDArray[np.float64] = -np.ones(p)
    legendre[np.arange(p) ** 2 % p] = 1
    legendre[0] = 0
    steps = np.subtract.outer(np.arange(p), np.arange(p))
    if p == q:
        return np.asarray(legendre[steps % p])
    non_residue = int(np.flatnonzero(legendre == -1)[0])
    a, b = steps[:, None, :, None], steps[None, :, None, :]
    return np.asarray(legendre[(a * a - non_residue * b * b) % p]).reshape(q, q)
