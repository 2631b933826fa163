"""The runs that lie beside one another: what each found, and what its gate measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sparsebound.reports.earlier import began, finished
from sparsebound.reports.fields import Fields, read_json
from sparsebound.reports.gate.baseline import settings
from sparsebound.reports.gate.benchmark import Benchmark
from sparsebound.reports.summary import exit_status, headline
from sparsebound.theory.errors import InputError

GATE = "gate.json"
"""What the gate keeps in the folder of a run that it judged."""
SCHEMA = 1
"""Of that file."""


@dataclass(frozen=True)
class Past:
    """A finished run.

    Attributes
    ----------
    folder : str
        Name of its folder.
    current : bool
        Whether it is the run that is being judged.
    time : datetime
        When it began.
    commit : str
        Of the code, empty if unknown.
    status : int
        How the check ended: 0 if every theorem held and every mutant was refuted.
    headline : str
        The same in a line.
    seconds : float
        Of all theorems.
    undecided : int
        Codes of all theorems that could not be decided.
    ratios : mapping
        The largest lhs/rhs by theorem; None where no code had one.
    outcome : str
        How its gate ended, empty if it never ran.
    benchmarks : tuple of Benchmark
        What its gate measured.
    """

    folder: str
    current: bool
    time: datetime
    commit: str
    status: int
    headline: str
    seconds: float
    undecided: int
    ratios: Mapping[str, float | None]
    outcome: str = ""
    benchmarks: tuple[Benchmark, ...] = ()


@dataclass(frozen=True)
class History:
    """Runs that can be compared.

    Attributes
    ----------
    runs : tuple of Past
        Earliest first.
    skipped : mapping
        What lies beside them and could not be used, and why.
    """

    runs: tuple[Past, ...]
    skipped: Mapping[str, str]


def history(folder: Path, document: dict[str, Any]) -> History:
    """Find the finished runs beside one, of the same settings.

    Of every other run the summary alone is read, never its shards.

    Parameters
    ----------
    folder : Path
        Of the run that is being judged; what its gate found has been kept there.
    document : dict
        Its summary, from :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    History
        The run itself is always in it.

    Raises
    ------
    InputError
        If the run itself is not finished, or checked nothing, or what its gate kept is malformed.
    """
    here = folder.resolve()
    wanted = settings(document)
    runs = [_gated(_past(here.name, document, current=True), here)]
    skipped = {}
    beside = {path.resolve() for path in here.parent.iterdir() if path.is_dir()}
    for path in sorted(beside - {here}):
        try:
            run = _past(path.name, _summary(path, wanted))
        except (InputError, OSError) as error:
            skipped[path.name] = str(error)
            continue
        try:
            run = _gated(run, path)
        except (InputError, OSError) as error:
            skipped[f"{path.name}/{GATE}"] = str(error)
        runs.append(run)
    return History(tuple(sorted(runs, key=lambda run: (run.time, run.folder))), skipped)


def _summary(path: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Read the summary of a finished run of the settings that are wanted."""
    summary = finished(path)
    found = settings(summary)
    differ = {name: value for name, value in found.items() if value != wanted[name]}
    if differ:
        expected = ", ".join(f"{name} {wanted[name]!r}" for name in differ)
        given = ", ".join(f"{name} {value!r}" for name, value in differ.items())
        raise InputError("settings", given, f"those of this run: {expected}")
    return summary


def _past(name: str, document: dict[str, Any], *, current: bool = False) -> Past:
    run, theorems = document["run"], document["theorems"]
    return Past(
        name,
        current,
        began(run),
        str(run.get("commit") or ""),
        exit_status(document),
        headline(document),
        sum(theorem["seconds"] for theorem in theorems),
        sum(theorem["counts"]["undecided"] for theorem in theorems),
        {theorem["id"]: theorem["max_ratio"] for theorem in theorems},
    )


def _gated(run: Past, path: Path) -> Past:
    """Add what its gate kept, if it has been judged."""
    if not (path / GATE).is_file():
        return run
    gate = Fields(GATE, read_json(path / GATE))
    gate.take("schema", f"{SCHEMA}", lambda v: v == SCHEMA)
    benchmarks = gate.each("benchmarks", Benchmark.from_json)
    return replace(run, outcome=gate.text("outcome"), benchmarks=benchmarks)
