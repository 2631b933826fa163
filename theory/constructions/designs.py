"""Sparse atoms that meet in at most one row: transversal designs and affine planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer
from sparsebound.theory.constructions.blocks import pad_rows
from sparsebound.theory.constructions.hadamard import is_prime


def transversal_design(
    t: int,
    q: int,
    signs: int | np.random.Generator | None = None,
    *,
    columns: int | Sequence[int] | None = None,
    rows: int | None = None,
) -> NDArray[np.float64]:
    """Lines `y = a g + b` modulo `q`: `t`-sparse atoms, any two of which meet at most once.

    Row `g q + y` is the point `y` of group `g`, column `a q + b` is the line of slope `a` and
    intercept `b`. All columns have the norm `sqrt(t)`, so `mu` is exactly 0 or `1/t`.

    Parameters
    ----------
    t : int
        Nonzero entries of an atom, at least 1 and at most `q`.
    q : int
        A prime; or any number without a prime factor below `t`, which for `t = 2` is every `q`.
    signs : int or numpy.random.Generator, optional
        Seed or generator of random signs. All entries are +1 without.
    columns : int or sequence of int, optional
        The first so many columns, or the columns with these numbers. All `q^2` by default.
    rows : int, optional
        Pad with zero rows up to this number.

    Returns
    -------
    ndarray, shape (t q, q^2), or (rows, number of columns)
        Entries -1, 0 and 1.

    Raises
    ------
    ValueError
        If `t`, `q`, `columns` or `rows` are out of range.

    References
    ----------
    C. J. Colbourn and J. H. Dinitz (2007), Handbook of Combinatorial Designs, part III. As a
    sensing matrix: R. A. DeVore (2007), "Deterministic constructions of compressed sensing
    matrices", Journal of Complexity 23.

    Examples
    --------
    >>> transversal_design(2, 2).astype(int)
    array([[1, 0, 1, 0],
           [0, 1, 0, 1],
           [1, 0, 0, 1],
           [0, 1, 1, 0]])
    >>> transversal_design(4, 5, signs=0, columns=8, rows=25).shape
    (25, 8)
    """
    t, q = integer("t", t, 1), integer("q", q, 2)
    small = next((f for f in range(2, t) if q % f == 0), None)
    if small is not None or t > q:
        why = "t larger than q" if t > q else f"q divisible by {small}, which is below t"
        raise ValueError(f"t = {t}, q = {q}: expected a prime q of at least t, got {why}")
    lines = _selection(columns, q * q)
    groups = np.arange(t)[:, None]
    points = groups * q + (lines // q * groups + lines % q) % q
    atoms = np.zeros((t * q, len(lines)))
    atoms[points, np.arange(len(lines))] = 1.0
    atoms = _signed(atoms, signs)
    return atoms if rows is None else pad_rows(atoms, rows)


def affine_plane(q: int, signs: int | np.random.Generator | None = None) -> NDArray[np.float64]:
    """All `q^2 + q` lines of the affine plane over a prime `q`, on its `q^2` points.

    The transversal design with `t = q`, and the `q` lines `g = constant` that it lacks.

    Parameters
    ----------
    q : int
        A prime.
    signs : int or numpy.random.Generator, optional
        Seed or generator of random signs. All entries are +1 without.

    Returns
    -------
    ndarray, shape (q^2, q^2 + q)
        Entries -1, 0 and 1, each column with `q` nonzeros; `mu = 1/q`.

    Raises
    ------
    ValueError
        If `q` is no prime.

    References
    ----------
    C. J. Colbourn and J. H. Dinitz (2007), Handbook of Combinatorial Designs, part VII.

    Examples
    --------
    >>> D = affine_plane(7)
    >>> D.shape, sorted(set((D.T @ D).astype(int).ravel().tolist()))
    ((49, 56), [0, 1, 7])
    """
    q = integer("q", q, 2)
    if not is_prime(q):
        raise ValueError(f"q = {q}: expected a prime")
    parallel = np.kron(np.eye(q), np.ones((q, 1)))
    return _signed(np.hstack([transversal_design(q, q), parallel]), signs)


def _selection(columns: int | Sequence[int] | None, total: int) -> NDArray[np.int64]:
    """Column numbers that are asked for."""
    if columns is None:
        return np.arange(total)
    if isinstance(columns, (int, np.integer)):
        if not 1 <= columns <= total:
            raise ValueError(f"columns = {columns}: expected from 1 to {total}")
        return np.arange(columns)
    chosen = np.asarray(columns, dtype=np.int64)
    if chosen.ndim != 1 or not chosen.size or chosen.min() < 0 or chosen.max() >= total:
        raise ValueError(f"columns = {columns!r}: expected numbers from 0 to {total - 1}")
    return chosen


def _signed(
    atoms: NDArray[np.float64], signs: int | np.random.Generator | None
) -> NDArray[np.float64]:
    """Give every entry a random sign, or leave the matrix as it is."""
    if signs is None:
        return atoms
    flips: NDArray[np.float64] = np.random.default_rng(signs).choice([-1.0, 1.0], size=atoms.shape)
    return atoms * flips
