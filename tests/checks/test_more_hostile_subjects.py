"""Faults that nobody had listed: what a solver may leave behind, take away, or be called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest

from sparsebound.checks.commands.main import main
from sparsebound.checks.commands.planning import begin
from sparsebound.checks.demanding import demanding
from sparsebound.checks.faults import Broke, guarded
from sparsebound.checks.library import check_subject
from sparsebound.checks.loading import load
from sparsebound.checks.protocol import Subject
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import ANOTHER_ANSWER
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError, describe

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HEAD = """
import os, sys
import numpy as np
from sparsebound.checks.algorithms.proximal import ista as ours
"""
ISTA = """
def ista(D, Y, lam, L, start, steps):
    {before}
    return ours(D, Y, lam, L, start, steps).points
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sparsebound", *words],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


def asked(subject: str, *words: str) -> tuple[str, ...]:
    more = ("--examples", "10", "--jobs", "1", "--out", "run")
    return ("check", "rate.ista", "--subject", subject, *more, *words)


def write(place: Path, name: str, before: str = "pass", top: str = "") -> None:
    (place / name).write_text(HEAD + top + ISTA.format(before=before))


CHANGES = """
    D[:] = 0
    Y[:] = np.nan
    np.seterr(all="raise")
    os.chdir("/")
    import flint, warnings
    flint.ctx.prec = 4
    sys.stdout = sys.stderr = None
    sys.setrecursionlimit(100)
    warnings.simplefilter("error")
    return points
"""


def test_what_a_solver_changes_for_all_is_put_back(run: Run, tmp_path: Path) -> None:
    head = "def ista(D, Y, lam, L, start, steps):\n"
    points = "    points = ours(D, Y, lam, L, start, steps).points"
    (tmp_path / "solver.py").write_text(f"{HEAD}{head}{points}{CHANGES}")
    found = run(*asked("solver.py:ista"))
    assert found.returncode == 0, found.stdout + found.stderr
    assert (tmp_path / "run" / "report.html").is_file()


@pytest.mark.parametrize("change", CHANGES.strip().splitlines()[2:-1])
def test_what_is_changed_here_is_put_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str
) -> None:
    monkeypatch.chdir(tmp_path)

    def state() -> tuple[object, ...]:
        streams = sys.stdout, sys.stderr
        return (np.geterr(), os.getcwd(), *streams, sys.getrecursionlimit(), flint.ctx.prec)

    before, filters = state(), list(warnings.filters)
    with guarded():
        exec(change.strip(), {"np": np, "os": os, "sys": sys, "flint": flint, "warnings": warnings})
    assert (state(), warnings.filters) == (before, filters)


def test_a_copy_of_a_process_has_no_say(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "solver.py", "os.fork() if len(Y) > 1 else None")
    found = run(*asked("solver.py:ista"))
    assert found.returncode == 0, found.stdout + found.stderr
    document = json.loads((tmp_path / "run" / "summary.json").read_text())["theorems"][0]
    assert document["instances"] == 10 + len(demanding(catalogue()["rate.ista"]))


@pytest.mark.nightly
def test_what_a_solver_starts_ends_with_it(run: Run, tmp_path: Path) -> None:
    """It holds the output open: whoever waits for the end of that would wait for ever."""
    write(tmp_path, "solver.py", "__import__('subprocess').Popen(['sleep', '1000'])")
    assert run(*asked("solver.py:ista")).returncode == 0


@pytest.mark.nightly
def test_a_solver_that_closes_what_it_did_not_open_is_found(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "solver.py", "os.closerange(3, 200) if D.shape[1] > 1 else None")
    found = run(*asked("solver.py:ista"))
    assert found.returncode == 1, found.stdout + found.stderr
    assert "1 died" in found.stdout.splitlines()[-1]


@pytest.mark.nightly
def test_a_solver_that_is_called_as_a_library_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", "numpy.py")
    found = run(*asked("inner/numpy.py:ista"))
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_module_that_leaves_in_other_processes_alone(run: Run, tmp_path: Path) -> None:
    top = "import multiprocessing\nif multiprocessing.parent_process():\n    os._exit(0)\n"
    write(tmp_path, "solver.py", top=top)
    found = run(*asked("solver.py:ista"))
    assert found.returncode == 2
    assert "a process that shares the work" in found.stderr
    assert "ended with exit status 0" in found.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.nightly
def test_a_file_that_talks_when_it_is_loaded(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import os\nprint('hello')\nos.write(1, b'raw')\n"
        "from dataclasses import replace\n"
        "from sparsebound.theory.dictionary.welch import THEOREM\n"
        "MINE = replace(THEOREM, id='mine.welch')\n"
    )
    found = run("list", "--load", "mine.py", "--json")
    assert found.returncode == 0
    assert "mine.welch" in {theorem["id"] for theorem in json.loads(found.stdout)["theorems"]}
    assert "hello" in found.stderr


@pytest.mark.nightly
def test_a_disk_that_is_full_in_the_middle_loses_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os\nreal = os.replace\ncount = []\n"
        "def full(old, new, *more, **others):\n"
        "    count.append(new)\n"
        "    if len(count) > 2:\n"
        "        raise OSError(28, 'No space left on device')\n"
        "    return real(old, new, *more, **others)\n"
        "os.replace = full\n"
    )
    words = ("check", "dictionary.welch", "--examples", "600", "--jobs", "1", "--out", "run")
    found = run(*words, PYTHONPATH=str(tmp_path))
    assert found.returncode == 2
    assert "No space left on device" in found.stderr
    assert "go on with: sparsebound check --resume run" in found.stderr
    (tmp_path / "sitecustomize.py").unlink()
    assert len(list((tmp_path / "run" / "shards").glob("*.json"))) == 1
    assert run("check", "--resume", "run").returncode == 0


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e9", "soon"])
def test_a_timeout_that_is_none(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    seconds: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "solver.py")
    assert main([*asked("solver.py:ista", f"--timeout={seconds}")]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), "timeout" in said) == (1, True)


def test_an_enormous_run_begins_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, threading\n"
        "def stop():\n"
        "    if os.path.exists('run/shards') and os.listdir('run/shards'):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    else:\n"
        "        threading.Timer(0.2, stop).start()\n"
        "threading.Timer(0.2, stop).start()\n"
    )
    words = ("check", "dictionary.welch", "--examples", "1000000000", "--jobs", "1", "--out", "run")
    found = run(*words, PYTHONPATH=str(tmp_path))
    assert found.returncode == 143, found.stderr
    assert "of 4,000,001 shards" in found.stderr
    assert (tmp_path / "run" / "run.json").stat().st_size < 20_000


def test_a_stop_is_not_lost_while_garbage_is_collected(run: Run, tmp_path: Path) -> None:
    """Python drops what a handler raises there; Hypothesis has such a callback in every run."""
    (tmp_path / "sitecustomize.py").write_text(
        "import gc, os, signal, threading\n"
        "first, sent = os.getpid(), []\n"
        "def stop(phase, info):\n"
        "    here = threading.current_thread() is threading.main_thread()\n"
        "    ready = os.path.exists('run/shards') and os.listdir('run/shards')\n"
        "    if here and ready and os.getpid() != first and not sent:\n"
        "        sent.append(os.kill(os.getpid(), signal.SIGTERM))\n"
        "gc.callbacks.append(stop)\n"
    )
    words = ("check", "dictionary.welch", "--examples", "1000000", "--jobs", "1", "--out", "run")
    found = run(*words, PYTHONPATH=str(tmp_path))
    assert found.returncode == 130, found.stderr
    assert "go on with" in found.stderr


MUTE = """
class Mute(Exception):
    def __str__(self):
        raise ValueError("no words")
    __repr__ = __str__
"""


def test_what_cannot_be_printed_is_said_to_be_so(tmp_path: Path) -> None:
    place = tmp_path / "mute.py"
    place.write_text(f"{MUTE}raise Mute\n")
    with pytest.raises(InputError, match="it raised Mute at line 6: a Mute that raises ValueError"):
        load(str(place))
    names: dict[str, type[Exception]] = {}
    exec(MUTE, names)
    with pytest.raises(Broke, match="raised: Mute: a Mute that raises ValueError"), guarded():
        raise names["Mute"]
    assert describe(names["Mute"]()) == "a Mute that raises ValueError when it is printed"


@pytest.mark.parametrize("words", [("--load", "never.py"), ("--subject", "never.py:ista")])
def test_a_file_that_never_ends_is_one_line(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "never.py").write_text("while True:\n    pass\n")
    ended = run("check", "rate.ista", "--timeout", "0.5", *words)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "TimeoutError" in ended.stderr
    assert "the import took more than 0.5 s" in ended.stderr


def shrunk(v: Any, theta: Any) -> Any:
    return np.sign(v) * np.maximum(np.abs(v) - theta, 0)


def every_other_time(wrong: Callable[[Any], Any]) -> Callable[..., Any]:
    """Soft thresholding, but for every other answer."""
    asked: list[None] = []

    def shrink(v: Any, theta: Any) -> Any:
        asked.append(None)
        return wrong(shrunk(v, theta)) if len(asked) % 2 else shrunk(v, theta)

    return shrink


def adds(found: Any) -> Any:
    return found + 1


def raises(found: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize(("wrong", "kind"), [(adds, "violation"), (raises, "fault")])
def test_what_is_not_deterministic_is_said_to_be_so(wrong: Callable[[Any], Any], kind: str) -> None:
    def always(v: Any, theta: Any) -> Any:
        return wrong(shrunk(v, theta))

    for subject, said in ((every_other_time(wrong), True), (always, False)):
        found = check_subject(subject, "network.thresholding", examples=5)
        (theorem,) = found.summary["theorems"]
        assert not found.passed
        assert (ANOTHER_ANSWER in theorem[kind]["text"]) == said


def test_a_buffer_that_is_filled_again_is_read_in_time() -> None:
    buffer = np.zeros((4096, 256))

    def shrink(v: Any, theta: Any) -> Any:
        found = buffer[: len(v), : v.shape[1]]
        found[...] = shrunk(v, theta)
        return found

    assert check_subject(shrink, "network.thresholding", examples=5).passed


def test_a_solver_that_is_slow_is_said_to_be_before_it_runs(tmp_path: Path) -> None:
    def slow(v: Any, theta: Any) -> Any:
        time.sleep(0.3)
        return shrunk(v, theta)

    theorem, said = catalogue()["network.thresholding"], list[str]()
    for subject in (shrunk, slow):
        out, asked = tmp_path / subject.__name__, Subject.of(subject)
        begin([theorem.id], [theorem], RunSettings(), asked, out, tell=said.append)
    (line,) = said
    assert "slow: small instances take it up to" in line
    assert "250 of them about" in line


def test_a_place_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for place, said in (
        ("sover.py:ista", "expected a file that exists before the colon, not sover.py$"),
        ("numpy.linlag:lstsq", "ModuleNotFoundError: No module named 'numpy.linlag'$"),
        ("numpy.linalg:lstq", "there is no 'lstq'; close to it: lstsq"),
    ):
        with pytest.raises(InputError, match=said):
            Subject.of(place)
