"""Only what is not there, or what we wrote, is written over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.commands.main import main

Run = Callable[..., tuple[int, str]]
THESIS = "\\documentclass{thesis}\n"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str]:
        status = main(list(words))
        return status, capsys.readouterr().err

    return call


@pytest.fixture
def checked(run: Run) -> Path:
    words = ("check", "dictionary.welch", "--examples", "3", "--jobs", "1", "--out", "run")
    assert run(*words)[0] == 0
    return Path("run")


def test_a_report_never_replaces_what_is_not_a_page_of_ours(run: Run, checked: Path) -> None:
    Path("thesis.tex").write_text(THESIS)
    Path("other.html").write_text("<html>mine</html>")
    before = (checked / "run.json").read_text()
    for place in ("run/run.json", "thesis.tex", "other.html"):
        status, said = run("report", "run", "-o", place)
        assert status == 2
        assert "a new file, or a page that sparsebound wrote" in said
        words = ("dictionary.welch", "--examples", "3", "--jobs", "1", "--report", place)
        assert run("check", *words)[0] == 2
    assert (checked / "run.json").read_text() == before
    assert Path("thesis.tex").read_text() == THESIS
    assert not Path("runs").exists()  # it was looked at before there was any work
    assert run("report", "run", "-o", "page.html")[0] == 0
    assert run("report", "run", "-o", "page.html")[0] == 0
    assert run("report", "run", "-o", "thesis.tex", "--force")[0] == 0
    assert Path("thesis.tex").read_text().startswith("<!DOCTYPE html>")


def test_a_gate_page_never_replaces_what_is_not_ours(run: Run, checked: Path) -> None:
    assert run("gate", "run", "--update-baseline", "--skip-benchmarks")[0] == 0
    Path("thesis.tex").write_text(THESIS)
    words = ("gate", "run", "--skip-benchmarks", "--report", "thesis.tex")
    assert run(*words)[0] == 2
    assert Path("thesis.tex").read_text() == THESIS
    assert run(*words, "--force")[0] == 0


def test_what_is_no_file_is_no_place_for_a_page(run: Run, checked: Path) -> None:
    os.mkfifo("pipe")
    for place in ("pipe", "run"):
        assert run("report", "run", "-o", place, "--force")[0] == 2
    assert Path("pipe").is_fifo()


def test_a_certificate_never_replaces_files_of_somebody_else(run: Run) -> None:
    np.save("D.npy", np.hstack([np.eye(4), np.ones((4, 1)) / 2]))
    Path("out").mkdir()
    np.save("out/weights.npy", np.zeros(3))
    words = ("certify", "D.npy", "--weights", "optimal", "--out", "out")
    status, said = run(*words)
    assert status == 2
    assert "a folder without a weights.npy of somebody else's" in said
    assert [path.name for path in Path("out").iterdir()] == ["weights.npy"]
    assert run("certify", "D.npy", "--out", "out")[0] == 0  # it writes no weights
    assert np.load("out/weights.npy").tolist() == [0, 0, 0]
    assert run(*words, "--force")[0] == 0
    assert run(*words)[0] == 0  # now they are ours
    stored = json.loads(Path("out/certificate.json").read_text())
    assert set(stored["files"]) == {"certificate.txt", "certificate.html", "weights.npy"}
    Path("out/certificate.txt").write_text("my notes")
    status, said = run(*words)
    assert (status, "certificate.txt of somebody else's" in said) == (2, True)
    assert Path("out/certificate.txt").read_text() == "my notes"


def test_a_certificate_of_somebody_else_stays(run: Run) -> None:
    np.save("D.npy", np.eye(3))
    Path("out").mkdir()
    for content in ("{}", "[1]"):
        Path("out/certificate.json").write_text(content)
        assert run("certify", "D.npy", "--out", "out")[0] == 2
        assert Path("out/certificate.json").read_text() == content
