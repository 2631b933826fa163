"""The folder of a run: its plan, and one file for each finished shard.

A shard is known by its theorem and its part; writing it again replaces it. So an interrupted run
goes on where it stopped, and the parts of a distributed run may be copied into one folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sparsebound.reports.codec import JsonRecord
from sparsebound.reports.fields import Fields, read_json, write_json
from sparsebound.reports.tally import Tally
from sparsebound.theory.errors import InputError

SCHEMA = 5
PLAN = "run.json"
SHARDS = "shards"


@dataclass(frozen=True)
class Shard(JsonRecord):
    """A finished part of a run.

    Attributes
    ----------
    theorem : str
        Identifier of the theorem.
    part : str
        Which part of its check.
    tally : Tally
        What the verdicts of this part add up to.

    Examples
    --------
    >>> Shard("uniqueness.spark", "generated-0", Tally.empty("uniqueness.spark")).name
    'uniqueness.spark-generated-0-1e0a54eb9c.json'
    """

    theorem: str
    part: str
    tally: Tally

    @property
    def name(self) -> str:
        """Name of its file: readable, of safe characters, different for different shards.

        Returns
        -------
        str
        """
        readable = re.sub(r"[^A-Za-z0-9._-]+", "_", f"{self.theorem}-{self.part}")[:80]
        digest = hashlib.sha256(f"{self.theorem}\0{self.part}".encode()).hexdigest()
        return f"{readable.lstrip('.')}-{digest[:10]}.json"


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run.

    Attributes
    ----------
    path : Path
        Where it is.
    plan : dict
        What is to be done, as in ``run.json``: ``schema``, ``provenance``, ``theorems`` (for
        each identifier: ``title``, ``sharp``, ``conjecture``, ``mutants``, and optionally
        ``explained``, from :func:`sparsebound.reports.explanation.entry`), ``shards`` (pairs of
        identifier and part), ``not_run``, ``settings``, and optionally ``asked``.
    """

    path: Path
    plan: dict[str, Any]

    @classmethod
    def create(cls, path: str | Path, plan: dict[str, Any]) -> Self:
        """Make the folder of a new run.

        Parameters
        ----------
        path : str or Path
            A folder that does not exist, or an empty one.
        plan : dict
            See the attribute.

        Returns
        -------
        RunFolder

        Raises
        ------
        InputError
            If the folder has something in it or cannot be written, or the plan is malformed.
        """
        _check_plan(plan, "plan")
        path = Path(path)
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise InputError("--out", str(path), "a folder that is empty, or does not exist")
            (path / SHARDS).mkdir()
            write_json(path / PLAN, plan)
        except OSError as error:
            for folder in (path / SHARDS, *missing):
                with suppress(OSError):
                    folder.rmdir()
            expected = f"a folder that can be made and written ({error})"
            raise InputError("--out", str(path), expected) from error
        return cls(path, plan)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the folder of a run that has begun, and read all of it.

        Parameters
        ----------
        path : str or Path
            The folder.

        Returns
        -------
        RunFolder

        Raises
        ------
        InputError
            If it is not the folder of a run, or anything in it is malformed.
        """
        path = Path(path)
        if not (path / PLAN).is_file():
            raise InputError("run folder", str(path), f"a folder with a file {PLAN}")
        plan = read_json(path / PLAN)
        _check_plan(plan, str(path / PLAN))
        folder = cls(path, plan)
        for _ in folder.read():
            pass
        return folder

    @cached_property
    def planned(self) -> dict[tuple[str, str], None]:
        """The shards of the whole run, identifiers and parts, in their order.

        Returns
        -------
        dict
            Its keys are the shards.
        """
        return dict.fromkeys((theorem, part) for theorem, part in self.plan["shards"])

    def write(self, shard: Shard) -> None:
        """Keep a finished shard; an older one of the same name is replaced.

        Parameters
        ----------
        shard : Shard
            One of the plan.

        Raises
        ------
        InputError
            If the plan does not have it.
        """
        self._check_shard(shard, "shard")
        write_json(self.path / SHARDS / shard.name, {"schema": SCHEMA, **shard.to_json()})

    def keep(self, name: str, document: Any) -> Path:
        """Keep a further JSON document beside the plan.

        Parameters
        ----------
        name : str
            Name of the file; an older one is replaced.
        document : object
            What JSON can hold.

        Returns
        -------
        Path
            Of the file.
        """
        write_json(self.path / name, document)
        return self.path / name

    def read(self) -> Iterator[Shard]:
        """Read the finished shards, in the order of their names.

        Yields
        ------
        Shard

        Raises
        ------
        InputError
            If a file is malformed, or not part of this run.
        """
        for path in sorted((self.path / SHARDS).glob("*")):
            if path.name.startswith(".") and path.suffix == ".tmp":
                continue
            where = str(path)
            fields = Fields(where, read_json(path))
            fields.take("schema", str(SCHEMA), lambda v: v == SCHEMA)
            rest = {name: value for name, value in fields.value.items() if name != "schema"}
            shard = Shard.from_json(rest, where)
            self._check_shard(shard, where)
            if path.name != shard.name:
                raise InputError("name of a shard", where, shard.name)
            yield shard

    def finished(self) -> set[tuple[str, str]]:
        """List the shards that are done.

        Returns
        -------
        set of tuple
            Identifiers and parts.
        """
        return {(shard.theorem, shard.part) for shard in self.read()}

    def tallies(self) -> dict[str, Tally]:
        """Add up what is done.

        Returns
        -------
        dict
            A tally for each theorem of the plan, in its order; empty where nothing is done.
        """
        tallies = {theorem: Tally.empty(theorem) for theorem in self.plan["theorems"]}
        for shard in self.read():
            tallies[shard.theorem] += shard.tally
        return tallies

    def _check_shard(self, shard: Shard, where: str) -> None:
        if (shard.theorem, shard.part) not in self.planned:
            raise InputError(where, (shard.theorem, shard.part), f"a shard of {self.path / PLAN}")
        if shard.tally.theorem != shard.theorem:
            raise InputError(f"{where}: tally.theorem", shard.tally.theorem, repr(shard.theorem))
        mutants = self.plan["theorems"][shard.theorem]["mutants"]
        for mutant in shard.tally.mutants:
            if mutant.name not in mutants:
                raise InputError(f"{where}: mutant", mutant.name, f"one of {mutants}")


def _check_plan(plan: Any, where: str) -> None:
    fields = Fields(where, plan)
    fields.take("schema", f"{SCHEMA}, a run of this version: check again", lambda v: v == SCHEMA)
    fields.mapping("provenance")
    fields.mapping("settings")
    fields.items("not_run")
    for index, entry in enumerate(plan["not_run"]):
        Fields(f"{where}.not_run[{index}]", entry).text("id")
        Fields(f"{where}.not_run[{index}]", entry).text("reason")
    theorems = fields.mapping("theorems")
    for name, entry in theorems.items():
        theorem = Fields(f"{where}.theorems[{name!r}]", entry)
        theorem.text("title")
        theorem.flag("sharp")
        theorem.flag("equality")
        theorem.flag("conjecture")
        theorem.texts("mutants")
        if "explained" in entry:
            theorem.mapping("explained")
    for index, shard in enumerate(fields.items("shards")):
        pair = isinstance(shard, list | tuple) and len(shard) == 2
        if not pair or not isinstance(shard[1], str) or shard[0] not in theorems:
            raise InputError(f"{where}.shards[{index}]", shard, "a theorem of the run and a part")
    if "asked" in plan:
        fields.texts("asked")
    fields.done()
