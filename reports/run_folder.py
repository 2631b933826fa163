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
from sparsebound.reports.worst import canonical
from sparsebound.theory.errors import InputError

SCHEMA = 6
PLAN = "run.json"
SHARDS = "shards"
ASIDE = "set_aside"
"""Where damaged shards go when a run goes on."""


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
class Shards:
    """The shards of a run, computed from its plan: blocks of examples, and a shard a mutant.

    Attributes
    ----------
    examples : dict
        How many are wanted of each theorem.
    mutants : dict
        The names of the mutants of each.
    block : int
        Examples of one shard.

    Examples
    --------
    >>> shards = Shards({"uniqueness.spark": 300}, {"uniqueness.spark": ["< -> <="]}, 250)
    >>> [part for _, part in shards]
    ['examples 0-249', 'examples 250-299', 'mutant < -> <=']
    >>> len(shards), ("uniqueness.spark", "examples 0-299") in shards
    (3, False)
    """

    examples: dict[str, int]
    mutants: dict[str, list[str]]
    block: int

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for theorem, total in self.examples.items():
            for start in range(0, total, self.block):
                yield theorem, self._examples(start, total)
            for mutant in self.mutants[theorem]:
                yield theorem, f"mutant {mutant}"

    def __len__(self) -> int:
        return sum(self.count(theorem) for theorem in self.examples)

    def __contains__(self, shard: object) -> bool:
        if not isinstance(shard, tuple) or shard[0] not in self.examples:
            return False
        theorem, part = shard
        kind, _, rest = part.partition(" ")
        if kind == "mutant":
            return rest in self.mutants[theorem]
        first, total = rest.partition("-")[0], self.examples[theorem]
        start = int(first) if first.isascii() and first.isdecimal() else total
        inside = start < total and start % self.block == 0
        return inside and part == self._examples(start, total)

    def count(self, theorem: str) -> int:
        """Count those of one theorem, 0 if it is not run.

        Parameters
        ----------
        theorem : str
            Its identifier.

        Returns
        -------
        int
        """
        if theorem not in self.examples:
            return 0
        return -(-self.examples[theorem] // self.block) + len(self.mutants[theorem])

    def _examples(self, start: int, total: int) -> str:
        return f"examples {start}-{min(start + self.block, total) - 1}"


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
        ``explained``, from :func:`sparsebound.reports.explanation.entry`), ``shards`` (from which
        :class:`Shards` are computed: ``block``, and ``examples`` of each theorem that is run),
        ``not_run``, ``settings``, and optionally ``asked``.
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
    def open(cls, path: str | Path, *, whole: bool = True) -> Self:
        """Open the folder of a run that has begun, and read all of it.

        Parameters
        ----------
        path : str or Path
            The folder.
        whole : bool
            Whether every shard has to be in order.

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
        if whole:
            for _ in folder.read():
                pass
        return folder

    @cached_property
    def planned(self) -> Shards:
        """The shards of the whole run, in their order.

        Returns
        -------
        Shards
        """
        theorems, planned = self.plan["theorems"], self.plan["shards"]
        mutants = {theorem: theorems[theorem]["mutants"] for theorem in planned["examples"]}
        return Shards(planned["examples"], mutants, planned["block"])

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
        stored = shard.to_json()
        document = {"schema": SCHEMA, "digest": _digest(stored), **stored}
        write_json(self.path / SHARDS / shard.name, document)

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
        for path in self._files():
            yield self._shard(path)

    def set_aside(self) -> list[tuple[Path, str]]:
        """Move shards that are damaged out of the way, so that they are computed again.

        Returns
        -------
        list of tuple
            Where each of them is now, and what was wrong with it.
        """
        moved = []
        for path in self._files():
            try:
                self._shard(path)
            except InputError as error:
                place = self.path / ASIDE / path.name
                place.parent.mkdir(exist_ok=True)
                path.replace(place)
                moved.append((place, str(error)))
        return moved

    def _files(self) -> list[Path]:
        files = sorted((self.path / SHARDS).glob("*"))
        return [path for path in files if not (path.name[0] == "." and path.suffix == ".tmp")]

    def _shard(self, path: Path) -> Shard:
        where = str(path)
        fields = Fields(where, read_json(path))
        fields.take("schema", str(SCHEMA), lambda v: v == SCHEMA)
        rest = {name: v for name, v in fields.value.items() if name not in ("schema", "digest")}
        shard = Shard.from_json(rest, where)
        found = _digest(rest)
        said = f"{found}, that of its content: it was changed after it was written"
        fields.take("digest", said, lambda v: v == found)
        self._check_shard(shard, where)
        if path.name != shard.name:
            raise InputError("name of a shard", where, shard.name)
        return shard

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


def _digest(stored: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(stored).encode()).hexdigest()


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
    fields.mapping("shards")
    shards = Fields(f"{where}.shards", plan["shards"])
    shards.integer("block", 1)
    shards.mapping("examples")
    for name in plan["shards"]["examples"]:
        Fields(f"{where}.shards.examples", plan["shards"]["examples"]).integer(name, 1)
        if name not in theorems:
            raise InputError(f"{where}.shards.examples", name, "a theorem of the run")
    shards.done()
    if "asked" in plan:
        fields.texts("asked")
    fields.done()
