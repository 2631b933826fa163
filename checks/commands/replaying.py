"""From the arguments of ``sparsebound check --replay`` to one instance decided again."""

from __future__ import annotations

import json
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.commands.output import say
from sparsebound.checks.commands.planning import find, subject_of
from sparsebound.checks.faults import TIMEOUT
from sparsebound.checks.loading import plugins
from sparsebound.reports.fault import Fault
from sparsebound.reports.fields import parse_json, read_json
from sparsebound.reports.run_folder import SCHEMA
from sparsebound.reports.tally import Tally
from sparsebound.theory.errors import InputError
from sparsebound.theory.verdict import Status

REPLAYED_ALONE = (
    *("profile", "examples", "until", "seed", "jobs", "cluster", "any_arithmetic"),
    *("climb", "steps"),
    *("out", "resume", "report", "force"),
)


def replay(args: Namespace) -> int:
    """Decide one instance again, and show it.

    Parameters
    ----------
    args : Namespace
        Of the command line.

    Returns
    -------
    int
        0 if the theorem held on some code and was nowhere violated or undecided, or the mutant
        was refuted; 1 otherwise.

    Raises
    ------
    InputError
        If an argument cannot be used.
    """
    from sparsebound.checks import runner
    from sparsebound.checks.recipes import Recipe

    for name in REPLAYED_ALONE:
        if getattr(args, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise InputError(option, getattr(args, name), "to be left out with --replay")
    theorems, files = find(args.names, args.load or [])
    if len(theorems) != 1:
        raise InputError("ID", args.names, f"one theorem with --replay, not {len(theorems)}")
    theorem = theorems[0]
    mutants = [mutant.name for mutant in theorem.mutants]
    if args.mutant is not None and args.mutant not in mutants:
        raise InputError("--mutant", args.mutant, f"one of {mutants}, the mutants of {theorem.id}")
    subject = subject_of(args)
    if subject and args.mutant is not None:
        raise InputError("--mutant", args.mutant, "to be left out with --subject")
    value = _recipe(args.replay)
    try:
        recipe = Recipe.from_json(value)
        recipe.experiment(theorem)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError("--replay", value, f"a recipe for {theorem.id} ({error})") from error
    apart = args.subject is not None or files or plugins()
    settings = runner.RunSettings(
        load=files,
        subject=args.subject,
        rate_only=bool(args.rate_only),
        timeout=TIMEOUT if args.timeout is None else args.timeout,
    )
    with runner.executor(settings) if apart else nullcontext() as processes:
        found = runner.replayed(theorem, recipe, args.mutant, subject, processes)
    if isinstance(found, Fault):
        return _broken(found, theorem.id, args)
    verdict, text = found
    tally = Tally.of(theorem.id, verdict, value, meant=True, text=text)
    if args.mutant is None:
        passed, result = tally.status == "held", f"{theorem.id}: {tally.status}"
    else:
        passed = tally.violated > 0
        outcome = "refuted" if passed else "not refuted by this instance"
        result = f"{theorem.id}: mutant {args.mutant!r} {outcome}"
    if args.json:
        document = {
            "schema": SCHEMA,
            "theorem": theorem.id,
            "mutant": args.mutant,
            "subject": subject and subject.name,
            "recipe": value,
            "status": "refuted" if args.mutant is not None and passed else tally.status,
            "codes": [
                {
                    "status": str(Status(int(verdict.status[code]))),
                    "ratio": _finite(verdict.ratio[code]),
                    "edge": _finite(verdict.edge[code]),
                    "attained": bool(verdict.attained[code]),
                    "exact": bool(verdict.exact[code]),
                    "claim": verdict.claim[code],
                }
                for code in range(len(verdict))
            ],
            "text": text,
        }
        say(json.dumps(document, indent=2, allow_nan=False))
    else:
        counts = {str(status): verdict.count(status) for status in Status}
        shown = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        print(f"{text}\ncodes: {shown}\n{result}")
    return 0 if passed else 1


def _broken(fault: Fault, theorem: str, args: Namespace) -> int:
    """Show what broke the check of an instance."""
    if args.json:
        asked = {"theorem": theorem, "mutant": args.mutant, "subject": args.subject}
        document = {"schema": SCHEMA, **asked, "status": fault.kind, "fault": fault.to_json()}
        say(json.dumps(document, indent=2, allow_nan=False))
    else:
        print(f"{fault.text}\n{fault}\n{theorem}: {fault.kind}".lstrip("\n"))
    return 1


def _recipe(given: str) -> dict[str, Any]:
    """Read a recipe: JSON, or a file; by itself, or in an entry of a report."""
    if given.lstrip().startswith("{"):
        value = parse_json(given, "--replay")
    elif Path(given).is_file():
        value = read_json(Path(given))
    else:
        raise InputError("--replay", given, "a recipe in JSON, or a file that holds one")
    if isinstance(value, dict) and isinstance(value.get("recipe"), dict):
        value = value["recipe"]
    if not isinstance(value, dict):
        raise InputError("--replay", value, "a recipe, a JSON object")
    return value


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
