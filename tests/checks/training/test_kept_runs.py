"""Runs that lie in a folder: taken up, trained again, or left alone; none is believed unread."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

from sparsebound.checks.commands.train import read_data
from sparsebound.checks.training import experiment, unlabelled
from tests.checks.training.conftest import Run

ONE = ["--strategy", "plain", "--seeds", "1", "--epochs", "1", "--out", "out"]


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """Signals without labels."""
    np.savez(tmp_path / "bare.npz", X=np.random.default_rng(1).random((60, 9)))
    return str(tmp_path / "bare.npz")


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(experiment, "run_strategy", never)
    monkeypatch.setattr(unlabelled, "run_features", never)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("out", ["file/below", "file/a/b", "taken", "dir", "a" * 300])
def test_a_folder_that_cannot_be_made_is_refused_before_training(
    run: Run, data: str, tmp_path: Path, out: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "runs").write_text("")
    (tmp_path / "dir" / "results.json").mkdir(parents=True)
    status, said, err = run(data, "--out", out, "--force")
    assert (status, said, err.count("\n")) == (2, "", 1), err
    assert "--out" in err


def test_a_run_under_the_name_of_another_is_refused(run: Run, data: str, tmp_path: Path) -> None:
    assert run(data, *ONE)[0] == 0
    runs = tmp_path / "out" / "runs"
    for named in ("plain-1", "l1-0"):
        for end in ("json", "npz"):
            shutil.copy(runs / f"plain-0.{end}", runs / f"{named}.{end}")
        strategy, seed = named.split("-")
        words = ["--strategy", strategy, "--seeds", str(int(seed) + 1), *ONE[4:]]
        status, _, err = run(data, *words)
        assert (status, err.count("\n")) == (2, 1)
        assert f"{named}.json is of others" in err
    assert run(data, *words, "--force")[0] == 0
    stored = json.loads((runs / "l1-0.json").read_text())
    assert (stored["strategy"], stored["seed"]) == ("l1", 0)


def shortened(*names: str) -> Callable[[Path], None]:
    def damage(runs: Path) -> None:
        record = json.loads((runs / "plain-0.json").read_text())
        short = {name: record[name][:3] for name in names}
        (runs / "plain-0.json").write_text(json.dumps({**record, **short}))

    return damage


def without_an_array(runs: Path) -> None:
    with np.load(runs / "plain-0.npz") as stored:
        arrays = dict(stored)
    del arrays["V"]
    np.savez(runs / "plain-0.npz", **arrays)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "shares of three radii": shortened("certified", "left", "published"),
    "fewer left": shortened("left"),
    "fewer published": shortened("published"),
    "an empty network": lambda runs: (runs / "plain-0.npz").write_bytes(b""),
    "half a network": lambda runs: (runs / "plain-0.npz").write_bytes(
        (runs / "plain-0.npz").read_bytes()[:-40]
    ),
    "no reader": without_an_array,
}


def test_what_is_damaged_is_trained_again(run: Run, data: str, tmp_path: Path) -> None:
    assert run(data, *ONE)[0] == 0
    runs = tmp_path / "out" / "runs"
    before = json.loads((runs / "plain-0.json").read_text())
    with np.load(runs / "plain-0.npz") as stored:
        arrays = dict(stored)
    for name, damage in DAMAGES.items():
        damage(runs)
        status, _, err = run(data, *ONE)
        assert (status, "finished already" in err) == (0, False), name
        after = json.loads((runs / "plain-0.json").read_text())
        assert {**after, "seconds": 0} == {**before, "seconds": 0}, name
        with np.load(runs / "plain-0.npz") as stored:
            assert all((stored[key] == arrays[key]).all() for key in arrays), name


@pytest.mark.parametrize("first", ["data", "bare"])
@pytest.mark.parametrize("kept", ["all", "runs"])
def test_labelled_and_unlabelled_runs_do_not_replace_each_other(
    run: Run, data: str, bare: str, tmp_path: Path, first: str, kept: str
) -> None:
    one, other = (data, bare) if first == "data" else (bare, data)
    assert run(one, *ONE)[0] == 0
    if kept == "runs":
        (tmp_path / "out" / "results.json").unlink()
    before = contents(tmp_path / "out")
    status, said, err = run(other, *ONE)
    assert (status, said, err.count("\n")) == (2, "", 1)
    assert contents(tmp_path / "out") == before
    assert run(other, *ONE, "--force")[0] == 0


def test_results_say_what_was_trained_on(run: Run, data: str, tmp_path: Path) -> None:
    assert run(data, *ONE)[0] == 0
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["epochs"] == 1
    assert found["digest"] == read_data(data).digest
    with np.load(data) as stored:
        X, y = stored["X"], stored["y"]
    digests = {found["digest"]}
    X[3, 4] = np.nextafter(X[3, 4], 9)
    for labels in (y, np.roll(y, 1), y + 1):  # each other signals, labels, or names
        np.savez(data, X=X, y=labels)
        digests.add(read_data(data).digest)
    assert len(digests) == 4
