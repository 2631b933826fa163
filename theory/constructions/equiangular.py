"""Atoms with one and the same inner product `-mu`, in integers, for rational `mu`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, islice
from math import gcd, isqrt, sqrt

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer
from sparsebound.theory.constructions.simplex import simplex, simplex_is_integer


def equiangular(s: int, numerator: int, denominator: int) -> NDArray[np.float64]:
    """`s` atoms whose normalised inner products are all exactly `-numerator/denominator`.

    An integer matrix whose columns have equal norms, with few rows and small entries: the best
    of three layouts. Atoms of an integer simplex, where `mu` is that of one. One row per pair of
    atoms with entries `+a, -a`. The symmetric block `a I - b J`, whose Gram matrix is
    `a^2 I - b (2a - s b) J`. The last two are followed by multiples of the identity that bring
    the columns to their norm; a number that is no square is a sum of at most four (Lagrange), and
    takes as many rows. There are at most `5 s` rows, or 24.

    Parameters
    ----------
    s : int
        The number of atoms, at least 1.
    numerator, denominator : int
        `mu = numerator/denominator`, with `0 <= mu <= 1/(s - 1)`: the Gram matrix
        `(1 + mu) I - mu J` must be positive semidefinite. For `s = 1` there is no inner product
        and any `mu` up to 1 is allowed.

    Returns
    -------
    ndarray, shape (m, s)
        Integers, no zero row. At `mu = 0` the identity.

    Raises
    ------
    ValueError
        If `s < 1`, `numerator < 0`, `denominator < 1` or `mu` is too large.

    References
    ----------
    J. A. Tropp (2004), "Greed is good", IEEE Transactions on Information Theory 50: the family on
    which the bounds of coherence are attained. J.-L. Lagrange (1770): four squares.

    Examples
    --------
    >>> D = equiangular(2, 1, 3)
    >>> D.astype(int)
    array([[ 1, -1],
           [ 1,  1],
           [ 1, -1]])
    """
    s, p, d = _checked(s, numerator, denominator, further=0)
    if s == 1 or p == 0:
        return np.eye(s)
    return _layout(s, p, d).copy()


def equiangular_plus(s: int, numerator: int, denominator: int) -> NDArray[np.float64]:
    """`s` atoms with inner products `-mu`, and a last one with inner product `+mu` to each.

    The extremal family of most theorems on coherence. Changing the sign of the last atom gives
    `s + 1` atoms with all inner products `-mu`; so the Gram matrix is positive semidefinite, and
    the family exists, if and only if `mu <= 1/s`.

    Parameters
    ----------
    s : int
        The number of atoms besides the last, at least 1.
    numerator, denominator : int
        `mu = numerator/denominator`, with `0 <= mu <= 1/s`.

    Returns
    -------
    ndarray, shape (m, s + 1)
        Integers, columns of equal norm, no zero row.

    Raises
    ------
    ValueError
        If `s < 1`, `numerator < 0`, `denominator < 1` or `mu` is too large.

    References
    ----------
    J. A. Tropp (2004), "Greed is good", IEEE Transactions on Information Theory 50.

    Examples
    --------
    >>> D = equiangular_plus(2, 1, 3)
    >>> (D.T @ D).astype(int)
    array([[ 3, -1,  1],
           [-1,  3,  1],
           [ 1,  1,  3]])
    """
    s, p, d = _checked(s, numerator, denominator, further=1)
    atoms = equiangular(s + 1, p, d)
    atoms[:, -1] *= -1
    return atoms


def fewest_squares(number: int) -> tuple[int, ...]:
    """Positive integers, as few as possible, whose squares sum to `number`.

    Parameters
    ----------
    number : int
        At least 0.

    Returns
    -------
    tuple of int
        At most four, in decreasing order; empty for 0.

    Raises
    ------
    ValueError
        If `number` is not an integer of at least 0.

    References
    ----------
    J.-L. Lagrange (1770), four squares suffice; A.-M. Legendre (1798), three suffice unless the
    number is of the form `4^a (8b + 7)`.

    Examples
    --------
    >>> [fewest_squares(n) for n in (0, 9, 10, 6, 7)]
    [(), (3,), (3, 1), (2, 1, 1), (2, 1, 1, 1)]
    """
    number = integer("number", number, 0)
    for count in range(5):
        found = _squares(number, count)
        if found is not None:
            return found
    raise AssertionError(f"{number} is not a sum of four squares")


def _squares(number: int, count: int) -> tuple[int, ...] | None:
    """`count` decreasing positive integers whose squares sum to `number`, if there are any."""
    if count == 0:
        return () if number == 0 else None
    root = isqrt(number)
    if count == 1:
        return (root,) if root and root * root == number else None
    if count == 3 and _needs_four(number):
        return None
    for first in range(root, 0, -1):
        if count * first * first < number:
            return None
        rest = _squares(number - first * first, count - 1)
        if rest is not None and rest[0] <= first:
            return (first, *rest)
    return None


def _needs_four(number: int) -> bool:
    """Whether the number is of the form `4^a (8b + 7)`."""
    while number and number % 4 == 0:
        number //= 4
    return number % 8 == 7


def _checked(s: int, numerator: int, denominator: int, further: int) -> tuple[int, int, int]:
    """Arguments as ints, the fraction in lowest terms, once `s + further` atoms can exist."""
    s = integer("s", s, 1)
    p = integer("numerator", numerator, 0)
    d = integer("denominator", denominator, 1)
    largest = max(s + further - 1, 1)
    if p * largest > d:
        raise ValueError(
            f"numerator/denominator = {p}/{d}: expected at most 1/{largest} for s = {s}, beyond "
            "which the Gram matrix is not positive semidefinite"
        )
    common = gcd(p, d)
    return s, p // common, d // common


@cache
def _layout(s: int, p: int, d: int) -> NDArray[np.float64]:
    """Return the candidate of smallest entries that has up to `2 s` rows, else of fewest rows."""
    candidates = [*_by_hadamard(s, p, d), *_by_pairs(s, p, d), *_by_blocks(s, p, d)]
    return min(candidates, key=lambda atoms: (max(len(atoms), 2 * s), np.abs(atoms).max()))


def _by_hadamard(s: int, p: int, d: int) -> Iterator[NDArray[np.float64]]:
    """Atoms of an integer simplex, where `mu` is that of one that is not too large."""
    if p == 1 and d <= 2 * s and simplex_is_integer(d):
        yield simplex(d)[:, :s]


def _by_pairs(s: int, p: int, d: int) -> Iterator[NDArray[np.float64]]:
    """One row (or as many as squares are needed) per pair of atoms; only worth it for few."""
    if s > 3:
        return
    best: tuple[int, tuple[int, ...], tuple[int, ...]] | None = None
    for scale in range(1, 41):
        pair, private = fewest_squares(scale * p), fewest_squares(scale * (d - (s - 1) * p))
        rows = s * (s - 1) // 2 * len(pair) + s * len(private)
        if best is None or rows < best[0]:
            best = (rows, pair, private)
    assert best is not None
    rows_of_pairs = []
    for a in best[1]:
        for i, j in combinations(range(s), 2):
            row = np.zeros(s)
            row[i], row[j] = a, -a
            rows_of_pairs.append(row)
    yield np.vstack([*rows_of_pairs, *(a * np.eye(s) for a in best[2])])


def _by_blocks(s: int, p: int, d: int) -> Iterator[NDArray[np.float64]]:
    """Yield `a I - b J` on top of multiples of the identity.

    The Gram matrix has to be `c ((d + p) I - p J)` for some positive integer `c`, so that
    `b (2a - s b) = c p` and `rest = c (d + p) - a^2 >= 0` is a sum of squares.
    """
    total = d + p
    common = gcd(total - s * p, total)
    over, under = isqrt((total - s * p) // common), isqrt(total // common)
    if over * over * total == under * under * (total - s * p):
        yield _block(s, s * under, under - over, ())
        return
    best: tuple[int, int, tuple[int, ...]] | None = None
    for a, b, rest in islice(_blocks(s, p, total), 100):
        private = fewest_squares(rest)
        if best is None or len(private) < len(best[2]):
            best = (a, b, private)
        if len(private) == 1:
            break
    if best is None:
        side = p // gcd(p, s)
        best = (s * side, side, fewest_squares(side * side * s * (total - s * p) // p))
    yield _block(s, *best)


def _blocks(s: int, p: int, total: int) -> Iterator[tuple[int, int, int]]:
    """Triples `a, b, rest` with `b (2a - s b) = c p` and `rest = c total - a^2 >= 0`."""
    spread = sqrt(1 - s * p / total)
    for b in range(1, 65):
        step, per_step = p // gcd(p, b), b // gcd(p, b)
        first = int(b * s * (1 - spread) / (1 + spread) / step)
        last = int(b * s * (1 + spread) / (1 - spread) / step) + 1
        for k in range(max(first, 1), min(last, first + 200) + 1):
            a, odd = divmod(step * k + s * b, 2)
            rest = k * per_step * total - a * a
            if not odd and rest >= 0:
                yield a, b, rest


def _block(s: int, a: int, b: int, private: tuple[int, ...]) -> NDArray[np.float64]:
    """Stack `a I - b J` and the private rows, divided by the common factor of all entries."""
    common = gcd(a, b, *private)
    parts = [a * np.eye(s) - b * np.ones((s, s)), *(g * np.eye(s) for g in private)]
    return np.vstack(parts) / common
