"""Baselines: what a reviewed run found, as a small file that can be read in a diff."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from sparsebound.reports.fields import Fields
from sparsebound.reports.gate.files import read_reviewed, write_reviewed
from sparsebound.reports.summary import UNFINISHED, exit_status
from sparsebound.reports.work import Work
from sparsebound.theory.errors import InputError

SCHEMA = 2
COUNTS = ("holds", "vacuous", "undecided", "instances", "attained", "exact")
SETTINGS = ("profile", "examples", "seed", "load", "subject", "rate_only")
"""Settings on which what is found depends; the number of processes is not one."""
IF_ASKED = ("climb", "steps")
"""Further ones, which are kept where a run asked for them."""

_PROVENANCE = ("commit", "python", "versions", "arithmetic", "time", "command")


@dataclass(frozen=True)
class Record:
    """What a run found on one theorem.

    Attributes
    ----------
    max_ratio : float or None
        The largest lhs/rhs.
    counts : dict
        By the names in ``COUNTS``; ``exact`` is how many codes exact arithmetic had to decide.
    mutants : dict
        For each mutant, how many examples it took to refute it.
    work : Work
        What solvers did.
    """

    max_ratio: float | None
    counts: dict[str, int]
    mutants: dict[str, int]
    work: Work

    @classmethod
    def of(cls, theorem: dict[str, Any]) -> Self:
        """Take what is compared from an entry of a run's summary.

        Parameters
        ----------
        theorem : dict
            One of ``theorems`` from :func:`sparsebound.reports.summary.summarise`.

        Returns
        -------
        Record
        """
        known = {**theorem, **theorem["counts"]}
        return cls(
            theorem["max_ratio"],
            {name: known[name] for name in COUNTS},
            {mutant["name"]: mutant["examples"] for mutant in theorem["mutants"]},
            Work.from_json(theorem["work"]),
        )

    @classmethod
    def from_json(cls, value: Any, where: str) -> Self:
        """Read what a baseline holds.

        Parameters
        ----------
        value : object
            From JSON.
        where : str
            What it is called in messages.

        Returns
        -------
        Record

        Raises
        ------
        InputError
            If a field is missing or not what it should be.
        """
        fields = Fields(where, value)
        counts = Fields(f"{where}.counts", fields.mapping("counts"))
        mutants = Fields(f"{where}.mutants", fields.mapping("mutants"))
        found = cls(
            fields.optional_number("max_ratio"),
            {name: counts.integer(name) for name in COUNTS},
            {name: mutants.integer(name) for name in mutants.value},
            Work.from_json(fields.mapping("work"), f"{where}.work"),
        )
        for read in (fields, counts, mutants):
            read.done()
        return found


@dataclass(frozen=True)
class Baseline:
    """What a run found, and where that comes from.

    Attributes
    ----------
    provenance : dict
        Commit, versions, time, command, and ``arithmetic``: how this machine rounds.
    settings : dict
        Settings by the names in ``SETTINGS`` (of files that were loaded, the names without their
        folders), and ``asked``, the theorems that were asked for.
    theorems : dict of Record
        By identifier.
    """

    provenance: dict[str, Any]
    settings: dict[str, Any]
    theorems: dict[str, Record]

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Take what is compared from a run's summary.

        Parameters
        ----------
        document : dict
            From :func:`sparsebound.reports.summary.summarise`.

        Returns
        -------
        Baseline

        Raises
        ------
        InputError
            If the run is not finished, or checked nothing.
        """
        run = document["run"]
        return cls(
            {name: run.get(name) for name in _PROVENANCE},
            settings(document),
            {entry["id"]: Record.of(entry) for entry in document["theorems"]},
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a baseline.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        Baseline

        Raises
        ------
        InputError
            If there is none, it is not one, or has another schema.
        """
        fields = read_reviewed(path, "--baseline", SCHEMA)
        theorems = fields.mapping("theorems")
        found = cls(
            fields.mapping("provenance"),
            fields.mapping("settings"),
            {name: Record.from_json(value, f"{path}.{name}") for name, value in theorems.items()},
        )
        fields.done()
        if not theorems:
            raise InputError(f"{path}.theorems", theorems, "at least one theorem")
        return found

    def write(self, path: Path) -> None:
        """Write it, in place of an older one.

        Parameters
        ----------
        path : Path
            The file; its folder is made if need be.

        Raises
        ------
        InputError
            If the file exists and is no baseline, of whatever schema.
        """
        theorems = {
            name: {**asdict(record), "work": record.work.to_json()}
            for name, record in self.theorems.items()
        }
        content = {"schema": SCHEMA, **asdict(self), "theorems": theorems}
        write_reviewed(path, "--baseline", content, "theorems")


def settings(document: dict[str, Any]) -> dict[str, Any]:
    """Say on which settings depends what a run found: runs that share them are comparable.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    dict
        As in :class:`Baseline`.

    Raises
    ------
    InputError
        If the run is not finished, or checked nothing.
    """
    run, theorems = document["run"], document["theorems"]
    unfinished = [entry["id"] for entry in theorems if entry["status"] == UNFINISHED]
    if unfinished or not theorems:
        wrong = ", ".join(unfinished) or "nothing was checked"
        raise InputError("RUN_DIR", wrong, "a run that is finished")
    found = {name: run["settings"].get(name) for name in SETTINGS}
    found |= {name: value for name in IF_ASKED if (value := run["settings"].get(name))}
    found["load"] = [Path(file).name for file in run["settings"]["load"]]
    return {**found, "asked": run["asked"]}


def failures(document: dict[str, Any]) -> list[str]:
    """Say why a run cannot become a baseline.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    list of str
        Identifiers and what became of them; empty if the run passed.
    """
    if exit_status(document) == 0:
        return []
    wrong = [f"{t['id']}: {t['status']}" for t in document["theorems"] if t["status"] != "held"]
    return wrong + [f"{entry['id']}: not run" for entry in document["not_run"]]
