"""What modules declare of each other: that it exists, runs in no circle, and is told."""

from __future__ import annotations

import re
import sys
from graphlib import TopologicalSorter

import pytest

from sparsebound.reports.explanation import entry, explain
from sparsebound.theory.catalogue import catalogue, implied_by

DECLARED = [(name, found) for name, theorem in catalogue().items() for found in theorem.implies]


def text(name: str) -> str:
    return sys.modules[catalogue()[name].claims.__module__].__doc__ or ""


@pytest.mark.parametrize(("name", "found"), DECLARED, ids=lambda part: getattr(part, "id", part))
def test_an_implication_is_of_two_theorems_and_says_how(name: str, found: tuple[str, str]) -> None:
    other, how = found
    assert other in catalogue()
    assert other != name
    assert name in implied_by(other)
    assert len(how.split()) >= 3
    assert not how.endswith(".")
    assert f"{other}: {how.replace('``', '')}" in explain(catalogue()[name])
    assert f"Follows from\n    {name}" in explain(catalogue()[other])
    assert {"id": other, "how": how} in entry(catalogue()[name])["implies"]


def test_implications_run_in_no_circle() -> None:
    graph = {name: {found.id for found in theorem.implies} for name, theorem in catalogue().items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError on a circle
    assert set(order) == set(catalogue())


def test_a_proof_that_is_another_theorem_in_a_case_is_declared() -> None:
    """A proof whose first words are another theorem's name and "with" is a special case of it."""
    cases = {
        (found[1], name)
        for name in catalogue()
        if (
            found := re.search(
                r"^Why: ``(\w+\.\w+)`` (?:with|in every)\b", text(name), re.MULTILINE
            )
        )
    }
    undeclared = cases - {(name, found.id) for name, found in DECLARED}
    assert len(cases) >= 3
    assert not undeclared
