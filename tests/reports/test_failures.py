"""What failed, and what to do next: the same on the page, the terminal and in JUnit."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sparsebound.checks.commands.arguments import COMMANDS, parsed
from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.table import console, print_run
from sparsebound.reports.failures import SURVIVED, Failure, failures
from sparsebound.reports.fault import FAULTS
from sparsebound.reports.html.run import FOLDED, run_page
from sparsebound.reports.junit import junit
from sparsebound.reports.summary import SUMMARY
from tests.reports.test_pages import Elements

FAULT = {"said": "it broke", "frames": ["mine.py, line 3"], "recipe": None, "text": ""}


@pytest.fixture
def run(run_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run_folder / SUMMARY).read_text(encoding="utf-8"))
    return found


def failing(run: dict[str, Any], status: str) -> dict[str, Any]:
    """The first theorem of a run, as if it had failed like this."""
    theorem: dict[str, Any] = run["theorems"][0]
    theorem["status"] = status
    if status == "violated":
        theorem["violation"] = theorem["worst"]
    elif status in FAULTS:
        theorem["fault"] = {**FAULT, "kind": status}
    elif status == SURVIVED:
        theorem["mutants"][0]["refuted"] = False
    return theorem


STATUSES = ["violated", *FAULTS, "vacuous", "undecided", SURVIVED, "unfinished"]


@pytest.mark.parametrize("status", STATUSES)
def test_every_failure_says_what_to_do_next(run: dict[str, Any], status: str) -> None:
    theorem = failing(run, status)
    settings = run["run"]["settings"]
    (failure,) = failures(theorem, settings)
    assert failure.status == status
    assert 1 <= failure.advice.count(". ") + 1 <= 2
    page, terminal = Elements(run_page(run)), io.StringIO()
    print_run(run, console(terminal, width=100))
    for said in (failure.advice, failure.command, failure.detail):
        assert said in terminal.getvalue()
    for said in (failure.advice, failure.command):
        assert said in page.text
    assert page.text.count("What to do next") == 1
    suites = ElementTree.fromstring(junit(run).split("\n", 1)[1])
    (failed,) = suites.iter("failure")
    assert failed.get("type") == status
    assert failure.advice in (failed.text or "")
    assert failure.command in (failed.text or "")
    if status == "unfinished":
        return
    words = shlex.split(failure.command)
    taken = parsed(words[1:], {name: lambda args: 0 for name in COMMANDS})
    assert words[0] == "sparsebound"
    assert taken.names == [theorem["id"]]
    assert bool(taken.replay) is (failure.found is not None and status not in FAULTS)


@pytest.mark.parametrize("status", ["violated", "vacuous", "undecided", SURVIVED])
def test_the_command_decides_the_instance_again(
    run: dict[str, Any], status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (failure,) = failures(failing(run, status), {})
    words = shlex.split(failure.command)
    refuted = status == SURVIVED  # as it was before it was said to survive
    assert main(words[1:]) == 0
    assert ("refuted" in capsys.readouterr().out) is refuted
    assert ("--mutant" in words) is refuted


def test_where_no_instance_is_known_the_theorem_is_checked_again(run: dict[str, Any]) -> None:
    theorem = {**failing(run, "died"), "worst": None}
    settings = {"load": ["my file.py"], "subject": "my:ista", "seed": 3, "examples": None}
    (failure,) = failures(theorem, settings)
    words = ["sparsebound", "check", theorem["id"], "--load", "my file.py"]
    assert shlex.split(failure.command) == [*words, "--subject", "my:ista", "--seed", "3"]
    assert failure.found is not None
    assert failure.found["frames"] == FAULT["frames"]


def test_who_is_to_blame_depends_on_what_was_checked(run: dict[str, Any]) -> None:
    theorem = failing(run, "violated")

    def advice(conjecture: bool, **settings: Any) -> str:
        (failure,) = failures({**theorem, "conjecture": conjecture}, settings)
        return failure.advice

    assert "Mend the subject" in advice(False, subject="my:ista")
    assert "The conjecture is refuted" in advice(True)
    assert "its evidence is wrong" in advice(False)


def test_a_theorem_that_held_needs_nothing(run: dict[str, Any]) -> None:
    assert [failure for theorem in run["theorems"] for failure in failures(theorem, {})] == []
    assert "What to do next" not in Elements(run_page(run)).text


def test_everything_that_failed_of_a_theorem_is_told_the_worst_first(run: dict[str, Any]) -> None:
    theorem = failing(run, SURVIVED)
    theorem = {**failing(run, "raised"), **failing(run, "violated"), "mutants": theorem["mutants"]}
    told: list[Failure] = failures(theorem, {})
    assert [failure.status for failure in told] == ["violated", "raised", SURVIVED]


def test_topics_are_folded_where_nothing_failed(run: dict[str, Any]) -> None:
    nothing = {"samples": {"worst": None, "typical": None}, "premises": {}}
    some = [
        {**theorem, **nothing, "histogram": [0] * len(theorem["histogram"])}
        for theorem in run["theorems"]
    ]
    many = [
        {**theorem, "id": f"{theorem['id']}{number}"}
        for number in range(FOLDED)
        for theorem in some
    ]
    run["theorems"] = many

    def topics() -> dict[str | None, bool]:
        found = Elements(run_page(run)).found
        return {
            attributes["id"]: "open" in attributes
            for tag, attributes in found
            if tag == "details" and attributes.get("class") == "folded"
        }

    assert topics() == {"topic-rate": False, "topic-uniqueness": False}
    many[-1] |= {"status": "vacuous"}
    assert list(topics().items()) == [("topic-uniqueness", True), ("topic-rate", False)]
    run["theorems"] = some
    assert topics() == {"topic-rate": True, "topic-uniqueness": True}
