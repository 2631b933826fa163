"""Every theorem can be explained from what it is made of."""

from __future__ import annotations

import pytest

from sparsebound.reports.explanation import entry, explain
from sparsebound.theory.catalogue import catalogue


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_explanations_are_complete(name: str) -> None:
    theorem = catalogue()[name]
    text = explain(theorem)
    assert text.startswith(f"{name}: {theorem.title}")
    sections = ("Statement", "Source", "Premises", "Claims", "Sharp", "Mutants", "Needs", "Module")
    places = [text.index(f"\n\n{section}") for section in sections]
    assert places == sorted(places)
    assert "- " in text[places[3] : places[4]]
    assert theorem.source.link in text
    for mutant in theorem.mutants:
        assert mutant.name in text
    assert "no docstring" not in text
    assert entry(theorem)["sharp"] is (theorem.sharp is not None)
    assert entry(theorem)["equality"] is theorem.equality


def test_what_a_premise_is_called_is_shown() -> None:
    assert "- 2 ||x||_0 < spark" in explain(catalogue()["uniqueness.spark"])


def test_claims_that_several_theorems_share_are_listed() -> None:
    for name in ("rate.ista", "rate.fista", "rate.ista_identified", "rate.iht"):
        assert "- a step, up to rounding" in explain(catalogue()[name])
