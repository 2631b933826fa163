"""Iterations that run for as many steps as somebody asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sparsebound as sb
from sparsebound.checks.commands.main import main
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.evidence import gather, has_setting
from sparsebound.checks.examine import examine
from sparsebound.checks.protocol import Subject
from sparsebound.checks.provider import STEPS
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.checks.search import search
from sparsebound.reports.gate.baseline import Baseline
from sparsebound.theory.catalogue import catalogue
from tests import subjects

THEOREMS = [theorem for theorem in catalogue().values() if has_setting(theorem, STEPS)]
LATE = 20


def ista_that_stops_late(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    """Right for 20 steps, and then it stays where it is."""
    points = subjects.ista(D, Y, lam, L, start, steps)
    points[:, LATE:] = points[:, LATE : LATE + 1]
    return points


def recipe(steps: int) -> Recipe:
    codes = Codes(count=3, sparsity=2, pattern="random", amplitudes="normal", seed=3)
    return Recipe("gaussian", {"m": 4, "n": 7, "seed": 1}, codes, {STEPS: steps})


def test_every_iteration_and_every_pursuit_step_by_step_is_one() -> None:
    assert {theorem.id for theorem in THEOREMS} >= {
        *("rate.ista", "rate.ista_strong", "rate.ista_identified", "rate.identification"),
        *("rate.fista", "rate.optista", "rate.momentum"),
        *("rate.iht", "rate.htp", "rate.cosamp", "rate.matching_pursuit"),
    }


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_ours_and_that_of_others_make_as_many(theorem: Any) -> None:
    need, asked = theorem.needs[0], recipe(31)
    run = gather(theorem, asked.experiment(theorem))[need]
    assert run.points.shape == (3, 32, 7)
    subject = Subject.of(subjects.OURS[subjects.NEED[theorem.id]])
    found = examine(theorem, asked, subject=subject)
    assert found.call is not None
    assert found.call.given["steps"] == 31
    assert not found.violated
    assert found.evidence[need].points.shape == (3, 32, 7)


def test_the_instances_are_those_without() -> None:
    theorem = catalogue()["rate.fista"]

    def drawn(asked: dict[str, Any]) -> list[Recipe]:
        found: list[Recipe] = []

        def keep(draw: Draw) -> bool:
            found.append(draw.recipe)
            return False

        search(draws(theorem, asked), 20, 3, keep)
        return found

    plain, more = drawn({}), drawn({STEPS: 40})
    assert [(one.family, one.parameters, one.codes) for one in plain] == [
        (one.family, one.parameters, one.codes) for one in more
    ]
    assert {one.settings.get(STEPS) for one in plain} == {None}
    generated = [one for one in more if one.family != "construction"]
    assert {one.settings[STEPS] for one in generated} == {40}


def test_what_goes_wrong_late_is_found_by_more_steps_and_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked = {"examples": 5, "out": tmp_path / "run", "steps": LATE + 4}
    assert sb.check_subject(ista_that_stops_late, "rate.ista", examples=5).passed
    found = sb.check_subject(ista_that_stops_late, "rate.ista", **checked)  # type: ignore[arg-type]
    assert not found.passed
    (theorem,) = found.summary["theorems"]
    assert "step 21" in theorem["violation"]["cause"]
    settings = theorem["violation"]["recipe"]["settings"]
    assert settings[STEPS] == LATE + 4
    assert found.summary["run"]["settings"][STEPS] == LATE + 4
    assert "--steps 24" in found.summary["run"]["command"]
    assert Baseline.of(found.summary).settings[STEPS] == LATE + 4  # a gate compares no others
    words = ["check", "rate.ista", "--replay", json.dumps(theorem["violation"]["recipe"]), "--json"]
    assert main(words) == 0  # of ours
    assert "ista_run.points" in json.loads(capsys.readouterr().out)["text"]


def test_large_instances_have_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()

    def counted(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        seen.add((steps, D.shape[1] > 64))
        return subjects.ista(D, Y, lam, L, start, steps)

    assert sb.check_subject(counted, "rate.ista", examples=3, steps=17).passed
    assert (17, True) in seen
    assert {steps for steps, large in seen if large} == {17}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rate.ista", "--steps", "0"], "'0' was given; expected an integer that is at least 1"),
        (["rate.ista", "--steps", "1025"], "steps is 1025; expected an integer from 1 to 1024"),
        (["rate.ista", "uniqueness.spark", "--steps", "9"], "not uniqueness.spark"),
        (["uniqueness", "--steps", "9"], "theorems that have a number of steps, rate."),
        (["rate.ista", "--steps", "9", "--replay", "{}"], "to be left out with --replay"),
    ],
)
def test_numbers_of_steps_that_cannot_be(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *words]) == 2
    said = capsys.readouterr().err
    assert (message in said, said.count("\n")) == (True, 1)


def test_a_run_that_goes_on_keeps_its_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "run")
    words = ["check", "rate.fista", "--examples", "3", "--jobs", "1", "--steps", "5"]
    assert main([*words, "--out", folder]) == 0
    assert main(["check", "--resume", folder, "--steps", "6"]) == 2
    assert "expected 5 as in" in capsys.readouterr().err
    assert main(["check", "--resume", folder]) == 0


def test_a_recipe_holds_only_numbers_of_steps() -> None:
    theorem = catalogue()["rate.ista"]
    for wrong in (0, -1, 1025, 2.0, True, "9"):
        asked = Recipe("integer", {"matrix": [[1]]}, Codes(count=1, sparsity=1), {STEPS: wrong})
        with pytest.raises(sb.InputError, match="expected an integer from 1 to 1024"):
            asked.experiment(theorem)
    with pytest.raises(sb.InputError, match="some of"):
        recipe(3).experiment(catalogue()["rate.unfolded"])


def test_without_a_number_there_are_as_many_as_ever() -> None:
    theorem, twelve = catalogue()["rate.ista"], recipe(12)
    plain = replace(twelve, settings={})
    one, other = (gather(theorem, r.experiment(theorem))["ista_run"] for r in (plain, twelve))
    assert np.array_equal(one.points, other.points)
