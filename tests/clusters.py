"""A cluster of separate processes of this machine, which stands for a real one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil


@dataclass
class Machines:
    """A scheduler and workers, each a process of its own."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> str:
        return str(self.folder / "scheduler.json")

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        around = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", **environment}
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--scheduler-file", self.file],
                env=around,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def scheduler(self, **environment: str) -> subprocess.Popen[bytes]:
        words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        return self.start(*words, **environment)

    def worker(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        return self.start(
            *("worker", "--host", "127.0.0.1", "--no-dashboard", *words), **environment
        )

    def workers(self) -> list[Any]:
        """The processes that Dask's nannies have started, each with processes of ours below."""
        nannies = [psutil.Process(process.pid) for process in self.started[1:]]
        children = [child for nanny in nannies for child in nanny.children()]
        return [child for child in children if "spawn_main" in " ".join(words_of(child))]

    def registered(self) -> int:
        """How many workers the scheduler knows, those that are gone among them."""
        logs = (path.read_text() for path in self.folder.glob("*.log"))
        return sum(text.count("Registered to") for text in logs)

    def ours(self) -> list[Any]:
        """The processes in which shards are done."""
        below = [child for worker in self.workers() for child in worker.children()]
        return [child for child in below if "spawn_main" in " ".join(words_of(child))]

    def end(self) -> None:
        for process in self.started:
            below = psutil.Process(process.pid).children(recursive=True)
            for one in [process, *below]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            process.wait()


def words_of(process: Any) -> list[str]:
    """The command line of a process; empty if it is gone."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def summary(folder: str) -> dict[str, Any]:
    """What a run found, but for times and for where it was done."""
    document: dict[str, Any] = json.loads(Path(folder, "summary.json").read_text())
    for name in ("time", "command"):
        del document["run"][name]
    del document["run"]["settings"]["jobs"]
    for theorem in document["theorems"]:
        del theorem["seconds"]
    return document


def kill_at_random(
    machines: Machines,
    times: int,
    over: threading.Event,
    *,
    within: float = 0.5,
    lots: random.Random | None = None,
) -> int:
    """Kill workers while a run goes on, each time one that is at work; say how many were killed.

    They are killed one after the other, each at a moment of its own share of the time.
    """
    lots, killed = lots or random.Random(0), 0
    share = within / times
    for _ in range(times):
        moment = lots.uniform(0.0, share)
        while not (busy := [worker for worker in machines.workers() if worker.children()]):
            if over.wait(0.05):
                return killed
        if over.wait(moment):
            return killed
        with suppress(psutil.NoSuchProcess):
            lots.choice(busy).kill()
            killed += 1
        over.wait(max(1.0, share - moment))
    return killed
