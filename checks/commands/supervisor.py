"""The process that a person starts: it waits for the one that works, and takes nobody's word.

A solver or a file that is loaded runs beside our own code, and may end the process with any exit
status, 0 among them, before anything was checked. So the work is done by a process that says how
it ended through a pipe of its own; this one, in which nothing foreign ever runs, exits with what
was said there, and never with 0 if nothing was. Ctrl-C and SIGTERM come here, and are passed on as
one; if this process is killed, the other one stops.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType

from sparsebound.checks.commands.arguments import IMPOSSIBLE
from sparsebound.checks.commands.main import INTERRUPTED, TERMINATED, main

PATIENCE = 20.0
"""Seconds that a process may take to end after it said how."""
ENOUGH = 3
"""Signals after which it is killed."""


def command() -> int:
    """Run the command line of this process; what is installed as ``sparsebound``.

    Returns
    -------
    int
        The exit status.
    """
    _open_streams()
    if not hasattr(os, "fork"):
        return main(ours=True)
    word, saying = os.pipe()
    alive, living = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(word)
        os.close(living)
        _work(saying, alive)
    os.close(saying)
    os.close(alive)
    return _wait(worker, word, living)


def _open_streams() -> None:
    """Open the standard streams that are closed, to nowhere: others would take their numbers."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - for good


def _work(saying: int, alive: int) -> None:
    """Do the work, say how it ended, and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is passed on as SIGTERM
    threading.Thread(target=_stop_with, args=(alive,), daemon=True).start()
    status = main(ours=True)
    with suppress(OSError):
        os.write(saying, b"%d\n" % status)
    sys.exit(status)


def _stop_with(alive: int) -> None:
    """Wait until the process at the other end of a pipe is gone, and stop then."""
    with suppress(OSError):
        os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait(worker: int, word: int, living: int) -> int:
    signals: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        signals.append(number)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM if len(signals) < ENOUGH else signal.SIGKILL)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, pass_on)
    said: list[int] = []
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(word, worker, said, over), daemon=True)
    listener.start()
    _, ended = os.waitpid(worker, 0)
    over.set()
    listener.join(1.0)
    os.close(living)
    if said:
        stopped = signals and said[0] == INTERRUPTED
        return TERMINATED if stopped and signals[0] != signal.SIGINT else said[0]
    code = os.waitstatus_to_exitcode(ended)
    how = f"ended with exit status {code}" if code >= 0 else f"was ended by signal {-code}"
    message = "the process that did the work {} before it said how it went; {}"
    why = "something that was loaded must have ended it"
    why = why if code >= 0 else f"{why}, or the system, for want of memory"
    with suppress(OSError):
        print(f"sparsebound: error: {message.format(how, why)}", file=sys.stderr, flush=True)
    return IMPOSSIBLE if code >= 0 else 128 - code


def _listen(word: int, worker: int, said: list[int], over: threading.Event) -> None:
    """Hear how it ended; it may not go on for ever after that, whatever it has started."""
    with suppress(OSError, ValueError):
        said.append(int(os.read(word, 16)))
        if not over.wait(PATIENCE):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
