"""Campaigns: a budget of time, or of instances; what they found is a run like others."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.budget import Budget
from sparsebound.checks.commands import table
from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.planning import begin
from sparsebound.checks.runner import RunSettings, plan, run
from sparsebound.checks.shards import run_shard
from sparsebound.reports.run_folder import RunFolder
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from tests.checks.test_runner import folder_of

NAMES = ("uniqueness.coherence", "uniqueness.erc")

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Check:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["check", *words])
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


def theorems(folder: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(folder, "summary.json").read_text())["theorems"]
    return found


@pytest.mark.parametrize(
    ("text", "seconds", "instances"),
    [
        ("90s", 90.0, None),
        ("1.5h", 5400.0, None),
        ("2d", 172800.0, None),
        ("250", None, 250),
        ("1,000,000", None, 10**6),
        ("1e7", None, 10**7),
    ],
)
def test_budgets(text: str, seconds: float | None, instances: int | None) -> None:
    assert Budget.of(text) == Budget(seconds, instances)
    assert RunSettings(until=text).budget == Budget(seconds, instances)


@pytest.mark.parametrize(
    "text", ["", "h", "8x", "0", "0h", "-1h", "1.5", "nan", "inf", "1e99", "1h\n"]
)
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--until is .*; expected a time such as 90s, 30m or 8h"):
        RunSettings(until=text)


def test_a_budget_is_instead_of_a_number_of_examples() -> None:
    with pytest.raises(InputError, match="--until is '8h'; expected to be left out"):
        RunSettings(until="8h", examples=3)


def test_instances_are_shared_by_what_each_costs() -> None:
    chosen = list(catalogue().values())
    shards = plan(chosen, RunSettings(until="100000"))
    assert not shards.open_ended
    assert 100_000 <= sum(shards.examples.values()) < 100_000 + len(chosen)
    for theorem in chosen:
        most = max(shards.examples.values())
        least = min(other.effort for other in chosen)
        assert math.isclose(shards.examples[theorem.id], most * least / theorem.effort, abs_tol=1)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let any time be over after so many tasks, however fast the machine is."""

    def last(number: int) -> None:
        left = iter(range(number))
        monkeypatch.setattr(Budget, "clock", lambda self: lambda: next(left, None) is None)

    return last


def test_a_time_ends_a_run_that_is_finished_and_can_go_on(
    check: Check, monkeypatch: pytest.MonkeyPatch, tasks: Callable[[int], None]
) -> None:
    monkeypatch.setattr(table, "TELL", 0.0)
    tasks(4)
    status, out, err = check(*NAMES, "--until", "1h", "--jobs", "1", "--out", "run")
    assert status == 1, err  # the second one has two mutants, and no instance yet
    assert "1 held, 1 unfinished" in out
    assert "a second; largest lhs/rhs" in err.splitlines()[-1]
    before = [found["instances"] for found in theorems("run")]
    tasks(1)
    status, out, err = check("--resume", "run", "--until", "2h")
    assert status == 0
    now = [found["instances"] for found in theorems("run")]
    assert f"{sum(now) - sum(before)} instances in " in err
    assert f" a second; {sum(now)} in all; largest lhs/rhs 1 " in err
    assert "closest: uniqueness.erc: lhs/rhs 1" in out
    assert [found["shards"] for found in theorems("run")] == [
        {"done": 2, "planned": 2},
        {"done": 3, "planned": 3},
    ]
    status, _, err = check("--resume", "run", "--until", "1e6")
    assert (status, err.count("\n")) == (2, 1)
    assert "--until is '1e6'; expected '1h' as in run, or nothing" in err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_goes_on_elsewhere_is_left_alone(check: Check, jobs: str) -> None:
    settings = RunSettings(examples=600, jobs=int(jobs))
    (theorem,), found = begin([NAMES[0]], [catalogue()[NAMES[0]]], settings, None, "run")
    with found.alone():
        status, _, err = check("--resume", "run", "--jobs", jobs)
        assert (status, err.count("\n")) == (2, 1)
        assert "run folder is 'run'; expected one that no other run is writing to" in err
        with pytest.raises(InputError, match="one that no other run is writing to"):
            run([theorem], settings, RunFolder.open(found.path))
    assert list((found.path / "shards").iterdir()) == []


def test_shards_of_a_campaign_are_those_of_any_run(
    tmp_path: Path, tasks: Callable[[int], None]
) -> None:
    tasks(3)
    theorem = catalogue()["uniqueness.coherence"]
    settings = RunSettings(until="1s", seed=3)
    found = folder_of(tmp_path / "run", [theorem], settings)
    run([theorem], settings, found)
    other = RunSettings(examples=10**6, seed=3)
    for shard in found.read():
        again = run_shard(theorem, shard.part, other)
        without_time = ({**one.tally.to_json(), "seconds": 0} for one in (shard, again))
        assert next(without_time) == next(without_time)


def test_a_span_is_what_its_shards_are(tmp_path: Path) -> None:
    theorem, settings = catalogue()["uniqueness.coherence"], RunSettings(examples=520)
    whole = run_shard(theorem, "examples 0-519", settings).tally
    parts = [run_shard(theorem, part, settings).tally for _, part in plan([theorem], settings)][:3]
    total = parts[0] + parts[1] + parts[2]
    assert {**whole.to_json(), "seconds": 0} == {**total.to_json(), "seconds": 0}


def test_a_killed_campaign_says_how_to_go_on(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    real = RunFolder.write

    def stop(self: RunFolder, shard: Any) -> None:
        real(self, shard)
        written.append(shard.part)
        if len(written) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunFolder, "write", stop)
    status, _, err = check(*NAMES, "--until", "1h", "--jobs", "1", "--out", "run")
    assert status == 130
    assert "interrupted: 3 shards of 2 theorems finished; go on with" in err
    assert len(written) == 4
