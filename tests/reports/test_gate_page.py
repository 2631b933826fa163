"""The page of the gate: every finding, every benchmark, and the runs before."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sparsebound.reports.gate.benchmark import Benchmark
from sparsebound.reports.gate.compare import Finding
from sparsebound.reports.gate.history import GATE, History, history
from sparsebound.reports.html.gate import gate_page
from sparsebound.reports.html.measured import interval, trend
from sparsebound.reports.run_folder import PLAN, SHARDS, RunFolder
from sparsebound.reports.summary import SUMMARY, summarise
from sparsebound.theory.errors import InputError
from tests.reports.browser import STRICT, chromium, needs_browser, served
from tests.reports.test_page_in_browser import WIDEST, axe
from tests.reports.test_pages import EVIL, Elements

LOOK = "sparsebound check rate.ista --seed 0"
FINDINGS = [
    Finding("truth", "rate.ista", "status", "held", "vacuous", "regression", LOOK),
    Finding("coverage", "rate.ista: premise dropped", "mutant", "none", "new", "change", LOOK),
    Finding("work", "run", "machine", "numpy 1", "numpy 2", "not judged", "update it"),
    Finding("instructions", "all", "count", "-", "no valgrind", "skipped", "install valgrind"),
]


def measured(name: str = "babel", value: float = 1.0, verdict: str = "passed") -> Benchmark:
    numbers = value, value - 0.04, value + 0.04, 1.0, 1.1
    return Benchmark("time", name, "head/base", "2 ms", "3 ms", *numbers, verdict, f"time {name}")


def gate(outcome: str, findings: list[Finding], *benchmarks: Benchmark) -> dict[str, Any]:
    provenance = {"commit": "c0ffee", "time": "2026-01-01", "versions": {"numpy": "2"}}
    return {
        "schema": 1,
        "time": "2026-02-02T00:00:00+00:00",
        "status": {"passed": 0, "failed": 1, "not judged": 2}[outcome],
        "outcome": outcome,
        "baseline": {"file": "reports/baselines/ci.json", "provenance": provenance},
        "base": "commit beef" if benchmarks else "",
        "findings": [asdict(finding) for finding in findings],
        "benchmarks": [asdict(benchmark) for benchmark in benchmarks],
    }


@pytest.fixture
def document(run_folder: Path) -> dict[str, Any]:
    return summarise(RunFolder.open(run_folder))


@pytest.fixture
def beside(run_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of a run from the same one, with its summary changed and no shards."""

    def make(name: str, *benchmarks: Benchmark, **changed: Any) -> Path:
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        shutil.copy(run_folder / PLAN, folder)
        summary = json.loads((run_folder / SUMMARY).read_text(encoding="utf-8"))
        ratio = changed.pop("ratio", None)
        if ratio is not None:
            summary["theorems"][0]["max_ratio"] = ratio
        summary["run"] |= changed
        (folder / SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
        if benchmarks:
            kept = json.dumps(gate("passed", [], *benchmarks))
            (folder / GATE).write_text(kept, encoding="utf-8")
        return folder

    return make


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return found


def alone(folder: Path) -> History:
    return history(folder, summary(folder))


def test_every_finding_is_there_with_what_to_run(document: dict[str, Any], beside: Any) -> None:
    slow = measured("babel", 1.3, "regression")
    past = alone(beside("now"))
    findings = FINDINGS + slow.findings
    shown = Elements(gate_page(document, gate("failed", findings, slow, measured("erc")), past))
    for finding in findings:
        for text in asdict(finding).values():
            assert text in shown.text or text.capitalize() in shown.text
    assert shown.text.count(LOOK) == 2  # once for each kind of evidence
    assert "2 regressions, 1 change, 1 not judged, 1 skipped" in shown.text
    for text in ("1.3 [1.26, 1.34]", "time erc", "1 of 2", "c0ffee", "commit beef"):
        assert text in shown.text
    kinds = [shown.text.index(f"\n{kind}\n") for kind in ("Truth", "Coverage", "Work", "Time")]
    assert kinds == sorted(kinds)
    labels = [attributes.get("aria-label") for tag, attributes in shown.found if tag == "svg"]
    assert "1.3, from 1.26 to 1.34; limit 1.1" in labels


@pytest.mark.parametrize(
    ("outcome", "symbol"), [("passed", "✓"), ("failed", "✗"), ("not judged", "?")]
)
def test_the_outcome_is_said_in_words_and_with_a_symbol(
    document: dict[str, Any], outcome: str, symbol: str
) -> None:
    findings = {"passed": [], "failed": FINDINGS[:1], "not judged": FINDINGS[2:3]}[outcome]
    shown = Elements(gate_page(document, gate(outcome, findings), History((), {})))
    assert f"{symbol} {outcome.capitalize()}" in shown.text
    assert ("Nothing differs" in shown.text) == (not findings)
    assert "the benchmarks were not run" in shown.text


def test_text_is_never_markup(document: dict[str, Any], beside: Any) -> None:
    finding = Finding(*[EVIL] * 7)
    odd = Benchmark(EVIL, EVIL, EVIL, EVIL, EVIL, 1.0, 1.0, 1.0, 1.0, 1.1, EVIL, EVIL, EVIL)
    judged = gate("failed", [finding], odd) | {"base": EVIL}
    judged["baseline"] = {"file": EVIL, "provenance": {"commit": EVIL, "versions": {EVIL: EVIL}}}
    beside("then", odd, commit=EVIL)
    past = alone(beside("now", odd))
    shown = Elements(gate_page(document, judged, History(past.runs, {EVIL: EVIL})))
    tags = [tag for tag, _ in shown.found]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert shown.text.count(EVIL) > 20
    for _, attributes in shown.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert "style" not in attributes


def test_one_run_alone_has_no_history(document: dict[str, Any], beside: Any) -> None:
    past = alone(beside("now", measured()))
    assert [run.folder for run in past.runs] == ["now"]
    page = gate_page(document, gate("passed", [], measured()), past)
    assert "There is no history yet" in page
    assert "left out" not in page


def test_runs_are_drawn_in_the_order_of_their_times(document: dict[str, Any], beside: Any) -> None:
    beside("z-first", measured("babel", 0.97), time="2026-01-01T00:00:00+02:00", commit="aaaa")
    beside("a-second", time="2026-01-01T00:00:00", ratio=0.25)
    now = beside("now", measured("babel", 1.05), measured("new"), time="2026-03-01T00:00:00Z")
    beside("later", time="2026-04-01T00:00:00Z")
    past = alone(now)
    assert [run.folder for run in past.runs] == ["z-first", "a-second", "now", "later"]
    assert [run.current for run in past.runs] == [False, False, True, False]
    assert [run.outcome for run in past.runs] == ["passed", "", "passed", ""]
    page = gate_page(document, gate("passed", [], measured()), past)
    read = " ".join(
        re.sub("<[^>]*>", " ", page[page.index("History") : page.index("<footer")]).split()
    )
    for text in (
        "1 0.97 [0.93, 1.01] - 2 - - 3 1.05 [1.01, 1.09] 1 [0.96, 1.04] 4 - -",
        "1 z-first 2025-12-31 22:00 aaaa ✓ passed ✓ passed",
        "3 now (this run) 2026-03-01 00:00",
        f"{document['theorems'][0]['id']} first 1, last 1, from 0.25 to 1",
    ):
        assert text in read
    assert document["theorems"][1]["id"] not in read


def test_what_cannot_be_used_is_named(document: dict[str, Any], beside: Any) -> None:
    now = beside("now")
    beside("good")
    beside("fewer", settings=document["run"]["settings"] | {"examples": 5})
    beside("odd time", time="yesterday")
    (beside("judged badly") / GATE).write_text('{"schema": 1, "outcome": 3}', encoding="utf-8")
    (beside("corrupt") / SUMMARY).write_text('{"schema": 2, ', encoding="utf-8")
    (beside("older") / SUMMARY).write_text('{"schema": 1}', encoding="utf-8")
    (beside("going on") / SUMMARY).unlink()
    (beside("no shape") / SUMMARY).write_text("[]", encoding="utf-8")
    half = beside("half")
    unfinished = summary(half)
    unfinished["theorems"][0]["status"] = "unfinished"
    (half / SUMMARY).write_text(json.dumps(unfinished), encoding="utf-8")
    (now.parent / "pictures").mkdir()
    (now.parent / "again").symlink_to(now)
    (now.parent / "notes.txt").write_text("no folder", encoding="utf-8")
    past = alone(now)
    assert {run.folder for run in past.runs} == {"now", "good", "judged badly"}
    assert set(past.skipped) == {
        "fewer",
        "odd time",
        f"judged badly/{GATE}",
        "corrupt",
        "older",
        "going on",
        "no shape",
        "half",
        "pictures",
    }
    assert (
        past.skipped["fewer"] == "settings is 'examples 5'; expected those of this run: examples 20"
    )
    shown = Elements(gate_page(document, gate("passed", []), past))
    assert "9 left out" in shown.text
    for name, reason in past.skipped.items():
        assert name in shown.text
        assert reason in shown.text


def test_shards_of_other_runs_are_not_read(beside: Any) -> None:
    shards = beside("other") / SHARDS
    shards.mkdir()
    (shards / "a.json").write_text("not JSON", encoding="utf-8")
    past = alone(beside("now"))
    assert len(past.runs) == 2
    assert not past.skipped


def test_the_run_itself_has_to_be_finished(run_folder: Path, document: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="a run that is finished"):
        history(run_folder, document | {"theorems": []})


def test_what_does_not_fit_ends_in_an_arrow() -> None:
    def arrows(value: float, limit: float) -> int:
        return interval(value, value - 0.01, value + 0.01, 1, limit, colour="blue").count("l4 4")

    assert arrows(1.02, 1.1) == 0
    assert arrows(3.0, 1.1) == 1
    assert arrows(0.3, 1.1) == 1
    assert arrows(1.0, 1.0) == 0  # a limit that leaves no room


def test_a_trend_leaves_gaps() -> None:
    drawn = trend([1.0, None, 1.0, 1.5], description="", levels=(1, 1.1))
    assert drawn.count("h0") == 3
    assert drawn.count("L") == 1


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_narrow_screen_without_scripts_or_faults(
    document: dict[str, Any], beside: Any, tmp_path: Path, dark: bool
) -> None:
    names = ["babel", "coherence_of_a_dictionary_of_many_atoms_in_high_dimension"]
    then = [measured(name, 0.97) for name in names]
    now = [measured(name, 1.3, "regression") for name in names]
    beside("then", *then, ratio=0.5)
    folder = beside("a-run-with-a-name-that-is-much-longer-than-a-narrow-screen-is-wide", *now)
    long = Finding("work", "run", "machine", "numpy " * 40, "x" * 200, "not judged", LOOK * 9)
    findings = [*FINDINGS, long, *(found for entry in now for found in entry.findings)]
    page = tmp_path / "gate.html"
    text = gate_page(document, gate("failed", findings, *now), alone(folder))
    page.write_text(text, encoding="utf-8")
    opened = "for (const e of document.querySelectorAll('details')) e.open = true;"
    with served(tmp_path, STRICT) as address, chromium(width=390, scripts=False) as driver:
        driver.get(f"{address}/gate.html")
        body = driver.find_element("tag name", "body").text
        for word in ("Failed", "Findings", "Benchmarks", "History", "Look closer"):
            assert word in body
    with chromium(width=390, dark=dark) as driver:
        driver.get(page.as_uri())
        driver.execute_script(opened)
        assert driver.get_log("browser") == []
        assert driver.execute_script(WIDEST) <= 390
        for picture in driver.find_elements("css selector", "svg[role=img]"):
            assert 0 < picture.size["width"] <= 390
        driver.execute_script(axe())
        found = driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert found["passes"]
    assert not [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")]
