"""The document that a run adds up to: ``summary.json``, and what ``--json`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sparsebound.reports.fault import FAULTS
from sparsebound.reports.fields import Fields, read_json
from sparsebound.reports.run_folder import SCHEMA, RunFolder
from sparsebound.reports.tally import MutantTally, Tally, Worst

SUMMARY = "summary.json"
HELD = "held"
UNFINISHED = "unfinished"
BROKEN = ("violated", *FAULTS)
"""What ends a shard early: the rest of it is not missing."""
STATUSES = (HELD, *BROKEN, "vacuous", "mutant survived", "undecided", UNFINISHED)
"""What can become of a theorem in a run. Only the first is a pass."""

_BESIDE = ("instances", "meant", "met", "attained", "exact")


def summarise(
    folder: RunFolder, dictionaries: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Add a run up.

    Parameters
    ----------
    folder : RunFolder
        The run, finished or not.
    dictionaries : list of dict, optional
        What is known of dictionaries that were looked at besides, as labels and values.

    Returns
    -------
    dict
        ``schema``, ``run`` (provenance and settings), ``theorems``, ``not_run``,
        ``dictionaries``; JSON can hold it.
    """
    tallies = folder.tallies()
    not_run = {entry["id"] for entry in folder.plan["not_run"]}
    return {
        "schema": SCHEMA,
        "run": {
            **folder.plan["provenance"],
            "settings": folder.plan["settings"],
            "asked": folder.plan.get("asked", []),
        },
        "theorems": [
            _theorem(facts, tallies[name], folder.done(name), folder.wanted(name))
            for name, facts in folder.plan["theorems"].items()
            if name not in not_run
        ],
        "not_run": folder.plan["not_run"],
        "dictionaries": dictionaries or [],
    }


def recall(folder: RunFolder) -> dict[str, Any]:
    """Add a run up again, with what its summary knows besides.

    Parameters
    ----------
    folder : RunFolder
        The run, finished or not.

    Returns
    -------
    dict
        As from :func:`summarise`.

    Raises
    ------
    InputError
        If there is a summary and it is malformed.
    """
    path = folder.path / SUMMARY
    if not path.is_file():
        return summarise(folder)
    kept = Fields(str(path), read_json(path))
    kept.take("schema", f"{SCHEMA}, a run of this version: check again", lambda v: v == SCHEMA)
    dictionaries = kept.items("dictionaries")
    for index, labels in enumerate(dictionaries):
        entry = Fields(f"{path}.dictionaries[{index}]", labels)
        for label in entry.value:
            entry.text(label)
    document = summarise(folder, dictionaries)
    theorems = {theorem["id"]: theorem for theorem in document["theorems"]}
    for index, value in enumerate(kept.items("theorems")):
        entry = Fields(f"{path}.theorems[{index}]", value)
        theorem = theorems.get(entry.text("id"), {})
        worst = entry.optional("worst", Worst.from_json)
        if worst and theorem.get("worst") == replace(worst, text="").to_json():
            theorem["worst"] = worst.to_json()
            if "failing_premise" in value:
                theorem["failing_premise"] = entry.text("failing_premise")
    return document


def _theorem(facts: dict[str, Any], tally: Tally, done: int, planned: int) -> dict[str, Any]:
    found = {mutant.name: mutant for mutant in tally.mutants}
    mutants = [
        found.get(name, MutantTally(name, False, None, 0, None)) for name in facts["mutants"]
    ]
    status = tally.status
    if status not in BROKEN and (done < planned or not planned):
        status = UNFINISHED
    elif status in (HELD, "undecided") and not all(mutant.refuted for mutant in mutants):
        status = "mutant survived"
    return {
        "id": tally.theorem,
        "status": status,
        "counts": {
            "holds": tally.holds,
            "violated": tally.violated,
            "vacuous": tally.vacuous,
            "undecided": tally.undecided,
        },
        "max_ratio": tally.max_ratio,
        "sharp": facts["sharp"],
        "equality": facts["equality"],
        "worst": tally.worst and tally.worst.to_json(),
        "mutants": [mutant.to_json() for mutant in mutants],
        "seconds": tally.seconds,
        "title": facts["title"],
        "conjecture": facts["conjecture"],
        "explained": facts.get("explained", {}),
        "proved": facts.get("explained", {}).get("proved", ""),
        "violation": tally.violation and tally.violation.to_json(),
        "fault": tally.fault and tally.fault.to_json(),
        **{name: getattr(tally, name) for name in _BESIDE},
        "near_edge": tally.near_edge if tally.has_edge else None,
        "histogram": list(tally.histogram),
        "edges": list(tally.edges),
        "premises": tally.premises.to_json(),
        "samples": tally.samples.to_json(),
        "work": tally.work.to_json(),
        "judged": dict(sorted(tally.judged.items())),
        "shards": {"done": done, "planned": planned},
    }


def exit_status(document: dict[str, Any]) -> int:
    """Say whether a run passed.

    Parameters
    ----------
    document : dict
        From :func:`summarise`.

    Returns
    -------
    int
        0 if every theorem held on some instance and every mutant was refuted; 1 otherwise.

    Examples
    --------
    >>> exit_status({"theorems": [{"status": "held"}], "not_run": []})
    0
    >>> exit_status({"theorems": [], "not_run": []})
    1
    """
    held = [theorem["status"] == HELD for theorem in document["theorems"]]
    return 0 if held and all(held) and not document["not_run"] else 1


def subject_options(settings: Mapping[str, Any]) -> list[str]:
    """Options that name what a run was about, if not our own algorithms and networks.

    Parameters
    ----------
    settings : mapping
        Of the run.

    Returns
    -------
    list of str

    Examples
    --------
    >>> subject_options({"subject": "my:ista", "rate_only": True})
    ['--subject', 'my:ista', '--rate-only']
    """
    if not settings.get("subject"):
        return []
    options = ["--subject", str(settings["subject"])]
    return [*options, "--rate-only"] if settings.get("rate_only") else options


def judged_as(theorems: Iterable[Mapping[str, Any]]) -> str:
    """Say in which types of floats a subject's answers were judged.

    Parameters
    ----------
    theorems : iterable of mapping
        Of ``theorems`` from :func:`summarise`.

    Returns
    -------
    str
        With the theorems, if they differ; empty if nothing was judged.

    Examples
    --------
    >>> alike = [{"id": name, "judged": {"float32": 250}} for name in ("rate.ista", "rate.fista")]
    >>> judged_as(alike)
    'float32'
    >>> judged_as([*alike, {"id": "rate.optista", "judged": {"float32": 9, "float64": 241}}])
    'float32 (rate.ista, rate.fista); float32 or float64 (rate.optista)'
    """
    found: dict[str, list[str]] = {}
    for theorem in theorems:
        if types := " or ".join(sorted(theorem["judged"])):
            found.setdefault(types, []).append(theorem["id"])
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{types} ({', '.join(names)})" for types, names in found.items())


def headline(document: dict[str, Any]) -> str:
    """Say in one line how a run ended.

    Parameters
    ----------
    document : dict
        From :func:`summarise`.

    Returns
    -------
    str
    """
    theorems = document["theorems"]
    statuses = Counter(theorem["status"] for theorem in theorems)
    mutants = [mutant for theorem in theorems for mutant in theorem["mutants"]]
    counts = Counter[str]()
    for theorem in theorems:
        counts.update(theorem["counts"])
    parts = [
        f"{plural(len(theorems), 'theorem')}: "
        + (", ".join(f"{statuses[s]} {s}" for s in STATUSES if statuses[s]) or "none checked")
    ]
    if mutants:
        refuted = sum(mutant["refuted"] for mutant in mutants)
        parts.append(f"{refuted} of {plural(len(mutants), 'mutant')} refuted")
    decided = counts["holds"] + counts["violated"]
    instances = sum(theorem["instances"] for theorem in theorems)
    parts.append(
        f"{plural(decided, 'verdict')} on {plural(instances, 'instance')}"
        + (f", {counts['undecided']:,} undecided" if counts["undecided"] else "")
    )
    if document["not_run"]:
        parts.append(f"{len(document['not_run'])} not run")
    word = "passed" if exit_status(document) == 0 else "failed"
    return f"{word}: " + "; ".join(parts)


def plural(number: int, noun: str) -> str:
    """Write a number with its noun.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        Of what, in the singular.

    Returns
    -------
    str

    Examples
    --------
    >>> plural(1, "theorem"), plural(2000, "mutant")
    ('1 theorem', '2,000 mutants')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
