"""Every theorem says how a solver or a network is held against it, or why none is."""

from __future__ import annotations

import re

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.checks.evidence import providers
from sparsebound.checks.not_asked import BY_ID, BY_NEED, MADE_HERE, why_none
from sparsebound.checks.supplies import asked_of_subjects, what_is_asked
from sparsebound.theory.catalogue import catalogue

WITHOUT = [theorem for theorem in catalogue().values() if not asked_of_subjects(theorem)]


def test_what_is_explained_is_evidence_that_no_subject_supplies() -> None:
    supplied = {name for name, provider in providers().items() if provider.supply}
    assert set(BY_NEED) <= set(providers())
    beside = {need for theorem in WITHOUT for need in theorem.needs}
    assert set(BY_NEED) - supplied <= beside
    assert not set(BY_NEED) & supplied
    assert all(not catalogue()[name].needs for name in BY_ID)


def test_where_it_is_asked_instead_it_is_asked() -> None:
    named = {name for why in (*BY_NEED.values(), *BY_ID.values()) for name in _ids(why)}
    assert {"stability.near_minimiser", "rate.unfolded", "uniqueness.greedy"} <= named
    assert all(what_is_asked(catalogue()[name]) for name in named)


def _ids(text: str) -> list[str]:
    return re.findall(r"\b[a-z]+\.[a-z_]+\b", text)


def test_only_theorems_on_training_and_on_models_need_what_is_made_here() -> None:
    """A new theorem on what somebody computes says how, or why not."""
    topics = {theorem.topic for theorem in WITHOUT if why_none(theorem) == MADE_HERE}
    assert topics == {"training", "coding", "dictionary", "model"}


@pytest.mark.parametrize("name", ["uniqueness.deep", "rate.homotopy", "training.parseval_step"])
def test_the_command_says_why(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Of a solver or a network of yours Not asked: {why_none(catalogue()[name])}." in said
