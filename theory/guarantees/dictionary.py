"""What holds for all codes of a dictionary, by their sparsity: what the theorems promise.

Nothing is stated here a second time. A theorem's own premises are evaluated for the worst code of
a sparsity, and its constants are the functions that its claims are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import inf

import numpy as np

from sparsebound.theory.arithmetic import Ball, IntArray, Mask
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.dictionary.welch_orders import ORDERS
from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.figure import Figure, figure
from sparsebound.theory.guarantees.profile import Profile
from sparsebound.theory.promise import (
    LEAST_SUM,
    LOCALLY_UNIQUE,
    PROPERTIES,
    PURSUIT,
    UNIQUE,
    Promise,
    Version,
)
from sparsebound.theory.quantities import (
    babel_spark,
    levenshtein_bound,
    welch_bound,
    welch_bound_of_order,
)
from sparsebound.theory.theorem import Premise, Theorem
from sparsebound.theory.worst_case import EverySupport

INDEPENDENT_ATOMS = "independent"
"""The version of what holds since every signal has at most one representation."""

VERSIONS: tuple[Version, ...] = ("coherence", "babel", "local")


@dataclass(frozen=True)
class Condition:
    """A promise of a theorem in one version."""

    theorem: Theorem
    promise: Promise
    version: Version

    @property
    def property(self) -> str:
        """What is promised."""
        return self.promise.property


@dataclass(frozen=True)
class Guarantee:
    """Up to which sparsity a theorem applies; 0 if to no code but the zero code.

    Of independent atoms there is a version of its own.

    For the local version it is the local sparsity that is bounded.
    """

    property: str
    theorem: str
    version: str
    largest: int
    condition: str


@dataclass(frozen=True)
class NamedFigure:
    """A constant at one sparsity."""

    name: str
    version: Version
    formula: str
    figure: Figure


@dataclass(frozen=True)
class AtSparsity:
    """The constants at one sparsity."""

    sparsity: int
    constants: tuple[NamedFigure, ...]


@cache
def conditions() -> tuple[Condition, ...]:
    """Everything that theorems promise for all codes of a sparsity."""
    found = [
        Condition(theorem, promise, version)
        for theorem in catalogue().values()
        for promise in theorem.promises
        for version in promise.conditions
    ]
    return tuple(
        sorted(found, key=lambda c: (PROPERTIES.index(c.property), VERSIONS.index(c.version)))
    )


def codes(d: Profile, version: Version, sparsity: IntArray | list[int]) -> EverySupport:
    """Stand in for all codes of some sparsities, shape (B,)."""
    return EverySupport(d.by_babel if version == "babel" else d.by_coherence, sparsity)


def margin(theorem: Theorem, promise: Promise, asked: EverySupport) -> Ball:
    """How far within the premises of a promise codes are, relative to their limits; shape (B,).

    The least ``1 - lhs/rhs`` of the premises that it names: positive where it surely holds.

    Raises
    ------
    InputError
        If a premise that is named does not come up without evidence.
    """
    least = Ball(np.ones(len(asked)))
    missing = set(promise.premises)
    for premise in theorem.premises_without_evidence(asked):
        if premise.name in missing:
            missing.remove(premise.name)
            least = _smaller(least, _room(premise, asked))
    if missing:
        name = f"premises of the promise {promise.property!r} of {theorem.id}"
        raise InputError(name, sorted(missing), "premises that come before all evidence")
    if promise.rate is not None:
        least = _smaller(least, 1 - Ball.of(promise.rate(asked)))
    return least


def _room(premise: Premise, asked: EverySupport) -> Ball:
    """``1 - lhs/rhs``, shape (B,); unknown where the right side may not be positive."""
    left, right = Ball.of(asked.lift(premise.lhs)), Ball.of(asked.lift(premise.rhs))
    room = (1 - left / right).where(right.sign == 1, Ball(0, inf))
    return room + np.zeros(len(asked))


def _smaller(a: Ball, b: Ball) -> Ball:
    return Ball(np.stack([a.mid, b.mid]), np.stack([a.rad, b.rad])).min(0)


def applies(condition: Condition, d: Profile, sparsity: IntArray | list[int]) -> Mask:
    """Whether a theorem surely applies to all codes of each of some sparsities, shape (B,)."""
    asked = codes(d, condition.version, sparsity)
    return np.asarray(margin(condition.theorem, condition.promise, asked).sign == 1)


def largest(condition: Condition, d: Profile) -> int:
    """Largest sparsity up to which a theorem surely applies."""
    memo, key = d.by_babel.memo, (condition.theorem.id, condition.property, condition.version)
    if key not in memo:
        reached = applies(condition, d, np.arange(1, d.atoms + 1))
        memo[key] = d.atoms if reached.all() else int(np.argmin(reached))
    found: int = memo[key]
    return found


def guarantees(d: Profile) -> tuple[Guarantee, ...]:
    """Up to which sparsity each theorem applies.

    Examples
    --------
    >>> from sparsebound.theory.guarantees.profile import profile
    >>> from sparsebound.theory.instance import Dictionary
    >>> found = guarantees(profile(Dictionary([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])))
    >>> found[0].theorem, found[0].largest
    ('uniqueness.coherence', 1)
    """
    return tuple(
        Guarantee(
            c.property, c.theorem.id, c.version, largest(c, d), c.promise.conditions[c.version]
        )
        for c in conditions()
    )


def further(d: Profile) -> tuple[Guarantee, ...]:
    """What holds beside the promises: for independent atoms, and for nonnegative codes.

    Examples
    --------
    >>> from sparsebound.theory.guarantees.profile import profile
    >>> from sparsebound.theory.instance import Dictionary
    >>> found = further(profile(Dictionary([[1, 0, 3], [0, 1, 4]])))
    >>> found[0].property, found[0].largest
    ('nonnegative code of least sum', 1)
    """
    found: list[Guarantee] = []
    if d.independent:
        for name in (UNIQUE, LOCALLY_UNIQUE, PURSUIT):
            rank = "D has full column rank"
            found.append(Guarantee(name, "uniqueness.spark", INDEPENDENT_ATOMS, d.atoms, rank))
    if d.one_sided is not None:
        found.append(_nonnegative(d, *d.one_sided))
    return tuple(found)


def _nonnegative(d: Profile, positive: Ball, negative: Ball) -> Guarantee:
    """Up to which sparsity nonnegative codes are those of least sum."""
    sizes = np.arange(1, d.atoms + 1)
    room = 1 + negative - sizes * (positive + negative)
    reached = np.asarray(room.sign == 1)
    most = d.atoms if reached.all() else int(np.argmin(reached))
    name = "uniqueness.nonnegative_coherence"
    return Guarantee(LEAST_SUM, name, "coherence", most, "s (alpha + beta) < 1 + beta")


def at_sparsities(d: Profile, sparsities: list[int]) -> tuple[AtSparsity, ...]:
    """The constants of the theorems that apply at some sparsities; the rate in any case.

    Examples
    --------
    >>> from sparsebound.theory.guarantees.profile import profile
    >>> from sparsebound.theory.instance import Dictionary
    >>> found = at_sparsities(profile(Dictionary([[1, 0], [0, 1]])), [1])
    >>> found[0].constants[0].name, found[0].constants[0].figure.value
    ('||x - z||_2 / eps', 2.0)
    """
    found: list[list[NamedFigure]] = [[] for _ in sparsities]
    for condition in conditions():
        reached = np.asarray(sparsities) <= largest(condition, d)
        asked = codes(d, condition.version, sparsities)
        for constant in condition.promise.constants:
            values = Ball.of(constant.value(asked))
            for place in np.flatnonzero(reached | (constant.name == "q")):
                shown = figure(values[place], "upper", condition.theorem.id)
                found[place].append(
                    NamedFigure(constant.name, condition.version, constant.formula, shown)
                )
    return tuple(AtSparsity(s, tuple(row)) for s, row in zip(sparsities, found, strict=True))


def welch(d: Profile) -> Figure:
    """Welch's lower bound of the coherence of any dictionary of this shape."""
    root = Ball.of(welch_bound(d.length, d.atoms)).sqrt()
    return figure(root, "lower", "dictionary.welch")


def welch_orders(d: Profile) -> Figure | None:
    """The largest of the higher bounds; None where Welch's own is no smaller.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> shape = SimpleNamespace(length=2, atoms=16)
    >>> round(welch_orders(shape).value, 3), round(welch(shape).value, 3)
    (0.845, 0.683)
    >>> welch_orders(SimpleNamespace(length=3, atoms=4)) is None
    True
    """
    m, n = d.length, d.atoms
    if n <= m:
        return None
    bounds = [(1, levenshtein_bound(m, n)), (1, Fraction(1 if 2 * n > m * (m + 1) else 0, m))]
    bounds += [(k, welch_bound_of_order(m, n, k)) for k in ORDERS]
    roots = []
    for k, bound in bounds:  # of the 2k-th power of the coherence
        root = Fraction(float(bound) ** (1 / (2 * k)) * (1 - 2.0**-40))
        roots.append(root if root ** (2 * k) <= bound else Fraction(0))
    largest = float(max(roots))
    return Figure(largest, "lower", "dictionary.welch_orders") if largest > welch(d).value else None


def spark(d: Profile) -> Figure:
    """Lower bound of the spark from the Babel function."""
    return Figure(float(babel_spark(d.by_babel)), "lower", "dictionary.spark_coherence")
