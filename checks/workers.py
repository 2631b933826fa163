"""Processes that share the work, any of which may be lost without taking the others along.

``concurrent.futures`` gives all work up when one process dies. Here the task of a process that
died is handed back with what it was doing, and another process takes its place. Processes end when
the one that started them is gone, however it ended.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

from sparsebound.checks.executor import Lost
from sparsebound.checks.faults import Watch, frames_of_trace, said, watched
from sparsebound.checks.memory import keep_memory
from sparsebound.theory.errors import InputError

NOTE = 1 << 16
"""Bytes of the note in which a process writes down what it does."""
PATIENCE = 5.0
"""Seconds until a process that was asked to end is ended."""
_CHILDREN = threading.RLock()
"""Held while a process is started or waited for: two threads may not wait for the same one."""


class Workers:
    """Processes that do tasks.

    Parameters
    ----------
    jobs : int
        How many.
    timeout : float
        Seconds that one call of somebody else's code may take.
    start : callable
        Called in each process with the arguments; gives the function that does a task.
    *arguments : object
        Whatever ``start`` needs.

    Examples
    --------
    >>> from functools import partial
    >>> with Workers(2, 60.0, partial, abs) as workers:  # abs is what does a task
    ...     sorted(answer for task, answer in workers.do([-1, 2]))
    [1, 2]
    """

    def __init__(
        self, jobs: int, timeout: float, start: Callable[..., Callable[[Any], Any]], *arguments: Any
    ) -> None:
        self.jobs, self.timeout = jobs, timeout
        self._start, self._arguments = start, arguments
        self._context = get_context("spawn")
        self._scratch = TemporaryDirectory(prefix="sparsebound-", ignore_cleanup_errors=True)
        self._begun = 0
        self._processes: list[_Process] = []

    @property
    def about(self) -> str:
        """Processes of this machine go without saying."""
        return ""

    @property
    def remarks(self) -> dict[str, list[str]]:
        """They round as this one does."""
        return {}

    def __enter__(self) -> Workers:
        """Nothing is started before there is work."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes: at once, if something went wrong."""
        self.end(kill=error is not None)

    def end(self, *, kill: bool) -> None:
        """End all processes, at once or when they have heard of it; nobody else waits for them."""
        for process in self._processes:
            process.end(kill=kill)
        self._processes.clear()
        self._scratch.cleanup()

    def kill(self) -> None:
        """End all processes at once; another thread that waits for them finds them lost."""
        for process in list(self._processes):
            process.process.kill()
            _end_group(process.process.pid)

    def show(self, page: str, *, over: bool = False) -> str:
        """Processes of this machine have no place for a page."""
        return ""

    def do(self, tasks: Iterable[Any], jobs: int | None = None) -> Iterator[tuple[Any, Any]]:
        """Do tasks: see :class:`sparsebound.checks.executor.Executor`."""
        left = iter(tasks)
        while True:
            self._fill(left, self.jobs if jobs is None else min(jobs, self.jobs))
            busy = [process for process in self._processes if process.busy]
            if not busy:
                return
            places: dict[Any, _Process] = {process.sentinel: process for process in busy}
            places |= {process.connection: process for process in busy}
            for process in dict.fromkeys(places[place] for place in wait(list(places))):
                yield from self._hear(process)

    def _fill(self, left: Iterator[Any], jobs: int) -> None:
        busy = sum(process.busy for process in self._processes)
        idle = [process for process in self._processes if not process.busy]
        while busy < jobs:
            try:
                task = next(left)
            except StopIteration:
                return
            process = idle.pop() if idle else self._begin()
            process.give(task)
            busy += 1

    def _begin(self) -> _Process:
        self._begun += 1
        trace = Path(self._scratch.name) / f"{self._begun}.txt"
        ours, theirs = self._context.Pipe()
        note = self._context.RawArray("c", NOTE)
        process = self._context.Process(
            target=_serve,
            args=(theirs, note, str(trace), self.timeout, self._start, self._arguments),
        )
        with _CHILDREN, _as_no_daemon():
            process.start()
        theirs.close()
        begun = _Process(process, ours, note, trace)
        self._processes.append(begun)
        return begun

    def _hear(self, process: _Process) -> Iterator[tuple[Any, Any]]:
        kind, value = process.hear()
        if kind == READY:
            process.ready = True
        elif kind == RAISED:
            raise value
        elif kind == DONE:
            task, process.task = process.task, None
            yield task, value
        else:
            process.end(kill=False)
            self._processes.remove(process)
            lost = process.lost(self.timeout)
            if not process.ready:
                expected = f"one that stays until it is told to end; it {lost.said}"
                raise InputError("a process that shares the work", lost.task, expected)
            yield lost.task, lost


READY, DONE, RAISED = "ready", "done", "raised"


@dataclass(eq=False)
class _Process:
    """One of them, as the process sees it that gives it tasks."""

    process: Any
    connection: Connection
    note: Any
    trace: Path
    task: Any = field(default=None)
    ready: bool = False
    ended: bool = False

    @property
    def busy(self) -> bool:
        return self.task is not None

    @property
    def sentinel(self) -> int:
        return int(self.process.sentinel)

    def give(self, task: Any) -> None:
        self.task = task
        with suppress(OSError):  # it is gone: found when it is listened to
            self.connection.send(task)

    def hear(self) -> tuple[str, Any]:
        """Take what it says; nothing if it is gone."""
        try:
            if self.connection.poll():
                kind, value = self.connection.recv()
                return kind, value
        except (EOFError, OSError):
            pass
        return "", None

    def end(self, *, kill: bool) -> None:
        with _CHILDREN:
            if not kill:
                with suppress(OSError):
                    self.connection.send(None)
                self.process.join(PATIENCE)
            if self.process.is_alive():
                self.ended = True
                self.process.kill()
                self.process.join()
        _end_group(self.process.pid)
        self.connection.close()

    def lost(self, timeout: float) -> Lost:
        text = self.trace.read_text(errors="replace") if self.trace.is_file() else ""
        hung = text.startswith("Timeout (")
        how = f"took longer than {timeout:g} seconds (see --timeout)" if hung else self._how()
        note = self.note.value.decode(errors="replace")
        return Lost(self.task, note, how, frames_of_trace(text), hung)

    def _how(self) -> str:
        code = self.process.exitcode
        if self.ended:
            return "answered no more, and was ended"
        if code is None or code >= 0:
            return f"ended with exit status {code}"
        with suppress(ValueError):
            name = signal.Signals(-code).name
            hint = ": out of memory?" if name == "SIGKILL" else ""
            return f"was ended by {name}{hint}"
        return f"was ended by signal {-code}"


@contextmanager
def _as_no_daemon() -> Iterator[None]:
    """Let this process start others, whatever it is itself.

    Python lets no daemon do so, as its children would be left behind. Dask's workers are daemons;
    but ours end by themselves when the process that started them is gone.
    """
    about: dict[str, Any] = getattr(current_process(), "_config", {})
    was = about.get("daemon", False)
    about["daemon"] = False
    try:
        yield
    finally:
        about["daemon"] = was


def _serve(
    connection: Connection,
    note: Any,
    trace: str,
    timeout: float,
    start: Callable[..., Callable[[Any], Any]],
    arguments: tuple[Any, ...],
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that gives tasks decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(os, "setsid"):
        os.setsid()  # what is started in here ends with it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    watched(Watch(note, trace, timeout))
    keep_memory()
    try:
        work = start(*arguments)
        connection.send((READY, None))
        while (task := connection.recv()) is not None:
            note.value = b""
            connection.send((DONE, work(task)))
    except EOFError:
        return
    except BaseException as error:
        with suppress(OSError):
            connection.send((RAISED, _portable(error)))


def _portable(error: BaseException) -> Exception:
    """Make an error that another process can take, and that ends no process by itself."""
    try:
        if isinstance(error, Exception) and pickle.loads(pickle.dumps(error)):
            return error
    except Exception:
        pass
    return RuntimeError(said(error))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        _end_group(os.getpid())
        os._exit(1)


def _end_group(process: int) -> None:
    """End a process and all that it started, as far as they are a group."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process, signal.SIGKILL)
