"""A run says in which type of floats the answers of a subject were judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sparsebound as sb
from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.table import console, print_run
from sparsebound.reports.html.run import run_page
from sparsebound.reports.markdown import markdown
from sparsebound.reports.summary import judged_as
from sparsebound.reports.tally import Tally
from tests import subjects

EXAMPLES = 4


def shrinks_in(*types: str) -> Callable[[Any, Any], Any]:
    """Soft thresholding; its answers take turns in their type."""
    asked: list[str] = []

    def shrink(v: Any, theta: Any) -> Any:
        asked.append(types[len(asked) // 2 % len(types)])
        found = np.sign(v) * np.maximum(np.abs(v) - theta, 0)
        with np.errstate(over="ignore"):
            return found.astype(asked[-1])

    return shrink


def judged(subject: Any, *names: str) -> dict[str, list[str]]:
    summary = sb.check_subject(subject, *names, examples=EXAMPLES).summary
    return {theorem["id"]: [*theorem["judged"]] for theorem in summary["theorems"]}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_type_of_what_is_returned(dtype: str, order: str) -> None:
    name = "network.thresholding"
    stored = str(np.dtype(dtype).newbyteorder(order))  # also in an order that is not the machine's
    (theorem,) = sb.check_subject(shrinks_in(stored), name, examples=EXAMPLES).summary["theorems"]
    assert theorem["status"] in ("held", "undecided")
    assert [*theorem["judged"]] == [dtype]
    assert theorem["judged"][dtype] >= theorem["instances"] > 0


def test_what_is_no_float_of_these_is_judged_as_float64() -> None:
    def nothing(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        return subjects.ista(D, Y, lam, L, start, steps).astype(np.longdouble)

    assert judged(nothing, "rate.ista") == {"rate.ista": ["float64"]}


def test_picks_are_judged_as_they_say() -> None:
    def plain(D: Any, Y: Any) -> Any:
        return subjects.pursuit(D, Y)

    def declared(D: Any, Y: Any) -> Any:
        return subjects.pursuit(D, Y)

    declared.precision = "float32"  # type: ignore[attr-defined]
    name = "uniqueness.greedy"
    assert judged(plain, name) == {name: ["float64"]}
    assert judged(declared, name) == {name: ["float32"]}


def test_ours_are_no_subject() -> None:
    tally = Tally.empty("rate.ista")
    assert (tally + tally).judged == {}
    assert judged_as([{"id": "rate.ista", "judged": {}}]) == ""


def by_the_argument(**given: Any) -> Any:
    """ISTA in float32, where it is one; a threshold in float64."""
    if "v" in given:
        return np.sign(given["v"]) * np.maximum(np.abs(given["v"]) - given["theta"], 0)
    D, Y, lam, start = (np.float32(given[name]) for name in ("D", "Y", "lam", "start"))
    L, points = np.float32(given["L"]), [start]
    for _ in range(given["steps"]):
        v = points[-1] + (Y - points[-1] @ D.T) @ D / L
        points.append(np.sign(v) * np.maximum(np.abs(v) - lam[:, None] / L, 0))
    return np.stack(points, axis=1)


def test_theorems_differ_and_every_account_says_so(tmp_path: Path) -> None:
    names = ("rate.ista", "network.thresholding")
    found = sb.check_subject(by_the_argument, *names, examples=EXAMPLES, out=tmp_path / "run")
    said = "float32 (rate.ista); float64 (network.thresholding)"
    document = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert judged_as(document["theorems"]) == said
    page = run_page(found.summary)
    assert f", judged as {said}</p>" in page
    for dtype in ("float32", "float64"):
        assert f"<dt>Judged as</dt><dd>{dtype}</dd>" in page
    assert said in (tmp_path / "run" / "summary.md").read_text().replace("\\", "")
    assert said in markdown(found.summary).replace("\\", "")


def test_the_table_and_json_say_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("single.py").write_text(
        "import numpy as np\n"
        "def shrink(v, theta):\n"
        "    return np.float32(np.sign(v) * np.maximum(np.abs(v) - theta, 0))\n"
    )
    words = ["check", "--subject", "single.py:shrink", "--examples", str(EXAMPLES), "--jobs", "1"]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (theorem,) = document["theorems"]
    assert [*theorem["judged"]] == ["float32"]
    print_run(document, console())
    assert "shrink, judged as float32\n" in capsys.readouterr().out


def test_a_violation_is_read_beside_its_type() -> None:
    def half(v: Any, theta: Any) -> Any:
        return np.float32(np.sign(v) * np.maximum(np.abs(v) - theta / 2, 0))

    (theorem,) = sb.check_subject(half, "network.thresholding", examples=9).summary["theorems"]
    assert "\njudged as float32\n" in theorem["violation"]["text"]


def test_a_subject_of_several_types_has_all_of_them() -> None:
    found = judged(shrinks_in("float64", "float32"), "network.thresholding")
    assert found == {"network.thresholding": ["float32", "float64"]}
