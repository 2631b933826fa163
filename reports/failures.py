"""What failed in a run, the command that shows it again, and what to do next: said once."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sparsebound.reports.fault import DIED, NO_ANSWER, RAISED, TIMED_OUT
from sparsebound.reports.summary import UNFINISHED, plural, subject_options
from sparsebound.reports.wording import ratio, replay_command

SURVIVED = "mutant survived"

_BROKE = {
    RAISED: "Replay it: the call is made again, in a process of its own. Mend what the last line "
    "names, and replay it until it comes back.",
    NO_ANSWER: "Replay it, and compare what comes back with what checks/protocol.py asks for.",
    TIMED_OUT: "Replay it; where it only needs longer, give it more seconds with --timeout.",
    DIED: "Replay it: the process that is lost is another one. Look for memory that ran out, then "
    "for compiled code that fails.",
}


@dataclass(frozen=True)
class Failure:
    """One thing that failed in the check of a theorem.

    Attributes
    ----------
    status : str
        Its kind: a status of the theorem, or that a mutant survived.
    detail : str
        How much of it there is, in words.
    advice : str
        What to do next, in a sentence or two.
    command : str
        What shows it again; empty where nothing does.
    found : dict or None
        The instance on which it is seen, as the run kept it; None where there is none.
    mutant : str
        That survived.
    """

    status: str
    detail: str
    advice: str
    command: str = ""
    found: dict[str, Any] | None = None
    mutant: str = ""


def failures(theorem: dict[str, Any], settings: Mapping[str, Any]) -> list[Failure]:
    """List what failed in the check of a theorem, the worst first.

    Parameters
    ----------
    theorem : dict
        One of ``theorems`` from :func:`sparsebound.reports.summary.summarise`.
    settings : mapping
        Of the run.

    Returns
    -------
    list of Failure
        Empty if the theorem held.

    Examples
    --------
    >>> counts = {"holds": 0, "violated": 0, "vacuous": 9, "undecided": 0}
    >>> theorem = {"id": "a.b", "status": "vacuous", "counts": counts, "violation": None}
    >>> theorem |= {"fault": None, "worst": None, "mutants": [], "conjecture": False}
    >>> (failure,) = failures(theorem, {"seed": 0})
    >>> print(failure.detail, "|", failure.command)
    9 codes tried, none satisfied the premises | sparsebound check a.b --seed 0
    """
    status, counts = theorem["status"], theorem["counts"]
    failed = []
    if status == "violated":
        advice, found = _violated(theorem, settings), theorem["violation"] or theorem["worst"]
        failed.append(_seen(theorem, settings, status, theorem["title"], advice, found))
    if fault := theorem["fault"]:
        failed.append(
            _seen(theorem, settings, fault["kind"], fault["said"], _BROKE[fault["kind"]], fault)
        )
    if status == "vacuous":
        detail = f"{plural(counts['vacuous'], 'code')} tried, none satisfied the premises"
        if failing := theorem.get("failing_premise"):
            detail += f"; {failing!r} fails"
        advice = (
            "Nothing was checked. Replay the instance to see by how much its premise fails; then "
            "add a family that satisfies it (examples/extension.py), or weaken the premise."
        )
        failed.append(_seen(theorem, settings, status, detail, advice, theorem["worst"]))
    elif status == "undecided":
        total = counts["holds"] + counts["undecided"]
        detail = f"{counts['undecided']:,} of {plural(total, 'verdict')}"
        advice = (
            "What is known of the two sides overlaps. Replay the instance; then let whatever "
            "gives the evidence be more accurate, or the dictionary be small enough for exact "
            "arithmetic."
        )
        failed.append(_seen(theorem, settings, status, detail, advice, theorem["worst"]))
    elif status == UNFINISHED:
        shards = theorem["shards"]
        detail = f"{shards['done']} of {shards['planned']} shards"
        advice = "Go on with sparsebound check --resume and the folder of this run."
        return [*failed, Failure(status, detail, advice)]
    return failed + [
        _survived(theorem, mutant, settings)
        for mutant in theorem["mutants"]
        if not mutant["refuted"]
    ]


def check_command(theorem: str, settings: Mapping[str, Any]) -> str:
    """Write the command that checks one theorem of a run again, alone.

    Parameters
    ----------
    theorem : str
        The identifier.
    settings : mapping
        Of the run.

    Returns
    -------
    str
        For a POSIX shell.

    Examples
    --------
    >>> check_command("rate.ista", {"profile": "ci", "seed": 3, "subject": "my:ista"})
    'sparsebound check rate.ista --subject my:ista --profile ci --seed 3'
    """
    words = ["sparsebound", "check", theorem]
    for file in settings.get("load", []):
        words += ["--load", file]
    words += subject_options(settings)
    for option in ("profile", "examples", "seed"):
        if settings.get(option) is not None:
            words += [f"--{option}", str(settings[option])]
    return shlex.join(words)


def _violated(theorem: dict[str, Any], settings: Mapping[str, Any]) -> str:
    if settings.get("subject"):
        return (
            "Replay it: both sides are shown for this one instance. Mend the subject where the "
            "claim names it, and replay until it holds."
        )
    if theorem["conjecture"]:
        return "The conjecture is refuted. Replay it: the instance can be checked by hand."
    return (
        "Replay it and check the two sides by hand. Where they are right the theorem as it is "
        "written is false; otherwise its evidence is wrong, or a change since the last run that "
        "passed."
    )


def _survived(
    theorem: dict[str, Any], mutant: dict[str, Any], settings: Mapping[str, Any]
) -> Failure:
    closest = f"; largest lhs/rhs {ratio(mutant['ratio'])}" if mutant["ratio"] else ""
    tried = plural(mutant["examples"], "instance")
    detail = f"{mutant['name']!r}: {tried} tried, no counterexample{closest}"
    advice = (
        "A false statement passed as well, so this check may not notice a fault. Give the mutant a "
        "witness that refutes it; where there is none, the stronger statement is true."
    )
    found, name = mutant["worst"], mutant["name"]
    return _seen(theorem, settings, SURVIVED, detail, advice, found, name)


def _seen(
    theorem: dict[str, Any],
    settings: Mapping[str, Any],
    status: str,
    detail: str,
    advice: str,
    found: dict[str, Any] | None,
    mutant: str = "",
) -> Failure:
    name = theorem["id"]
    if found and found["recipe"]:
        command = replay_command(name, found["recipe"], mutant=mutant, settings=settings)
    else:
        command = check_command(name, settings)
    return Failure(status, detail, advice, command, found, mutant)
