"""What a certificate states of each code, held against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from tests.quality.brute_force.exact import ExactDictionary, Support
from tests.quality.brute_force.pursuits import picks
from tests.quality.brute_force.statements import Statement
from tests.quality.brute_force.surds import negated, rational, sign
from tests.quality.brute_force.truths import Truths


class Code:
    """A code in multiples of the atoms of an exact dictionary."""

    def __init__(self, D: ExactDictionary, x: np.ndarray) -> None:
        self.D = D
        self.entries = [rational(value) * scale for value, scale in zip(x, D.scale, strict=True)]
        self.support: Support = tuple(i for i, value in enumerate(self.entries) if value != 0)

    def is_sparsest(self) -> bool:
        """Whether every other code of the signal has more nonzeros."""
        s, D = len(self.support), self.D
        if all(len(circuit) > 2 * s for circuit, _ in D.circuits):
            return True  # a difference of two such codes is a null vector
        signal = self._signal()
        for other in D.supports([min(s, D.n)]):
            matrix = [[D.columns[j][i] for j in other] for i in range(D.m)]
            rank = fmpz_mat(matrix).rank()
            if fmpq_mat([[*row, signal[i]] for i, row in enumerate(matrix)]).rank() > rank:
                continue  # the signal is not in its span
            if rank < len(other) or not set(self.support) <= set(other):
                return False
        return True

    def is_unique_minimiser(self) -> bool:
        """Whether basis pursuit recovers it: no null vector lowers the l1 norm, or keeps it."""
        for circuit, vector in self.D.normalised_circuits:
            gained, lost = [], []
            for i, (one, square) in zip(circuit, vector, strict=True):
                if self.entries[i] == 0:
                    gained.append((1, square))
                else:
                    lost.append((one if self.entries[i] > 0 else -one, square))
            if sign([*gained, *lost]) <= 0 or sign([*gained, *negated(lost)]) <= 0:
                return False
        return True

    def is_of_least_sum(self) -> bool:
        """Whether it is nonnegative, and each other such code of its signal weighs more.

        A null vector is a sum of circuits without cancellation, so those suffice.
        """
        if any(value < 0 for value in self.entries):
            return False
        for circuit, vector in self.D.normalised_circuits:
            for flip in (1, -1):
                terms = [(flip * one, square) for one, square in vector]
                lost = [i for i, (one, _) in zip(circuit, terms, strict=True) if one < 0]
                if all(self.entries[i] != 0 for i in lost) and sign(terms) <= 0:
                    return False
        return True

    def is_only_nonnegative(self) -> bool:
        """Whether it is nonnegative, and no other such code has its signal."""
        if any(value < 0 for value in self.entries):
            return False
        for circuit, vector in self.D.normalised_circuits:
            for flip in (1, -1):
                lost = [i for i, (one, _) in zip(circuit, vector, strict=True) if flip * one < 0]
                if all(self.entries[i] != 0 for i in lost):
                    return False
        return True

    def has_certificate_of_fuchs(self) -> bool:
        """Whether the shortest vector with its signs as products has less with all other atoms."""
        D, S = self.D, self.support
        if not D.is_independent(S):
            return False
        inverse = D.inverse(S)
        for j in range(D.n):
            if j in S:
                continue
            terms = []
            for at, i in enumerate(S):
                weight = sum((D.gram[j][k] * inverse[row, at] for row, k in enumerate(S)), fmpq(0))
                weight = weight if self.entries[i] > 0 else -weight
                if weight != 0:
                    terms.append((1 if weight > 0 else -1, weight * weight * D.norms[i]))
            length = [(1, fmpq(D.norms[j]))]
            if any(sign([*part, *negated(length)]) >= 0 for part in (terms, negated(terms))):
                return False
        return True

    def is_found_greedily(self) -> bool:
        """Whether orthogonal matching pursuit picks its atoms, each once, and no others."""
        steps = len(self.support)
        found = picks(self.D, self._signal(), fmpq(0), steps, set(self.support))
        return found is not None and len(found) == steps

    def _signal(self) -> list[fmpq]:
        return [
            sum((self.entries[j] * self.D.columns[j][i] for j in self.support), fmpq(0))
            for i in range(self.D.m)
        ]


def truth(D: Truths, code: Code, name: str) -> bool:
    """Whether a code has a property, by what its theorem says."""
    if name == "only nonnegative code":
        return code.is_only_nonnegative()
    if not code.support:
        return True
    if name == "unique sparsest":
        return code.is_sparsest()
    if name == "basis pursuit":
        return code.is_unique_minimiser()
    if name == "orthogonal matching pursuit":
        return D.D.is_independent(code.support) and code.is_found_greedily()
    if name == "orthogonal matching pursuit, for any entries":
        return D.recovers(code.support) and code.is_found_greedily()
    if name == "Lasso, for these signs":
        return code.has_certificate_of_fuchs()
    if name == "nonnegative code of least sum":
        return code.is_of_least_sum()
    if name == "Lasso":
        return D.recovers(code.support)
    if name == "unfolded network":
        return D.contracts([code.support])
    raise KeyError(name)


def code_statements(certificate: Any, D: Truths, X: np.ndarray) -> Iterator[Statement]:
    """Each code that is certified, and each that is refuted; counts of both, and of the others."""
    codes = [Code(D.D, x) for x in X]
    for share in certificate.codes.properties:
        kind = f"code {share.property} [{share.theorem}]"
        status, _, _ = certificate.codes.each.of_property(share.property)
        counted = [int((status == one).sum()) for one in (1, -1, 0)]
        said = [share.certified, share.refuted, share.unknown]
        asked = share.asked == sum(counted) and share.share * share.asked == share.certified
        if counted != said or not asked:
            yield Statement(f"{kind}, counts", False, f"{said} of {share.asked}: {counted}")
        for i in np.flatnonzero(status == 1):
            yield Statement(kind, truth(D, codes[i], share.property), f"code {i} is certified")
        for i in np.flatnonzero(status == -1):
            found = truth(D, codes[i], share.property)
            yield Statement(f"{kind}, refuted", not found, f"code {i} is refuted")
    yield from _growth(certificate.codes.growth, D, [c.support for c in codes])
    if certificate.nearly_sparse is not None:
        for i, share in enumerate(certificate.nearly_sparse.each.share):
            holds = bool(farthest(D.D, codes[i]) <= share * (1 + 1e-9))
            yield Statement("nearly sparse", holds, f"code {i}: {share!r}")


def roots(squares: list[fmpq]) -> np.ndarray:
    """Roots, over the largest of them: of numbers of any size."""
    shares = [square / max(squares) for square in squares]
    return np.sqrt([float(Fraction(int(share.p), int(share.q))) for share in shares])


def farthest(D: ExactDictionary, code: Code) -> float:
    """How far another code of the signal is, of no larger l1 norm, as a share of that norm.

    Of those that differ by a multiple of a circuit, up to where the norm is that of the code again:
    there it is a point between two at which an entry vanishes, or one beyond the last of them.
    """
    if not code.support:
        return 0.0
    squares = [value * value * norm for value, norm in zip(code.entries, D.norms, strict=True)]
    x = np.array([int(value > 0) - int(value < 0) for value in code.entries]) * roots(squares)
    size, most = np.abs(x).sum(), 0.0
    for circuit, vector in D.normalised_circuits:
        h = np.zeros(D.n)
        h[list(circuit)] = [one for one, _ in vector] * roots([square for _, square in vector])
        h /= np.abs(h).sum()
        steps = np.append(-x[h != 0] / h[h != 0], [-2 * size, 2 * size])
        lengths = np.abs(x + steps[:, None] * h).sum(axis=1)
        within = steps[lengths <= size * (1 - 1e-12)]
        for sign_ in (1, -1):
            inner = max((sign_ * within).max(initial=0.0), 0.0)
            beyond = sign_ * steps
            outer = beyond[beyond > inner].min(initial=2 * size)
            if inner == 0:
                continue
            low, high = (np.abs(x + sign_ * t * h).sum() for t in (inner, outer))
            most = max(most, inner + (outer - inner) * (size - low) / (high - low))
    return float(most / size)


def _growth(growth: Any, D: Truths, found: list[Support]) -> Iterator[Statement]:
    """The largest factor is at least that of each code, where none is left out."""
    known = [support for support in found if D.D.is_independent(support)]
    if growth.largest is not None and sum(growth.counts) == len(found):
        used = [support for support in known if support]
        holds = len(known) == len(found) and D.is_growth_at_most(used, rational(growth.largest))
        yield Statement("growth of codes", holds, f"at most {growth.largest!r}")


def alone_statements(
    certificate: Any, X: np.ndarray, certify_codes: Callable[[np.ndarray], Any]
) -> Iterator[Statement]:
    """That what is certified of a code does not depend on the others of its batch."""
    together = certificate.codes.each.status
    for i, x in enumerate(X):
        if not x.any():
            continue
        alone = certify_codes(x[None]).codes
        for share, one, other in zip(
            alone.properties, alone.each.status[0], together[i], strict=True
        ):
            yield Statement(
                f"code {share.property}, alone as in its batch",
                bool(one == other),
                f"code {i}, alone {one}, in its batch {other}",
            )
