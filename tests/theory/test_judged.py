"""What balls settle is not computed again, and the verdict is that of exact arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.arithmetic import Exact, precision
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import posed
from sparsebound.theory.instance import Instance
from sparsebound.theory.judged import judge
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Premise, Theorem
from sparsebound.theory.verdict import BITS, Status, decide

TWO = Instance([[3, 4], [4, 3]], [[1, 0], [1, 1]])


def theorem(claims: Any, premises: Any = lambda instance: ()) -> Theorem:
    return Theorem("A test", "", INDEPENDENT, claims, premises, id="test.made_up")


def is_exact(instance: Instance) -> bool:
    return instance.D.arithmetic is Exact


def equality(instance: Instance, name: str = "2 = 2") -> Claim:
    """Balls leave it open."""
    root = instance.lift(2).sqrt()
    return Claim(name, root * root, 2, measured=False)


def test_premises_and_later_claims_that_are_settled_are_not_computed_exactly() -> None:
    asked: list[tuple[str, bool]] = []

    def premises(instance: Instance) -> Iterator[Premise]:
        asked.append(("premise", is_exact(instance)))
        yield Premise("few atoms", instance.sparsity, 4)

    def claims(instance: Instance) -> Iterator[Claim]:
        asked.append(("open", is_exact(instance)))
        yield equality(instance)
        asked.append(("settled", is_exact(instance)))
        yield Claim("at most two", instance.sparsity, 2)

    verdict = decide(theorem(claims, premises), TWO)
    once = [("premise", False), ("open", False), ("settled", False)]
    assert asked == [*once, ("open", True)]
    assert (verdict.status == Status.HOLDS).all()
    assert verdict.exact.all()
    assert verdict.claim == ("at most two", "at most two")
    assert verdict.ratio.tolist() == [0.5, 1.0]
    assert verdict.attained.tolist() == [False, True]
    assert verdict.premises["few atoms"].tolist() == [0.25, 0.5]


def test_a_premise_that_is_open_is_computed_exactly_and_may_fail() -> None:
    def premises(instance: Instance) -> Iterator[Premise]:
        yield Premise("1 < s", instance.lift(1) / 3 * 3, instance.sparsity, strict=True)
        yield Premise("few atoms", instance.sparsity, 4)

    verdict = decide(theorem(lambda instance: [Claim("true", 0, 1)], premises), TWO)
    assert verdict.status.tolist() == [Status.VACUOUS, Status.HOLDS]
    assert verdict.exact.tolist() == [True, False]


@pytest.mark.parametrize("name", ["2 = 2", "something else"])
def test_where_exact_arithmetic_says_something_else_all_of_it_counts(name: str) -> None:
    def claims(instance: Instance) -> Iterator[Claim]:
        if is_exact(instance):
            yield Claim(name, instance.sparsity, 1)
            yield Claim("never", 1, 0)
        else:
            yield equality(instance)
            yield Claim("always", 0, 1)

    verdict = decide(theorem(claims), TWO)
    expected = ["2 = 2", "2 = 2"] if name == "2 = 2" else ["never", "something else"]
    assert [*verdict.claim] == expected
    assert (verdict.status == Status.VIOLATED).tolist() == [name != "2 = 2", True]


ATTAINED = [
    "dictionary.welch",
    "stability.features",
    "stability.lasso_witness",
    "training.code_drift",
    "training.connectivity",
    "training.parseval_step",
    "training.path_monotone",
]


@pytest.mark.parametrize("name", ATTAINED)
def test_extremal_instances_are_decided_as_exact_arithmetic_alone_decides_them(name: str) -> None:
    known = catalogue()[name]
    experiment = posed(known.extremal(1))
    evidence, instance = gather(known, experiment), experiment.instance
    verdict = decide(known, experiment, evidence)
    codes = np.flatnonzero(verdict.exact)
    assert codes.size
    with precision(BITS):
        alone = judge(known, instance.exact(), evidence, {}, attained=True)
    status, ratio, equal, _ = alone.settled()
    assert (status[codes] == verdict.status[codes]).all()
    assert (equal[codes] == verdict.attained[codes]).all()
    wanted = np.where(np.isneginf(ratio), np.nan, ratio)[codes]
    assert verdict.ratio[codes] == pytest.approx(wanted, rel=1e-12, nan_ok=True)
