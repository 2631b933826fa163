"""What a report says of the runs beside it, and that nothing else there disturbs it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.reports import earlier
from sparsebound.reports.earlier import MOST, earlier_runs
from sparsebound.reports.html.run import run_page
from sparsebound.reports.run_folder import PLAN, SHARDS
from sparsebound.reports.summary import SUMMARY
from tests.reports.test_pages import EVIL, Elements


class Runs:
    """Folders beside one another, each with the summary of the same run, changed."""

    def __init__(self, of: Path, place: Path) -> None:
        self.kept = json.loads((of / SUMMARY).read_text(encoding="utf-8"))
        self.place = place

    def add(self, name: str, time: str, status: str = "held", **changed: Any) -> Path:
        folder = self.place / name
        folder.mkdir(parents=True)
        summary = json.loads(json.dumps(self.kept))
        summary["run"] |= {"time": time, **changed}
        summary["theorems"][0]["status"] = status
        (folder / SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
        os.utime(folder / SUMMARY, (0, len(list(self.place.iterdir()))))
        return folder

    def before(self, folder: Path) -> tuple[earlier.Earlier, ...]:
        return earlier_runs(folder, json.loads((folder / SUMMARY).read_text(encoding="utf-8")))


@pytest.fixture
def runs(run_folder: Path, tmp_path: Path) -> Runs:
    return Runs(run_folder, tmp_path / "runs")


def day(number: int) -> str:
    return f"2026-01-{number:02}T12:00:00+00:00"


def test_earlier_runs_are_found_whatever_their_seed(runs: Runs) -> None:
    runs.add("first", "2026-01-01T13:00:00+01:00", seed=3)
    runs.add("second", "2026-01-02", "violated", commit="c0ffee")
    now = runs.add("now", day(3))
    runs.add("later", day(4))
    found = runs.before(now)
    assert [(run.folder, run.seed, run.passed) for run in found] == [
        ("second", "0", False),
        ("first", "3", True),
    ]
    name = runs.kept["theorems"][0]["id"]
    assert [run.found[name].status for run in found] == ["violated", "held"]
    assert [str(run.time) for run in found] == [
        "2026-01-02 00:00:00+00:00",
        "2026-01-01 12:00:00+00:00",
    ]
    assert found[0].commit == "c0ffee"


def test_no_more_than_the_last_ones_are_read(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 31):
        runs.add(f"run{number}", day(number))
    read = []
    monkeypatch.setattr(
        earlier, "read_json", lambda path: read.append(path) or json.loads(path.read_text())
    )
    found = runs.before(runs.place / "run25")
    assert [run.folder for run in found] == [f"run{number}" for number in range(24, 4, -1)]
    assert len(found) == len(read) == MOST
    monkeypatch.setattr(earlier, "TRIED", 5)
    assert len(runs.before(runs.place / "run25")) == 5


def test_a_run_of_another_subject_is_not_its_history(runs: Runs) -> None:
    settings = runs.kept["run"]["settings"]
    runs.add("own", day(1))
    runs.add("mine", day(2), settings={**settings, "subject": "my:ista"})
    runs.add("rates", day(3), settings={**settings, "subject": "my:ista", "rate_only": True})
    now = runs.add("now", day(4), settings={**settings, "subject": "my:ista"})
    assert [run.folder for run in runs.before(now)] == ["mine"]


def spoilt(runs: Runs, name: str) -> None:
    folder = runs.add(name, day(1))
    file, summary = folder / SUMMARY, json.loads(json.dumps(runs.kept))
    theorem = summary["theorems"][0]
    if name == "unfinished":
        file.unlink()
        (folder / PLAN).write_text("{}", encoding="utf-8")
    elif name == "a folder instead":
        file.unlink()
        file.mkdir()
    elif name == "a pipe":
        file.unlink()
        os.mkfifo(file)
    elif name == "leads to itself":
        file.unlink()
        file.symlink_to(file)
    elif name == "half":
        file.write_bytes(file.read_bytes()[:1000])
    elif name == "not text":
        file.write_bytes(b"\xff\xfe\x00")
    elif name == "nested":
        file.write_text("[" * 100_000, encoding="utf-8")
    elif name == "larger than any":
        with file.open("ab") as opened:
            opened.truncate(earlier.LARGEST + 1)
    elif name == "a file":
        shutil.rmtree(folder)
        folder.write_text("no folder", encoding="utf-8")
    else:
        changed: dict[str, Any] = {
            "a list": [],
            "older": {**summary, "schema": 5},
            "no time": {**summary, "run": {**summary["run"], "time": None}},
            "no date": {**summary, "run": {**summary["run"], "time": "yesterday"}},
            "before all time": {
                **summary,
                "run": {**summary["run"], "time": "0001-01-01T00:00:00+14:00"},
            },
            "no settings": {**summary, "run": {**summary["run"], "settings": None}},
            "a new status": {**summary, "theorems": [{**theorem, "status": "great"}]},
            "no number": {**summary, "theorems": [{**theorem, "max_ratio": "1"}]},
            "other theorems": {**summary, "theorems": [{**theorem, "id": "a.b"}]},
        }
        file.write_text(json.dumps(changed[name]), encoding="utf-8")
    os.utime(folder, (0, 0))


SPOILT = (
    *("unfinished", "a folder instead", "a pipe", "leads to itself", "half", "not text", "nested"),
    *("larger than any", "a file", "a list", "older", "no time", "no date", "before all time"),
    *("no settings", "a new status", "no number", "other theorems"),
)


def test_what_is_no_run_is_passed_over_in_silence(
    runs: Runs, run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs.place.mkdir()
    for name in SPOILT:
        spoilt(runs, name)
    shutil.copytree(run_folder, runs.place / "whole")
    shards = runs.add("shards of nobody", "2026-01-01") / SHARDS
    shards.mkdir()
    (shards / "foreign").write_text("never read", encoding="utf-8")
    now = runs.place / "whole"
    assert [run.folder for run in runs.before(now)] == ["shards of nobody"]
    assert main(["report", str(now)]) == 0
    assert capsys.readouterr().err == ""
    page = (now / "report.html").read_text(encoding="utf-8")
    assert page.count("Earlier runs: it held in 1 of 1") == 4


def test_a_place_that_cannot_be_listed_has_no_earlier_runs(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.add("first", day(1))
    now = runs.add("now", day(2))

    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert runs.before(now) == ()


def test_the_page_shows_when_a_theorem_ceased_to_hold(runs: Runs) -> None:
    runs.add("first", day(1), seed=7)
    runs.add(EVIL.replace("/", ""), day(2), "violated", commit=EVIL, profile=EVIL, seed=EVIL)
    now = runs.add("now", day(3), "violated")
    document = json.loads((now / SUMMARY).read_text(encoding="utf-8"))
    page = run_page(document, runs.before(now))
    shown = Elements(page)
    assert "img" not in [tag for tag, _ in shown.found]
    name = document["theorems"][0]["id"]
    article = page[page.index(f'id="{name}"') :].split("</article>")[0]
    assert '<details class="earlier" open><summary>Earlier runs: it held in 1 of 2' in article
    rows = [row.split("<td>")[:3] for row in article.split("<tr><td>2026-01-")[1:]]
    assert [row[0] for row in rows] == ["02 12:00", "01 12:00"]
    assert (rows[0][2], rows[1][1:]) == ("✗ violated", ["7", "✓ held"])
    assert page.count('<details class="earlier"><summary>') == 3  # those that held
    assert "✗ failed" in shown.text
    assert "3 of 4" in shown.text
    assert "Earlier runs" not in Elements(run_page(document)).text


def test_twenty_earlier_runs_leave_a_report_small(runs: Runs) -> None:
    for number in range(1, MOST + 2):
        runs.add(f"run{number}", day(number))
    now = runs.place / f"run{MOST + 1}"
    document = json.loads((now / SUMMARY).read_text(encoding="utf-8"))
    theorems = document["theorems"]
    few, many = (
        len(run_page({**document, "theorems": theorems * times}, runs.before(now)))
        for times in (1, 2)
    )
    assert (many - few) / len(theorems) < 30e3  # bytes, as without them
