"""Our tensors are small: one thread, and so the same result everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.commands.main import main

Run = Callable[..., tuple[int, str, str]]
"""``sparsebound train`` with words: its status, and what it said."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data(tmp_path: Path) -> str:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3 + 5
    X = rng.normal(size=(60, 9)) * 0.3 + 5 * np.eye(9)[y - 5]
    np.savez(tmp_path / "data.npz", X=X, y=y)
    return str(tmp_path / "data.npz")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        status = main(["train", *words])
        found = capsys.readouterr()
        return status, found.out, found.err

    return call
