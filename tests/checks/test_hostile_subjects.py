"""Solvers that leave, crash, hang, diverge or talk: no run is green, none is lost, all goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks.commands.main import main

SOLVERS = """
import atexit, ctypes, os, sys, threading, time
import numpy as np
from sparsebound.checks.algorithms.proximal import ista as ours

def ista(D, Y, lam, L, start, steps):
    return ours(D, Y, lam, L, start, steps).points

def leaves(D, Y, lam, L, start, steps):
    sys.exit(0)

def leaves_at_once(D, Y, lam, L, start, steps):
    os._exit(0)

def is_closed(D, Y, lam, L, start, steps):
    raise GeneratorExit

def is_interrupted(D, Y, lam, L, start, steps):
    raise KeyboardInterrupt

def raises(D, Y, lam, L, start, steps):
    if D.shape[1] > 1:
        raise ValueError("more than one atom")
    return ista(D, Y, lam, L, start, steps)

def diverges(D, Y, lam, L, start, steps):
    points = ista(D, Y, lam, L, start, steps).copy()
    points[:, 4:, 0] = np.nan
    return points

def overflows(D, Y, lam, L, start, steps):
    with np.errstate(all="ignore"):
        return ista(D, Y, lam, L, start, steps) * 10.0 ** (400 * np.arange(steps + 1))[:, None]

def crashes(D, Y, lam, L, start, steps):
    if D.shape[1] > 1:
        ctypes.string_at(0)
    return ista(D, Y, lam, L, start, steps)

def hangs(D, Y, lam, L, start, steps):
    if D.shape[1] > 1:
        time.sleep(1000)
    return ista(D, Y, lam, L, start, steps)

def talks(D, Y, lam, L, start, steps):
    print("to whom it may concern")
    os.write(1, b"raw bytes")
    return ista(D, Y, lam, L, start, steps)

def slow(D, Y, lam, L, start, steps):
    time.sleep(float(os.environ.get("SLOWNESS", "0")))
    return ista(D, Y, lam, L, start, steps)

def half_step(D, Y, lam, L, start, steps):
    return ista(D, Y, lam, 2 * L, start, steps)

def leaves_a_thread(D, Y, lam, L, start, steps):
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return ista(D, Y, lam, L, start, steps)
"""

NIGHTLY = pytest.mark.nightly
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "solvers.py").write_text(SOLVERS)
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "sparsebound", *words]


@pytest.fixture
def run(place: Path) -> Run:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words), cwd=place, capture_output=True, text=True, timeout=120, check=False
        )

    return call


def asked(name: str, *words: str, jobs: int = 1) -> tuple[str, ...]:
    subject = ("--subject", name if ":" in name else f"solvers:{name}")
    return ("check", "rate.ista", *subject, "--examples", "20", "--jobs", str(jobs), *words)


@pytest.mark.parametrize(
    ("name", "jobs", "kind", "said"),
    [
        ("leaves", 2, "raised", "SystemExit: 0"),
        ("leaves_at_once", 1, "died", "its process ended with exit status 0"),
    ],
)
def test_a_solver_that_leaves_is_a_finding(
    run: Run, place: Path, name: str, jobs: int, kind: str, said: str
) -> None:
    found = run(*asked(name, "--out", "run", jobs=jobs))
    assert found.returncode == 1, found.stderr
    is_a_finding(place, found.stdout, name, kind, said)
    if kind == "died":
        assert "it is tried once more, alone" in found.stderr
    fault = fault_of(place)
    recipe = json.dumps(fault["recipe"])
    again = run("check", "rate.ista", "--subject", f"solvers:{name}", "--replay", recipe)
    assert again.returncode == 1
    assert said in again.stdout


@pytest.mark.parametrize(
    ("name", "jobs", "kind", "said"),
    [
        pytest.param("is_closed", 1, "raised", "GeneratorExit", marks=NIGHTLY),
        pytest.param("is_interrupted", 2, "raised", "KeyboardInterrupt", marks=NIGHTLY),
        ("raises", 1, "raised", "ValueError: more than one atom"),
        ("crashes", 2, "died", "its process was ended by SIGSEGV"),
    ],
)
def test_a_solver_that_breaks_is_a_finding(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    place: Path,
    name: str,
    jobs: int,
    kind: str,
    said: str,
) -> None:
    monkeypatch.chdir(place)
    assert main([*asked(f"solvers.py:{name}", "--out", "run", jobs=jobs)]) == 1
    is_a_finding(place, capsys.readouterr().out, name, kind, said)
    if name == "raises":  # the smallest instance that a person can check
        assert fault_of(place)["recipe"]["parameters"] == {"matrix": [[1, 1]]}


def fault_of(place: Path) -> dict[str, Any]:
    theorem = json.loads((place / "run" / "summary.json").read_text())["theorems"][0]
    assert theorem["mutants"][0]["refuted"]
    fault: dict[str, Any] = theorem["fault"]
    return fault


def is_a_finding(place: Path, out: str, name: str, kind: str, said: str) -> None:
    assert f"{kind}: rate.ista: {said}" in out
    assert out.splitlines()[-1].startswith(f"failed: 1 theorem: 1 {kind}")
    fault = fault_of(place)
    assert (fault["kind"], fault["recipe"] is not None) == (kind, True)
    if name != "leaves_at_once":
        assert f"in {name}" in fault["frames"][-1]
        assert all("sparsebound/checks" not in line for line in fault["frames"])
    for page in ("report.html", "junit.xml", "summary.md"):
        assert said in (place / "run" / page).read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [("diverges", ()), pytest.param("overflows", ("--rate-only",), marks=NIGHTLY)],
)
def test_a_solver_that_blows_up_violates(run: Run, name: str, words: tuple[str, ...]) -> None:
    found = run(*asked(name, *words))
    assert found.returncode == 1, found.stderr
    assert "expected, inf found (iterates are finite: 1 > 0)" in found.stdout
    assert found.stdout.splitlines()[-1].startswith("failed: 1 theorem: 1 violated")


def test_a_solver_that_hangs_is_a_finding_and_others_go_on(run: Run, place: Path) -> None:
    words = ("check", "rate.ista", "rate.ista_strong", "--subject", "solvers:hangs")
    more = ("--examples", "5", "--jobs", "2", "--timeout", "1.5", "--out", "run")
    found = run(*words, *more)
    assert found.returncode == 1, found.stderr
    assert "timed out: rate.ista: a call took longer than 1.5 seconds" in found.stdout
    theorems = json.loads((place / "run" / "summary.json").read_text())["theorems"]
    assert [theorem["status"] for theorem in theorems] == ["timed out", "timed out"]
    assert all("in hangs" in theorem["fault"]["frames"][-1] for theorem in theorems)
    assert all(theorem["mutants"][0]["refuted"] for theorem in theorems if theorem["mutants"])


def test_json_stays_json_when_a_solver_talks(run: Run) -> None:
    found = run(*asked("talks", "--json"))
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["theorems"][0]["status"] == "held"
    assert "to whom it may concern" in found.stderr
    assert "raw bytes" in found.stderr


def test_a_file_that_leaves_is_no_success(run: Run, place: Path) -> None:
    (place / "leaves.py").write_text("import os\nos._exit(0)\n")
    (place / "exits.py").write_text("import sys\nsys.exit(0)\n")
    for words in (("check",), ("list",), ("explain", "rate.ista")):
        found = run(*words, "--load", "leaves.py")
        assert (found.returncode, found.stdout) == (2, "")
        assert "ended with exit status 0 before it said how it went" in found.stderr
    found = run("check", "--load", "exits.py")
    assert found.returncode == 2
    assert "it raised SystemExit at line 2" in found.stderr
    found = run("check", "rate.ista", "--subject", "exits:x")
    assert found.returncode == 2
    assert "it raised SystemExit: 0" in found.stderr


def test_a_theorem_that_raises_is_a_finding(run: Run, place: Path) -> None:
    (place / "mine.py").write_text(
        "import sys\n"
        "from sparsebound import Claim, Source, Theorem\n"
        "def claims(instance):\n"
        "    if instance.D.shape[1] > 1:\n"
        "        sys.exit(0)\n"
        "    yield Claim('0 <= 1', instance.sparsity * 0, 1)\n"
        "THEOREM = Theorem('Mine', 'x', Source('Mine'), claims)\n"
    )
    found = run("check", "--load", "mine.py", "--examples", "20", "--jobs", "1")
    assert found.returncode == 1, found.stderr
    assert "raised: conjecture.mine: SystemExit: 0" in found.stdout
    assert "in claims: sys.exit(0)" in found.stdout


@NIGHTLY
def test_a_thread_that_is_left_behind_holds_nothing_up(run: Run) -> None:
    start = time.monotonic()
    assert run(*asked("leaves_a_thread")).returncode == 0
    assert time.monotonic() - start < 100  # and not the thousand seconds of the thread


def begun(place: Path, *words: str) -> subprocess.Popen[str]:
    """Start a run, and wait until it is at work."""
    process = subprocess.Popen(
        command(*asked("slow", "--out", "run", *words, jobs=2)),
        cwd=place,
        env={**os.environ, "SLOWNESS": "0.3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until((place / "run" / "run.json").is_file, "the run to begin")
    until(lambda: len(descendants(process.pid)) >= 3, "two processes that share the work")
    return process


def until(true: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def descendants(process: int) -> set[int]:
    """Processes below one, by what Linux says of each."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        state, parent = text.rpartition(")")[2].split()[:2]
        if state != "Z":
            parents[int(status.parent.name)] = int(parent)
    found: set[int] = set()
    fresh = {process}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def alive(processes: set[int]) -> set[int]:
    def state(process: int) -> str:
        try:
            return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return "Z"

    return {process for process in processes if state(process) != "Z"}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGTERM, 143),
        (signal.SIGKILL, -9),
        pytest.param(signal.SIGINT, 130, marks=NIGHTLY),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing_running(
    place: Path, run: Run, number: int, status: int
) -> None:
    process = begun(place)
    below = descendants(process.pid)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=60)
    if number != signal.SIGKILL:
        assert "interrupted: 0 of 1 theorem finished" in said
        assert "go on with: sparsebound check --resume run" in said
    assert process.returncode == status
    until(lambda: not alive(below), "processes to end")
    found = run("check", "--resume", "run")
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1].startswith("passed: 1 theorem: 1 held")


def test_a_counterexample_is_reproduced_by_numpy_alone(run: Run, place: Path) -> None:
    found = run(*asked("half_step", "--out", "run"))
    assert found.returncode == 1
    document = json.loads((place / "run" / "summary.json").read_text())["theorems"][0]
    violation: dict[str, Any] = document["violation"]
    assert violation["claim"] == "a step, up to rounding"
    assert violation["cause"].startswith("step 1, coordinate 0: 0.4961 expected, 0.2481 found")
    assert violation["recipe"]["parameters"] == {"matrix": [[1]]}
    first = violation["violated"][0]
    assert (first["claim"], first["step"], first["coordinate"]) == (violation["claim"], 1, 0)
    assert first["lhs"] > first["rhs"] > 0
    assert [round(value, 4) for value in (*first["expected"], first["found"])] == [
        *(0.4961, 0.4961, 0.2481)
    ]
    text = violation["text"]
    lines = text[text.index("import numpy") :].splitlines()
    assert len(lines) <= 10
    (place / "shown.py").write_text("\n".join(lines))
    shown = subprocess.run(
        [sys.executable, "shown.py"], cwd=place, capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("0.248")
    assert lines[-1].endswith("# 0.2481; expected: 0.4961")
    for page in ("report.html", "junit.xml", "summary.md"):
        assert "0.4961 expected, 0.2481 found" in (place / "run" / page).read_text()
    assert violation["cause"] in found.stdout


def test_a_report_that_cannot_be_written_does_not_hide_the_result(run: Run, place: Path) -> None:
    (place / "run").mkdir()
    (place / "sitecustomize.py").write_text(
        "import os\n"
        "real = os.replace\n"
        "def full(old, new, *more, **others):\n"
        "    if str(new).endswith(('.html', '.xml')):\n"
        "        raise OSError(28, 'No space left on device')\n"
        "    return real(old, new, *more, **others)\n"
        "os.replace = full\n"
    )
    os.environ["PYTHONPATH"] = str(place)
    try:
        found = run("check", "dictionary.welch", "--examples", "5", "--jobs", "1", "--out", "run")
    finally:
        del os.environ["PYTHONPATH"]
    assert found.returncode == 2
    assert "passed: 1 theorem: 1 held" in found.stdout
    assert "No space left on device" in found.stderr
    assert "the run is finished, and what it found is printed" in found.stderr
