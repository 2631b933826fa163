"""What a worker of a cluster does with a task, without a cluster."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sparsebound.checks import remote
from sparsebound.checks.executor import Lost
from sparsebound.checks.provenance import arithmetic, made_of
from sparsebound.checks.remote import Job, ask, stop, work
from sparsebound.checks.sources import Sources
from sparsebound.theory.errors import InputError


def job(does: Callable[..., Any], **changes: Any) -> Job:
    """A task is the last argument of what is done, the place of the sources the one before."""
    asked: dict[str, Any] = {
        "run": os.urandom(4).hex(),
        "timeout": 60.0,
        "start": partial,
        "arguments": (does,),
        "sources": Sources({"/home/me/mine.py": b"MINE = 1\n"}, ("/home/me",)),
        "made_of": made_of(),
        "any_arithmetic": False,
    }
    return Job(**{**asked, **changes})


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    remote._end_all()


def alive(run: str) -> list[int]:
    found = [
        process.process for workers in remote._BENCHES[run].all for process in workers._processes
    ]
    return [process.pid for process in found if process.is_alive()]


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_task_is_done_in_a_process_beside_with_the_files_that_it_needs() -> None:
    wanted = job(os.path.join)
    assert ask(wanted, "here") == arithmetic()
    answer = work(wanted, "x", "here")
    assert answer.arithmetic == arithmetic()
    place = Path(answer.value).parent
    assert Path(f"{place}/home/me/mine.py").read_text() == "MINE = 1\n"
    assert len(alive(wanted.run)) == 1
    stop(wanted.run)
    assert not place.exists()
    with pytest.raises(InputError, match="expected one that goes on"):
        work(wanted, "x", "here")


def test_a_process_that_differs_says_in_what() -> None:
    older = {**made_of(), "scipy": "1.0"}
    with pytest.raises(InputError, match=r"here with scipy .*; expected workers with scipy 1\.0"):
        ask(job(os.path.join, made_of=older), "here")
    rounds = {**made_of(), "arithmetic": "0123"}
    with pytest.raises(InputError, match="here, which rounds differently"):
        work(job(os.path.join, made_of=rounds), "x", "here")
    assert ask(job(os.path.join, made_of=rounds, any_arithmetic=True), "here") == arithmetic()


def test_what_ends_its_process_is_lost_and_the_next_task_is_done() -> None:
    wanted = job(_leaves)
    lost = work(wanted, 3, "here")
    assert isinstance(lost, Lost)
    assert lost.said == "ended with exit status 3"
    assert work(wanted, 0, "here").value == 0


def _leaves(place: str, task: int) -> int:
    if task:
        os._exit(task)
    return task


def test_processes_end_of_which_nobody_asks_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "IDLE", 0.5)
    wanted = job(os.path.join)
    work(wanted, "x", "here")
    (process,) = alive(wanted.run)
    until(lambda: wanted.run not in remote._BENCHES)
    until(lambda: gone(process))
    assert work(wanted, "x", "here").value.endswith("/x")


def test_a_run_that_is_stopped_ends_what_it_is_at() -> None:
    wanted = job(_sleeps)
    answers: list[Any] = []
    doing = threading.Thread(target=lambda: answers.append(work(wanted, 60, "here")))
    doing.start()
    until(lambda: wanted.run in remote._BENCHES and alive(wanted.run))
    (process,) = alive(wanted.run)
    until(lambda: all(p.ready for w in remote._BENCHES[wanted.run].all for p in w._processes))
    stop(wanted.run)
    doing.join(30.0)
    assert not doing.is_alive()
    assert isinstance(answers[0], Lost)
    until(lambda: gone(process))


def _sleeps(place: str, task: float) -> None:
    time.sleep(task)
