"""The bars of the ci profile, on one whole run of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reports.run_folder import SCHEMA

ENUMERATED = {"uniqueness.spark", "uniqueness.null_space"}
WITHOUT_AN_EDGE = {
    "dictionary.cross_coherence",  # it has no premise
    "model.lipschitz",  # the same
    "uniqueness.null_space",  # independence of atoms, a determinant between 0 and 1
    "rate.ista_strong",  # the same
    "network.convolution",  # the dictionary consists of shifts, or it does not
    "network.smooth_activation",  # any positive temperature
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the command, in a process of its own as a user does."""
    out = tmp_path_factory.mktemp("ci") / "run"
    command = [sys.executable, "-m", "checks.command", "check", "--profile", "ci", "--jobs", "2"]
    found = subprocess.run(
        [*command, "--json", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert found.returncode == 0, found.stderr[-2000:]
    loaded: dict[str, Any] = json.loads(found.stdout)
    return loaded


def test_every_theorem_holds_and_is_seen_to_be_able_to_fail(document: dict[str, Any]) -> None:
    assert document["schema"] == SCHEMA
    assert not document["not_run"]
    for entry in document["theorems"]:
        assert entry["status"] == "held", entry["id"]
        assert all(mutant["refuted"] for mutant in entry["mutants"]), entry["id"]


def test_enough_instances_are_not_vacuous(document: dict[str, Any]) -> None:
    short = {
        entry["id"]: entry["instances"]
        for entry in document["theorems"]
        if entry["instances"] < (200 if entry["id"] in ENUMERATED else 1000)
    }
    assert not short


def test_instances_are_where_they_are_meant_to_be_and_near_the_edges(
    document: dict[str, Any],
) -> None:
    for entry in document["theorems"]:
        assert entry["met"] >= 0.95 * entry["meant"], entry["id"]
        if entry["id"] not in WITHOUT_AN_EDGE:
            assert entry["near_edge"] >= 10, entry["id"]


def test_sharp_theorems_are_attained(document: dict[str, Any]) -> None:
    for entry in document["theorems"]:
        if entry["sharp"]:
            assert entry["max_ratio"] >= 0.999, entry["id"]


def test_almost_nothing_stays_undecided(document: dict[str, Any]) -> None:
    for entry in document["theorems"]:
        counts = entry["counts"]
        decided = counts["holds"] + counts["violated"] + counts["undecided"]
        assert counts["undecided"] <= 0.01 * decided, entry["id"]
