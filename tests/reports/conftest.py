"""A small run, made once, that the tests of its forms read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.commands.main import main

THEOREMS = ["rate.unfolded", "rate.ista", "uniqueness.coherence", "uniqueness.deep"]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of four theorems, with its report."""
    folder = tmp_path_factory.mktemp("report") / "run"
    command = ["check", *THEOREMS, "--examples", "20", "--jobs", "1", "--out", str(folder)]
    assert main(command) == 0
    return folder


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the certificate of a small dictionary and of two codes."""
    folder = tmp_path_factory.mktemp("certificate")
    rng = np.random.default_rng(0)
    np.save(folder / "D.npy", rng.normal(size=(24, 40)))
    np.save(folder / "codes.npy", np.eye(40)[:2] + np.eye(40)[3:5])
    files = [str(folder / name) for name in ("D.npy", "codes.npy")]
    assert main(["certify", files[0], "--codes", files[1], "--out", str(folder / "out")]) == 0
    return folder / "out"
