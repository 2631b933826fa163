"""From the arguments of ``sparsebound check`` to a run, or to one instance decided again."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsebound.checks.commands.output import SAID, say
from sparsebound.checks.commands.planning import begin, planned, resumed
from sparsebound.checks.faults import Broke
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.summary import SUMMARY, exit_status, summarise
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.verdict import Status, decide

if TYPE_CHECKING:
    from sparsebound.checks.executor import Executor
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.runner import RunSettings


def check(args: Namespace) -> int:
    """Begin a run or go on with one, and report it.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.

    Raises
    ------
    InputError
        If an argument cannot be used; nothing was written then.
    """
    from sparsebound.checks import runner
    from sparsebound.checks.commands.reporting import page_at
    from sparsebound.checks.commands.shown import Shown
    from sparsebound.checks.commands.table import Reporter

    if args.mutant is not None:
        raise InputError("--mutant", args.mutant, "to be used together with --replay")
    page = page_at(args.report, "--report", force=args.force)
    if args.resume:
        theorems, settings, folder = resumed(args)
    else:
        theorems, settings, subject = planned(args)

    def tell(text: str) -> None:
        print(f"sparsebound: {text}", file=sys.stderr)

    with _executor(args, settings) as processes:
        if processes and processes.about:
            tell(processes.about)
        if not args.resume:
            theorems, folder = begin(
                args.names, theorems, settings, subject, args.out, processes, tell
            )
        reporter = Reporter(folder)
        words = shlex.join(["sparsebound", "check", "--resume", str(folder.path)])
        go_on = f"go on with: {words}"
        try:
            try:
                with reporter, Shown(reporter, folder, processes) as shown:
                    runner.run(theorems, settings, folder, shown, processes=processes)
            finally:
                folder.remark(processes.remarks if processes else {})
            document = concluded(folder, theorems, settings, settings.tested())
        except KeyboardInterrupt:
            print(f"\nsparsebound: interrupted: {reporter.finished}; {go_on}", file=sys.stderr)
            raise KeyboardInterrupt(SAID) from None
        except Exception as error:
            error.add_note(f"{reporter.finished}; {go_on}")
            raise
    return _told(document, folder, page, json_only=args.json)


def _executor(args: Namespace, settings: RunSettings) -> AbstractContextManager[Executor | None]:
    """Say what does a run if this process shall not, or not alone."""
    from sparsebound.checks import runner
    from sparsebound.checks.loading import plugins

    if args.cluster is None and args.any_arithmetic:
        raise InputError("--any-arithmetic", True, "to be used together with --cluster")
    if args.cluster is not None and args.jobs is not None:
        raise InputError("--jobs", args.jobs, "to be left out with --cluster, whose workers share")
    # what others wrote has processes of its own, whatever it does to them
    if settings.subject is None and not (settings.load or plugins() or args.cluster):
        return nullcontext()
    return runner.executor(settings, args.cluster, any_arithmetic=bool(args.any_arithmetic))


def _told(
    document: dict[str, Any], folder: RunFolder, page: Path | None, *, json_only: bool
) -> int:
    """Say how a run ended, also where its files cannot be written."""
    from sparsebound.checks.commands.table import console, print_run
    from sparsebound.reports.publish import publish

    problem: Exception | None = None
    try:
        folder.keep(SUMMARY, document)
        page = publish(document, folder.path, page)
    except (InputError, OSError) as error:
        problem, page = error, None
    if json_only:
        say(json.dumps(document, indent=2, allow_nan=False))
    else:
        print_run(document, console(), str(folder.path), str(page or ""))
    if problem is not None:
        problem.add_note("the run is finished, and what it found is printed")
        raise problem
    return exit_status(document)


def failing_premise(
    theorem: Theorem, recipe: dict[str, Any], subject: Subject | None = None
) -> str | None:
    """Name the premise that an instance fails: the premises, decided as claims.

    Parameters
    ----------
    theorem : Theorem
        Whose premises.
    recipe : dict
        What the instance is made from.
    subject : Subject, optional
        Whose evidence.

    Returns
    -------
    str or None
        None if no premise fails for sure.

    Examples
    --------
    >>> from sparsebound.theory.catalogue import catalogue
    >>> recipe = {"family": "construction", "parameters": {"name": "halved_simplex", "size": 1}}
    >>> failing_premise(catalogue()["uniqueness.spark"], recipe)
    '2 ||x||_0 < spark'
    """
    from sparsebound.checks.evidence import gather
    from sparsebound.checks.examine import called
    from sparsebound.checks.recipes import Recipe
    from sparsebound.checks.supplies import supplies

    @wraps(theorem.premises)
    def claims(*args: Any, **changes: Any) -> Iterator[Claim]:
        for premise in theorem.premises(*args, **changes):
            sides, shared = (premise.lhs, premise.rhs), premise.shared
            yield Claim(premise.name, *sides, strict=premise.strict, shared=shared)

    read = Recipe.from_json(recipe)
    experiment = read.experiment(theorem)
    probe = replace(theorem, premises=lambda instance: (), claims=claims, mutants=())
    instead = supplies(called(subject, theorem, read), theorem) if subject else None
    verdict = decide(probe, experiment.instance, gather(probe, experiment, instead=instead))
    failed = verdict.status[verdict.worst] == Status.VIOLATED
    return verdict.claim[verdict.worst] if failed else None


def _look_closer(
    document: dict[str, Any], theorems: list[Theorem], subject: Subject | None
) -> None:
    """Write the instances out that people have to look at, and name the premise that fails."""
    from sparsebound.checks.recipes import Recipe
    from sparsebound.checks.shards import replay

    known = {theorem.id: theorem for theorem in theorems}
    for result in document["theorems"]:
        worst = result["worst"]
        if result["status"] in ("vacuous", "undecided") and worst:
            theorem = known[result["id"]]
            recipe = Recipe.from_json(worst["recipe"])
            with suppress(Broke):  # it did not before
                _, worst["text"] = replay(theorem, recipe, subject=subject)
                if result["status"] == "vacuous":
                    result["failing_premise"] = failing_premise(theorem, worst["recipe"], subject)


def concluded(
    folder: RunFolder, theorems: list[Theorem], settings: RunSettings, subject: Subject | None
) -> dict[str, Any]:
    """Sum a finished run up."""
    dictionaries = [] if folder.plan["asked"] or settings.load or subject else _dictionaries()
    document = summarise(folder, dictionaries)
    _look_closer(document, theorems, subject)
    return document


def _dictionaries() -> list[dict[str, str]]:
    from sparsebound.checks.commands.real_dictionary import describe

    return [dict(describe())]
