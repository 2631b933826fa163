"""Run folders of many shards: few files, whatever the order in which shards end."""

from __future__ import annotations

import itertools
import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsebound.reports import run_folder
from sparsebound.reports.parts import SPAN, Ranges, Shard, Shards
from sparsebound.reports.run_folder import SCHEMA, RunFolder
from sparsebound.reports.summary import exit_status, summarise
from sparsebound.reports.tally import MutantTally, Tally
from sparsebound.theory.errors import InputError

BLOCK = 10


@pytest.fixture(autouse=True)
def nothing_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of small files are written here, and no machine fails meanwhile."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


def plan(blocks: int, *, open_ended: bool = False) -> dict[str, Any]:
    flags = {"sharp": True, "equality": False, "conjecture": False}
    without_end = {"open_ended": True} if open_ended else {}
    return {
        "schema": SCHEMA,
        "provenance": {"seed": 0},
        "theorems": {name: {"title": "T", **flags, "mutants": ["m"]} for name in ("f.a", "f.b")},
        "shards": {
            "block": BLOCK,
            "examples": {"f.a": blocks * BLOCK - 3, "f.b": 2 * BLOCK},
            **without_end,
        },
        "not_run": [],
        "settings": {},
    }


def of(theorem: str, part: str, planned: Shards) -> Shard:
    """What adds up to the numbers of its shards, so that nothing can be counted twice unseen."""
    numbers = planned.numbers(theorem, part)
    assert numbers is not None
    if part.startswith("mutant"):
        refuted = MutantTally("m", True, 1.5, 1, None)
        return Shard(theorem, part, Tally(theorem, mutants=(refuted,)))
    total = sum(number + 1 for number in numbers)
    return Shard(theorem, part, Tally(theorem, holds=total, instances=len(numbers)))


def files(folder: RunFolder) -> int:
    return len(list((folder.path / "shards").iterdir()))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=30), st.integers(0, 50))
def test_ranges_are_sets_of_numbers(found: list[tuple[int, int]], stop: int) -> None:
    ranges, numbers = Ranges(), set[int]()
    for start, length in found:
        new = range(start, start + length)
        assert ranges.meets(new) == bool(numbers & set(new))
        assert (new in ranges) == (set(new) <= numbers)
        ranges.add(new)
        numbers |= set(new)
    assert len(ranges) == len(numbers)
    gaps = list(ranges.gaps(stop))
    assert {number for gap in gaps for number in gap} == set(range(stop)) - numbers
    assert all(first.stop < second.start for first, second in itertools.pairwise(gaps))
    assert ranges.reach(stop) == max((n + 1 for n in numbers if n < stop), default=0)


@given(st.integers(1, 5000), st.sets(st.integers(0, 5000), max_size=40), st.booleans())
def test_spans_cover_what_is_missing_and_no_two_of_them_overlap(
    blocks: int, there: set[int], open_ended: bool
) -> None:
    shards = Shards({"f.a": blocks * BLOCK - 3}, {"f.a": ["m"]}, BLOCK, open_ended)
    done = Ranges()
    for number in there:
        done.add(range(number, number + 1))
    covered: list[int] = []
    for part in shards.spans("f.a", done.gaps(shards.count("f.a"))):
        numbers = shards.numbers("f.a", part)
        assert numbers is not None
        assert len(numbers) <= SPAN
        assert shards.part("f.a", numbers) == part
        covered += numbers
    assert sorted(covered) == sorted(set(range(blocks + 1)) - there)


@pytest.mark.parametrize(
    "part", ["examples 10-29", "examples 0-29", "examples 20-9", "examples 0-8"]
)
def test_what_is_no_span_is_refused(tmp_path: Path, part: str) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(9))
    with pytest.raises(InputError, match="a shard of"):
        folder.write(Shard("f.a", part, Tally("f.a")))


@pytest.mark.parametrize("seed", range(3))
def test_files_stay_few_and_sums_the_same_in_any_order(tmp_path: Path, seed: int) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(1000))
    parts = list(folder.planned)
    random.Random(seed).shuffle(parts)
    most = 0
    for number, (theorem, part) in enumerate(parts):
        folder.write(of(theorem, part, folder.planned))
        if number == len(parts) // 2:
            halfway = RunFolder.open(folder.path)
            assert halfway.tallies() == folder.tallies()
            left = {shard for task in halfway.missing() for shard in each(halfway, *task)}
            assert left == set(parts[number + 1 :])
        most = max(most, files(folder))
    assert files(folder) == 5  # one of the examples of the long one, two short ones, two mutants
    again = RunFolder.open(folder.path)
    assert again.tallies()["f.a"].holds == sum(range(1001))
    assert not list(again.missing())
    assert exit_status(summarise(again)) == 0


def each(folder: RunFolder, theorem: str, part: str) -> list[tuple[str, str]]:
    return [(theorem, one) for one in folder.planned.each(theorem, part)]


def test_in_order_files_are_few_at_any_time(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(64 * 70))
    most = tasks = 0
    for theorem, part in folder.missing():
        folder.write(of(theorem, part, folder.planned))
        most, tasks = max(most, files(folder)), tasks + 1
    assert tasks == 7 + 69 + 2 + 2
    assert most <= 7 + 7 + 1 + 1
    assert folder.tallies()["f.a"].holds == sum(range(64 * 70 + 1))


@pytest.mark.parametrize("killed", ["before the whole is there", "before its pieces are gone"])
def test_killed_while_it_merges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(100))
    *first, last = [part for theorem, part in folder.planned if theorem == "f.a"][:8]
    for part in first:
        folder.write(of("f.a", part, folder.planned))

    def kill(*args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        if killed.startswith("before its"):
            patch.setattr(Path, "unlink", kill)
        else:
            patch.setattr(RunFolder, "_replace", kill)
        with pytest.raises(SystemExit):
            folder.write(of("f.a", last, folder.planned))
    assert files(folder) == (9 if killed.startswith("before its") else 8)
    again = RunFolder.open(folder.path)
    assert again.tallies()["f.a"].holds == sum(range(9))
    for theorem, part in again.missing():
        again.write(of(theorem, part, again.planned))
    assert RunFolder.open(folder.path).tallies()["f.a"].holds == sum(range(101))


def test_tasks_are_so_long_as_what_is_done_says(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(64 * 64))
    sizes = []
    for theorem, part in itertools.islice(folder.missing(), 12):
        shard = of(theorem, part, folder.planned)
        sizes.append(shard.tally.instances)
        seconds = shard.tally.instances * run_folder.TASK / 5  # five of these shards in a task
        folder.write(replace(shard, tally=replace(shard.tally, seconds=seconds)))
    assert sizes == [1, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4]


def test_a_span_of_damaged_shards_is_done_again(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(100))
    for theorem, part in folder.missing():
        folder.write(of(theorem, part, folder.planned))
    (whole,) = (folder.path / "shards").glob("f.a-examples*")
    whole.write_text(whole.read_text()[:-20])
    again = RunFolder.open(folder.path, whole=False)
    ((moved, _),) = again.set_aside()
    assert moved.name == whole.name
    for theorem, part in again.missing():
        again.write(of(theorem, part, again.planned))
    assert again.tallies() == folder.tallies() == RunFolder.open(folder.path).tallies()


def test_parts_of_two_runs_in_one_folder_count_once(tmp_path: Path) -> None:
    one = RunFolder.create(tmp_path / "one", plan(300))
    two = RunFolder.create(tmp_path / "two", plan(300))
    for theorem, part in list(one.planned)[:200]:
        one.write(of(theorem, part, one.planned))
    for theorem, part in list(one.planned)[100:]:
        two.write(of(theorem, part, two.planned))
    for path in (two.path / "shards").iterdir():
        path.rename(one.path / "shards" / path.name)
    assert RunFolder.open(one.path).tallies()["f.a"].holds == sum(range(301))


def test_a_run_without_an_end_is_finished_where_it_stopped(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(10**8, open_ended=True))
    statuses, tasks = [], []
    for theorem, part in itertools.islice(folder.missing(), 10):
        tasks.append((theorem, part))
        folder.write(of(theorem, part, folder.planned))
        statuses.append(exit_status(summarise(folder)))
    assert tasks[:5] == [
        ("f.a", "mutant m"),
        ("f.a", "examples 0-9"),
        ("f.b", "mutant m"),
        ("f.b", "examples 0-9"),
        ("f.a", "examples 10-19"),
    ]
    assert statuses == [1] * 3 + [0] * 7
    document = summarise(RunFolder.open(folder.path))
    assert [theorem["shards"] for theorem in document["theorems"]] == [
        {"done": 33, "planned": 33},
        {"done": 3, "planned": 3},
    ]
    (path,) = (folder.path / "shards").glob("f.b-examples_0-*")
    path.unlink()
    document = summarise(RunFolder.open(folder.path))
    assert [theorem["status"] for theorem in document["theorems"]] == ["held", "unfinished"]
    assert ("f.b", "examples 0-9") in itertools.islice(RunFolder.open(folder.path).missing(), 2)


def test_a_run_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder.create(tmp_path / "run", plan(20))
    for theorem, part in folder.missing():
        folder.write(of(theorem, part, folder.planned))
    read: list[Path] = []
    real = run_folder.read_json
    monkeypatch.setattr(run_folder, "read_json", lambda path: read.append(path) or real(path))
    again = RunFolder.open(folder.path)
    summarise(again)
    assert not list(again.missing())
    assert len(read) == 1 + files(folder)
