"""The table at several widths, what follows it, and progress."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.table import (
    NO_TERMINAL,
    Reporter,
    console,
    print_run,
    ratio,
    replay_command,
)
from sparsebound.checks.runner import Finished
from sparsebound.reports.run_folder import SCHEMA, RunFolder, Shard
from sparsebound.reports.tally import Tally


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def theorem(name: str, status: str = "held", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "status": status,
        "counts": {"holds": 1234, "violated": 0, "vacuous": 20, "undecided": 0},
        "max_ratio": 0.98765,
        "sharp": True,
        "equality": False,
        "near_edge": 100,
        "worst": None,
        "violation": None,
        "fault": None,
        "mutants": [
            {"name": "[bold] -> <=", "refuted": True, "ratio": 2.0, "examples": 1, "worst": None}
        ],
        "seconds": 1.5,
        "title": "A title",
        "conjecture": False,
        "instances": 100,
        "shards": {"done": 1, "planned": 1},
        **changes,
    }


def document(*theorems: dict[str, Any], **changes: Any) -> dict[str, Any]:
    run: dict[str, Any] = {"settings": {"load": []}}
    return {"run": run, "theorems": theorems, "not_run": [], "dictionaries": [], **changes}


def printed(shown: dict[str, Any], width: int, folder: str = "") -> str:
    file = io.StringIO()
    print_run(shown, console(file, width=width), folder)
    return file.getvalue()


WORST = {
    "recipe": {"family": "simplex", "note": "it's"},
    "code": 0,
    "status": "violated",
    "ratio": 1.5,
    "claim": "mu <= 1/2",
    "text": "D =\n  [1 0]\nx = (1, 1/2)",
}


def test_wide() -> None:
    text = printed(document(theorem("uniqueness.convolutional", conjecture=True)), 160)
    assert "uniqueness.convolutional (conjecture)" in text
    for part in ("held", "1,234", "20", "0.9876", "yes", "8%", "1/1", "1.50 s", "undecided"):
        assert part in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 160


def test_a_row_of_a_whole_run_fits_into_a_log() -> None:
    counts = {"holds": 150_000, "violated": 0, "vacuous": 40_000, "undecided": 99}
    row = theorem("conjecture.fista_exact", conjecture=True, counts=counts, seconds=9.99)
    shown = document(row, {**row, "equality": True, "near_edge": None})
    text = printed(shown, NO_TERMINAL)
    assert "mutants    time\n" in text


@pytest.mark.parametrize("width", [40, 60])
def test_narrow(width: int) -> None:
    text = printed(document(theorem("uniqueness.convolutional"), theorem("rate.b")), width)
    table = text.split("passed:")[0]
    assert max(map(len, table.splitlines())) <= width
    together = " ".join(text.split())
    assert "1,234 held, 0 violated, 20 vacuous, 0 undecided" in together
    assert "lhs/rhs 0.9876, sharp, near edge 8%, mutants 1/1, 1.50 s" in together


@pytest.mark.parametrize("width", [60, 160])
def test_what_is_proved_by_machine_says_so(width: int) -> None:
    proved, other = theorem("a.proved", proved="proofs/a/proved.v:proved"), theorem("a.other")
    text = printed(document(proved, other), width)
    row, rest = text.split("a.proved", 1)[1].split("a.other", 1)
    assert row.count("yes" if width > 100 else "proved") == (2 if width > 100 else 1)
    assert "proved" not in rest


@pytest.mark.parametrize("width", [60, 160])
def test_what_has_no_ratio_or_no_edge_says_so(width: int) -> None:
    shown = document(
        theorem("a.equality", equality=True, max_ratio=None, near_edge=None),
        theorem("a.none", max_ratio=None),
        theorem("a.other", max_ratio=None),
        theorem("a.zero", max_ratio=0.0),
        theorem("a.vacuous", "vacuous", max_ratio=None,
                counts={"holds": 0, "violated": 0, "vacuous": 9, "undecided": 0}),
    )  # fmt: skip
    text = printed(shown, width)
    row = text.split("a.equality", 1)[1].split("a.none", 1)[0]
    assert "equality" in row
    assert "none" in row
    assert "sharp" not in row
    assert "yes" not in row
    assert "no claim that is measured has a positive right side: a.none, a.other\n" in text
    assert "the left side is 0, or the right side is infinite: a.zero\n" in text
    assert text.count("no lhs/rhs") == 2  # a line for each reason


@pytest.mark.parametrize("width", [60, 160])
def test_the_last_line_is_the_result(width: int) -> None:
    text = printed(document(theorem("a.b")), width, "runs/x")
    assert text.splitlines()[-1].startswith("passed: 1 theorem: 1 held; 1 of 1 mutant refuted")
    assert text.splitlines()[-2] == "run folder: runs/x"


@pytest.mark.parametrize("width", [60, 160])
def test_a_violation_is_shown_in_full_with_its_command(width: int) -> None:
    text = printed(document(theorem("a.b", "violated", violation=WORST)), width)
    assert "violated: a.b: A title\n  D =\n    [1 0]\n  x = (1, 1/2)\n" in text
    command = next(line for line in text.splitlines() if "replay:" in line).split("replay: ")[1]
    assert shlex.split(command)[-1] == '{"family":"simplex","note":"it\'s"}'
    assert text.splitlines()[-1].startswith("failed: 1 theorem: 1 violated")


def test_surviving_mutants_are_named() -> None:
    mutant = {"name": "[x] -> y", "refuted": False, "ratio": 0.9, "examples": 200, "worst": None}
    text = printed(document(theorem("a.b", "mutant survived", mutants=[mutant])), 160)
    assert "mutant survived: a.b: '[x] -> y': 200 instances tried, no counterexample" in text
    assert "largest lhs/rhs 0.9000" in text
    assert "0/1" in text


def test_other_states_are_explained() -> None:
    vacuous = theorem("a.b", "vacuous", worst={**WORST, "text": ""}, failing_premise="m < n")
    undecided = theorem("a.c", "undecided", worst=WORST)
    unfinished = theorem("a.d", "unfinished", shards={"done": 1, "planned": 3})
    shown = document(
        vacuous,
        undecided,
        unfinished,
        not_run=[{"id": "a.e", "reason": "it needs more"}],
        dictionaries=[{"coherence": "0.9"}],
    )
    text = printed(shown, 160)
    assert "vacuous: a.b: 20 codes tried, none satisfied the premises; 'm < n' fails" in text
    assert "undecided: a.c: 0 of 1,234 verdicts" in text
    assert "unfinished: a.d: 1 of 3 shards" in text
    assert "not run: a.e: it needs more" in text
    assert "coherence  0.9" in text


def test_counterexamples_of_mutants_are_shown_for_few_theorems() -> None:
    mutant = {"name": "m", "refuted": True, "ratio": 1.5, "examples": 1, "worst": WORST}
    one = theorem("a.b", mutants=[mutant])
    assert "mutant refuted: a.b: 'm'\n  D =" in printed(document(one), 160)
    assert "mutant refuted" not in printed(document(*[one] * 4), 160)


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        file = Terminal()
        print_run(document(theorem("a.b")), console(file, width=160))
        assert ("\x1b[32m" in file.getvalue()) is not colourless


def test_replay_commands_name_files_and_mutants() -> None:
    settings = {"load": ["/tmp/my file.py"], "subject": "my:ista"}
    command = replay_command("c.d", {"a": 1}, mutant="< -> <=", settings=settings)
    words = ["sparsebound", "check", "c.d", "--load", "/tmp/my file.py"]
    assert shlex.split(command) == [*words, "--replay", '{"a":1}', "--mutant", "< -> <="]
    command = replay_command("c.d", {"a": 1}, settings=settings)
    assert shlex.split(command) == [*words, "--subject", "my:ista", "--replay", '{"a":1}']


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1e-9, "1e-09"), (0.99999999, "0.9999"), (1 + 1e-9, "1.0001"), (2e6, "2e+06")],
)
def test_ratios_do_not_round_to_one(value: float, text: str) -> None:
    assert ratio(value) == text


def test_progress_without_a_terminal_is_a_line_a_theorem(tmp_path: Path) -> None:
    facts = {
        "title": "T", "sharp": False, "equality": False, "conjecture": False, "mutants": []
    }  # fmt: skip
    plan = {
        "schema": SCHEMA,
        "provenance": {},
        "theorems": {"f.a": facts, "f.b": facts},
        "shards": {"block": 1, "examples": {"f.a": 2, "f.b": 1}},
        "not_run": [],
        "settings": {},
    }
    folder = RunFolder.create(tmp_path / "run", plan)
    file = io.StringIO()
    folder.write(Shard("f.a", "examples 0-0", Tally("f.a", holds=1)))  # by a run before
    with Reporter(folder, file) as reporter:
        reporter(Finished(Shard("f.a", "examples 1-1", Tally("f.a", holds=1, seconds=0.5)), 2, 3))
        assert reporter.finished == "1 of 2 theorems finished (2 of 3 shards)"
        reporter(Finished(Shard("f.b", "examples 0-0", Tally("f.b", vacuous=1)), 3, 3))
    assert file.getvalue() == "[1/2] f.a: held, 0.50 s\n[2/2] f.b: vacuous, 0.00 s\n"
