"""The command line: ``sparsebound check``, ``certify``, ``report``, ``list`` and ``explain``.

Exit status 0: everything held, nothing was vacuous, every mutant was refuted. 1: not so. 2: the
run could not be done. 130: interrupted. Numpy and all that needs it is imported when it is used,
after the number of threads is set.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from contextlib import nullcontext, suppress
from types import FrameType
from typing import TYPE_CHECKING

from sparsebound.checks.commands.arguments import IMPOSSIBLE, PASSED, parsed
from sparsebound.checks.commands.output import SAID, reserved, say
from sparsebound.checks.memory import keep_memory
from sparsebound.checks.threads import one_thread

if TYPE_CHECKING:
    from sparsebound.theory.theorem import Theorem

INTERRUPTED, BROKEN_PIPE, TERMINATED = 130, 141, 143
AGAIN = 0.1
"""Seconds until an interrupt that got lost comes again."""


def main(argv: list[str] | None = None, *, ours: bool = False) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : list of str, optional
        The arguments; those of the process by default.
    ours : bool
        Whether the process exists for this alone: SIGTERM is what Ctrl-C is then, and with
        ``--json`` nothing that any code prints gets into standard output.

    Returns
    -------
    int
        The exit status.

    Examples
    --------
    >>> main(["list", "--json"])  # doctest: +ELLIPSIS
    {
      "schema": 1,
      ...
    0
    """
    one_thread()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if ours:
        signal.signal(signal.SIGTERM, _interrupt)
        sys.unraisablehook = _interrupt_again
        keep_memory()
    try:
        try:
            args = parsed(sys.argv[1:] if argv is None else argv, RUNS)
        except SystemExit as stop:
            sys.stdout.flush()
            return stop.code if isinstance(stop.code, int) else IMPOSSIBLE
        if args.version:
            return _version()
        with reserved(entirely=ours) if getattr(args, "json", False) else nullcontext():
            status: int = args.run(args)
        sys.stdout.flush()
    except SystemExit as stop:  # of somebody else's code: it says nothing about ours
        return _complain(f"error: something that was loaded raised {stop!r}", IMPOSSIBLE)
    except KeyboardInterrupt as stop:
        return INTERRUPTED if SAID in stop.args else _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except BaseException as error:
        return _complain(f"error: {_one_line(error)}", IMPOSSIBLE)
    return status


def _version() -> int:
    from sparsebound.checks.provenance import installed

    print(f"sparsebound {installed('sparsebound') or '(not installed)'}")
    return PASSED


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _interrupt_again(lost: sys.UnraisableHookArgs) -> None:
    """Take up an interrupt that Python drops: what is raised in destructors and callbacks of gc."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    timer = threading.Timer(AGAIN, os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()


def _one_line(error: BaseException) -> str:
    from sparsebound.theory.errors import InputError, said_by

    text = said_by(error)
    text = text if isinstance(error, InputError) else f"{type(error).__name__}: {text}"
    return " ".join("; ".join([text, *getattr(error, "__notes__", ())]).split())


def _complain(message: str, status: int) -> int:
    with suppress(OSError):  # nobody can be told, but the status counts
        print(f"sparsebound: {message}", file=sys.stderr, flush=True)
    return status


def _list(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.planning import find
    from sparsebound.reports.explanation import entry
    from sparsebound.theory.catalogue import find as search
    from sparsebound.theory.errors import InputError

    if args.more:
        raise InputError("ID", args.more, "nothing: the list has all theorems")
    theorems, _ = find([], args.load or [], everything=True)
    if args.search is not None and not (theorems := search(args.search, theorems)):
        raise InputError("--search", args.search, "words that belong to some theorem")
    if args.json:
        say(json.dumps({"schema": 1, "theorems": [entry(t) for t in theorems]}, indent=2))
        return PASSED
    _print(theorems)
    return PASSED


def _print(theorems: list[Theorem]) -> None:
    from sparsebound.reports.summary import plural

    width = max(len(theorem.id) for theorem in theorems)
    titles = max(len(theorem.title) for theorem in theorems)
    for theorem in theorems:
        sharp = theorem.sharp is not None and not theorem.equality
        marks = ["conjecture"] * theorem.conjecture + ["sharp"] * sharp
        marks += ["equality"] * theorem.equality + ["proved"] * bool(theorem.proof)
        marks += [plural(len(theorem.mutants), "mutant")] if theorem.mutants else []
        print(f"{theorem.id:<{width}}  {theorem.title:<{titles}}  {', '.join(marks)}".rstrip())


def _explain(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.planning import find
    from sparsebound.checks.supplies import as_a_subject
    from sparsebound.reports.explanation import explain
    from sparsebound.theory.catalogue import find as search
    from sparsebound.theory.errors import InputError

    if args.more:
        raise InputError("ID", [args.name, *args.more], "one theorem")
    theorems, _ = find([], args.load or [], everything=True)
    found = [theorem for theorem in theorems if theorem.id == args.name]
    found = found or search(args.name, theorems)
    if not found:
        find([args.name], args.load or [])  # which says what is meant, perhaps
        found = [theorem for theorem in theorems if theorem.topic == args.name]
    if len(found) == 1:
        print(explain(found[0]))
        for line in as_a_subject(found[0]):
            print(line)
    else:
        print(f"{len(found)} theorems are found by {args.name!r}; explain one of them:")
        _print(found)
    return PASSED


def _certify(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.certify import run

    return run(args)


def _gate(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.gate import run
    from sparsebound.theory.errors import InputError

    if args.load:
        raise InputError("--load", args.load, "to be left out: the run says what it loaded")
    return run(args)


def _train(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.train import run
    from sparsebound.theory.errors import InputError

    if args.load or args.more:
        raise InputError("--load", args.load, "to be left out: no theorems are checked")
    return run(args)


def _check(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.replaying import replay
    from sparsebound.checks.commands.session import check
    from sparsebound.checks.faults import allow_imports

    allow_imports(args.timeout)
    args.names += args.more or []
    if args.subject is not None:  # it is found from wherever the run goes on
        place, _colon, name = args.subject.rpartition(":")
        args.subject = f"{os.path.abspath(place)}:{name}" if place.endswith(".py") else args.subject
    return replay(args) if args.replay is not None else check(args)


def _report(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.reporting import report

    return report(args)


RUNS = {
    "check": _check,
    "certify": _certify,
    "report": _report,
    "gate": _gate,
    "train": _train,
    "list": _list,
    "explain": _explain,
}


if __name__ == "__main__":
    sys.exit(main())
