"""Uphill: what random draws do not reach is reached, written down, and replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.climbing import climb
from sparsebound.checks.commands.main import main
from sparsebound.checks.examine import examine
from sparsebound.checks.protocol import Subject
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import replay, run_shard
from sparsebound.reports.tally import Tally
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Claim
from sparsebound.theory.verdict import VIOLATED

WELCH = catalogue()["dictionary.welch"]


NEAR = catalogue()["stability.near_minimiser"]


@wraps(NEAR.claims)
def nearer(*args: Any, **changes: Any) -> Iterator[Claim]:
    """False, but only near the sharp instances: ten percent more than what is true."""
    for claim in NEAR.claims(*args, **changes):
        yield replace(claim, lhs=claim.lhs * Fraction(11, 10))


CONJECTURE = replace(
    NEAR,
    id="conjecture.nearer",
    claims=nearer,
    sharp=None,
    mutants=(),
    promises=(),
    proof="",
    dictionaries=("gaussian",),
)


def tally(climb_: int) -> Tally:
    return run_shard(CONJECTURE, "examples 0-49", RunSettings(climb=climb_)).tally


def test_it_refutes_what_random_draws_do_not() -> None:
    drawn = tally(0)
    assert drawn.violation is None
    assert drawn.instances >= 50
    assert drawn.fault is None
    found = tally(2000).violation
    assert found is not None
    assert found.recipe["family"] == "written"
    verdict, text = replay(CONJECTURE, Recipe.from_json(json.loads(json.dumps(found.recipe))))
    assert (verdict.status == VIOLATED).any()
    assert "violated" in text


def test_what_cannot_be_written_down_is_not_climbed() -> None:
    theorem = catalogue()["rate.deep"]
    assert theorem.sharp is not None
    begin = Recipe("construction", {"name": theorem.sharp.__name__, "size": 1})
    assert climb(theorem, begin, 10, 0) is None
    assert climb(WELCH, Recipe("gaussian", {"m": 30, "n": 40, "seed": 0}), 10, 0) is None


def test_what_breaks_a_check_ends_a_climb() -> None:
    seen: list[int] = []

    def breaks(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        seen.append(len(seen))
        raise ValueError("no")

    begin = Recipe("integer", {"matrix": [[2, 1], [0, 1]]}, Codes(sparsity=1))
    found = climb(catalogue()["rate.ista"], begin, 50, 0, Subject.of(breaks))
    assert found is not None
    assert len(seen) == 1


def test_it_goes_from_the_code_that_is_named() -> None:
    theorem = catalogue()["uniqueness.erc"]
    begin = Recipe("gaussian", {"m": 16, "n": 18, "seed": 1}, Codes(count=4, sparsity=2, seed=3))
    found = climb(theorem, begin, 60, 0, code=2)
    assert found is not None
    support = begin.instance(theorem).X[2] != 0  # type: ignore[union-attr]
    np.testing.assert_array_equal(np.array(found.parameters["X"])[0] != 0, support)
    assert len(examine(theorem, found).verdict) == 1
    assert climb(theorem, begin, 60, 0, code=2) == found


@pytest.mark.parametrize(
    "parameters",
    [
        {"D": [[1.0]], "X": [[1.0]]},
        {"D": [[1.0]], "X": [[1.0]], "E": [[1.0, 2.0, 3.0], [1.0]]},
        {"D": [1.0], "X": [[1.0]], "E": [[0.0]]},
        {"D": [[1.0, 2.0]], "X": [[1.0, 2.0, 3.0, 4.0]], "E": [[0.0]]},
        {"D": [[1.0]], "X": [["a"]], "E": [[0.0]]},
        {"D": [[1.0]], "X": [[1.0]], "E": [[0.0]], "F": [[0.0]]},
        {"D": [[np.nan]], "X": [[1.0]], "E": [[0.0]]},
    ],
)
def test_what_is_written_down_wrongly_is_refused(parameters: dict[str, Any]) -> None:
    recipe = Recipe.from_json({"family": "written", "parameters": parameters})
    with pytest.raises(InputError):
        recipe.instance(WELCH)


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    words = ["check", "stability.near_minimiser", "--examples", "20", "--jobs", "1"]
    assert main([*words, "--climb", "40", "--out", out]) == 0
    document = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert document["run"]["settings"]["climb"] == 40
    assert "--climb 40" in document["run"]["command"]
    capsys.readouterr()
    assert main(["check", "--resume", out, "--climb", "10"]) == 2
    assert "--climb is 10; expected 40" in capsys.readouterr().err
    assert main([*words, "--climb", "-1"]) == 2
