"""What the command line takes, and what it says of itself; no numpy, so that help comes at once."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

from sparsebound.checks.commands.certify_arguments import add_certify
from sparsebound.checks.commands.shared_arguments import FORCE, JSON, Integer, Real, add_cluster

PROFILES = ("dev", "ci", "nightly")
PASSED, IMPOSSIBLE = 0, 2
LOAD = (
    "Python files with theorems, families of dictionaries or providers of evidence of yours; "
    "modules beside a file are found."
)

Runs = Mapping[str, Callable[[argparse.Namespace], int]]


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        """End with that line, and the status of what could not be done."""
        self.exit(IMPOSSIBLE, f"{self.prog}: error: {message}\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)  # the original passes over a stream that is full


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


class _Completion(argparse.Action):
    """Print a script for a shell, which completes what is typed; shtab writes it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option: str | None = None,
    ) -> None:
        try:
            complete = import_module("shtab").complete
        except ImportError:
            parser.error("--print-completion needs shtab: pip install 'sparsebound[completion]'")
        print(complete(parser, shell=str(values)))
        parser.exit(PASSED)


def parsed(argv: list[str], runs: Runs) -> argparse.Namespace:
    """Parse a command line.

    Parameters
    ----------
    argv : list of str
        Without the name of the program.
    runs : mapping
        By the name of a command, what runs it.

    Returns
    -------
    Namespace
        With ``run``, unless the version was asked for.

    Raises
    ------
    SystemExit
        If it is wrong, or help was asked for.

    Examples
    --------
    >>> parsed(["list"], {name: print for name in COMMANDS}).search is None
    True
    """
    parser = made(runs)
    args, rest = parser.parse_known_args(argv)
    if args.command == "check" and not any(word.startswith("-") for word in rest):
        args.names += rest  # names after options
    elif rest:
        parser.error(f"unrecognized arguments: {shlex.join(rest)}")
    if args.run is None and not args.version:
        parser.error(f"no command was given; expected one of {', '.join(COMMANDS)}")
    return args


def made(runs: Runs) -> Parser:
    """Make the parser.

    Parameters
    ----------
    runs : mapping
        By the name of a command, what runs it.

    Returns
    -------
    Parser
    """
    parser = Parser(
        prog="sparsebound",
        description="An executable theory of sparse coding: theorems that are checked, "
        "certificates for dictionaries and networks, and a gate for continuous integration.",
    )
    parser.add_argument("--version", action="store_true", help="Print the version.")
    shells = ("bash", "zsh", "tcsh")
    help_ = "Print a script that completes commands and options in this shell."
    parser.add_argument("--print-completion", action=_Completion, choices=shells, help=help_)
    parser.set_defaults(run=None, command=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, (summary, add) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        command.add_argument("--load", nargs="+", action=_Load, metavar="FILE.py", help=LOAD)
        command.set_defaults(run=runs[name], command=name, more=None)
        add(command)
    return parser


def _check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    help_ = (
        "Theorems, such as rate.ista, or topics, such as rate; without any, the whole catalogue."
    )
    add("names", nargs="*", metavar="ID", help=help_)
    help_ = (
        "How many instances each theorem is tried on: dev 250 (the default), ci 1,000, nightly "
        "20,000; fewer where each of them is costly."
    )
    add("--profile", choices=PROFILES, help=help_)
    help_ = "Try so many instances of each theorem, instead of the profile's number."
    add("--examples", type=Integer(1), metavar="N", help=help_)
    help_ = (
        "Go on for a time, such as 90s, 30m or 8h, theorems in turn; or until so many instances of "
        "all theorems together, such as 1e6."
    )
    add("--until", metavar="BUDGET", help=help_)
    help_ = (
        "After every 250 instances, climb from the worst of them to a larger lhs/rhs, looking at "
        "so many further ones (default: 0)."
    )
    add("--climb", type=Integer(0), metavar="N", help=help_)
    help_ = (
        "Run iterations and pursuits for so many steps, at most 1,024 (default: a number for each "
        "theorem, 12 for ISTA); recipes hold it, and a replay has them."
    )
    add("--steps", type=Integer(1), metavar="N", help=help_)
    help_ = "The seed: the same seed finds the same instances everywhere (default: 0)."
    add("--seed", type=Integer(0), metavar="N", help=help_)
    help_ = "How many processes share the work (default: one for each processor)."
    add("--jobs", type=Integer(1), metavar="N", help=help_)
    add_cluster(add, "share it instead", "")
    help_ = "The folder in which the run is kept (default: runs/TIME-PROFILE)."
    add("--out", metavar="DIR", help=help_)
    help_ = (
        "Check this solver or network instead of our own: package.module:callable, or "
        "path/to/file.py:callable. An estimator will do, such as sklearn.linear_model:Lasso. "
        "sparsebound explain ID says what it is given for a theorem, and python -m pydoc "
        "sparsebound.checks.protocol all else."
    )
    add("--subject", metavar="PLACE:CALLABLE", help=help_)
    help_ = "Hold it against rates alone, not against the single steps of an algorithm."
    add("--rate-only", action="store_true", default=None, help=help_)
    help_ = (
        "How long one call of a subject, or of what is loaded, may take before it counts as a "
        "finding (default: 300)."
    )
    add("--timeout", type=Real(), metavar="SECONDS", help=help_)
    help_ = "Write the report to this file (default: report.html in the folder of the run)."
    add("--report", metavar="FILE.html", help=help_)
    add("--force", action="store_true", default=None, help=FORCE)
    add("--resume", metavar="DIR", help="Go on with the interrupted run that this folder keeps.")
    add("--replay", metavar="JSON-or-FILE", help="Decide one instance again, from its recipe.")
    help_ = "With --replay: decide this false strengthening of the theorem instead."
    add("--mutant", metavar="NAME", help=help_)
    add("--json", action="store_true", help=JSON)


def _report(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", metavar="RUN_DIR", help="The folder of a run, finished or not.")
    help_ = (
        "Write the page to this file (default: into the folder of the run, with JUnit XML and a "
        "Markdown summary)."
    )
    add("-o", "--output", metavar="FILE.html", help=help_)
    add("--force", action="store_true", help=FORCE)


def _gate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", metavar="RUN_DIR", help="The folder of a finished run, or of a training.")
    help_ = (
        "The file of the run that was reviewed (default: sparsebound-baseline.json, or what "
        "[tool.sparsebound] in pyproject.toml says)."
    )
    add("--baseline", metavar="FILE", help=help_)
    help_ = "Make this run the one that later runs are compared with."
    add("--update-baseline", action="store_true", help=help_)
    help_ = "Time benchmarks in turn with those of this commit (default: that of the baseline)."
    add("--base", metavar="REF", help=help_)
    help_ = "The interpreter of the environment that the base commit runs in (default: this one)."
    add("--base-python", metavar="PYTHON", help=help_)
    help_ = "Compare the run alone: no times, no instructions, no growth."
    add("--skip-benchmarks", action="store_true", help=help_)
    help_ = "Write a page with the result, and with the history of earlier runs."
    add("--report", metavar="FILE.html", help=help_)
    add("--force", action="store_true", help=FORCE)


def _train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    help_ = (
        "An .npz file with signals X (B, m), and integer labels y (B,) if there are any, or mnist: "
        "5,000 digits of MNIST (extra mnist) (default: 1,797 handwritten digits that ship)."
    )
    add("data", nargs="?", metavar="DATA.npz", help=help_)
    help_ = (
        "Strategies to train by, such as l1+margin, and 1-lipschitz, the baseline without sparse "
        "features (default: plain, l1, l1+margin, margin+sparser, topk, coherence, 1-lipschitz)."
    )
    add("--strategy", nargs="+", metavar="NAME", help=help_)
    help_ = "How many seeds; each draws the test set and the start (default: 3)."
    add("--seeds", type=Integer(1), metavar="N", help=help_)
    help_ = (
        "Train each network for so many epochs (default: 20; 120 of 1-lipschitz; 15 or 60 of other "
        "networks)."
    )
    add("--epochs", type=Integer(1), metavar="N", help=help_)
    help_ = "Learn so many atoms (default: 64, of mnist 200, and not more than signals are long)."
    add("--atoms", type=Integer(1), metavar="N", help=help_)
    help_ = (
        "Train other networks, too, with penalties on their features: dense, convolutional, "
        "unfolded, with attention, and with analytic weights. Nothing is certified of these."
    )
    add("--networks", action="store_true", help=help_)
    help_ = "One seed, and three strategies: half a minute."
    add("--quick", action="store_true", help=help_)
    help_ = (
        "The folder in which runs are kept; one that was interrupted goes on where it was "
        "(default: runs/TIME-train)."
    )
    add("--out", metavar="DIR", help=help_)
    add("--force", action="store_true", help=FORCE)


def _list(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    help_ = (
        "Only those that have these words in their names, their titles, their sources, or among "
        "the names that people use, such as LISTA, TopK, RIP or donoho."
    )
    add("--search", metavar="WORDS", help=help_)
    add("--json", action="store_true", help=JSON)


def _explain(parser: argparse.ArgumentParser) -> None:
    help_ = "A theorem, such as rate.ista, or words by which it is found, such as 'null space'."
    parser.add_argument("name", metavar="ID", help=help_)


COMMANDS: Mapping[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "check": ("Try theorems on generated dictionaries and codes.", _check),
    "certify": ("Say what is guaranteed for a dictionary or a network of yours.", add_certify),
    "report": ("Write the report of a run.", _report),
    "gate": ("Compare a run with the one that was reviewed.", _gate),
    "train": ("Train for sparser features, strategies side by side, with certificates.", _train),
    "list": ("List the theorems.", _list),
    "explain": ("Explain one theorem: statement, symbols, proof, mutants.", _explain),
}
"""The commands: what each does, and what adds its arguments."""
