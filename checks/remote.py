"""The side of a cluster's workers: tasks are done in processes of our own beside them.

Dask runs tasks in threads, one or several, of a process that may do other people's work, too. So
each thread that does tasks of a run has a process for that, as on one machine: with one thread of
linear algebra, watched while somebody else's code runs, lost without its worker being lost. It
compares itself with the process that began the run before it does anything.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import util
from tempfile import TemporaryDirectory
from typing import Any

from sparsebound.checks.executor import Lost
from sparsebound.checks.provenance import made_of
from sparsebound.checks.sources import Sources
from sparsebound.checks.threads import one_thread
from sparsebound.checks.workers import Workers
from sparsebound.reports.run_folder import Shard
from sparsebound.theory.errors import InputError

IDLE = 120.0
"""Seconds after which processes are ended of which nobody asks anything: whoever did is gone."""
ARITHMETIC = "arithmetic"
ASK = "ask"
"""What is no task: only how the process rounds is wanted."""


@dataclass(frozen=True)
class Job:
    """What a worker needs to know of a run; it goes along with every task.

    Attributes
    ----------
    run : str
        Different for every run.
    timeout : float
        Seconds that one call of somebody else's code may take.
    start : callable
        Called in each process with the arguments and with the place of the sources; gives the
        function that does a task.
    arguments : tuple
        Whatever ``start`` needs.
    sources : Sources
        Python files of somebody else.
    made_of : mapping
        With what the process computes that began the run.
    any_arithmetic : bool
        Whether a worker may round differently.
    """

    run: str
    timeout: float
    start: Callable[..., Callable[[Any], Any]]
    arguments: tuple[Any, ...]
    sources: Sources
    made_of: Mapping[str, str]
    any_arithmetic: bool


@dataclass(frozen=True)
class Answer:
    """What came of a task, and how the process rounds that did it."""

    value: Any
    arithmetic: str


def work(job: Job, task: Any, where: str) -> Answer | Lost:
    """Do a task on a worker, in a process of the thread that calls this.

    Parameters
    ----------
    job : Job
        The run.
    task : object
        Of it.
    where : str
        What the worker is called in messages.
    """
    bench = _bench(job, where)
    with bench.workers() as workers:
        ((_, answer),) = workers.do([task])
    return bench.at_home(answer)


def ask(job: Job, where: str) -> str:
    """Start a process on a worker, which compares itself; return how it rounds."""
    with _bench(job, where).workers() as workers:
        ((_, answer),) = workers.do([ASK])
    if isinstance(answer, Lost):
        expected = f"workers on which a process can be started; it {answer.said}"
        raise InputError("--cluster", where, expected)
    found: str = answer.arithmetic
    return found


def stop(run: str) -> None:
    """End all processes of a run on this worker, and begin none again."""
    with _LOCK:
        _STOPPED.add(run)
        benches = [_BENCHES.pop(run)] if run in _BENCHES else []
    for bench in benches:
        bench.end()


def begin(job: Job, place: str, where: str) -> Callable[[Any], Answer]:
    """In a process of a worker: compare, load what the run needs, and give what does a task."""
    found = made_of()
    for name, value in job.made_of.items():
        theirs = found.get(name, "none")
        if theirs == value or (name == ARITHMETIC and job.any_arithmetic):
            continue
        if name == ARITHMETIC:
            here = f"{where}, which rounds differently (arithmetic {theirs})"
            expected = f"workers with arithmetic {value}, as here, or --any-arithmetic"
            raise InputError("--cluster", here, expected)
        given = f"{where} with {name} {theirs}"
        raise InputError("--cluster", given, f"workers with {name} {value}, as here")
    job.sources.look(place)
    doing = job.start(*job.arguments, place)

    def do(task: Any) -> Answer:
        return Answer(None if task == ASK else doing(task), found[ARITHMETIC])

    return do


class _Bench:
    """The processes of one run on this worker: as many as there are threads that do its tasks."""

    def __init__(self, job: Job, where: str) -> None:
        self.job, self.where = job, where
        self.scratch = TemporaryDirectory(prefix="sparsebound-", ignore_cleanup_errors=True)
        job.sources.unpack(self.scratch.name)
        self.all: list[Workers] = []
        self.free: list[Workers] = []
        self.over = False
        self.used = time.monotonic()

    @contextmanager
    def workers(self) -> Iterator[Workers]:
        """Take a process that is free, or a new one."""
        with _LOCK:
            found = self.free.pop() if self.free else None
        if found is None:
            arguments = (self.job, self.scratch.name, self.where)
            found = Workers(1, self.job.timeout, begin, *arguments)
            with _LOCK:
                self.all.append(found)
        try:
            yield found
        except BaseException:
            self._dismissed(found)
            raise
        with _LOCK:
            self.used = time.monotonic()
            if not self.over:
                self.free.append(found)
                return
        self._dismissed(found)

    def _dismissed(self, workers: Workers) -> None:
        with _LOCK:
            self.all.remove(workers)
        workers.end(kill=True)

    def idle(self) -> bool:
        waited = time.monotonic() - self.used
        return len(self.free) == len(self.all) and waited > IDLE

    def at_home(self, answer: Any) -> Any:
        """Name files as they are called where the run began."""
        if isinstance(answer, Lost):
            frames = tuple(frame.replace(self.scratch.name, "") for frame in answer.frames)
            return replace(answer, frames=frames)
        if self.job.sources.files and isinstance(answer.value, Shard):
            text = json.dumps(answer.value.to_json()).replace(self.scratch.name, "")
            return replace(answer, value=Shard.from_json(json.loads(text)))
        return answer

    def end(self) -> None:
        """End all processes; those that do a task are waited for by the thread that asked."""
        with _LOCK:
            self.over, free, self.free = True, self.free, []
            busy = [workers for workers in self.all if workers not in free]
        for workers in busy:
            workers.kill()
        for workers in free:
            self._dismissed(workers)
        self.scratch.cleanup()


_LOCK = threading.RLock()
_BENCHES: dict[str, _Bench] = {}
_STOPPED: set[str] = set()


def _bench(job: Job, where: str) -> _Bench:
    with _LOCK:
        if job.run in _STOPPED:
            raise InputError("run", job.run, "one that goes on")
        if job.run not in _BENCHES:
            one_thread(whatever=True)
            _BENCHES[job.run] = _Bench(job, where)
            if len(_BENCHES) == 1:
                threading.Thread(target=_end_idle, daemon=True).start()
        return _BENCHES[job.run]


def _end_idle() -> None:
    """End what a run has left behind that was killed; stop when nothing is left."""
    while _BENCHES:
        time.sleep(IDLE / 10)
        with _LOCK:
            idle = [_BENCHES.pop(run) for run, bench in list(_BENCHES.items()) if bench.idle()]
        for bench in idle:
            bench.end()


def _end_all() -> None:
    for run in list(_BENCHES):
        stop(run)


util.Finalize(None, _end_all, exitpriority=100)  # before Python waits for them
