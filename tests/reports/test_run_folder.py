"""The run folder: idempotent, atomic, and intolerant of what is corrupt."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from sparsebound.reports.run_folder import SCHEMA, RunFolder, Shard, _digest
from sparsebound.reports.summary import exit_status, headline, summarise
from sparsebound.reports.tally import MutantTally, Tally
from sparsebound.theory.errors import InputError


def facts(*mutants: str) -> dict[str, Any]:
    flags = {"sharp": True, "equality": False, "conjecture": False}
    return {"title": "T", **flags, "mutants": list(mutants)}


def plan(**changes: Any) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "provenance": {"seed": 0},
        "theorems": {"f.a": facts("< -> <="), "f.b": facts()},
        "shards": {"block": 250, "examples": {"f.a": 3, "f.b": 3}},
        "not_run": [],
        "settings": {"load": []},
        **changes,
    }


def shards() -> list[Shard]:
    refuted = MutantTally("< -> <=", True, 1.5, 3, None)
    return [
        Shard("f.a", "examples 0-2", Tally("f.a", holds=3, instances=2, seconds=0.5)),
        Shard("f.a", "mutant < -> <=", Tally("f.a", mutants=(refuted,))),
        Shard("f.b", "examples 0-2", Tally("f.b", holds=1, instances=1)),
    ]


def finished(folder: RunFolder) -> set[tuple[str, str]]:
    return {(shard.theorem, shard.part) for shard in folder.read()}


def test_shards_are_idempotent_and_their_order_does_not_matter(tmp_path: Path) -> None:
    results = []
    for attempt in range(4):
        folder = RunFolder.create(tmp_path / str(attempt), plan())
        written = shards() * (attempt + 1)
        random.Random(attempt).shuffle(written)
        for shard in written:
            folder.write(shard)
        again = RunFolder.open(folder.path)
        assert finished(again) == {(shard.theorem, shard.part) for shard in shards()}
        results.append(again.tallies())
    assert all(result == results[0] for result in results)
    assert results[0]["f.a"].holds == 3
    assert results[0]["f.a"].status == "held"


def test_a_shard_replaces_the_earlier_one(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(Shard("f.b", "examples 0-2", Tally("f.b", holds=1)))
    folder.write(Shard("f.b", "examples 0-2", Tally("f.b", holds=7)))
    assert folder.tallies()["f.b"].holds == 7
    assert folder.tallies()["f.a"] == Tally.empty("f.a")


def test_names_of_files_are_safe_and_different() -> None:
    parts = ["mutant < -> <=", "mutant < -> >=", "../../etc", "a/b", "a b", "a_b", "x" * 300]
    names = {Shard("f.a", part, Tally.empty("f.a")).name for part in parts}
    assert len(names) == len(parts)
    for name in names:
        assert Path(name).name == name
        assert name.isascii()
        assert len(name) < 120
        assert not name.startswith(".")


@pytest.mark.parametrize("culprit", ["fsync", "replace"])
def test_an_exception_while_writing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, culprit: str
) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(Shard("f.b", "examples 0-2", Tally("f.b", holds=1)))

    def fail(*args: object) -> None:
        raise KeyboardInterrupt

    before = sorted(folder.path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, culprit, fail)
        for shard in shards():
            with pytest.raises(KeyboardInterrupt):
                folder.write(shard)
    assert sorted(folder.path.rglob("*")) == before
    assert RunFolder.open(folder.path).tallies()["f.b"].holds == 1


def test_what_a_killed_process_left_is_ignored(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    (folder.path / "shards" / ".f.a-0.json.abc.tmp").write_text('{"half')
    assert finished(RunFolder.open(folder.path)) == set()


def test_nan_is_not_written(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    with pytest.raises(ValueError, match="JSON"):
        folder.keep("summary.json", {"ratio": float("nan")})
    assert not (folder.path / "summary.json").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ('{"half', "expected JSON"),
        ('{"schema": NaN}', "NaN is not a JSON number"),
        ("[]", "expected a JSON object"),
        ("{}", f"schema is None; expected {SCHEMA}"),
        ('{"schema": 1}', f"schema is 1; expected {SCHEMA}"),
        (
            f'{{"schema": {SCHEMA}, "theorem": "f.b", "part": "examples 0-2", "tally": {{}}}}',
            "tally.theorem is None",
        ),
    ],
)
def test_a_corrupt_shard_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    (folder.path / "shards" / shards()[2].name).write_text(text)
    with pytest.raises(InputError, match=message):
        RunFolder.open(folder.path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"part": "examples 0-9"}, "expected a shard of"),
        ({"part": "examples x"}, "expected a shard of"),
        ({"theorem": "f.z"}, "expected a shard of"),
        ({"theorem": "f.a"}, "tally.theorem is 'f.b'"),
        ({"more": 1}, "fields of"),
    ],
)
def test_a_foreign_shard_is_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(shards()[2])
    path = folder.path / "shards" / shards()[2].name
    stored = {**json.loads(path.read_text()), **change}
    del stored["schema"], stored["digest"]
    path.write_text(json.dumps({"schema": SCHEMA, "digest": _digest(stored), **stored}))
    with pytest.raises(InputError, match=message):
        RunFolder.open(folder.path)


def test_a_shard_that_was_edited_is_an_error(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(shards()[2])
    path = folder.path / "shards" / shards()[2].name
    path.write_text(path.read_text().replace('"holds": 1', '"holds": 999999'))
    with pytest.raises(InputError, match="it was changed after it was written"):
        RunFolder.open(folder.path)


def test_damaged_shards_are_set_aside(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    for shard in shards():
        folder.write(shard)
    files = [folder.path / "shards" / shard.name for shard in shards()]
    files[0].write_text(files[0].read_text()[:40])
    files[2].write_text(files[2].read_text().replace('"holds": 1', '"holds": 2'))
    again = RunFolder.open(folder.path, whole=False)
    moved = {path.name: why for path, why in again.set_aside()}
    assert set(moved) == {files[0].name, files[2].name}
    assert "expected JSON" in moved[files[0].name]
    assert finished(again) == {("f.a", "mutant < -> <=")}
    assert all((folder.path / "set_aside" / name).is_file() for name in moved)


def test_a_plan_is_small_however_many_shards_there_are(tmp_path: Path) -> None:
    shards = {"block": 250, "examples": {"f.a": 10**9, "f.b": 10**9}}
    folder = RunFolder.create(tmp_path / "run", plan(shards=shards))
    assert (folder.path / "run.json").stat().st_size < 2000
    assert len(folder.planned) == 2 * 4 * 10**6 + 1
    assert ("f.b", "examples 999999750-999999999") in folder.planned
    assert ("f.b", "examples 999999750-1000000000") not in folder.planned
    assert ("f.b", "examples 1-250") not in folder.planned
    assert next(iter(folder.planned)) == ("f.a", "examples 0-249")


def test_a_renamed_shard_is_an_error(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(shards()[2])
    path = folder.path / "shards" / shards()[2].name
    path.rename(path.with_name("copy.json"))
    with pytest.raises(InputError, match="name of a shard"):
        RunFolder.open(folder.path)


def test_shards_outside_of_the_plan_are_not_written(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    stray = Tally("f.b", mutants=(MutantTally("m", True, None, 0, None),))
    for shard in (Shard("f.z", "examples 0-2", Tally("f.z")), Shard("f.b", "examples 0-2", stray)):
        with pytest.raises(InputError):
            folder.write(shard)
    assert not finished(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": 1}, f"plan.schema is 1; expected {SCHEMA}"),
        ({"theorems": []}, r"plan.theorems is \[\]; expected a JSON object"),
        ({"theorems": {"f.a": {"title": "T"}}}, "sharp is None"),
        ({"shards": {"block": 9, "examples": {"f.c": 1}}}, "'f.c'; expected a theorem of the run"),
        ({"shards": {"block": 0, "examples": {}}}, "plan.shards.block is 0"),
        ({"not_run": [{"id": "f.c"}]}, r"plan.not_run\[0\].reason is None"),
        ({"further": 1}, "fields of plan"),
    ],
)
def test_a_malformed_plan_is_refused_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        RunFolder.create(tmp_path / "run", plan(**changes))
    assert not (tmp_path / "run").exists()
    (tmp_path / "run.json").write_text(json.dumps(plan(**changes)))
    with pytest.raises(InputError):
        RunFolder.open(tmp_path)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"--out is .*; expected a folder that is empty"):
        RunFolder.create(tmp_path, plan())
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    RunFolder.create(tmp_path / "empty", plan())


def test_a_folder_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"--out is .*; expected a folder that can be made"):
        RunFolder.create(tmp_path / "file" / "run", plan())

    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="no space left"):
        RunFolder.create(tmp_path / "new" / "run", plan())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, shard = RunFolder.create(tmp_path / "run", plan()), shards()[0]

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(InputError, match=r"run folder is '.*run'; .*No space left on device"):
            folder.write(shard)
    assert list((folder.path / "shards").iterdir()) == []
    folder.write(shard)
    assert finished(RunFolder.open(folder.path)) == {(shard.theorem, shard.part)}


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(shards()[0])
    other = RunFolder.open(folder.path, whole=False)
    with folder.alone():
        assert finished(other) == {("f.a", "examples 0-2")}  # who reads is not kept out
        with pytest.raises(InputError, match=r"run'; expected one that no other run is writing"):
            other.set_aside()
    assert other.set_aside() == []


def test_what_is_no_run_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"expected a folder with a file run\.json"):
            RunFolder.open(path)
    (tmp_path / "run.json").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="expected a readable JSON file"):
        RunFolder.open(tmp_path)


def test_the_summary_of_a_finished_run(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    for shard in shards():
        folder.write(shard)
    document = summarise(folder)
    assert [theorem["status"] for theorem in document["theorems"]] == ["held", "held"]
    first = document["theorems"][0]
    assert first["counts"] == {"holds": 3, "violated": 0, "vacuous": 0, "undecided": 0}
    assert first["mutants"][0]["refuted"] is True
    assert first["shards"] == {"done": 2, "planned": 2}
    assert exit_status(document) == 0
    assert headline(document) == (
        "passed: 2 theorems: 2 held; 1 of 1 mutant refuted; 4 verdicts on 3 instances"
    )
    json.dumps(document, allow_nan=False)


def test_nothing_that_was_not_checked_passes(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan())
    folder.write(shards()[0])
    document = summarise(folder)
    assert [theorem["status"] for theorem in document["theorems"]] == ["unfinished"] * 2
    assert exit_status(document) == 1
    without = plan(
        shards={"block": 250, "examples": {"f.a": 3}},
        not_run=[{"id": "f.b", "reason": "nothing provides it"}],
    )
    folder = RunFolder.create(tmp_path / "other", without)
    folder.write(Shard("f.a", "examples 0-2", Tally("f.a", holds=1)))
    survived = MutantTally("< -> <=", False, None, 3, None)
    folder.write(Shard("f.a", "mutant < -> <=", Tally("f.a", mutants=(survived,))))
    document = summarise(folder)
    assert [theorem["id"] for theorem in document["theorems"]] == ["f.a"]
    assert document["theorems"][0]["status"] == "mutant survived"
    assert exit_status({**document, "theorems": []}) == 1
    assert "1 not run" in headline(document)
