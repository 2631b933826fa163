"""A small run, made once, that the tests of its forms read."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.command import main

THEOREMS = ["rate.unfolded", "rate.ista", "uniqueness.coherence", "uniqueness.deep"]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of four theorems, with its report."""
    folder = tmp_path_factory.mktemp("report") / "run"
    command = ["check", *THEOREMS, "--examples", "20", "--jobs", "1", "--out", str(folder)]
    assert main(command) == 0
    return folder
