"""A run of 10^9 verdicts: few files, soon opened, resumed and reported."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from sparsebound.checks.commands.planning import begin
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import SHARD, run_shard
from sparsebound.reports.publish import publish
from sparsebound.reports.run_folder import RunFolder, Shard, Shards
from sparsebound.reports.summary import summarise
from sparsebound.reports.tally import Tally
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.theorem import Theorem

VERDICTS, THEOREMS = 10**9, 100
EACH = VERDICTS // THEOREMS
SECONDS = 20.0
FILES = 10_000
SIZES = (32768, 4096, 512, 64, 8, 1)
"""Shards of the files of a theorem on the way: neighbours are merged by eights, or all."""


def on_the_way(planned: Shards, theorem: str) -> Iterator[str]:
    """Parts of a theorem, all but the last shard, when it has as many files as it ever has."""
    at, blocks = 0, planned.blocks(theorem)
    for size in SIZES:
        while at + size < blocks:
            yield planned.part(theorem, range(at, at + size))
            at += size


@cache
def found(name: str) -> Tally:
    """What a few instances leave behind."""
    return run_shard(catalogue()[name], "examples 0-4", RunSettings()).tally


def scaled(folder: RunFolder, theorem: Theorem, part: str) -> Shard:
    """What a part might leave behind: as many verdicts as it has examples."""
    numbers = folder.planned.numbers(theorem.id, part)
    assert numbers is not None
    verdicts = SHARD * len(numbers)
    return Shard(theorem.id, part, replace(found(theorem.id), holds=verdicts, instances=verdicts))


@pytest.mark.parametrize("count", [3, pytest.param(THEOREMS, marks=pytest.mark.nightly)])
def test_a_long_run_is_resumed_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    theorems = list(catalogue().values())[:count]
    settings = RunSettings(examples=EACH)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        _, made = begin([], theorems, settings, None, tmp_path / "run")
        for theorem in theorems:
            for part in on_the_way(made.planned, theorem.id):
                made.write(scaled(made, theorem, part))
    files = sum(path.is_file() for path in made.path.rglob("*"))
    assert 15 * count < files < FILES * count / THEOREMS
    begun = time.process_time()
    folder = RunFolder.open(made.path)
    assert next(iter(folder.missing()))[0] == theorems[0].id
    for theorem in theorems:
        last = f"examples {EACH - SHARD}-{EACH - 1}"
        folder.write(scaled(folder, theorem, last))
    document = summarise(folder)
    publish(document, folder.path, None)
    took = time.process_time() - begun
    assert took < SECONDS
    print(f"{files} files: {took:.1f} s of the processor")
    assert sum(theorem["counts"]["holds"] for theorem in document["theorems"]) == EACH * count
    assert [name for name, part in folder.missing() if part.startswith("examples")] == []
    assert sum(path.is_file() for path in folder.path.rglob("*")) < 3 * count + 10
