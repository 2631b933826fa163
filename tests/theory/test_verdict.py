"""The one place that decides, on theorems made for the purpose."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Ball, Enclosure
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem
from sparsebound.theory.verdict import BEYOND, Status, decide

TWO = Instance([[3, 4], [4, 3]], [[1, 0], [1, 1]])
THIRDS = Instance([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[1, 0, 0]])


def theorem(claims: Any, premises: Any = lambda instance: (), **kwargs: Any) -> Theorem:
    return Theorem("A test", "", INDEPENDENT, claims, premises, id="test.made_up", **kwargs)


def statuses(made: Theorem, instance: Instance = TWO) -> list[str]:
    return [str(Status(value)) for value in decide(made, instance).status]


def test_each_code_gets_its_own_status_and_the_worst_claim_is_named() -> None:
    def claims(instance: Instance) -> Any:
        yield Claim("small", instance.sparsity, 1)
        yield Claim("always", 0, 1)

    verdict = decide(theorem(claims), TWO)
    assert [str(Status(value)) for value in verdict.status] == ["holds", "violated"]
    assert verdict.claim[1] == "small"
    assert verdict.worst == 1
    assert verdict.ratio.tolist() == [1.0, 2.0]
    assert verdict.count(Status.HOLDS) == 1


def test_a_failing_premise_makes_it_vacuous_whatever_is_claimed() -> None:
    made = theorem(
        lambda instance: [Claim("false", 1, 0)],
        lambda instance: [Premise("one atom", instance.sparsity, 2)],
    )
    assert statuses(made) == ["violated", "vacuous"]


@pytest.mark.parametrize(("strict", "expected"), [(True, "vacuous"), (False, "holds")])
def test_premises_at_equality_are_decided_exactly(strict: bool, expected: str) -> None:
    def premises(instance: Instance) -> Any:
        yield Premise("mu < 24/25", coherence(instance.D), Fraction(24, 25), strict)

    made = theorem(lambda instance: [Claim("true", 0, 1)], premises)
    verdict = decide(made, TWO)
    assert statuses(made) == [expected] * 2
    assert verdict.exact.all()


def test_equality_of_irrational_numbers_is_attained_and_strict_claims_stay_undecided() -> None:
    def claims(instance: Instance, strict: bool) -> Any:
        root = instance.lift(2).sqrt() * instance.lift(3).sqrt()
        yield Claim("sqrt 2 sqrt 3 and sqrt 6", root, instance.lift(6).sqrt(), strict)

    held = decide(theorem(lambda instance: claims(instance, False)), THIRDS)
    assert (held.status == Status.HOLDS).all()
    assert held.attained.all()
    undecided = decide(theorem(lambda instance: claims(instance, True)), THIRDS)
    assert (undecided.status == Status.UNDECIDED).all()


def test_a_violation_by_one_part_in_10_to_the_20_is_found() -> None:
    tiny = Fraction(1, 10**20)

    def claims(instance: Instance) -> Any:
        yield Claim("mu <= 24/25 (1 - 1e-20)", coherence(instance.D), (1 - tiny) * Fraction(24, 25))

    assert statuses(theorem(claims)) == ["violated"] * 2


@pytest.mark.parametrize(
    ("left", "right", "status", "attained"),
    [
        (1 + Fraction(1, 10**40), 1, "violated", False),
        (1, 1 + Fraction(1, 10**40), "holds", False),
        (2**53 + 1, 2**53, "violated", False),
        (np.array([Fraction(1, 3)] * 2), 1 / 3, "violated", False),
        (np.array([Fraction(1, 3)] * 2), Fraction(1, 3), "holds", True),
    ],
)
def test_what_is_decided_exactly_is_not_overridden_by_how_near_the_sides_are(
    left: Any, right: Any, status: str, attained: bool
) -> None:
    made = theorem(lambda instance: [Claim("left <= right", left, right)])
    for instance in (TWO, TWO.exact()):
        verdict = decide(made, instance)
        assert statuses(made, instance) == [status] * 2
        assert verdict.attained.tolist() == [attained] * 2


def test_irrational_numbers_of_known_order_are_not_equal() -> None:
    def claims(instance: Instance) -> Any:
        root = instance.lift(2).sqrt()
        yield Claim("root (1 + 1e-40) <= root", root * (1 + Fraction(1, 10**40)), root)

    verdict = decide(theorem(claims), TWO)
    assert (verdict.status == Status.VIOLATED).all()
    assert not verdict.attained.any()


def test_numbers_too_small_for_a_float_are_not_equal_for_that() -> None:
    def claims(instance: Instance) -> Any:
        between = instance.lift(2).sqrt().hull(instance.lift(3).sqrt())
        tiny = Fraction(1, 10**400)
        yield Claim("between", between * tiny, instance.lift(10).sqrt() * tiny / 2)

    # neither is below the other, and both are 0 as floats
    verdict = decide(theorem(claims), TWO.exact())
    assert (verdict.status == Status.UNDECIDED).all()


def test_an_enclosure_holds_by_its_upper_and_fails_by_its_lower_end() -> None:
    def claims(instance: Instance) -> Any:
        low, high = 2 * instance.sparsity - 1, 2 * instance.sparsity
        yield Claim("at most 2.5", Enclosure(instance.lift(low), instance.lift(high)), 2.5)

    assert statuses(theorem(claims)) == ["holds", "violated"]
    between = Enclosure(Ball.of([1, 1]), Ball.of([3, 3]))
    made = theorem(lambda instance: [Claim("at most 2", Enclosure(*map(instance.lift, (1, 3))), 2)])
    assert between.where(np.array([True, False]), 0).upper.mid.tolist() == [3, 0]
    assert statuses(made) == ["undecided"] * 2


def test_a_claim_about_many_numbers_is_violated_by_one_and_an_empty_one_claims_nothing() -> None:
    made = theorem(lambda instance: [Claim("each", instance.sparsity[:, None] * [1, 2], 2)])
    assert statuses(made) == ["holds", "violated"]
    empty = theorem(lambda instance: [Claim("none", np.zeros((2, 0)), 2)])
    assert statuses(empty) == ["vacuous"] * 2
    with pytest.raises(InputError, match=r"'odd' of test.made_up is \(3,\); expected 2 as first"):
        statuses(theorem(lambda instance: [Claim("odd", np.zeros(3), 2)]))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (lambda x: x.sparsity[:1], 2),  # of the first code
        (lambda x: x.sparsity, np.array([2])),
        (lambda x: x.X[:1], np.ones((1, 2))),
    ],
)
@pytest.mark.parametrize("kind", ["claim", "premise"])
def test_what_is_said_of_one_code_is_refused_unless_it_is_said_of_all(
    left: Any, right: Any, kind: str
) -> None:
    def claims(instance: Instance, shared: bool) -> Any:
        yield Claim("first", left(instance), right, shared=shared)

    def premises(instance: Instance, shared: bool) -> Any:
        yield Premise("first", left(instance), right, strict=False, shared=shared)

    def made(shared: bool) -> Theorem:
        if kind == "claim":
            return theorem(lambda instance: claims(instance, shared))
        always = [Claim("always", 0, 1)]
        return theorem(lambda instance: always, lambda instance: premises(instance, shared))

    with pytest.raises(InputError, match=r"the batch of 'first' of test.made_up .* shared=True"):
        statuses(made(shared=False))
    assert statuses(made(shared=True)) == ["holds"] * 2
    # alone, or of a dictionary, there is nothing to be confused
    assert statuses(made(shared=False), TWO.select([0])) == ["holds"]


def test_the_edge_is_that_of_premises_that_measure_something() -> None:
    def premises(instance: Instance, measured: bool) -> Any:
        yield Premise("s < 4", instance.sparsity, 4, measured=measured)
        yield Premise("0 < s", 0, instance.sparsity)
        yield Premise("as declared", instance.sparsity, instance.sparsity, False, measured=False)

    def edges(measured: bool) -> Any:
        made = theorem(
            lambda instance: [Claim("always", 0, 1)],
            lambda instance: premises(instance, measured),
        )
        verdict = decide(made, TWO)
        assert statuses(made) == ["holds"] * 2
        assert np.isnan(verdict.premises["0 < s"]).all()
        assert np.isnan(verdict.premises["as declared"]).all()
        return verdict.edge

    assert edges(measured=True).tolist() == [0.25, 0.5]
    assert np.isnan(edges(measured=False)).all()


def test_a_strict_premise_is_not_within_its_edge_where_it_fails() -> None:
    """Not at equality, nor where float64 rounds lhs/rhs to the other side of 1."""
    tiny = Fraction(1, 2**80)

    def premises(instance: Instance) -> Any:
        one = instance.lift([1, 1])
        yield Premise("s < 1", instance.sparsity, one)
        yield Premise("s <= 1", instance.sparsity, one, strict=False)
        yield Premise("1 < 1 + t", one, one + instance.lift([tiny, -tiny]))
        yield Premise("1 <= 1 + t", one, one + instance.lift([tiny, -tiny]), strict=False)

    def ratios(name: str) -> list[float]:
        """Beside a code that satisfies no premise: every one is decided by itself."""
        made = theorem(
            lambda instance: [Claim("always", 0, 1)],
            lambda instance: [p for p in premises(instance) if p.name == name],
        )
        return decide(made, TWO).premises[name].tolist()

    assert ratios("s < 1") == [BEYOND, 2]
    assert ratios("s <= 1") == [1, 2]
    assert ratios("1 < 1 + t") == [1, BEYOND]
    assert ratios("1 <= 1 + t") == [1, BEYOND]


def test_an_equality_has_no_ratio_and_nothing_is_attained() -> None:
    def claims(instance: Instance, factor: int) -> Any:
        yield Claim("one = one", instance.sparsity * factor, instance.sparsity)

    held = decide(theorem(lambda instance: claims(instance, 1), equality=True), TWO)
    assert (held.status == Status.HOLDS).all()
    assert np.isnan(held.ratio).all()
    assert not held.attained.any()
    broken = decide(theorem(lambda instance: claims(instance, 2), equality=True), TWO)
    assert (broken.status == Status.VIOLATED).all()
    assert broken.ratio.tolist() == [2.0, 2.0]  # how far off it is


def test_a_theorem_about_a_dictionary_gives_one_verdict_even_without_codes() -> None:
    made = theorem(
        lambda instance: [Claim("mu <= 1", coherence(instance.D), 1)], about="dictionary"
    )
    bare = Instance(Dictionary([[1, 1], [0, 1]]), np.zeros((0, 2)))
    assert statuses(made, bare) == ["holds"]


def test_mutants_change_what_exists_and_bad_theorems_are_refused() -> None:
    def claims(instance: Instance, *, factor: int = 1) -> Any:
        yield Claim("0 <= factor", 0, factor)

    made = theorem(claims, mutants=(Mutant("negative", {"factor": -1}),))
    verdict = decide(made, TWO, changes=made.mutant("negative").changes)
    assert (verdict.status == Status.VIOLATED).all()
    with pytest.raises(InputError, match="one of \\['negative'\\]"):
        made.mutant("positive")
    with pytest.raises(InputError, match="keyword arguments \\['factor'\\]"):
        theorem(claims, mutants=(Mutant("typo", {"facto": -1}),))
    with pytest.raises(InputError, match="a topic and a name"):
        Theorem("No name", "", INDEPENDENT, claims, id="nameless")
