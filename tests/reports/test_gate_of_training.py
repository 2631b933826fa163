"""What was trained against what was reviewed; no torch is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.train import DEFAULTS
from sparsebound.reports.gate.compare import CHANGE, NOT_JUDGED, REGRESSION, status
from sparsebound.reports.gate.trained import TRAINED_ON, TrainedBaseline, compare_trained
from sparsebound.reports.training import BrokenCertificate, TrainingRun
from sparsebound.reports.unlabelled import UnlabelledResults
from tests.reports.test_training_page import a_run, results

ROOT = Path(__file__).parents[2]
REVIEWED = results(a_run("plain", 0), a_run("plain", 1, sure=0.6), a_run("1-lipschitz", 0))


def changed(run: TrainingRun, **values: Any) -> TrainingRun:
    return TrainingRun(**{**vars(run), **values})


def compared(*runs: TrainingRun, **changes: Any) -> list[tuple[str, str, str]]:
    found = compare_trained(results(*runs, **changes), TrainedBaseline.of(REVIEWED))
    return [(one.subject, one.quantity, one.verdict) for one in found]


def test_what_is_within_the_range_of_the_seeds_is_as_it_was(tmp_path: Path) -> None:
    baseline = TrainedBaseline.of(REVIEWED)
    baseline.write(tmp_path / "reviewed.json")
    read = TrainedBaseline.read(tmp_path / "reviewed.json")
    assert read.strategies == baseline.strategies
    assert compare_trained(REVIEWED, read) == []
    # seeds gave 0.5 and 0.6 at the second radius; a mean of 0.5 is one of them
    assert compared(a_run("plain", 0), a_run("plain", 1), a_run("1-lipschitz", 0)) == []


def test_worse_is_a_regression_and_better_a_change() -> None:
    other = REVIEWED.runs[2]

    def with_runs(**values: Any) -> list[tuple[str, str, str]]:
        return compared(*(changed(run, **values) for run in REVIEWED.runs[:2]), other)

    assert with_runs(accuracy=0.5) == [("plain", "right", REGRESSION)]
    assert with_runs(accuracy=1.5) == [("plain", "right", CHANGE)]
    assert with_runs(active=4.0) == [("plain", "active", REGRESSION)]
    assert with_runs(active=1.0) == [("plain", "active", CHANGE)]
    assert with_runs(active=None) == [("plain", "active", REGRESSION)]
    fewer = with_runs(certified=(0.9, 0.8, 0.55, 0.1, 0.1))
    assert fewer == [("plain", "certified 10%", REGRESSION)]
    none = with_runs(certified=(0.0,) * 5)
    assert none == [("plain", f"certified {R}%", REGRESSION) for R in ("2.5", "5", "10")]


def test_what_is_gone_new_or_of_other_settings_is_said() -> None:
    plain, again, other = REVIEWED.runs
    assert compared(plain, again) == [("1-lipschitz", "strategy", REGRESSION)]
    assert compared(*REVIEWED.runs, a_run("l1", 0)) == [("l1", "strategy", CHANGE)]
    assert compared(plain, other) == [("plain", "seeds", NOT_JUDGED)]
    changes = {"atoms": 9, "epochs": 3, "digest": "fedcba9876543210", "norm": 4.1}
    for name, value in changes.items():
        assert compared(*REVIEWED.runs, **{name: value}) == [("training", name, NOT_JUDGED)]
    assert compared(*REVIEWED.runs, norm=4.0 + 1e-15) == []
    broken = changed(plain, broken=(BrokenCertificate(3, 0.5, 0.25),))
    (found,) = compared(broken, again, other)
    assert found == ("plain, seed 0", "a certificate", REGRESSION)


def test_the_command_takes_a_folder_of_train(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def trained(*runs: TrainingRun) -> None:
        (tmp_path / "out").mkdir(exist_ok=True)
        document = results(*runs).document()
        (tmp_path / "out" / "results.json").write_text(json.dumps(document))

    def run(*words: str) -> tuple[int, str]:
        end = main(["gate", "out", *words])
        said = capsys.readouterr()
        return end, said.out + said.err

    trained(*REVIEWED.runs)
    end, said = run()
    assert (end, said.count("\n")) == (2, 1)  # there is no baseline
    assert run("--update-baseline")[0] == 0
    end, said = run()
    assert (end, said) == (
        0,
        f"passed: 3 training runs against {Path('sparsebound-training.json').resolve()}: "
        "no difference\n",
    )
    trained(*(changed(one, accuracy=0.5) for one in REVIEWED.runs))
    end, said = run()
    assert end == 1
    assert "regression (shares): plain: right: 0.800 to 1.010 -> 0.500" in said
    end, said = run("--base", "HEAD")
    assert (end, said.count("\n")) == (2, 1)
    trained(changed(REVIEWED.runs[0], broken=(BrokenCertificate(3, 0.5, 0.25),)))
    end, said = run("--update-baseline")
    assert (end, said.count("\n")) == (2, 1)
    assert status(compare_trained(REVIEWED, TrainedBaseline.of(REVIEWED))) == 0


def test_a_baseline_that_does_not_say_what_was_trained_on_judges_nothing() -> None:
    older = TrainedBaseline.of(REVIEWED)
    for name in ("digest", "norm", "epochs"):
        del older.settings[name]
    found = compare_trained(REVIEWED, older)
    assert [one.quantity for one in found] == ["digest", "norm"]
    assert status(found) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percents": (0.0, 2.5, 5.0)}, "reported"),
        ({"percents": (0.0, 2.5, 5.0, 10.0, 15.0, 20.0)}, "runs[0].certified"),
        ({"test": 0}, "test"),
        ({"atoms": 0}, "atoms"),
    ],
)
def test_results_that_do_not_go_together_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], field: str
) -> None:
    document = results(*REVIEWED.runs, **changes).document()
    (tmp_path / "results.json").write_text(json.dumps(document))
    assert main(["gate", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), f".{field} is " in err) == (1, True), err


def test_older_results_and_those_without_labels_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = UnlabelledResults(
        "signals", "digest", (40, 4), 4, 10, 1.0, None, (0.0,), (0,), "sparsebound train", {}, ()
    )
    older = {**REVIEWED.document(), "schema": 2}
    for document, said in ((features.document(), "has no gate"), (older, "schema is 2")):
        (tmp_path / "results.json").write_text(json.dumps(document))
        assert main(["gate", str(tmp_path)]) == 2
        err = capsys.readouterr().err
        assert (err.count("\n"), said in err) == (1, True), err


@pytest.mark.parametrize("place", ["file/below/it.json", "file/it.json"])
def test_a_baseline_that_cannot_be_written_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "results.json").write_text(json.dumps(REVIEWED.document()))
    assert main(["gate", ".", "--update-baseline", "--baseline", place]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), "--baseline" in err) == (1, True), err


def test_what_ships_is_of_the_strategies_by_default() -> None:
    shipped = TrainedBaseline.read(ROOT / "reports" / "baselines" / "training.json")
    assert tuple(shipped.strategies) == DEFAULTS
    assert set(shipped.settings["seeds"].values()) == {3}
    assert shipped.settings["epochs"] is None
    assert set(TRAINED_ON) <= set(shipped.settings)
    # trained against its certificate, a network has more of it; that is what the strategy is for
    shares = {name: found["certified 10%"] for name, found in shipped.strategies.items()}
    assert shares["l1+margin"].least > shares["plain"].largest
