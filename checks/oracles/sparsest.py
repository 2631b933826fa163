r"""The sparsest other representation of a signal, by an exact exhaustive search.

Let ``N`` (n x d) span the kernel of ``D``. Sparsity and local sparsity grow with the support, so
it suffices to look at the solutions ``z != x`` of ``D z = D x`` of minimal support ``T``.

- If the atoms of ``T`` are independent, the rows of ``N`` off ``T`` have rank ``d``; so ``z``
  is a *vertex*: it vanishes on some ``R`` of ``d`` indices with ``N_R`` invertible, and
  ``z = x - N N_R^{-1} x_R`` with ``x_R != 0``.
- Otherwise some circuit ``c`` has its support in ``T``. Where an entry of ``z + t c`` vanishes,
  the support is smaller, so that by minimality this point is ``x``, for every such ``t``: ``x``
  vanishes on the support of ``c``, and ``T`` is the union of the two supports.

Circuits are the columns of the matrices ``N N_R^{-1}``. All candidates are computed modulo a
prime, where the number of nonzeros can only be too small; the best are then confirmed in
rational arithmetic, in the order of these lower bounds, until one is proved to be the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, gcd
from typing import Any

import numpy as np
from flint import fmpz_mat

from sparsebound.checks.oracles.residues import (
    PRIME,
    Residues,
    fold,
    inverses,
    of_floats,
    of_integers,
    reduce,
)
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Alternative, LayerAlternatives
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.quantities.circuits import kernel
from sparsebound.theory.quantities.locality import local_sparsity, neighbours
from sparsebound.theory.quantities.memo import of_dictionary

CANDIDATES = 50_000
"""Largest number of vertices that a search enumerates."""

ENTRIES = 2_000_000  # of an array of candidates that is held at once


def sparsest_alternatives(instance: Instance) -> Alternative:
    """Find, for each code x, the sparsest ``z != x`` with ``D z = D x``; exactly.

    Parameters
    ----------
    instance : Instance
        B codes. Noise plays no role.

    Returns
    -------
    Alternative
        Infinite sparsities where ``x`` is the only solution.

    Raises
    ------
    InputError
        If there are more than 50,000 candidates.

    Examples
    --------
    >>> found = sparsest_alternatives(Instance([[1, 0, 1], [0, 1, 1]], [[2, 2, 0]]))
    >>> found.sparsity, found.point
    (array([1.]), array([[0., 0., 2.]]))
    """
    batch = len(instance)
    sparsity, local = np.full(batch, np.inf), np.full(batch, np.inf)
    point = np.array(instance.X)
    if kernel(instance.D).ncols() and batch:
        search = _search(instance.D)
        candidates = len(search.tableaux) + len(search.circuits)
        step = max(1, ENTRIES // max(1, candidates * instance.D.shape[1]))
        codes, places = np.unique(instance.X, axis=0, return_inverse=True)
        for first in range(0, len(codes), step):
            part = slice(first, first + step)
            for code, found in enumerate(_search_codes(search, codes[part]), first):
                same = places.ravel() == code
                sparsity[same], local[same], point[same] = found
    return Alternative(sparsity, local, point)


def layer_alternatives(instance: DeepInstance) -> LayerAlternatives:
    """Find the sparsest other code of each layer, given the true codes below it.

    Examples
    --------
    >>> layer = Instance([[1, 0, 1], [0, 1, 1]], [[2, 2, 0]])
    >>> layer_alternatives(DeepInstance((layer,), [[2, 2]])).layers[0].sparsity
    array([1.])
    """
    return LayerAlternatives(tuple(sparsest_alternatives(layer) for layer in instance.layers))


@dataclass(frozen=True)
class _Search:
    """What does not depend on the code.

    ``basis`` holds the rows of ``N``, ``sets`` (K, d) the index sets ``R``, ``tableaux`` (K, n, d)
    the residues of ``N N_R^{-1}``, ``circuits`` (C, n) supports modulo the prime of circuits that
    ``origins`` (C, 2) find again; ``unsettled`` lists regular ``R`` that are singular modulo the
    prime.
    """

    D: Dictionary
    basis: list[list[int]]
    sets: IntArray
    tableaux: Residues
    circuits: Mask
    origins: IntArray
    unsettled: list[tuple[int, ...]]

    def combination(self, rows: tuple[int, ...], right: list[int]) -> tuple[list[int], int]:
        """Compute ``N N_R^{-1}`` times an integer vector exactly: numerators and denominator."""
        block = fmpz_mat([self.basis[i] for i in rows])
        solved: Any = block.solve(fmpz_mat(len(rows), 1, right))
        weights, denominator = solved.numer_denom()
        product = fmpz_mat(self.basis) * weights
        return [int(entry) for entry in product.entries()], int(denominator)


@of_dictionary
def _search(D: Dictionary) -> _Search:
    table = [[int(entry) for entry in row] for row in kernel(D).tolist()]
    n, d = D.shape[1], len(table[0])
    moving = [i for i in range(n) if any(table[i])]
    if comb(len(moving), d) > CANDIDATES:
        raise InputError(
            "D.shape",
            D.shape,
            f"a dictionary with at most {CANDIDATES} vertices to search; a kernel of dimension "
            f"{d} that moves {len(moving)} atoms has up to {comb(len(moving), d)}",
        )
    sets = np.array(list(combinations(moving, d)), dtype=np.int64)
    residues = of_integers(table)
    inverted, regular = inverses(residues[sets])
    unsettled = _regular(table, sets[~regular])
    sets, inverted = sets[regular], inverted[regular]
    tableaux = np.zeros((len(sets), n, d), dtype=np.uint64)
    for j in range(d):
        tableaux = fold(tableaux + residues[None, :, j, None] * inverted[:, None, j, :])
    tableaux = reduce(tableaux)
    patterns = np.swapaxes(tableaux != 0, 1, 2).reshape(-1, n)
    circuits, first = np.unique(patterns, axis=0, return_index=True)
    origins = np.stack(np.divmod(first, d), axis=1)
    return _Search(D, table, sets, tableaux, circuits, origins, unsettled)


def _regular(table: list[list[int]], sets: IntArray) -> list[tuple[int, ...]]:
    """Index sets whose determinant, zero modulo the prime, is not zero."""
    # Hadamard: a determinant is at most the product of the norms of its rows
    bits = np.array([sum(v * v for v in row).bit_length() for row in table])
    small = bits[sets].sum(axis=1) < 2 * PRIME.bit_length() - 1
    open_ = [tuple(int(i) for i in rows) for rows in sets[~small]]
    return [rows for rows in open_ if fmpz_mat([table[i] for i in rows]).det() != 0]


def _search_codes(search: _Search, codes: FloatArray) -> Iterator[tuple[float, float, FloatArray]]:
    dense = bool(neighbours(search.D).all())
    residues = of_floats(codes)
    supports = codes != 0
    picked = (np.uint64(PRIME) - residues)[:, search.sets]  # of -x_R, shape (b, K, d)
    vertices = np.broadcast_to(residues[:, None, :], (len(codes), *search.tableaux.shape[:2]))
    for j in range(search.sets.shape[1]):
        vertices = fold(vertices + search.tableaux[None, :, :, j] * picked[:, :, None, j])
    nonzero = reduce(vertices) != 0
    other = supports[:, search.sets].any(axis=2)
    counts = np.where(other, nonzero.sum(axis=2), np.inf)
    locals_ = counts if dense else np.where(other, local_sparsity(search.D, nonzero), np.inf)
    joined = search.circuits | supports[:, None, :]
    free = ~(search.circuits & supports[:, None, :]).any(axis=2)
    sizes = np.where(free, joined.sum(axis=2), np.inf)
    bounds = np.concatenate([counts, sizes], axis=1)
    if not dense:
        places = np.where(free, local_sparsity(search.D, joined), np.inf)
        local_bounds = np.concatenate([locals_, places], axis=1)
    for code in range(len(codes)):
        exact = _Candidates(search, codes[code], counts.shape[1])
        least, point = exact.least(bounds[code], _count)
        if not dense:
            local, _ = exact.least(local_bounds[code], lambda z: _local(search.D, z))
        values = [entry / point.denominator for entry in point.numerators]
        yield least, least if dense else local, np.array(values)


@dataclass(frozen=True)
class _Point:
    """An exact rational point."""

    numerators: list[int]
    denominator: int


@dataclass
class _Candidates:
    """The candidates of one code: vertices, circuits, and vertices that residues do not tell."""

    search: _Search
    code: FloatArray
    vertices: int

    def __post_init__(self) -> None:
        ratios = [float(value).as_integer_ratio() for value in self.code]
        scale = max(denominator for _, denominator in ratios)  # all are powers of 2
        self.exact = _Point([p * (scale // q) for p, q in ratios], scale)

    def least(self, bounds: FloatArray, measure: Callable[[_Point], float]) -> tuple[float, _Point]:
        """Find the least measure of a candidate, given lower bounds, and where it is attained."""
        best, point = np.inf, self.exact
        for rows in self.search.unsettled:
            if self.code[list(rows)].any():
                z = self._vertex(rows)
                best, point = min((best, point), (measure(z), z), key=lambda pair: pair[0])
        bounds = bounds.copy()
        while bounds.size:
            index = int(bounds.argmin())
            if not bounds[index] < best:
                break
            bounds[index] = np.inf
            z = self._candidate(index)
            size = measure(z)
            if size < best:
                best, point = size, z
        return best, point

    def _candidate(self, index: int) -> _Point:
        search = self.search
        if index < self.vertices:
            return self._vertex(tuple(int(i) for i in search.sets[index]))
        origin, column = search.origins[index - self.vertices]
        rows = tuple(int(i) for i in search.sets[origin])
        circuit, _ = search.combination(rows, [int(j == column) for j in range(len(rows))])
        divisor = gcd(*circuit)
        step = [entry // divisor * self.exact.denominator for entry in circuit]
        numerators = [a + b for a, b in zip(self.exact.numerators, step, strict=True)]
        return _Point(numerators, self.exact.denominator)

    def _vertex(self, rows: tuple[int, ...]) -> _Point:
        numerators, scale = self.exact.numerators, self.exact.denominator
        move, denominator = self.search.combination(rows, [numerators[i] for i in rows])
        moved = [a * denominator - b for a, b in zip(numerators, move, strict=True)]
        return _Point(moved, scale * denominator)


def _count(point: _Point) -> float:
    return float(sum(entry != 0 for entry in point.numerators))


def _local(D: Dictionary, point: _Point) -> float:
    return float(local_sparsity(D, np.array([entry != 0 for entry in point.numerators])))


PROVIDERS = (
    plain("alternative", Alternative, lambda experiment: sparsest_alternatives(experiment.codes)),
    plain(
        "alternatives", LayerAlternatives, lambda experiment: layer_alternatives(experiment.deep)
    ),
)
