"""The finished runs that lie beside a run: of each its summary, and nothing else, is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any

from sparsebound.reports.fields import Fields, read_json
from sparsebound.reports.run_folder import PLAN, SCHEMA
from sparsebound.reports.summary import STATUSES, SUMMARY, exit_status, subject_options
from sparsebound.theory.errors import InputError

MOST = 20
"""Earlier runs that a report shows."""
TRIED = 3 * MOST
"""Summaries that are read to find them: the newest, in a folder that has many."""
LARGEST = 2**24
"""Bytes of a summary; a larger file is none."""


@dataclass(frozen=True)
class Outcome:
    """What an earlier run found of one theorem.

    Attributes
    ----------
    status : str
        What became of it.
    instances : int
        On which it was tried.
    ratio : float or None
        The largest lhs/rhs.
    """

    status: str
    instances: int
    ratio: float | None


@dataclass(frozen=True)
class Earlier:
    """A finished run that began earlier.

    Attributes
    ----------
    folder : str
        Name of its folder.
    time : datetime
        When it began.
    seed, profile, commit : str
        As its summary has them; empty where unknown.
    passed : bool
        Whether every theorem held and every mutant was refuted.
    found : dict
        An :class:`Outcome` for each theorem.
    """

    folder: str
    time: datetime
    seed: str
    profile: str
    commit: str
    passed: bool
    found: dict[str, Outcome]


def earlier_runs(folder: Path, document: dict[str, Any]) -> tuple[Earlier, ...]:
    """Find what earlier runs beside one found of the same theorems, whatever their seed.

    What is no finished run of this version, or checked another subject, is passed over.

    Parameters
    ----------
    folder : Path
        Of the run.
    document : dict
        Its summary, from :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    tuple of Earlier
        The latest first; at most ``MOST``, and none where the folders beside it cannot be listed.

    Examples
    --------
    >>> earlier_runs(Path("no/such/run"), {"run": {}, "theorems": []})
    ()
    """
    try:
        now, about = began(document["run"]), _about(document["run"])
        here = folder.resolve()
        beside = [path for path in here.parent.iterdir() if path != here]
    except (InputError, OSError, RuntimeError):
        return ()
    names = {theorem["id"] for theorem in document["theorems"]}
    latest, found = _written(here), []
    written = {path: time for path in beside if (time := _written(path)) is not None}
    paths = [path for path, time in written.items() if latest is None or time <= latest]
    for path in sorted(paths, key=lambda path: (written[path], path.name), reverse=True)[:TRIED]:
        try:
            summary = finished(path)
            run = _earlier(path.name, summary, names)
            if run.time <= now and run.found and _about(summary["run"]) == about:
                found.append(run)
        except InputError:
            continue
        if len(found) == MOST:
            break
    return tuple(sorted(found, key=lambda run: (run.time, run.folder), reverse=True))


def finished(path: Path) -> dict[str, Any]:
    """Read the summary of a finished run, and nothing else.

    Parameters
    ----------
    path : Path
        Its folder.

    Returns
    -------
    dict
        In which the facts that are compared between runs are what they should be.

    Raises
    ------
    InputError
        If it is not the folder of a finished run of this version.
    """
    if not (path / SUMMARY).is_file():
        expected = "a run that is finished" if (path / PLAN).is_file() else "a run"
        raise InputError(SUMMARY, "missing", expected)
    summary = Fields(SUMMARY, read_json(path / SUMMARY))
    summary.take("schema", f"{SCHEMA}, a run of this version", lambda v: v == SCHEMA)
    run = Fields(f"{SUMMARY}.run", summary.mapping("run"))
    run.items("asked")
    Fields(f"{run.where}.settings", run.mapping("settings")).texts("load")
    summary.items("not_run")
    summary.each("theorems", _theorem)
    return summary.value


def began(run: dict[str, Any]) -> datetime:
    """Say when a run began.

    Parameters
    ----------
    run : dict
        ``run`` of its summary.

    Returns
    -------
    datetime
        In UTC.

    Raises
    ------
    InputError
        If the summary does not say.

    Examples
    --------
    >>> print(began({"time": "2026-11-28T01:10:37+01:00"}))
    2026-11-28 00:10:37+00:00
    """
    fields = Fields(f"{SUMMARY}.run", run)
    text = fields.text("time")
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{fields.where}.time", text, "a time in ISO 8601") from error


def _written(folder: Path) -> float | None:
    """Say when a summary was written; None where there is none that might be one of ours."""
    try:
        found = (folder / SUMMARY).stat()
    except (OSError, RuntimeError):
        return None
    return found.st_mtime if S_ISREG(found.st_mode) and found.st_size <= LARGEST else None


def _theorem(value: Any, where: str) -> None:
    fields = Fields(where, value)
    fields.text("id")
    fields.one_of("status", STATUSES)
    fields.number("seconds")
    fields.optional_number("max_ratio")
    fields.integer("instances")
    counts = Fields(f"{where}.counts", fields.mapping("counts"))
    for name in {"holds", "violated", "undecided", *counts.value}:
        counts.integer(name)
    fields.each("mutants", lambda mutant, place: Fields(place, mutant).flag("refuted"))


def _about(run: dict[str, Any]) -> list[str]:
    return subject_options(Fields("run", run).value.get("settings") or {})


def _earlier(name: str, summary: dict[str, Any], names: set[str]) -> Earlier:
    run = summary["run"]
    return Earlier(
        name,
        began(run),
        str(run.get("seed", "")),
        str(run.get("profile", "")),
        str(run.get("commit") or ""),
        exit_status(summary) == 0,
        {
            theorem["id"]: Outcome(theorem["status"], theorem["instances"], theorem["max_ratio"])
            for theorem in summary["theorems"]
            if theorem["id"] in names
        },
    )
