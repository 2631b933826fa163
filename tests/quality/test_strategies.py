"""Strategies construct what they mean, come near the edges, and shrink to the smallest."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.draws import ATOMS, Draw, draws
from sparsebound.checks.examine import examine
from sparsebound.checks.families import FAMILIES
from sparsebound.checks.search import search
from sparsebound.reports.tally import Tally
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import Theorem

THEOREMS = list(catalogue().values())


def tally(theorem: Theorem, examples: int) -> Tally:
    """Verdicts on generated instances."""
    total = Tally.empty(theorem.id)

    def visit(draw: Draw) -> bool:
        nonlocal total
        found = examine(theorem, draw.recipe)
        total = total + Tally.of(theorem.id, found.verdict, draw.recipe.to_json(), draw.meant)
        return False

    search(draws(theorem), examples, 20, visit)
    return total


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_draws_are_of_several_families(theorem: Theorem) -> None:
    """That they are where they are meant to be is measured on the whole ci profile."""
    families = set[str]()

    def visit(draw: Draw) -> bool:
        families.add(draw.recipe.family)
        return False

    search(draws(theorem), 120, 20, visit, enough=lambda: len(families) >= 4)
    assert len(families) >= 4 or theorem.about == "layers"


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_a_strategy_shrinks_to_its_smallest_member(theorem: Theorem) -> None:
    found = search(draws(theorem), 100, 0, lambda draw: True)
    assert found is not None
    ordinary = found.recipe
    if theorem.sharp is not None:
        assert ordinary.family == "construction"
        assert ordinary.parameters["size"] == 1
        plain = search(draws(theorem), 100, 0, lambda draw: draw.recipe.family != "construction")
        assert plain is not None
        ordinary = plain.recipe
    assert ordinary.codes.count <= 1
    assert ordinary.codes.seed == 0
    if ordinary.family in FAMILIES:
        instance = ordinary.instance(theorem)
        expected = min(
            FAMILIES[name].smallest()
            for name in theorem.dictionaries or FAMILIES
            if FAMILIES[name].smallest() <= ATOMS["enumerated"]
        )
        assert isinstance(instance, Instance)
        assert np.asarray(instance.D.data).shape[1] <= max(expected, 4)


@pytest.mark.parametrize("name", ["dictionary.erc_babel", "uniqueness.coherence"])
def test_some_draws_are_near_the_edge_on_both_sides(name: str) -> None:
    total = tally(catalogue()[name], 150)
    assert total.near_edge >= 10
    assert total.vacuous >= 10
