"""What a certificate states of all codes of a dictionary, each statement held against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import inf, isfinite, isnan
from typing import Any

import numpy as np
from flint import fmpq

from tests.quality.brute_force.exact import ExactDictionary, Support
from tests.quality.brute_force.surds import Largest, Term, rational
from tests.quality.brute_force.truths import Truths


@dataclass(frozen=True)
class Statement:
    """One statement of a certificate.

    Attributes
    ----------
    kind : str
        What it is about, for counting.
    holds : bool or None
        Whether it is true; ``None`` where that was not decided.
    text : str
        What was stated.
    """

    kind: str
    holds: bool | None
    text: str

    def __post_init__(self) -> None:
        if not (self.holds is None or isinstance(self.holds, bool)):  # nobody would count it
            raise TypeError(f"{self.kind}: {self.holds!r} is neither true, false nor undecided")


def supports(D: Truths, version: str, s: int) -> list[Support]:
    """All supports that a version of a theorem speaks of."""
    return D.locally_sparse(s) if version == "local" else D.up_to(s)


APPLIES: dict[str, Callable[[Truths, str, int], bool]] = {
    "uniqueness.coherence": lambda D, _, s: D.is_unique(s),
    "uniqueness.spark": lambda D, _, s: D.is_unique(s),
    "uniqueness.nonnegative_coherence": lambda D, _, s: D.is_of_least_sum(s),
    "uniqueness.local": lambda D, _, s: D.is_locally_unique(s),
    "uniqueness.basis_pursuit": lambda D, _, s: D.is_minimiser(s),
    "uniqueness.erc": lambda D, _, s: D.is_recovered(D.up_to(s)) and D.is_minimiser(s),
    "stability.p0": lambda D, _, s: D.is_unique(s),
    "stability.local": lambda D, _, s: D.is_locally_unique(s),
    "stability.bpdn": lambda D, _, s: D.is_minimiser(s),
    "stability.omp": lambda D, _, s: D.is_recovered(D.up_to(s)),
    "stability.lasso_coherence": lambda D, _, s: D.is_recovered(D.up_to(s)),
    "stability.lasso_witness": lambda D, _, s: D.is_recovered(D.up_to(s)),
    "rate.unfolded": lambda D, version, s: D.contracts(supports(D, version, s)),
    "rate.depth": lambda D, version, s: D.contracts(supports(D, version, s)),
    "rate.local": lambda D, version, s: D.contracts(supports(D, version, s)),
}
"""Whether what follows from a theorem is true of all codes, by the theorem and the sparsity."""

Constant = Callable[[Truths, str, int, fmpq], "bool | None"]


def _spread(D: Truths, version: str, s: int, c: fmpq) -> bool:
    pairs = D.locally_sparse_pairs(s) if version == "local" else D.pairs(s)
    return D.is_spread_at_most(pairs, c, 2)


def _dual_room(D: Truths, version: str, s: int, c: fmpq) -> bool:
    """``1 / (1 - ERC) <= c``."""
    return D.is_recovery_at_most(supports(D, version, s), 1 - 1 / c)


def _limit(D: Truths, version: str, s: int, c: fmpq) -> bool:
    """``2 / (1 - q) <= c``."""
    return D.is_rate_at_most(supports(D, version, s), 1 - 2 / c)


def _rate(D: Truths, version: str, s: int, c: fmpq) -> bool:
    return D.is_rate_at_most(supports(D, version, s), c)


CONSTANTS: dict[tuple[str, str], Constant] = {
    ("stability.p0", "||x - z||_2 / eps"): _spread,
    ("stability.local", "||x - z||_2 / eps"): _spread,
    ("stability.bpdn", "||x - z||_2 / eps"): lambda D, _, s, c: D.is_cone_spread_at_most(s, c),
    ("stability.omp", "||x_hat - x||_2 / eps"): lambda D, _, s, c: D.is_spread_at_most(
        D.D.supports([s]), c, 1
    ),
    ("stability.lasso_coherence", "lam / a"): _dual_room,
    ("stability.lasso_witness", "lam / a"): _dual_room,
    ("stability.lasso_coherence", "||x_hat - x||_inf / (a + lam)"): (
        lambda D, version, s, c: D.is_growth_at_most(supports(D, version, s), c)
    ),
    ("stability.lasso_witness", "ERC"): lambda D, version, s, c: D.is_recovery_at_most(
        supports(D, version, s), c
    ),
    ("rate.unfolded", "q"): _rate,
    ("rate.depth", "q"): _rate,
    ("rate.local", "q"): _rate,
    ("rate.unfolded", "error / nu"): _limit,
    ("rate.depth", "error / nu"): _limit,
    ("rate.local", "error / nu"): _limit,
}
"""Whether a constant, by its theorem and its name, is at least the true one."""

ELSEWHERE = {("stability.omp", "least entry / eps")}
"""Constants that are about a run of an algorithm."""


def dictionary_statements(certificate: Any, D: Truths) -> Iterator[Statement]:
    """Quantities of the dictionary, what is guaranteed, and with which constants."""
    yield from _facts(certificate.dictionary, D)
    for promised in certificate.guarantees:
        kind = f"guarantee {promised.theorem} {promised.version} ({promised.property})"
        true = promised.largest <= D.D.n and (
            promised.largest == 0
            or APPLIES[promised.theorem](D, promised.version, promised.largest)
        )
        yield Statement(kind, true, f"up to {promised.largest}")
    for row in certificate.by_sparsity:
        for constant in row.constants:
            theorem, value = constant.figure.theorem, constant.figure.value
            if (theorem, constant.name) in ELSEWHERE:
                continue
            kind = f"constant {theorem} {constant.version} ({constant.name})"
            text = f"{value!r} at sparsity {row.sparsity}"
            yield Statement(kind, _constant(constant, row.sparsity, D), text)


def bounded(value: float, holds: Callable[[fmpq], bool | None]) -> bool | None:
    """Whether something holds for an upper bound: infinity bounds everything, nan nothing."""
    if isnan(value):
        return False
    return True if value == inf else holds(rational(value))


def _constant(constant: Any, s: int, D: Truths) -> bool | None:
    figure = constant.figure
    positive = figure.value > 0 or constant.name in {"q", "ERC"}
    if figure.kind != "upper" or not positive:
        return False
    true = CONSTANTS[figure.theorem, constant.name]
    return bounded(figure.value, lambda c: true(D, constant.version, s, c))


def prune_statements(found: Any, data: np.ndarray) -> Iterator[Statement]:
    """What is left after atoms were removed; after a merger, the atoms are no longer known."""
    D = Truths(ExactDictionary(data))
    kept = list(range(D.D.n))
    yield Statement("prune", D.contracts(D.up_to(found.before)), f"{found.before} before")
    yield from front_statements(found.front, D.D)
    for step in found.steps:
        if step.action != "remove":
            return
        kept.remove(step.atom)
        left = Truths(ExactDictionary(np.asarray(data)[:, kept]))
        text = f"{step.sparsity} without {step.atom}"
        yield Statement("prune", left.contracts(left.up_to(step.sparsity)), text)
        enclosed = _is_enclosed(step.coherence, list(left.D.babel(1)))
        yield Statement("prune coherence", enclosed, _shown(step.coherence))


def front_statements(front: Any, d: ExactDictionary) -> Iterator[Statement]:
    """Which atoms carry ``(2s - 1) mu < 1``, and how many can, of all of their subsets."""
    for row in front:
        limit = fmpq(1, (2 * row.sparsity - 1) ** 2)

        def carries(chosen: Support, limit: fmpq = limit) -> bool:
            return all(d.squares[i][j] < limit for i, j in combinations(chosen, 2))

        most = max(len(chosen) for chosen in d.supports(range(1, d.n + 1)) if carries(chosen))
        yield Statement("prune front", carries(row.atoms), f"{row.atoms} at {row.sparsity}")
        bounds = row.promised <= len(set(row.atoms)) <= most <= row.most
        text = f"{row.promised}, {len(row.atoms)}, {row.most} at {row.sparsity}"
        yield Statement("prune front", bounds, text)


def _facts(facts: Any, D: Truths) -> Iterator[Statement]:
    d = D.D
    yield Statement(
        "coherence", _is_enclosed(facts.coherence, list(d.babel(1))), _shown(facts.coherence)
    )
    yield Statement("Babel function", len(facts.babel) <= d.n - 1, f"{len(facts.babel)} values")
    for k, figure in enumerate(facts.babel, start=1):
        yield Statement(
            "Babel function", _is_enclosed(figure, list(d.babel(k))), f"at {k}: {_shown(figure)}"
        )
    spark, most, welch = facts.spark, facts.neighbours, facts.welch
    yield Statement(
        "spark",
        spark.value == d.spark
        if spark.kind == "exact"
        else spark.kind == "lower" and spark.value <= d.spark,
        f"{_shown(spark)}, is {d.spark}",
    )
    yield Statement(
        "neighbours",
        most.kind == "upper" and most.value >= d.neighbours,
        f"{_shown(most)}, is {d.neighbours}",
    )
    square = fmpq(max(d.n - d.m, 0), d.m * (d.n - 1)) if d.n > 1 else fmpq(0)
    yield Statement(
        "Welch bound",
        welch.kind == "lower" and (welch.value <= 0 or rational(welch.value) ** 2 <= square),
        f"{_shown(welch)}, its square is {square}",
    )


def _is_enclosed(figure: Any, sums: list[list[Term]]) -> bool:
    """Whether the largest of some sums is in the enclosure that a figure shows."""
    largest = Largest(lambda: sums)
    above = bounded(figure.value, lambda bound: largest.compare(bound) <= 0)
    if figure.kind != "exact" or figure.value == inf or not above:
        return bool(above and figure.kind != "lower")
    if not isfinite(figure.error):
        return bool(figure.error == inf)
    return largest.compare(rational(figure.value) - rational(figure.error)) >= 0


def _shown(figure: Any) -> str:
    return f"{figure.value!r} ({figure.kind}, error {figure.error!r})"
