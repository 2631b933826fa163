"""A conjecture that is false by a hair is refuted; one that nothing satisfies is not 'passed'."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sparsebound.checks.commands.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "by_a_hair.py"
UNSATISFIABLE = """
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Premise, Theorem

def premises(instance):
    yield Premise("2 < 1", 2, 1)

def claims(instance):
    yield Claim("0 <= 1", 0, 1)

THEOREM = Theorem("Nothing", "2 < 1", INDEPENDENT, claims, premises)
"""


def test_a_conjecture_that_is_false_by_a_hair_is_refuted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["check", "--load", str(EXAMPLE), "--out", str(tmp_path / "run"), "--json"]
    assert main(arguments) == 1
    (found,) = json.loads(capsys.readouterr().out)["theorems"]
    assert found["id"] == "conjecture.by_a_hair"
    assert found["status"] == "violated"
    assert found["counts"]["violated"] >= 1


def test_a_conjecture_that_nothing_satisfies_is_vacuous(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nothing.py"
    file.write_text(UNSATISFIABLE)
    arguments = ["check", "--load", str(file), "--examples", "20", "--out", str(tmp_path / "run")]
    assert main(arguments) == 1
    shown = capsys.readouterr().out
    assert "vacuous" in shown
    assert "passed" not in shown
