"""Where the codes of a file live, a few codes at a time and of similar sparsity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sparsebound.checks.certify.atoms import LOST, Atoms
from sparsebound.theory.arithmetic import Ball, IntArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.guarantees.supports import Supports
from sparsebound.theory.instance import Instance

NO_EXPONENT = -4096
"""An exponent below that of any number."""

TINY_NORM = 2.0**-1000
"""Norms below this may have lost digits."""

DENSE = 2**22
"""Entries of codes that are looked at in one go."""


def rows_at_once(X: Any) -> int:
    """How many codes are read in one go."""
    return max(1, DENSE // X.shape[1])


def counts(X: Any) -> IntArray:
    """Number of nonzeros of each code, shape (B,)."""
    step = rows_at_once(X)
    parts = [np.count_nonzero(dense(X, at, at + step), axis=1) for at in range(0, len_of(X), step)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def len_of(X: Any) -> int:
    """Number of codes."""
    return int(X.shape[0])


def dense(X: Any, start: int, stop: int) -> np.ndarray:
    """Some codes, as a matrix."""
    return _dense(X[start:stop])


def _dense(part: Any) -> np.ndarray:
    return np.asarray(part.toarray() if hasattr(part, "toarray") else part)


def _nonzeros(part: Any) -> tuple[IntArray, IntArray, np.ndarray]:
    """Rows, columns and values of what is not zero, row by row."""
    if hasattr(part, "tocsr"):
        sparse = part.tocsr(copy=True)
        sparse.sum_duplicates()
        sparse.eliminate_zeros()
        found = sparse.tocoo()
        return found.row.astype(np.int64), found.col.astype(np.int64), found.data
    block = np.asarray(part)
    codes, places = np.nonzero(block)
    return codes, places, block[codes, places]


def code_of(atoms: Atoms, X: Any, code: int) -> Instance:
    """One code, with the dictionary as a matrix."""
    return Instance(atoms.dictionary, dense(X, code, code + 1))


def gathered(atoms: Atoms, X: Any, rows: IntArray) -> tuple[Supports, IntArray]:
    """Collect the supports of some codes, the sparsest first.

    Returns
    -------
    supports : Supports
        With entries for normalised atoms.
    rows : ndarray of int, shape (B,)
        Which codes they are.
    """
    step, count = rows_at_once(X), len(rows)
    parts = []
    for at in range(0, count, step):
        codes, places, values = _nonzeros(X[rows[at : at + step]])
        parts.append((codes + at, places, values.astype(np.float64)))
    codes, places, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    sizes = np.bincount(codes, minlength=count)
    width = max(1, int(sizes.max(initial=0)))
    slots = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    shape = (count, width)
    index, used = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    fractions, signs = np.zeros(shape), np.zeros(shape)
    exponents = np.full(shape, NO_EXPONENT)
    index[codes, slots], used[codes, slots] = places, True
    signs[codes, slots] = np.sign(values)
    fraction, exponent = np.frexp(values)
    norm, power = np.frexp(atoms.norms[places])
    fractions[codes, slots], exponents[codes, slots] = fraction * norm, exponent + power
    powers = exponents.max(axis=1)
    with np.errstate(under="ignore"):
        entries = np.ldexp(fractions, exponents - powers[:, None])
    order = np.argsort(sizes, kind="stable")
    found = Supports(index, used, entries, signs, powers)
    return found.part(order, width), rows[order]


def batches(codes: Supports, rows: IntArray, entries: int) -> Iterator[tuple[Supports, IntArray]]:
    """Cut codes, in the order of their sparsity, into batches that are as wide as they need.

    Parameters
    ----------
    codes : Supports
        The codes.
    rows : ndarray of int, shape (B,)
        Which they are.
    entries : int
        About how many entries of supports a batch has.
    """
    sizes, at = codes.sizes, 0
    while at < len(rows):
        size = max(1, entries // max(1, int(sizes[at])))
        part = slice(at, at + size)
        yield codes.part(part), rows[part]
        at += size


def portions(
    atoms: Atoms, X: Any, sparsity: IntArray, rows: IntArray, entries: int
) -> Iterator[tuple[Supports, IntArray]]:
    """Collect the supports of chosen codes, the densest first, some codes at a time.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    X : ndarray or sparse array, shape (B, n)
        The codes.
    sparsity : ndarray of int, shape (B,)
        Their nonzeros.
    rows : ndarray of int
        Which are chosen.
    entries : int
        How many entries of supports, padded to the widest, are held at once.
    """
    order, at = rows[np.argsort(-sparsity[rows], kind="stable")], 0
    while at < len(order):
        part = order[at : at + max(1, entries // max(1, int(sparsity[order[at]])))]
        yield gathered(atoms, X, part)
        at += len(part)


def entries_of(atoms: Atoms, codes: Supports) -> Ball:
    """Entries for normalised atoms, over ``2^power``, as enclosures; 0 where nothing is.

    The norm of an atom is known to ``(m + 4) u`` and, unless it is tiny, rounded once; an entry is
    multiplied by it, and may lose what underflows.
    """
    sizes = np.abs(codes.values) * ((atoms.length + 8) * UNIT) + LOST
    tiny = atoms.norms[codes.index] < TINY_NORM
    return Ball(codes.values, np.where(codes.used, np.where(tiny, np.inf, sizes), 0.0))
