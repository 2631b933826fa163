"""What is true of all codes of a small dictionary: decided over all supports, exactly.

A null vector is a sum of circuits with the same signs, so that what has to hold for all null
vectors and is additive over such sums has to hold for circuits.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property

import numpy as np
from flint import fmpq

from tests.quality.brute_force.cones import is_copositive
from tests.quality.brute_force.exact import ExactDictionary, Support, is_positive_semidefinite
from tests.quality.brute_force.surds import Largest, Term, negated, sign

ONE = fmpq(1)


class Truths:
    """What is true of a dictionary, by sparsity or by support."""

    def __init__(self, D: ExactDictionary) -> None:
        self.D = D
        # memos that go when the object goes
        self.is_minimiser = cache(self._is_minimiser)
        self.is_locally_unique = cache(self._is_locally_unique)
        self.up_to = cache(self._up_to)
        self.locally_sparse = cache(self._locally_sparse)
        self.recovery = cache(self._recovery)
        self.growth = cache(self._growth)
        self.rate = cache(self._rate)

    # ---- supports

    def _up_to(self, s: int) -> list[Support]:
        """Supports of at most ``s`` atoms, the empty one left out."""
        return list(self.D.supports(range(1, min(s, self.D.n) + 1)))

    def _locally_sparse(self, s: int) -> list[Support]:
        """Supports of local sparsity at most ``s``, the empty one left out."""
        local = self.D.local_sparsities
        return [one for one in self.up_to(self.D.n) if local[self.D.bits(one)] <= s]

    def pairs(self, s: int) -> list[Support]:
        """The largest unions of two supports of ``s`` atoms."""
        return list(self.D.supports([min(2 * s, self.D.n)]))

    def locally_sparse_pairs(self, s: int) -> list[Support]:
        """The largest unions of two supports of local sparsity at most ``s``."""
        largest = _maximal({self.D.bits(one) for one in self.locally_sparse(s)})
        unions = _maximal({a | b for a in largest for b in largest})
        return [tuple(i for i in range(self.D.n) if mask >> i & 1) for mask in unions]

    # ---- up to which sparsity

    def is_unique(self, s: int) -> bool:
        """Whether every code of ``s`` nonzeros is the sparsest: no circuit splits in two."""
        return all(len(support) > 2 * s for support, _ in self.D.circuits)

    def _is_locally_unique(self, s: int) -> bool:
        """Whether every code of local sparsity ``s`` is the locally sparsest one."""
        local = self.D.local_sparsities
        for support, _ in self.D.circuits:
            whole = part = self.D.bits(support)
            while part:
                if local[part] <= s and local[whole ^ part] <= s:
                    return False
                part = (part - 1) & whole
        return True

    def _is_minimiser(self, s: int) -> bool:
        """Whether basis pursuit recovers every code of ``s`` nonzeros: the null space property."""
        for _, vector in self.D.normalised_circuits:
            sizes = [(1, square) for square in sorted((q for _, q in vector), reverse=True)]
            if sign([*sizes[:s], *negated(sizes[s:])]) >= 0:
                return False
        return True

    def is_of_least_sum(self, s: int) -> bool:
        """Whether every nonnegative code of ``s`` nonzeros is alone with its sum, or less."""
        for _, vector in self.D.normalised_circuits:
            for flip in (1, -1):
                terms = [(flip * one, square) for one, square in vector]
                lost = sum(one < 0 for one, _ in terms)
                if lost <= s and sign(terms) <= 0:
                    return False
        return True

    def is_recovered(self, supports: Iterable[Support]) -> bool:
        """Whether Tropp's coefficient of all supports, of independent atoms, is below 1."""
        return all(self.recovers(support) for support in supports)

    def recovers(self, support: Support) -> bool:
        """Whether the atoms of a support are independent and its coefficient is below 1."""
        return self.D.is_independent(support) and self.recovery(support).compare(ONE) < 0

    def contracts(self, supports: Iterable[Support]) -> bool:
        """Whether ``tau_in + tau_out`` is below 1 for all supports."""
        return all(self.rate(support).compare(ONE) < 0 for support in supports)

    # ---- with which constants, all of them positive

    def is_recovery_at_most(self, supports: Iterable[Support], bound: fmpq) -> bool:
        """Whether Tropp's coefficient of all supports is at most ``bound``."""
        return all(
            self.D.is_independent(support) and self.recovery(support).compare(bound) <= 0
            for support in supports
        )

    def is_growth_at_most(self, supports: Iterable[Support], bound: fmpq) -> bool:
        """Whether ``||(D_S^T D_S)^{-1}||_inf`` is at most ``bound`` for all supports."""
        return all(
            self.D.is_independent(support) and self.growth(support).compare(bound) <= 0
            for support in supports
        )

    def is_rate_at_most(self, supports: Iterable[Support], bound: fmpq) -> bool:
        """Whether ``tau_in + tau_out`` is at most ``bound`` for all supports."""
        return all(self.rate(support).compare(bound) <= 0 for support in supports)

    def is_spread_at_most(self, supports: Iterable[Support], bound: fmpq, over: int) -> bool:
        """Whether ``over / sqrt(lambda_min(D_S^T D_S))`` is at most ``bound`` for all supports."""
        shift = over * over / bound**2
        return all(
            is_positive_semidefinite(self.D.shifted_gram(support, shift)) for support in supports
        )

    def is_cone_spread_at_most(self, s: int, bound: fmpq) -> bool | None:
        """Whether ``2 ||h|| / ||D h||`` is, where ``||h||_1 <= 2 ||h_S||_1``, ``|S| = s``.

        These are the differences of a sparse code and a code of no larger l1 norm. ``None`` where
        it is not decided.
        """
        shift = 4 / bound**2
        if is_positive_semidefinite(self.D.shifted_gram(tuple(range(self.D.n)), shift)):
            return True
        return is_copositive(self.D, s, shift)

    # ---- sums over one support

    def _recovery(self, support: Support) -> Largest:
        """Tropp's coefficient of independent atoms."""
        return Largest(lambda: list(self.D.recovery_sums(support)))

    def _growth(self, support: Support) -> Largest:
        """``||(D_S^T D_S)^{-1}||_inf`` of independent atoms."""
        return Largest(lambda: list(self.D.growth_sums(support)))

    def _rate(self, support: Support) -> Largest:
        """``tau_in + tau_out``."""
        rest = [k for k in range(self.D.n) if k not in support]

        def sums() -> list[list[Term]]:
            return [
                [*one, *other]
                for one in self.row_terms(support, support)
                for other in self.row_terms(support, rest) or [[]]
            ]

        inside, outside = self.row_sums[self.D.bits(support)]
        return Largest(sums, float(inside + outside))

    @cached_property
    def row_sums(self) -> np.ndarray:
        """``tau_in`` and ``tau_out`` of all supports, by their bits, in floats."""
        bits = np.arange(2**self.D.n)
        on = (bits[:, None] >> np.arange(self.D.n) & 1).astype(bool)
        sums = on @ self.D.sizes
        return np.stack([np.where(rows, sums, 0).max(axis=1) for rows in (on, ~on)], axis=1)

    def row_terms(self, support: Support, rows: Iterable[int]) -> list[list[Term]]:
        """The sums of some rows over a support, exactly."""
        return [[(1, self.D.squares[i][j]) for j in support if j != i] for i in rows]


def _maximal(masks: set[int]) -> list[int]:
    """Those that are in no other one."""
    found: list[int] = []
    for mask in sorted(masks, key=int.bit_count, reverse=True):
        if not any(mask & larger == mask for larger in found):
            found.append(mask)
    return found
