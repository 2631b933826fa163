"""Code of other people, where it runs beside ours: what it raises, and how long it takes.

A solver, a network or a theorem of somebody else may raise, call ``sys.exit``, never return, or
take its process along. None of this may end a run, or look like a run that passed. What it raises
becomes a :class:`Broke`, with the lines of its own code; what it does to its process is found by
the process that waits for it, from what a :class:`Watch` has written down.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

import flint
import numpy as np

from sparsebound.reports.fault import RAISED
from sparsebound.theory.errors import said_by

TIMEOUT = 300.0
"""Seconds that one call of somebody else's code may take, unless asked otherwise."""
SHOWN = 6
"""Most lines of a traceback that are kept."""
_INSTALLED = tuple(
    {os.path.realpath(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")}
)
_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_OURS = tuple(
    os.path.realpath(os.path.join(_PACKAGE, room)) for room in ("", "theory", "checks", "reports")
)


class Broke(Exception):  # noqa: N818 - a finding, and not a fault of ours
    """Code of somebody else did not come back with an answer.

    Attributes
    ----------
    kind, said, frames
        As in :class:`sparsebound.reports.fault.Fault`.
    """

    def __init__(self, kind: str, said: str, frames: tuple[str, ...] = ()) -> None:
        super().__init__(f"{kind}: {said}")
        self.kind, self.said, self.frames = kind, said, frames

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross process borders."""
        return type(self), (self.kind, self.said, self.frames)


def is_ours(file: str) -> bool:
    """Whether a file belongs to this package.

    Examples
    --------
    >>> is_ours(__file__), is_ours("/home/somebody/solver.py")
    (True, False)
    """
    return os.path.realpath(file).startswith(tuple(place + os.sep for place in _OURS))


def is_theirs(file: str) -> bool:
    """Whether a file is neither ours nor part of Python or of an installed package.

    Examples
    --------
    >>> is_theirs(__file__), is_theirs(os.__file__), is_theirs("/home/somebody/solver.py")
    (False, False, True)
    """
    if file.startswith("<") or is_ours(file):
        return False
    return not os.path.realpath(file).startswith(tuple(p + os.sep for p in _INSTALLED))


def frames_of(error: BaseException) -> tuple[str, ...]:
    """Lines of a traceback that are somebody else's; without any, those that are not ours.

    Examples
    --------
    >>> frames_of(ZeroDivisionError())
    ()
    """
    frames = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in frames if is_theirs(frame.filename)]
    found = found or [frame for frame in frames if not is_ours(frame.filename)]
    return tuple(
        f"{frame.filename}, line {frame.lineno}, in {frame.name}"
        + (f": {frame.line}" if frame.line else "")
        for frame in found[-SHOWN:]
    )


def frames_of_trace(text: str) -> tuple[str, ...]:
    r"""Read the lines that are somebody else's out of what ``faulthandler`` wrote.

    Examples
    --------
    >>> frames_of_trace('Current thread 0x1:\n  File "/home/me/solver.py", line 3 in ista\n')
    ('/home/me/solver.py, line 3, in ista',)
    """
    _, _, current = text.rpartition("Current thread")
    found = []
    for line in (current or text).splitlines():
        head, _, rest = line.strip().partition('", line ')
        file = head.removeprefix('File "')
        if rest and head != file and is_theirs(file):
            number, _, name = rest.partition(" in ")
            found.append(f"{file}, line {number}, in {name}")
    return tuple(found[:SHOWN][::-1])


def said(error: BaseException) -> str:
    """Say in a line what was raised.

    Examples
    --------
    >>> said(SystemExit(0)), said(ValueError("no"))
    ('SystemExit: 0', 'ValueError: no')
    """
    text = f"{type(error).__name__}: {said_by(error)}"
    return text if len(text) <= 400 else f"{text[:397]}..."


class Watch:
    """What a process that shares the work is doing, for whoever finds it dead.

    Parameters
    ----------
    note : writable buffer
        Memory that the other process reads.
    trace : path
        Where the stack goes if a call takes too long, or the process crashes.
    timeout : float
        Seconds that one call of somebody else's code may take; then the process ends itself.
    """

    def __init__(self, note: Any, trace: str | Path, timeout: float) -> None:
        self.note, self.timeout, self.depth = note, timeout, 0
        self.trace = Path(trace).open("w")  # noqa: SIM115 - open as long as the process lives
        faulthandler.enable(self.trace)

    def doing(self, text: str) -> None:
        """Write down what comes next; what is too long to be kept is left out."""
        data = text.encode()
        self.note.value = data if len(data) < len(self.note) else b""

    @contextmanager
    def call(self) -> Iterator[None]:
        """Run code of somebody else, for at most so many seconds."""
        self.depth += 1
        self._wind()
        try:
            yield
        finally:
            self.depth -= 1
            self._wind()

    def _wind(self) -> None:
        """Let the time begin anew while anything of somebody else's runs."""
        if self.depth:
            faulthandler.dump_traceback_later(self.timeout, exit=True, file=self.trace)
        else:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Put back what code of somebody else may change for all: what decides reads some of it."""
    folder, streams = os.getcwd(), (sys.stdout, sys.stderr)
    bits, depth, process = flint.ctx.prec, sys.getrecursionlimit(), os.getpid()
    with np.errstate(), warnings.catch_warnings():
        try:
            yield
        finally:
            if os.getpid() != process:
                os._exit(1)  # a copy of this process that was made in there: it has no say
            sys.stdout, sys.stderr = streams
            flint.ctx.prec = bits
            sys.setrecursionlimit(depth)
            if not os.path.samefile(os.curdir, folder):
                os.chdir(folder)


_WATCH: list[Watch] = []


def watched(watch: Watch) -> None:
    """Begin to note what this process does."""
    _WATCH[:] = [watch]


def note(text: Callable[[], str]) -> None:
    """Note what is done next, where anybody is told: elsewhere it is not even written."""
    if _WATCH:
        _WATCH[0].doing(text())


@contextmanager
def guarded(*passing: type[BaseException]) -> Iterator[None]:
    """Run code of somebody else: what it raises, whatever that is, becomes :class:`Broke`.

    What it leaves behind of the settings of this process is put back.

    Parameters
    ----------
    *passing : type
        Exceptions that pass. So does Ctrl-C, in a process that it reaches.

    Examples
    --------
    >>> with guarded():
    ...     raise SystemExit(0)
    Traceback (most recent call last):
        ...
    sparsebound.checks.faults.Broke: raised: SystemExit: 0
    """
    try:
        with _as_it_was(), _WATCH[0].call() if _WATCH else nullcontext():
            yield
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt) and not _WATCH
        if stopped or isinstance(error, (Broke, *passing)):
            raise
        raise Broke(RAISED, said(error), frames_of(error)) from error


_IMPORTS = [TIMEOUT]


def allow_imports(seconds: float | None) -> None:
    """Say how long a file of somebody else may take to be imported in this process."""
    _IMPORTS[:] = [TIMEOUT if seconds is None else seconds]


@contextmanager
def importing() -> Iterator[None]:
    """Import what is somebody else's: as in :func:`guarded`, and for so long only.

    Where there are no alarms, or in another thread than the first, time is not limited.

    Examples
    --------
    >>> allow_imports(0.01)
    >>> with importing():
    ...     while True:
    ...         pass
    Traceback (most recent call last):
        ...
    sparsebound.checks.faults.Broke: raised: TimeoutError: the import took more than 0.01 s
    >>> allow_imports(None)
    """
    seconds = _IMPORTS[0]

    def over(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"the import took more than {seconds:g} s")

    with guarded():
        if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
            yield
            return
        before = signal.signal(signal.SIGALRM, over)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
