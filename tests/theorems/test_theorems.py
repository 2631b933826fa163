"""Every theorem on its extremal instances, and every mutant refuted by a small counterexample."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.examine import examine
from sparsebound.checks.recipes import Recipe
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import run_shard
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status

THEOREMS = list(catalogue().values())
SHARP = [theorem for theorem in THEOREMS if theorem.sharp]
SMALL = 14
"""Rows and atoms of a counterexample that a person can read, where a mutant does not say better."""
MUTANTS = [(theorem, mutant.name) for theorem in THEOREMS for mutant in theorem.mutants]

"""Largest shape of the (top) dictionary on which shrinking may end, by theorem and mutant."""


def constructed(theorem: Theorem, size: int) -> Recipe:
    """Recipe of the extremal instance."""
    name = getattr(theorem.sharp, "__name__", "")
    return Recipe("construction", {"name": name, "size": size})


def test_there_are_the_theorems_of_the_first_two_families() -> None:
    names = [theorem.id for theorem in THEOREMS if theorem.topic in ("dictionary", "uniqueness")]
    assert len(names) == 27


@pytest.mark.parametrize("theorem", SHARP, ids=lambda theorem: theorem.id)
def test_it_holds_and_is_attained_on_its_extremal_instances(theorem: Theorem) -> None:
    ratios = []
    if theorem.equality:
        pytest.skip("an equality: no ratio tells how tight it is")
    for size in (1, 2, 3):
        verdict = examine(theorem, constructed(theorem, size)).verdict
        assert set(verdict.status) <= {Status.HOLDS, Status.VACUOUS}, size
        ratios += [ratio for ratio in verdict.ratio if not np.isnan(ratio)]
    assert max(ratios) >= 0.999


@pytest.mark.parametrize(
    ("theorem", "name"), MUTANTS, ids=lambda value: getattr(value, "id", value)
)
def test_its_mutants_are_refuted_by_a_small_counterexample(theorem: Theorem, name: str) -> None:
    (tally,) = run_shard(theorem, f"mutant {name}", RunSettings()).tally.mutants
    assert tally.refuted
    assert tally.worst is not None
    found = examine(theorem, Recipe.from_json(tally.worst.recipe), theorem.mutant(name))
    assert found.violated
    instance = (
        found.instance.layers[-1] if isinstance(found.instance, DeepInstance) else found.instance
    )
    largest = theorem.mutant(name).smallest or (SMALL, SMALL)
    assert all(np.less_equal(instance.D.shape, largest)), instance.D.shape
    assert len(instance) <= 1
    held = examine(theorem, Recipe.from_json(tally.worst.recipe)).verdict
    assert Status.VIOLATED not in held.status  # the theorem itself survives its counterexample


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_it_says_what_a_reader_needs(theorem: Theorem) -> None:
    assert theorem.title
    assert theorem.source.text
    assert theorem.mutants
    assert theorem.statement.count("{") == theorem.statement.count("}")
    assert theorem.claims.__doc__
