"""The gate: planted regressions, each found by the evidence that is meant for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.checks.oracles import composite
from sparsebound.checks.oracles.descent import Lasso
from sparsebound.checks.timing.against import SourceTree
from sparsebound.reports.gate.baseline import SCHEMA, Baseline
from sparsebound.reports.gate.compare import ALLOWANCE, Finding, compare, status
from sparsebound.reports.gate.history import GATE
from sparsebound.reports.run_folder import PLAN, RunFolder
from sparsebound.reports.summary import summarise

THEOREM = """
from dataclasses import replace
from fractions import Fraction
from sparsebound.theory.dictionary.welch import THEOREM as WELCH, claims, premises
from sparsebound.theory.theorem import Mutant, Premise

LOOSE = Fraction(1)

def loosened(instance, *, factor=Fraction(1)):
    return claims(instance, factor=factor * LOOSE)

def impossible(instance):
    m, n = instance.D.shape
    yield Premise("n < m < n", n + m, m)

THEOREM = replace(WELCH, id="planted.welch", claims=loosened)
"""
PLANTED = {
    "nothing": "",
    "a premise that nothing satisfies": "THEOREM = replace(THEOREM, premises=impossible)",
    "a mutant that is true": (
        "THEOREM = replace(THEOREM, mutants=(replace(WELCH.mutants[0], "
        "changes={'factor': Fraction(1, 2)}),))"
    ),
    "a bound 5 percent looser": "LOOSE = Fraction(95, 100)",
    "a renamed mutant": (
        "THEOREM = replace(THEOREM, mutants=(replace(WELCH.mutants[0], name='other'),))"
    ),
}

Summary = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def run(planted: str) -> Path:
        if planted not in made:
            place = tmp_path_factory.mktemp("gate")
            (place / "welch.py").write_text(THEOREM + PLANTED[planted] + "\n")
            words = ["check", "--load", str(place / "welch.py"), "--examples", "40", "--jobs", "1"]
            main([*words, "--out", str(place / "run")])
            made[planted] = place / "run"
        return made[planted]

    return run


@pytest.fixture(scope="module")
def summary(folder: Callable[[str], Path]) -> Summary:
    return lambda planted: summarise(RunFolder.open(folder(planted)))


def found(summary: Summary, planted: str) -> list[Finding]:
    return compare(summary(planted), Baseline.of(summary("nothing")))


def test_a_run_is_no_different_from_itself(summary: Summary) -> None:
    assert found(summary, "nothing") == []


@pytest.mark.parametrize(
    ("planted", "evidence", "now"),
    [
        ("a premise that nothing satisfies", "truth", "vacuous"),
        ("a mutant that is true", "truth", "mutant survived"),
    ],
)
def test_truth(summary: Summary, planted: str, evidence: str, now: str) -> None:
    first = found(summary, planted)[0]
    assert (first.evidence, first.now, first.verdict) == (evidence, now, "regression")


def test_a_looser_bound_is_less_sharp(summary: Summary) -> None:
    findings = found(summary, "a bound 5 percent looser")
    (sharp,) = [finding for finding in findings if finding.evidence == "sharpness"]
    assert (sharp.baseline, sharp.verdict) == ("1.0", "regression")
    assert abs(float(sharp.now) - 0.95**2) <= ALLOWANCE


def test_a_renamed_mutant_is_gone_and_new(summary: Summary) -> None:
    findings = found(summary, "a renamed mutant")
    coverage = {f.subject: f.verdict for f in findings if f.evidence == "coverage"}
    assert coverage == {
        "planted.welch: other": "change",
        "planted.welch: right side times 1.01": "regression",
    }


def test_an_improvement_is_a_finding(summary: Summary) -> None:
    loose = Baseline.of(summary("a bound 5 percent looser"))
    verdicts = {f.quantity: f.verdict for f in compare(summary("nothing"), loose)}
    assert verdicts["largest ratio"] == "change"


def test_more_examples_to_refute_a_mutant_is_work(summary: Summary) -> None:
    document = deepcopy(summary("nothing"))
    document["theorems"][0]["mutants"][0]["examples"] += 1
    (finding,) = compare(document, Baseline.of(summary("nothing")))
    assert (finding.evidence, finding.verdict) == ("work", "regression")


@pytest.mark.parametrize(("factor", "expected"), [(0.5, 0), (2, 1)])
def test_ratios_are_equal_within_the_allowance(
    summary: Summary, factor: float, expected: int
) -> None:
    document = deepcopy(summary("nothing"))
    document["theorems"][0]["max_ratio"] *= 1 - factor * ALLOWANCE
    assert len(compare(document, Baseline.of(summary("nothing")))) == expected


def test_another_machine_is_said_and_what_was_attained_is_judged(summary: Summary) -> None:
    baseline = Baseline.of(summary("nothing"))
    baseline.provenance["arithmetic"] = "of another processor"
    findings = compare(summary("nothing"), baseline)
    assert [f.quantity for f in findings] == ["machine"]
    assert status(findings) == 2
    loose = compare(summary("a bound 5 percent looser"), baseline)
    assert {f.evidence for f in loose} >= {"sharpness", "work"}
    assert status(loose) == 1


def test_other_settings_are_not_judged(summary: Summary) -> None:
    baseline = Baseline.of(summary("nothing"))
    baseline.settings["seed"] = 1
    (finding,) = compare(summary("nothing"), baseline)
    assert (finding.baseline, finding.now) == ("seed 1", "seed 0")
    assert status([finding]) == 2


def test_the_command(
    folder: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = str(folder("nothing")), str(folder("a mutant that is true"))
    file = tmp_path / "new" / "baseline.json"
    with_file = ["--baseline", str(file), "--skip-benchmarks"]
    assert main(["gate", good, *with_file]) == 2
    assert "--update-baseline writes one" in capsys.readouterr().err
    assert main(["gate", bad, *with_file, "--update-baseline"]) == 2
    assert not file.exists()
    assert main(["gate", good, *with_file, "--update-baseline"]) == 0
    assert main(["gate", good, *with_file]) == 0
    assert "passed: 1 theorem" in capsys.readouterr().out
    assert main(["gate", bad, *with_file]) == 1
    assert "mutant survived" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": SCHEMA + 1}, "writes it anew"),
        ({"theorems": {}}, "at least one theorem"),
        ({"theorems": {"a.b": {"max_ratio": "1"}}}, "a.b.counts"),
        ({"more": 1}, "more"),
    ],
)
def test_a_baseline_that_cannot_be_used(
    folder: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    message: str,
) -> None:
    file = tmp_path / "baseline.json"
    words = ["gate", str(folder("nothing")), "--baseline", str(file), "--skip-benchmarks"]
    assert main([*words, "--update-baseline"]) == 0
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_another_file_is_not_replaced(folder: Callable[[str], Path], tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text("{}")
    words = ["gate", str(folder("nothing")), "--baseline", str(file), "--update-baseline"]
    words.append("--skip-benchmarks")
    assert main(words) == 2
    assert file.read_text() == "{}"


def test_an_unfinished_run_is_not_judged(
    folder: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = json.loads((folder("nothing") / PLAN).read_text())
    RunFolder.create(tmp_path / "run", plan)
    assert main(["gate", str(tmp_path / "run")]) == 2
    assert "a run that is finished" in capsys.readouterr().err


def test_a_base_that_cannot_be_timed(
    folder: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["gate", str(folder("nothing")), "--baseline", str(tmp_path / "baseline.json")]
    assert main([*words, "--update-baseline", "--skip-benchmarks"]) == 0
    assert main([*words, "--base", "no-such-commit"]) == 2
    assert "--base is 'no-such-commit'" in capsys.readouterr().err
    assert main([*words, "--base-python", "no-such-python"]) == 2
    assert "--base-python is 'no-such-python'" in capsys.readouterr().err
    old = nullcontext(SourceTree(tmp_path))
    monkeypatch.setattr("sparsebound.checks.timing.against.checkout", lambda ref, python, head: old)
    assert main([*words, "--base", "old"]) == 2
    shown = capsys.readouterr().out
    assert "not judged (time): benchmarks: state: measured -> old:" in shown
    assert "not judged: 1 theorem" in shown
    for named in ("--base", "--base-python"):
        assert main([*words, named, "old", "--skip-benchmarks"]) == 2
        assert f"{named} is 'old'; expected to be left out" in capsys.readouterr().err
    assert main([*words, "--base-python", "old", "--update-baseline"]) == 2
    assert "to be left out with --update-baseline" in capsys.readouterr().err


def test_without_a_base_commit_and_reviewed_benchmarks_nothing_is_judged(
    folder: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "baseline.json"
    words = ["gate", str(folder("nothing")), "--baseline", str(file)]
    assert main([*words, "--update-baseline", "--skip-benchmarks"]) == 0
    baseline = json.loads(file.read_text())
    baseline["provenance"]["commit"] = "0" * 40
    file.write_text(json.dumps(baseline))
    assert main(words) == 2
    shown = capsys.readouterr().out
    assert "a commit of this repository" in shown
    assert "benchmarks.json" in shown


def test_the_page_and_what_is_kept_for_the_history(
    folder: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, page = tmp_path / "baseline.json", tmp_path / "gate.html"
    words = ["gate", str(folder("nothing")), "--baseline", str(file), "--skip-benchmarks"]
    assert main([*words, "--report", str(tmp_path / "nowhere" / "gate.html")]) == 2
    assert "--report" in capsys.readouterr().err
    assert main([*words, "--update-baseline"]) == 0
    assert main([*words, "--report", str(page)]) == 0
    assert str(file) in page.read_text(encoding="utf-8")
    assert json.loads((folder("nothing") / GATE).read_text())["outcome"] == "passed"


def test_the_fast_path_of_an_oracle_disabled_is_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(name: str) -> dict[str, Any]:
        words = ["check", "rate.ista", "--examples", "20", "--jobs", "1"]
        assert main([*words, "--out", str(tmp_path / name)]) == 0
        return summarise(RunFolder.open(tmp_path / name))

    baseline = Baseline.of(run("before"))
    assert compare(run("again"), baseline) == []
    polished = composite._polished

    def disabled(lasso: Lasso, guess: Any, by: str) -> composite.Solution:
        if by == composite.FIRST:
            return composite.certify(lasso, guess, by)
        return polished(lasso, guess, by)

    monkeypatch.setattr(composite, "_polished", disabled)
    findings = {f.quantity: f for f in compare(run("after"), baseline) if f.evidence == "work"}
    slower = findings["Lasso, chain: beyond the first link"]
    assert slower.verdict == findings["FISTA: steps"].verdict == "regression"
    assert slower.baseline.startswith("0 ")
