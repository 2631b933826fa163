"""A small dictionary in integers, and what can be said of all of its supports.

Nothing here is shared with what is tested: no quantity of ``theory`` is imported. Atoms are
multiplied by positive numbers so that they are coprime integers, which changes no normalised atom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from math import gcd

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from tests.quality.brute_force.surds import Term, quotient, rational

Support = tuple[int, ...]


class ExactDictionary:
    """A dictionary of floats, exactly.

    Attributes
    ----------
    columns : list of list of int
        Positive multiples of the atoms.
    scale : list of fmpq
        What to multiply them by to get the atoms as given.
    gram : list of list of int
        Inner products of ``columns``.
    """

    def __init__(self, data: np.ndarray) -> None:
        array = np.asarray(data)
        self.m, self.n = array.shape
        self.columns: list[list[int]] = []
        self.scale: list[fmpq] = []
        for column in array.T:
            integers, scale = _integers([rational(value) for value in column])
            self.columns.append(integers)
            self.scale.append(scale)
        self.gram = [
            [sum(a * b for a, b in zip(u, v, strict=True)) for v in self.columns]
            for u in self.columns
        ]
        self._inverses: dict[Support, fmpq_mat] = {}

    @cached_property
    def squares(self) -> list[list[fmpq]]:
        """Squares of the inner products of the normalised atoms."""
        norms = self.norms
        return [
            [fmpq(self.gram[i][j] ** 2, norms[i] * norms[j]) for j in range(self.n)]
            for i in range(self.n)
        ]

    @cached_property
    def sizes(self) -> np.ndarray:
        """Their sizes in floats, each rounded twice."""
        sizes = [[quotient(q) ** 0.5 for q in row] for row in self.squares]
        return np.array(sizes) * ~np.eye(self.n, dtype=bool)

    @property
    def norms(self) -> list[int]:
        """Squared norms of ``columns``."""
        return [self.gram[i][i] for i in range(self.n)]

    def supports(self, sizes: Sequence[int]) -> Iterator[Support]:
        """All supports of some sizes."""
        for size in sizes:
            yield from combinations(range(self.n), size)

    # ---- dependence

    @cached_property
    def circuits(self) -> list[tuple[Support, list[int]]]:
        """Minimal dependent supports, each with its null vector, in multiples of ``columns``."""
        found: list[tuple[Support, list[int]]] = []
        masks: list[int] = []
        rank = fmpz_mat(self.columns).rank()
        if rank == self.n:
            return found
        for support in self.supports(range(1, rank + 2)):
            mask = self.bits(support)
            if any(mask & one == one for one in masks):
                continue
            kernel, nullity = fmpz_mat(
                [[self.columns[j][i] for j in support] for i in range(self.m)]
            ).nullspace()
            if nullity:
                found.append((support, [int(kernel[i, 0]) for i in range(len(support))]))
                masks.append(mask)
        return found

    @cached_property
    def normalised_circuits(self) -> list[tuple[Support, list[Term]]]:
        """The null vectors for normalised atoms."""
        norms = self.norms
        return [
            (
                support,
                [
                    (1 if value > 0 else -1, fmpq(value * value * norms[i]))
                    for i, value in zip(support, vector, strict=True)
                ],
            )
            for support, vector in self.circuits
        ]

    @property
    def spark(self) -> int:
        """Least number of dependent atoms; one more than there are if there are none."""
        return min((len(support) for support, _ in self.circuits), default=self.n + 1)

    def is_independent(self, support: Support) -> bool:
        """Whether the atoms of a support are independent."""
        mask = self.bits(support)
        return not any(mask & one == one for one in self._circuit_bits)

    @cached_property
    def _circuit_bits(self) -> list[int]:
        return [self.bits(support) for support, _ in self.circuits]

    # ---- inner products over supports

    def babel(self, k: int) -> Iterator[list[Term]]:
        """For each atom, its ``k`` largest inner products with others."""
        for i in range(self.n):
            row = sorted((self.squares[i][j] for j in range(self.n) if j != i), reverse=True)
            yield [(1, square) for square in row[: max(k, 0)]]

    def inverse(self, support: Support) -> fmpq_mat:
        """Inverse of the Gram matrix of ``columns`` on an independent support."""
        made = self._inverses.get(support)
        if made is None:
            made = fmpq_mat([[fmpq(self.gram[i][j]) for j in support] for i in support]).inv()
            self._inverses[support] = made
        return made

    def recovery_sums(self, support: Support) -> Iterator[list[Term]]:
        """``||pinv(D_S) d_k||_1`` for each atom off an independent support."""
        norms = self.norms
        off = [k for k in range(self.n) if k not in support]
        if not off or not support:
            return
        outer = fmpq_mat([[fmpq(self.gram[i][k]) for k in off] for i in support])
        found = self.inverse(support) * outer
        for column, k in enumerate(off):
            yield [
                (1, found[row, column] ** 2 * norms[i] / norms[k]) for row, i in enumerate(support)
            ]

    def growth_sums(self, support: Support) -> Iterator[list[Term]]:
        """Rows of ``|(D_S^T D_S)^{-1}|``, the atoms normalised."""
        inverse, norms = self.inverse(support), self.norms
        for row, i in enumerate(support):
            yield [
                (1, inverse[row, column] ** 2 * (norms[i] * norms[j]))
                for column, j in enumerate(support)
            ]

    def shifted_gram(self, support: Support, shift: fmpq) -> list[list[fmpq]]:
        """``D_S^T D_S - shift I`` up to a congruence, which keeps the signs of eigenvalues."""
        return [
            [fmpq(self.gram[i][j]) - (shift * self.gram[i][i] if i == j else 0) for j in support]
            for i in support
        ]

    # ---- local sparsity

    @cached_property
    def meeting(self) -> list[int]:
        """For each atom, the atoms that share a row with it, and itself, as bits."""
        rows = [frozenset(i for i, value in enumerate(c) if value) for c in self.columns]
        return [
            sum(1 << j for j in range(self.n) if j == i or rows[i] & rows[j]) for i in range(self.n)
        ]

    @property
    def neighbours(self) -> int:
        """Largest number of atoms that meet one atom, itself included."""
        return max(one.bit_count() for one in self.meeting)

    @cached_property
    def local_sparsities(self) -> list[int]:
        """Of each support, by its bits: the largest number of its atoms that meet one atom."""
        return [max((one & mask).bit_count() for one in self.meeting) for mask in range(2**self.n)]

    @staticmethod
    def bits(support: Support) -> int:
        """A support as a number."""
        return sum(1 << i for i in support)


def _integers(values: list[fmpq]) -> tuple[list[int], fmpq]:
    """Coprime integers, and the positive number that they were divided by."""
    common = 1
    for value in values:
        common = max(common, int(value.q))  # powers of two
    integers = [int(value.p) * (common // int(value.q)) for value in values]
    divisor = gcd(*integers)
    return [value // divisor for value in integers], fmpq(divisor, common)


def is_positive_semidefinite(matrix: list[list[fmpq]]) -> bool:
    """Whether a symmetric rational matrix is, by elimination."""
    rows = [list(row) for row in matrix]
    size = len(rows)
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[k][j] != 0 for j in range(k + 1, size))):
            return False
        if pivot == 0:
            continue
        for i in range(k + 1, size):
            factor = rows[i][k] / pivot
            if factor != 0:
                for j in range(i, size):
                    rows[i][j] -= factor * rows[k][j]
                    rows[j][i] = rows[i][j]
    return True
