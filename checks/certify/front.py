"""How many atoms can carry a guarantee by coherence, and which: of any number, in one pass.

Half of the products of pairs of atoms are computed in float32, with a rigorous bound of their
errors. A bit for each pair and each bound says whether the product may reach it; pairs within the
error are computed again in float64 ball arithmetic, and a few of them in rationals. A pair that is
in doubt even then counts as one that does, where atoms are kept, and as one that does not, where
they are put into groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from sparsebound.checks.algorithms.least_degree import Graph, grouped, least_degree
from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import (
    AGAIN,
    DIRECT,
    MEGABYTE,
    RECHECKED,
    Progress,
    error_of_products,
    normalised,
)
from sparsebound.checks.provenance import cpus
from sparsebound.theory.arithmetic import UNKNOWN, Ball, Exact, IntArray, Mask
from sparsebound.theory.errors import InputError
from sparsebound.theory.quantities import welch_bound

FRONT_ROWS = 4
"""Of how many sparsities it is said, at most."""

EXACTLY, RATIONALS = 1024, 2**16
"""Pairs that are decided in rationals, at most, for a bound; and rationals that are held."""

TILE = 1024
"""Atoms of a block; a multiple of 8, so that no two blocks share a byte."""

SHARES = 2**96
"""Of what sums of ``1/(1 + g_i)`` are whole numbers, rounded down."""


@dataclass(frozen=True)
class Kept:
    """Atoms that carry ``(2s - 1) mu < 1``; and how many can, at least and at most.

    Attributes
    ----------
    sparsity : int
        ``s``.
    promised : int
        As many as any choice by least degree keeps.
    most : int
        More cannot have it.
    because : {"groups", "Welch", "all atoms"}
        Why: the atoms fall into so many groups of which one atom each can be kept; the Welch bound;
        or there are no more.
    atoms : tuple of int
        Those that were kept, counted in the original dictionary.
    theorem : str
        Where all of this is from.
    """

    sparsity: int
    promised: int
    most: int
    because: str
    atoms: tuple[int, ...]
    theorem: str = "selection.front"


def front(
    atoms: Atoms,
    first: int,
    *,
    memory: int = 1024 * MEGABYTE,
    progress: Progress | None = None,
) -> tuple[Kept, ...]:
    """Keep atoms for some sparsities in a row, as many as the greedy choice finds.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    first : int
        The first of the sparsities, at least 1.
    memory : int
        Bytes that may be used beside the dictionary itself; with little, there are fewer rows.
    progress : callable, optional
        Called with the number of blocks done and their total.

    Returns
    -------
    tuple of Kept
        Up to the last sparsity for which at least as many atoms are kept.

    Raises
    ------
    InputError
        If the memory does not suffice for one row.

    Examples
    --------
    >>> rows = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    >>> [(row.sparsity, row.promised, row.atoms, row.most) for row in front(Atoms(rows, "", ""), 2)]
    [(2, 2, (0, 1, 2), 3), (3, 2, (0, 1, 2), 3)]
    """
    wanted = range(first, min(first + _affordable(len(atoms), memory), len(atoms) + 1))
    bounds = [Fraction(1, 2 * s - 1) for s in wanted]
    found: list[Kept] = []
    for s, bound, near in zip(wanted, bounds, Near.of(atoms, bounds, progress), strict=True):
        promised = at_least(near.graph.degrees())
        kept = np.sort(least_degree(near.graph))
        if len(kept) < s:
            break
        counts = {"all atoms": len(atoms), "Welch": by_welch(atoms.length, len(atoms), bound)}
        if near.doubtful is not None:
            counts["groups"] = int(grouped(near.graph.without(near.doubtful)).max()) + 1
        because = min(counts, key=lambda name: counts[name])
        row = Kept(s, promised, counts[because], because, tuple(map(int, kept)))
        if found and found[-1].most < row.most:  # what cannot have s - 1 cannot have s
            row = replace(row, most=found[-1].most, because=found[-1].because)
        found.append(row)
    for k in range(len(found) - 1, 0, -1):  # what has s has s - 1
        if len(found[k].atoms) > len(found[k - 1].atoms):
            found[k - 1] = replace(found[k - 1], atoms=found[k].atoms)
    return tuple(found)


def at_least(degrees: IntArray) -> int:
    """Round ``sum_i 1/(1 + g_i)`` up: a number of atoms.

    Examples
    --------
    >>> at_least(np.array([2, 2, 2])), at_least(np.array([1, 2, 1]))
    (1, 2)
    """
    sizes, counts = np.unique(degrees, return_counts=True)
    shares = (int(c) * (SHARES // (1 + int(g))) for g, c in zip(sizes, counts, strict=True))
    return -(-sum(shares) // SHARES)


def by_welch(m: int, n: int, bound: Fraction) -> int:
    """The largest ``p <= n`` with ``(p - m)/(m (p - 1)) < bound^2``.

    Examples
    --------
    >>> by_welch(3, 9, Fraction(1, 3)), by_welch(3, 9, Fraction(334, 1000)), by_welch(3, 9, 1)
    (3, 4, 9)
    """
    square = Fraction(bound) ** 2
    most, room = m * (1 - square), 1 - m * square  # p room < most
    p = min(m, n)
    if n * room < most:
        p = n
    elif room > 0:
        p = max(p, ceil(most / room) - 1)
    assert welch_bound(m, p) < square
    return p


def _needed(n: int, rows: int) -> int:
    """Bytes that the bits of some bounds and of groups take, and the work of threads."""
    return (rows + 1) * n * (-(-n // 8)) + cpus() * 24 * TILE**2 + 64 * RECHECKED


def _affordable(n: int, memory: int) -> int:
    """For how many bounds the memory suffices; of few atoms, nobody asks."""
    if n <= DIRECT:
        return FRONT_ROWS
    for rows in range(FRONT_ROWS, 0, -1):
        if _needed(n, rows) <= memory:
            return rows
    expected = f"at least {-(-_needed(n, 1) // MEGABYTE)} MB for --prune"
    raise InputError("--memory", f"{memory // MEGABYTE} MB", expected)


@dataclass(frozen=True)
class Near:
    """Pairs of atoms whose product, in modulus, may be as large as a bound.

    Attributes
    ----------
    graph : Graph
        All of them.
    doubtful : list of (int, int), optional
        Those of them that may as well not be; None if they are too many.
    """

    graph: Graph
    doubtful: list[tuple[int, int]] | None

    @classmethod
    def of(
        cls, atoms: Atoms, bounds: Sequence[Fraction], progress: Progress | None = None
    ) -> tuple[Near, ...]:
        """Compare all products with some bounds."""
        return _Pass(atoms, bounds).run(progress)


class _Pass:
    """One pass over all pairs of blocks."""

    def __init__(self, atoms: Atoms, bounds: Sequence[Fraction]) -> None:
        n, m = len(atoms), atoms.length
        self.atoms, self.bounds = atoms, bounds
        self.starts = range(0, n, TILE)
        shape = (n, -(-n // 8))
        self.bits = [np.zeros(shape, dtype=np.uint8) for _ in bounds]
        self.doubtful: list[list[tuple[int, int]]] = [[] for _ in bounds]
        self.many = [False for _ in bounds]
        error = error_of_products(m)
        self.floors = [_rounded(float(bound) - error, -np.inf) for bound in bounds]
        self.ceilings = [_rounded(float(bound) + error, np.inf) for bound in bounds]
        self.blocks = len(self.starts) * (len(self.starts) + 1) // 2
        self.exactly = max(1, EXACTLY // self.blocks)
        self.again = max(8, AGAIN * RECHECKED // (m * self.blocks))

    def run(self, progress: Progress | None) -> tuple[Near, ...]:
        """Go through the blocks; each has bytes of its own, so that threads need no lock."""
        done = 0
        with ThreadPoolExecutor(cpus()) as pool:
            try:
                for first in self.starts:
                    a = normalised(self.atoms, slice(first, first + TILE))
                    others = [second for second in self.starts if second >= first]
                    for _ in pool.map(
                        lambda second, a=a, i=first: self._block(a, i, second), others
                    ):
                        done += 1
                        if progress is not None:
                            progress(done, self.blocks)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return tuple(
            Near(Graph(bits), None if many else sorted(pairs))
            for bits, many, pairs in zip(self.bits, self.many, self.doubtful, strict=True)
        )

    def _block(self, a: np.ndarray, first: int, second: int) -> None:
        b = a if first == second else normalised(self.atoms, slice(second, second + TILE))
        sizes = a @ b.T
        np.abs(sizes, out=sizes)
        if first == second:  # each pair once: the two products may be rounded in different ways
            sizes[np.tril_indices(len(sizes))] = -np.inf
        for k, (low, high) in enumerate(zip(self.floors, self.ceilings, strict=True)):
            above = sizes > low
            if np.count_nonzero(above) > np.count_nonzero(sizes > high):
                self._decide(k, above, sizes, first, second)
            if first == second:
                above |= above.T
            self._pack(k, above, first, second)
            if first != second:
                self._pack(k, above.T, second, first)

    def _pack(self, k: int, above: Mask, row: int, column: int) -> None:
        packed = np.packbits(above, axis=1)
        where = slice(column // 8, column // 8 + packed.shape[1])
        self.bits[k][row : row + len(packed), where] = packed

    def _decide(self, k: int, above: Mask, sizes: np.ndarray, first: int, second: int) -> None:
        """Look again at pairs that are within the error; what is decided is put in its place."""
        i, j = np.nonzero(above & (sizes <= self.ceilings[k]))
        if len(i) > self.again:
            self.many[k] = True
            return
        signs = self._signs(i + first, j + second, self.bounds[k])
        below, open_ = signs == -1, signs == UNKNOWN
        above[i[below], j[below]] = False
        self.doubtful[k] += zip(
            (i[open_] + first).tolist(), (j[open_] + second).tolist(), strict=True
        )

    def _signs(self, i: IntArray, j: IntArray, bound: Fraction) -> NDArray[np.int8]:
        """Signs of ``|<d_i, d_j>| - bound`` in ball arithmetic, and a few in rationals."""
        signs = np.full(len(i), UNKNOWN, dtype=np.int8)
        for part in _parts(len(i), RECHECKED // self.atoms.length):
            a, b = i[part], j[part]
            products: Ball = (self.atoms.scaled(a) * self.atoms.scaled(b)).sum(-1)
            norms = self.atoms.scaled_norms(a) * self.atoms.scaled_norms(b)
            signs[part] = (abs(products) - norms * bound).sign
        open_ = np.flatnonzero(signs == UNKNOWN)[: self.exactly]
        for part in _parts(len(open_), RATIONALS // self.atoms.length):
            signs[open_[part]] = self._exact_signs(i[open_[part]], j[open_[part]], bound)
        return signs

    def _exact_signs(self, i: IntArray, j: IntArray, bound: Fraction) -> NDArray[np.int8]:
        """The same by squares, of atoms as they were given."""
        a, b = (Exact.of(np.asarray(self.atoms.rows[at], dtype=np.float64)) for at in (i, j))
        product, squares = (a * b).sum(-1), (a * a).sum(-1) * (b * b).sum(-1)
        return (product * product - squares * bound**2).sign


def _parts(count: int, step: int) -> Iterator[slice]:
    """Slices of so many at once, at least one."""
    step = max(1, step)
    return (slice(start, start + step) for start in range(0, count, step))


def _rounded(bound: float, towards: float) -> np.float32:
    """A float32 that is no nearer than a bound."""
    return np.nextafter(np.float32(bound), np.float32(towards))
