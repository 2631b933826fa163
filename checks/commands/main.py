"""The command line: ``sparsebound check``, ``certify``, ``report``, ``list`` and ``explain``.

Exit status 0: everything held, nothing was vacuous, every mutant was refuted. 1: not so. 2: the
run could not be done. 130: interrupted. Numpy and all that needs it is imported when it is used,
after the number of threads is set.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from types import FrameType
from typing import Any, NoReturn

from sparsebound.checks.commands.output import reserved, say

PROFILES = ("dev", "ci", "nightly")
FORCE = "write also over files that this program did not write"
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
PASSED, IMPOSSIBLE, INTERRUPTED, BROKEN_PIPE, TERMINATED = 0, 2, 130, 141, 143


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
    for name in THREADS:
        os.environ.setdefault(name, "1")  # results must not depend on threads
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if ours:
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        args = _arguments(sys.argv[1:] if argv is None else argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else IMPOSSIBLE
    try:
        with reserved(entirely=ours) if getattr(args, "json", False) else nullcontext():
            status: int = args.run(args)
        sys.stdout.flush()
    except SystemExit as stop:  # of somebody else's code: it says nothing about ours
        return _complain(f"error: something that was loaded raised {stop!r}", IMPOSSIBLE)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except BaseException as error:
        return _complain(f"error: {_one_line(error)}", IMPOSSIBLE)
    return status


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(IMPOSSIBLE, f"{self.prog}: error: {message}\n")


class _Load(argparse.Action):
    """One file, or several; what follows the first and is no Python file is a theorem."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option: str | None = None,
    ) -> None:
        first, *others = [str(value) for value in values or ()]
        files = [first, *(value for value in others if value.endswith(".py"))]
        names = [value for value in others if not value.endswith(".py")]
        namespace.load = [*(namespace.load or []), *files]
        namespace.more = [*(namespace.more or []), *names]


class _Real:
    """A number, and not ``nan``; whoever uses it knows its range."""

    def __call__(self, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if value != value:  # noqa: PLR0124
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected a number")
        return value


class _Integer:
    def __init__(self, least: int) -> None:
        self.least = least

    def __call__(self, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = self.least - 1
        if value < self.least:
            expected = f"an integer that is at least {self.least}"
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected {expected}")
        return value


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="sparsebound", description="An executable theory of sparse coding.")
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(name: str, summary: str, run: Any) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=summary, description=summary, allow_abbrev=False
        )
        help_ = "Python files with further theorems"
        made.add_argument("--load", nargs="+", action=_Load, metavar="FILE.py", help=help_)
        made.set_defaults(run=run, more=None)
        return made

    check = command("check", "Try theorems on generated dictionaries and codes.", _check)
    add = check.add_argument
    add("names", nargs="*", metavar="ID", help="a theorem or a topic; all by default")
    add("--profile", choices=PROFILES, help="how many examples (default: dev)")
    add("--examples", type=_Integer(1), metavar="N", help="examples of each theorem instead")
    add("--seed", type=_Integer(0), metavar="N", help="of the whole run (default: 0)")
    add("--jobs", type=_Integer(1), metavar="N", help="processes (default: one a processor)")
    add("--out", metavar="DIR", help="where the run is kept (default: runs/TIME-PROFILE)")
    help_ = "check this solver or network (see checks/protocol.py) and not our own"
    add("--subject", metavar="MODULE:CALLABLE", help=help_)
    help_ = "hold it against rates alone, not against the steps of an algorithm"
    add("--rate-only", action="store_true", default=None, help=help_)
    help_ = "seconds that one call of a subject, or of what is loaded, may take (default: 300)"
    add("--timeout", type=_Real(), metavar="SECONDS", help=help_)
    add("--report", metavar="FILE.html", help="where the report goes (default: in the run folder)")
    add("--force", action="store_true", default=None, help=FORCE)
    add("--resume", metavar="DIR", help="go on with a run that was interrupted")
    add("--replay", metavar="JSON-or-FILE", help="decide one instance again")
    add("--mutant", metavar="NAME", help="with --replay: decide this mutant instead")
    add("--json", action="store_true", help="print JSON only")
    certify = command("certify", "What is guaranteed for a dictionary of your own.", _certify)
    add = certify.add_argument
    add("file", metavar="FILE", help="the dictionary: .npy, .npz, .csv, .mat, .safetensors, .pt")
    add("--atoms", choices=("rows", "columns"), help="how atoms are stored (default: guessed)")
    help_ = "weights of a network, or 'optimal', or 'dictionary'"
    add("--weights", metavar="FILE", help=help_)
    add("--filters", action="store_true", help="FILE holds the filters of a convolution")
    help_ = "positions of a signal (default: four kernels)"
    add("--length", type=_Integer(1), nargs="+", metavar="N", help=help_)
    add("--stride", type=_Integer(1), nargs="+", metavar="N", help="between shifts (default: 1)")
    help_ = "of signals (default: circular)"
    add("--boundary", choices=("circular", "zero"), help=help_)
    add("--thresholds", metavar="FILE", help="its thresholds, (layers,) or (layers, atoms)")
    add("--codes", metavar="FILE", help="codes, one a row, that are certified one by one")
    add("--sparsity", type=_Integer(1), metavar="S", help="nonzeros (default: as the rate allows)")
    help_ = "bound on the entries of a code (default: 1)"
    add("--amplitude", type=_Real(), default=1.0, metavar="B", help=help_)
    help_ = "bound on the entries of W^T e (default: 0)"
    add("--noise", type=_Real(), default=0.0, metavar="NU", help=help_)
    help_ = "error that is wanted (default: 0.001)"
    add("--tolerance", type=_Real(), default=1e-3, metavar="T", help=help_)
    help_ = "megabytes beside the dictionary (default: 1024)"
    add("--memory", type=_Integer(1), default=1024, metavar="MB", help=help_)
    help_ = "say which atoms to remove or merge for one more nonzero"
    add("--prune", action="store_true", help=help_)
    help_ = "search for codes and noise with a large error, beside the bound"
    add("--attack", action="store_true", help=help_)
    add("--out", metavar="DIR", help="where the certificate is kept")
    add("--force", action="store_true", help=FORCE)
    add("--json", action="store_true", help="print JSON only")
    report = command("report", "Write the HTML report of a run.", _report)
    report.add_argument("folder", metavar="RUN_DIR", help="the folder of the run")
    help_ = "where it goes (default: the run folder, with JUnit XML and a Markdown summary)"
    report.add_argument("-o", "--output", metavar="FILE.html", help=help_)
    report.add_argument("--force", action="store_true", help=FORCE)
    gate = command("gate", "Compare a run with the one that was reviewed.", _gate)
    gate.add_argument("folder", metavar="RUN_DIR", help="the folder of the run")
    help_ = "the reviewed one (default: sparsebound-baseline.json, or see [tool.sparsebound])"
    gate.add_argument("--baseline", metavar="FILE", help=help_)
    help_ = "make the run the baseline instead"
    gate.add_argument("--update-baseline", action="store_true", help=help_)
    help_ = "measure benchmarks in turn with this commit's (default: that of the baseline)"
    gate.add_argument("--base", metavar="REF", help=help_)
    help_ = "interpreter of the environment that the base commit runs in (default: this one)"
    gate.add_argument("--base-python", metavar="PYTHON", help=help_)
    help_ = "compare the run alone: no times, instructions, growth"
    gate.add_argument("--skip-benchmarks", action="store_true", help=help_)
    gate.add_argument("--report", metavar="FILE.html", help="write a page, with earlier runs")
    gate.add_argument("--force", action="store_true", help=FORCE)
    list_ = command("list", "List the theorems.", _list)
    list_.add_argument("--json", action="store_true", help="print JSON")
    explain = command("explain", "Explain one theorem.", _explain)
    explain.add_argument("name", metavar="ID", help="a theorem")

    args, rest = parser.parse_known_args(argv)
    if args.run is _check and not any(word.startswith("-") for word in rest):
        args.names += rest  # names after options
    elif rest:
        parser.error(f"unrecognized arguments: {shlex.join(rest)}")
    if args.version:
        from sparsebound.checks.provenance import installed

        print(f"sparsebound {installed('sparsebound') or '(not installed)'}")
        parser.exit(PASSED)
    if args.run is None:
        parser.error("no command was given; expected check, certify, report, gate, list or explain")
    return args


def _one_line(error: BaseException) -> str:
    from sparsebound.theory.errors import InputError

    text = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
    return " ".join("; ".join([text, *getattr(error, "__notes__", ())]).split())


def _complain(message: str, status: int) -> int:
    print(f"sparsebound: {message}", file=sys.stderr)
    return status


def _list(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.planning import find
    from sparsebound.reports.explanation import entry
    from sparsebound.reports.summary import plural
    from sparsebound.theory.errors import InputError

    if args.more:
        raise InputError("ID", args.more, "nothing: the list has all theorems")
    theorems, _ = find([], args.load or [], everything=True)
    if args.json:
        say(json.dumps({"schema": 1, "theorems": [entry(t) for t in theorems]}, indent=2))
        return PASSED
    width = max(len(theorem.id) for theorem in theorems)
    titles = max(len(theorem.title) for theorem in theorems)
    for theorem in theorems:
        sharp = theorem.sharp is not None and not theorem.equality
        marks = ["conjecture"] * theorem.conjecture + ["sharp"] * sharp
        marks += ["equality"] * theorem.equality
        marks += [plural(len(theorem.mutants), "mutant")] if theorem.mutants else []
        print(f"{theorem.id:<{width}}  {theorem.title:<{titles}}  {', '.join(marks)}".rstrip())
    return PASSED


def _explain(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.planning import find
    from sparsebound.reports.explanation import explain
    from sparsebound.theory.errors import InputError

    if args.more:
        raise InputError("ID", [args.name, *args.more], "one theorem")
    theorems, _ = find([args.name], args.load or [])
    if [theorem.id for theorem in theorems] != [args.name]:
        raise InputError("ID", args.name, f"one of {', '.join(t.id for t in theorems)}")
    print(explain(theorems[0]))
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


def _check(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.replaying import replay
    from sparsebound.checks.commands.session import check

    args.names += args.more or []
    return replay(args) if args.replay is not None else check(args)


def _report(args: argparse.Namespace) -> int:
    from sparsebound.checks.commands.reporting import report

    return report(args)


if __name__ == "__main__":
    sys.exit(main())
