"""From the arguments of ``sparsebound check`` to a run that can begin, or go on."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsebound.checks.loading import load
from sparsebound.checks.loading import theorems as every_theorem
from sparsebound.checks.provenance import cpus, digest, installed, provenance
from sparsebound.reports.explanation import entry
from sparsebound.reports.run_folder import SCHEMA, RunFolder, Shards
from sparsebound.reports.summary import subject_options
from sparsebound.theory.catalogue import select
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Theorem

if TYPE_CHECKING:
    from sparsebound.checks.executor import Executor
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.runner import RunSettings

GO_ON_WITH = (
    *("profile", "examples", "seed", "steps"),
    *("subject", "rate_only", "timeout", "climb"),
)
"""Options that a run which goes on keeps."""
MOST_ASKED = "stability.near_minimiser"
"""The theorem by which it is said why none fits, unless what was returned is of no use."""


def find(
    names: list[str], files: list[str], *, everything: bool = False
) -> tuple[list[Theorem], tuple[str, ...]]:
    """Find the theorems that are asked for.

    Parameters
    ----------
    names : list of str
        Identifiers and topics. Without any: what the files hold, or else the catalogue.
    files : list of str
        Python files with further theorems.
    everything : bool
        Ignore the names, and take the catalogue and the files.

    Returns
    -------
    theorems : list of Theorem
    files : tuple of str
        Their absolute paths.

    Raises
    ------
    InputError
        If a name is unknown, or a file cannot be used.

    Examples
    --------
    >>> theorems, files = find(["uniqueness.spark"], [])
    >>> theorems[0].title, files
    ('Uniqueness by spark', ())
    """
    extra: dict[str, Theorem] = {}
    paths = tuple(dict.fromkeys(os.path.abspath(file) for file in files))
    for path in paths:
        for name, theorem in load(path).items():
            if name in extra:
                raise InputError("--load", path, f"a theorem not named {name}: another file has it")
            extra[name] = theorem
    known = {**every_theorem(), **extra}
    if everything:
        return list(known.values()), paths
    return select(names, extra, every_theorem()), paths


def planned(args: Namespace) -> tuple[list[Theorem], RunSettings, Subject | None]:
    """Read what a new run is to do.

    Raises
    ------
    InputError
        If an argument cannot be used.
    """
    from sparsebound.checks.faults import TIMEOUT
    from sparsebound.checks.runner import RunSettings

    theorems, files = find(args.names, args.load or [])
    subject = subject_of(args)
    if subject and not (args.names or files):
        from sparsebound.checks.supplies import whatever_the_algorithm

        theorems = [theorem for theorem in theorems if whatever_the_algorithm(theorem)]
    settings = RunSettings(
        profile=args.profile or "dev",
        examples=args.examples,
        seed=args.seed or 0,
        jobs=args.jobs or cpus(),
        load=files,
        subject=args.subject,
        rate_only=bool(args.rate_only),
        timeout=TIMEOUT if args.timeout is None else args.timeout,
        until=args.until,
        climb=args.climb or 0,
        steps=args.steps,
    )
    return theorems, settings, subject


def begin(
    names: list[str],
    theorems: list[Theorem],
    settings: RunSettings,
    subject: Subject | None,
    out: str | Path | None,
    processes: Executor | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> tuple[list[Theorem], RunFolder]:
    """Plan a run, and make its folder.

    Parameters
    ----------
    names : list of str
        What was asked for.
    theorems : list of Theorem
        What that is.
    settings : RunSettings
        Of the run.
    subject : Subject or None
        What is checked.
    out : path or None
        The folder; by default one that nobody has taken.
    processes : Executor, optional
        In which the subject is tried; here by default.
    tell : callable
        Told what is to be known before a run begins.

    Returns
    -------
    possible : list of Theorem
        Those that can be checked; why others cannot is said in the folder.
    folder : RunFolder

    Raises
    ------
    InputError
        If nothing can be checked; nothing was written then.
    """
    from sparsebound.checks import runner
    from sparsebound.checks.evidence import MissingEvidence, providers

    _refuse_steps(names, theorems, settings)
    answers = runner.tried(subject, theorems, processes) if subject else {}
    errors = runner.unfit(theorems, answers) if subject else []
    if subject and not (names or settings.load):  # what it can be asked
        unfit = {theorem.id for theorem, _ in errors}
        theorems = [theorem for theorem in theorems if theorem.id not in unfit]
        if not theorems:
            _, why = min(errors, key=lambda one: (not one[1].answered, one[0].id != MOST_ASKED))
            expected = f"theorems to check {subject.name} against: of those about results alone"
            said = "sparsebound explain ID says what a solver or a network is given"
            raise InputError("ID", names, f"{expected} none fits ({why}); {said}")
        names, errors = [theorem.id for theorem in theorems], []
    not_run = [{"id": theorem.id, "reason": str(error)} for theorem, error in errors]
    known = providers()
    for theorem in theorems:
        missing = next((need for need in theorem.needs if need not in known), None)
        if missing:
            reason = str(MissingEvidence(theorem.id, missing, sorted(known)))
            not_run.append({"id": theorem.id, "reason": reason})
    without = {entry["id"] for entry in not_run}
    possible = [theorem for theorem in theorems if theorem.id not in without]
    if not possible:
        if len(errors) == len(theorems) == 1:
            raise errors[0][1]
        raise InputError("ID", names, f"something to check; {not_run[0]['reason']}")
    if subject and (said := runner.slowness(possible, answers, settings)):
        tell(f"{subject.name}: {said}")
    document = {
        "schema": SCHEMA,
        "provenance": provenance(
            seed=settings.seed,
            profile=settings.profile,
            command=_command(names, settings),
            load=(*settings.load, *([subject.file] if subject and subject.file else [])),
        ),
        "theorems": {theorem.id: _facts(theorem) for theorem in theorems},
        "shards": _shards(runner.plan(possible, settings)),
        "not_run": not_run,
        "settings": {**asdict(settings), "load": list(settings.load)},
        "asked": names,
    }
    return possible, RunFolder.create(out or _default(settings.profile), document)


def _refuse_steps(names: list[str], theorems: list[Theorem], settings: RunSettings) -> None:
    """Refuse a number of steps for theorems that are named and take none, or if none takes any."""
    from sparsebound.checks.evidence import has_setting
    from sparsebound.checks.provider import STEPS

    if settings.steps is None:
        return
    without = [theorem.id for theorem in theorems if not has_setting(theorem, STEPS)]
    named = [name for name in names if name in without]
    if named or len(without) == len(theorems):
        known = [theorem.id for theorem in every_theorem().values() if has_setting(theorem, STEPS)]
        said = f", not {', '.join(named)}" if named else ""
        expected = f"to be used with theorems that have a number of steps, {', '.join(known)}{said}"
        raise InputError("--steps", settings.steps, expected)


def subject_of(args: Namespace) -> Subject | None:
    """Find the subject that the arguments name, if any.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    from sparsebound.checks.protocol import Subject

    if args.subject is not None:
        return Subject.of(args.subject, rate_only=bool(args.rate_only))
    if args.rate_only:
        raise InputError("--rate-only", True, "to be used together with --subject")
    return None


def _shards(shards: Shards) -> dict[str, Any]:
    without_end = {"open_ended": True} if shards.open_ended else {}
    return {"block": shards.block, "examples": shards.examples, **without_end}


def resumed(args: Namespace) -> tuple[list[Theorem], RunSettings, RunFolder]:
    """Open a run that goes on; what is damaged of it is set aside.

    Raises
    ------
    InputError
        If it is none, or has changed since it began, or the arguments say something else.
    """
    from sparsebound.checks.budget import Budget
    from sparsebound.checks.runner import RunSettings, plan

    try:
        folder = RunFolder.open(args.resume, whole=False)
        stored = folder.plan["settings"]
        settings = RunSettings(**{**stored, "load": tuple(stored["load"])})
    except (InputError, TypeError, KeyError) as error:
        raise InputError("--resume", args.resume, f"the folder of a run ({error})") from error
    if args.out is not None:
        raise InputError("--out", args.out, "to be left out with --resume")
    for name in GO_ON_WITH:
        given, was = getattr(args, name), getattr(settings, name)
        if given is not None and given != was:
            option = f"--{name.replace('_', '-')}"
            raise InputError(option, given, f"{was!r} as in {args.resume}, or nothing")
    if args.until not in (None, settings.until):
        if not (settings.budget.open_ended and Budget.of(args.until).open_ended):
            expected = f"{settings.until!r} as in {args.resume}, or nothing"
            raise InputError("--until", args.until, expected)
        settings = replace(settings, until=args.until)
    asked = folder.plan.get("asked", [])
    if args.names and args.names != asked:
        raise InputError("ID", args.names, f"{asked or 'all'} as in {args.resume}, or nothing")
    files = [os.path.abspath(file) for file in args.load or []]
    if files and files != list(settings.load):
        raise InputError("--load", files, f"{list(settings.load)} as in {args.resume}, or nothing")
    theorems, _ = find(asked, list(settings.load))
    without = {entry["id"] for entry in folder.plan["not_run"]}
    possible = [theorem for theorem in theorems if theorem.id not in without]
    _same(args.resume, folder, theorems, plan(possible, settings))
    folder.plan["asked"] = asked
    for place, why in folder.set_aside():
        print(f"sparsebound: {why}; moved to {place}, and computed again", file=sys.stderr)
    return possible, replace(settings, jobs=args.jobs or settings.jobs), folder


def _same(name: str, folder: RunFolder, theorems: list[Theorem], shards: Shards) -> None:
    """Refuse to go on with what has changed since the run began."""
    origin = folder.plan["provenance"]
    now = {
        "version of sparsebound": (origin.get("sparsebound"), installed("sparsebound")),
        "theorems": (folder.plan["theorems"], {t.id: _facts(t) for t in theorems}),
        "shards": (folder.plan["shards"], _shards(shards)),
    }
    for file, was in origin.get("loaded", {}).items():
        now[file] = (was, digest(file))
    for what, (was, found) in now.items():
        if was != found:
            changed = f"a run to go on with ({what}: not what it was when the run began)"
            raise InputError("--resume", name, changed)


def _facts(theorem: Theorem) -> dict[str, Any]:
    return {
        "title": theorem.title,
        "sharp": theorem.sharp is not None,
        "equality": theorem.equality,
        "conjecture": theorem.conjecture or theorem.topic == "conjecture",
        "mutants": [mutant.name for mutant in theorem.mutants],
        "explained": entry(theorem),
    }


def _command(names: list[str], settings: RunSettings) -> str:
    words = ["sparsebound", "check", *names, "--profile", settings.profile]
    if settings.examples is not None:
        words += ["--examples", str(settings.examples)]
    if settings.until is not None:
        words += ["--until", settings.until]
    words += ["--seed", str(settings.seed)]
    if settings.climb:
        words += ["--climb", str(settings.climb)]
    if settings.steps is not None:
        words += ["--steps", str(settings.steps)]
    for file in settings.load:
        words += ["--load", file]
    return shlex.join(words + subject_options(asdict(settings)))


def _default(profile: str) -> Path:
    """Choose a folder that nobody has taken."""
    stem = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{profile}"
    number, path = 1, Path("runs") / stem
    while path.exists():
        number += 1
        path = Path("runs") / f"{stem}-{number}"
    return path
