"""Eigenvalues of rational matrices: roots of exact polynomials, and rational where that is seen.

A row with nothing beside the diagonal has its entry there as an eigenvalue, and without it and its
column the matrix keeps the others. The Gram matrices of supports, which are padded to one size,
are far smaller without such rows, and supports that many codes have give the same ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_poly, ctx, fmpq, fmpq_mat
from numpy.typing import NDArray

from sparsebound.theory.arithmetic.entries import Entry, midpoint, root, sign
from sparsebound.theory.arithmetic.number import FloatArray

ROOM = 2.0**-40
"""Where roots are looked for, around eigenvalues of float64 and relative to the largest."""
DOUBLED = 40
"""Bits that are right at first, and twice as many after every step."""

Known = dict[tuple[Any, ...], list[Entry]]


def spectrum(matrix: NDArray[np.object_], known: Known) -> list[Entry]:
    """Find the eigenvalues of a square matrix of rationals, which have to be real.

    Parameters
    ----------
    matrix : ndarray of fmpq, shape (n, n)
        The matrix.
    known : dict
        Eigenvalues by what a matrix is made of, at the precision of the moment; is added to.

    Examples
    --------
    >>> entries = np.array([[fmpq(v) for v in row] for row in ([7, 0, 0], [1, 2, 1], [1, 1, 2])])
    >>> spectrum(entries, {})
    [7, 3, 1]
    """
    beside = np.asarray(matrix != 0, dtype=bool)
    np.fill_diagonal(beside, False)
    coupled = np.asarray(beside.any(axis=1))
    found: list[Entry] = matrix.diagonal()[~coupled].tolist()
    if not coupled.any():
        return found
    entries = matrix[coupled][:, coupled].ravel().tolist()
    key = tuple([(value.p, value.q) for value in entries])  # rationals are slow to hash
    if key not in known:
        n = int(coupled.sum())
        known[key] = _eigenvalues(fmpq_mat(n, n, entries))
    return found + known[key]


def _eigenvalues(matrix: Any) -> list[Entry]:
    n = matrix.nrows()
    if n == 1:
        return [matrix[0, 0]]
    if n == 2:
        half, product = (matrix[0, 0] + matrix[1, 1]) / 2, matrix.det()
        spread = root(half * half - product)
        far = half + spread if sign(half) >= 0 else half - spread  # nothing cancels
        return [far, product / far if sign(far) else far]
    polynomial = matrix.charpoly()
    entries = np.reshape([midpoint(value) for value in matrix.entries()], (n, n))
    found = _near(polynomial, np.sort(np.linalg.eigvals(entries).real))
    if found is None:
        roots = polynomial.complex_roots()
        return [value.real for value, count in roots for _ in range(count)]
    return found


def _near(polynomial: Any, values: FloatArray) -> list[Entry] | None:
    """Enclose all roots of a polynomial, each near one of some values; nothing if that fails."""
    room = ROOM * float(np.abs(values).max())
    groups = np.split(values, np.flatnonzero(np.diff(values) > 4 * room) + 1)
    factors = [(polynomial, 1)]
    if len(groups) < len(values):
        factors = polynomial.factor_squarefree()[1]
    found: list[Entry] = []
    for factor, count in factors:
        starts = [arb(float(group.mean()), room) for group in groups if len(group) == count]
        in_balls = arb_poly(factor), arb_poly(factor.derivative())
        roots = [_only(*in_balls, start, factor[0] == 0) for start in starts]
        if len(roots) != factor.degree() or any(one is None for one in roots):
            return None
        found += roots * count
    return found


def _only(values: Any, slopes: Any, interval: Any, has_zero: bool) -> Entry | None:
    """Enclose the only root in an interval; nothing unless it is seen that there is exactly one.

    That is so where Newton's step from the midpoint, whatever slope of those on the interval it
    takes, leads into it; and there the root is (Moore, Kearfott, Cloud 2009, chapter 8).
    """
    sure = False
    for _ in range(2 + (ctx.prec // DOUBLED).bit_length()):
        mid = interval.mid()
        step = mid - values(mid) / slopes(interval)
        sure = sure or interval.contains_interior(step)
        if not sure:
            return None
        if has_zero and interval.contains(0):
            return fmpq(0)
        interval = step
    return interval
