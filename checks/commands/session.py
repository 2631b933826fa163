"""From the arguments of ``sparsebound check`` to a run, or to one instance decided again."""

from __future__ import annotations

import json
import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsebound.checks.commands.main import INTERRUPTED
from sparsebound.checks.loading import load, theorems
from sparsebound.checks.provenance import cpus, digest, installed, provenance
from sparsebound.reports.explanation import entry
from sparsebound.reports.run_folder import SCHEMA, RunFolder
from sparsebound.reports.summary import SUMMARY, exit_status, subject_options, summarise
from sparsebound.theory.catalogue import select
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Claim, Theorem
from sparsebound.theory.verdict import Status, decide

if TYPE_CHECKING:
    from sparsebound.checks.protocol import Subject
    from sparsebound.checks.runner import RunSettings


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
    known = {**theorems(), **extra}
    if everything:
        return list(known.values()), paths
    return select(names, extra, theorems()), paths


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
    from sparsebound.checks.commands.table import Reporter, console, print_run
    from sparsebound.reports.publish import publish

    if args.mutant is not None:
        raise InputError("--mutant", args.mutant, "to be used together with --replay")
    page = page_at(args.report, "--report")
    theorems, settings, folder = _resumed(args) if args.resume else _begun(args)
    subject = settings.tested()
    reporter = Reporter(folder)
    go_on = f"go on with: {shlex.join(['sparsebound', 'check', '--resume', str(folder.path)])}"
    try:
        with reporter:
            runner.run(theorems, settings, folder, reporter)
        document = concluded(folder, theorems, settings, subject)
        page = publish(document, folder.path, page)
    except KeyboardInterrupt:
        print(f"\nsparsebound: interrupted: {reporter.finished}; {go_on}", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        error.add_note(f"{reporter.finished}; {go_on}")
        raise
    if args.json:
        print(json.dumps(document, indent=2, allow_nan=False))
    else:
        print_run(document, console(), str(folder.path), str(page))
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
    from sparsebound.checks.recipes import Recipe
    from sparsebound.checks.supplies import supplies

    @wraps(theorem.premises)
    def claims(*args: Any, **changes: Any) -> Iterator[Claim]:
        for premise in theorem.premises(*args, **changes):
            sides, shared = (premise.lhs, premise.rhs), premise.shared
            yield Claim(premise.name, *sides, strict=premise.strict, shared=shared)

    experiment = Recipe.from_json(recipe).experiment(theorem)
    probe = replace(theorem, premises=lambda instance: (), claims=claims, mutants=())
    instead = supplies(subject, theorem) if subject else None
    verdict = decide(probe, experiment.instance, gather(probe, experiment, instead=instead))
    failed = verdict.status[verdict.worst] == Status.VIOLATED
    return verdict.claim[verdict.worst] if failed else None


def _look_closer(
    document: dict[str, Any], theorems: list[Theorem], subject: Subject | None
) -> None:
    """Write the instances out that people have to look at, and name the premise that fails."""
    from sparsebound.checks.recipes import Recipe
    from sparsebound.checks.runner import replay

    known = {theorem.id: theorem for theorem in theorems}
    for result in document["theorems"]:
        worst = result["worst"]
        if result["status"] in ("vacuous", "undecided") and worst:
            theorem = known[result["id"]]
            recipe = Recipe.from_json(worst["recipe"])
            _, worst["text"] = replay(theorem, recipe, subject=subject)
            if result["status"] == "vacuous":
                result["failing_premise"] = failing_premise(theorem, worst["recipe"], subject)


def concluded(
    folder: RunFolder, theorems: list[Theorem], settings: RunSettings, subject: Subject | None
) -> dict[str, Any]:
    """Sum a finished run up, and keep the summary in its folder."""
    dictionaries = [] if folder.plan["asked"] or settings.load or subject else _dictionaries()
    document = summarise(folder, dictionaries)
    _look_closer(document, theorems, subject)
    folder.keep(SUMMARY, document)
    return document


def _begun(args: Namespace) -> tuple[list[Theorem], RunSettings, RunFolder]:
    from sparsebound.checks.runner import RunSettings

    theorems, files = find(args.names, args.load or [])
    subject = subject_of(args)
    if subject and not (args.names or files):
        raise InputError("ID", args.names, f"theorems to check {subject.name} against")
    settings = RunSettings(
        profile=args.profile or "dev",
        examples=args.examples,
        seed=args.seed or 0,
        jobs=args.jobs or cpus(),
        load=files,
        subject=args.subject,
        rate_only=bool(args.rate_only),
    )
    possible, folder = begin(args.names, theorems, settings, subject, args.out)
    return possible, settings, folder


def begin(
    names: list[str],
    theorems: list[Theorem],
    settings: RunSettings,
    subject: Subject | None,
    out: str | Path | None,
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
    from sparsebound.checks.evidence import MissingEvidence, providers
    from sparsebound.checks.runner import plan
    from sparsebound.checks.supplies import probe

    not_run = _unfit(subject, theorems) if subject else []
    known = providers()
    for theorem in theorems:
        missing = next((need for need in theorem.needs if need not in known), None)
        if missing:
            reason = str(MissingEvidence(theorem.id, missing, sorted(known)))
            not_run.append({"id": theorem.id, "reason": reason})
    without = {entry["id"] for entry in not_run}
    possible = [theorem for theorem in theorems if theorem.id not in without]
    if not possible:
        if subject and len(theorems) == 1:
            probe(subject, theorems[0])
        raise InputError("ID", names, f"something to check; {not_run[0]['reason']}")
    document = {
        "schema": SCHEMA,
        "provenance": provenance(
            seed=settings.seed,
            profile=settings.profile,
            command=_command(names, settings),
            load=(*settings.load, *([subject.file] if subject and subject.file else [])),
        ),
        "theorems": {theorem.id: _facts(theorem) for theorem in theorems},
        "shards": [[theorem, part] for theorem, part in plan(possible, settings)],
        "not_run": not_run,
        "settings": {**asdict(settings), "load": list(settings.load)},
        "asked": names,
    }
    return possible, RunFolder.create(out or _default(settings.profile), document)


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


def _unfit(subject: Subject, theorems: list[Theorem]) -> list[dict[str, str]]:
    """Theorems that a subject cannot be checked against, with the reason."""
    from sparsebound.checks.protocol import SubjectError
    from sparsebound.checks.supplies import probe

    found = []
    for theorem in theorems:
        try:
            probe(subject, theorem)
        except SubjectError as error:
            found.append({"id": theorem.id, "reason": str(error)})
    return found


def _resumed(args: Namespace) -> tuple[list[Theorem], RunSettings, RunFolder]:
    from sparsebound.checks.runner import RunSettings, plan

    try:
        folder = RunFolder.open(args.resume)
        stored = folder.plan["settings"]
        settings = RunSettings(**{**stored, "load": tuple(stored["load"])})
    except (InputError, TypeError, KeyError) as error:
        raise InputError("--resume", args.resume, f"the folder of a run ({error})") from error
    if args.out is not None:
        raise InputError("--out", args.out, "to be left out with --resume")
    for name in ("profile", "examples", "seed", "subject", "rate_only"):
        given, was = getattr(args, name), getattr(settings, name)
        if given is not None and given != was:
            option = f"--{name.replace('_', '-')}"
            raise InputError(option, given, f"{was!r} as in {args.resume}, or nothing")
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
    return possible, replace(settings, jobs=args.jobs or settings.jobs), folder


def _same(
    name: str, folder: RunFolder, theorems: list[Theorem], shards: list[tuple[str, str]]
) -> None:
    """Refuse to go on with what has changed since the run began."""
    origin = folder.plan["provenance"]
    now = {
        "version of sparsebound": (origin.get("sparsebound"), installed("sparsebound")),
        "theorems": (folder.plan["theorems"], {t.id: _facts(t) for t in theorems}),
        "shards": (list(folder.planned), shards),
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
    words += ["--seed", str(settings.seed)]
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


def _dictionaries() -> list[dict[str, str]]:
    from sparsebound.checks.commands.real_dictionary import describe

    return [dict(describe())]
