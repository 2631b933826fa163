"""The folder of a run: its plan, and a file for each finished shard, or span of them.

A part is known by its theorem and its numbers; writing it again replaces it. So an interrupted run
goes on where it stopped, and the parts of a distributed run may be copied into one folder. In a
long run, eight neighbours become one file as soon as all of them are there, and eight of those
again: so however many verdicts there are, the files are few. What a larger file holds is read from
there alone, so it does not matter where a process that merges is killed.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sparsebound.reports.fields import Fields, read_json, write_json
from sparsebound.reports.lock import locked
from sparsebound.reports.parts import SPAN, Content, Ranges, Shard, Shards
from sparsebound.reports.run_plan import PLAN, SCHEMA, check_plan
from sparsebound.reports.tally import Tally
from sparsebound.reports.worst import canonical
from sparsebound.theory.errors import InputError

SHARDS = "shards"
ASIDE = "set_aside"
"""Where damaged shards go when a run goes on."""
MERGED = 8
"""So many neighbours become one file, where a theorem has more than ``SPAN`` shards."""
TASK = 20.0
"""Seconds that one task takes at most, about: so much work is lost with a process."""


__all__ = ["ASIDE", "PLAN", "SCHEMA", "SHARDS", "RunFolder", "Shard", "Shards"]


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
        :class:`Shards` are computed: ``block``, ``examples`` of each theorem that is run, and
        optionally ``open_ended``), ``not_run``, ``settings``, and optionally ``asked``.
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
        check_plan(plan, "plan")
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
        check_plan(plan, str(path / PLAN))
        folder = cls(path, plan)
        if whole:
            folder._content  # noqa: B018 - which is read here
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
        open_ended = planned.get("open_ended", False)
        return Shards(planned["examples"], mutants, planned["block"], open_ended)

    @cached_property
    def _content(self) -> Content:
        return self._added_up(self.read())

    def _added_up(self, shards: Iterator[Shard]) -> Content:
        content = Content()
        for shard in shards:
            content.add(shard, self._numbers(shard))
        return content

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from writing to it; an ``InputError`` if one is at it."""
        return locked(self.path / PLAN, "run folder", "one that no other run is writing to")

    def write(self, shard: Shard) -> None:
        """Keep a finished shard or span; an older one of the same name is replaced.

        Parameters
        ----------
        shard : Shard
            Of the plan.

        Raises
        ------
        InputError
            If the plan does not have it.
        """
        self._check_shard(shard, "shard")
        content, numbers = self._content, self._numbers(shard)
        again = shard.theorem in content.done and content.done[shard.theorem].meets(numbers)
        self._keep(shard)
        if again:
            del self.__dict__["_content"]
        else:
            content.add(shard, numbers)
        self._merge(shard.theorem, numbers)

    def _keep(self, shard: Shard) -> None:
        stored = shard.to_json()
        document = {"schema": SCHEMA, "digest": _digest(stored), **stored}
        try:
            write_json(self.path / SHARDS / shard.name, document)
        except OSError as error:
            expected = f"a folder that can be written ({error})"
            raise InputError("run folder", str(self.path), expected) from error

    def _merge(self, theorem: str, numbers: range) -> None:
        """Make one file of neighbours that are complete, and of those that these complete."""
        blocks, size = self.planned.blocks(theorem), MERGED
        while SPAN < blocks and numbers.stop <= blocks and size < MERGED * blocks:
            start = numbers.start // size * size
            group, files = range(start, min(start + size, blocks)), self._content.files[theorem]
            if group not in self._content.done[theorem]:
                return
            pieces, at = [], start
            while at < group.stop and at in files:
                pieces.append(range(at, files[at]))
                at = files[at]
            if at == group.stop and len(pieces) > 1:
                self._replace(theorem, pieces, group)
            size *= MERGED

    def _replace(self, theorem: str, pieces: list[range], group: range) -> None:
        paths, tally = [], Tally.empty(theorem)
        for piece in pieces:
            name = Shard(theorem, self.planned.part(theorem, piece), tally).name
            paths.append(self.path / SHARDS / name)
            tally += self._shard(paths[-1]).tally
        self._keep(Shard(theorem, self.planned.part(theorem, group), tally))
        files = self._content.files[theorem]
        for path, piece in zip(paths, pieces, strict=True):
            path.unlink()
            del files[piece.start]
        files[group.start] = group.stop

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

    def remark(self, remarks: Mapping[str, list[str]]) -> None:
        """Add to what the plan says of where results come from.

        Parameters
        ----------
        remarks : mapping
            Lists by what they are about; they join those that are there.
        """
        provenance = self.plan["provenance"]
        for name, found in remarks.items():
            provenance[name] = sorted({*provenance.get(name, []), *found})
        if remarks:
            write_json(self.path / PLAN, self.plan)

    def read(self) -> Iterator[Shard]:
        """Read what is finished; of what two files hold, the larger one.

        Yields
        ------
        Shard

        Raises
        ------
        InputError
            If a file is malformed, or not part of this run.
        """
        yield from self._apart([self._shard(path) for path in self._files()])

    def _apart(self, shards: list[Shard]) -> Iterator[Shard]:
        """Leave out what lies within another: a process was killed before it was removed."""
        whole = [(shard.theorem, self._numbers(shard), shard) for shard in shards]
        reached, before = 0, ""
        for theorem, numbers, shard in sorted(
            whole, key=lambda found: (found[0], found[1].start, -found[1].stop)
        ):
            reached = reached if theorem == before else 0
            if numbers.stop > reached:
                yield shard
            reached, before = max(reached, numbers.stop), theorem

    def set_aside(self) -> list[tuple[Path, str]]:
        """Move files that are damaged out of the way, so that their shards are computed again.

        Returns
        -------
        list of tuple
            Where each of them is now, and what was wrong with it.

        Raises
        ------
        InputError
            If another run is writing to the folder.
        """
        moved, whole = [], []
        with self.alone():
            for path in self._files():
                try:
                    whole.append(self._shard(path))
                except InputError as error:
                    place = self.path / ASIDE / path.name
                    place.parent.mkdir(exist_ok=True)
                    path.replace(place)
                    moved.append((place, str(error)))
        self.__dict__["_content"] = self._added_up(self._apart(whole))
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

    def missing(self) -> Iterator[tuple[str, str]]:
        """List what is to be done, as tasks: shards, or spans of them.

        Yields
        ------
        theorem, part : str
            In the order of the plan; where that has no end in turn, one of each theorem after its
            mutants, and first of those of which least is known.
        """
        planned, done = self.planned, self._content.done

        def spans(theorem: str) -> Iterator[str]:
            gaps = done.get(theorem, Ranges()).gaps(planned.count(theorem))
            return planned.spans(theorem, gaps, lambda: self._longest(theorem))

        theorems, found = list(planned.examples), self.tallies()
        if planned.open_ended:
            theorems.sort(key=lambda theorem: found[theorem].instances)
        left = deque((theorem, spans(theorem)) for theorem in theorems)
        while left:
            theorem, parts = left.popleft()
            for part in parts:
                yield theorem, part
                if planned.open_ended and not part.startswith("mutant "):
                    left.append((theorem, parts))
                    break

    def _longest(self, theorem: str) -> int:
        """Say how many shards take as long as one task may, by those that are done."""
        seconds, done = self.tallies()[theorem].seconds, self.done(theorem)
        return int(TASK * done / seconds) if seconds else SPAN * bool(done)

    def done(self, theorem: str) -> int:
        """Count the finished shards of one theorem.

        Parameters
        ----------
        theorem : str
            Its identifier.

        Returns
        -------
        int
        """
        return len(self._content.done.get(theorem, Ranges()))

    def wanted(self, theorem: str) -> int:
        """Count the shards without which the check of a theorem is not finished.

        Parameters
        ----------
        theorem : str
            Its identifier.

        Returns
        -------
        int
            All of them; where the plan has no end, those as far as the run got, and one at least.
        """
        planned, blocks = self.planned, self.planned.blocks(theorem)
        if not (planned.open_ended and blocks):
            return planned.count(theorem)
        reached = self._content.done.get(theorem, Ranges()).reach(blocks)
        return max(reached, 1) + planned.count(theorem) - blocks

    def tallies(self) -> dict[str, Tally]:
        """Add up what is done.

        Returns
        -------
        dict
            A tally for each theorem of the plan, in its order; empty where nothing is done.
        """
        found = self._content.tallies
        return {
            theorem: found.get(theorem, Tally.empty(theorem)) for theorem in self.plan["theorems"]
        }

    def _numbers(self, shard: Shard) -> range:
        return self.planned.numbers(shard.theorem, shard.part) or range(0)

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
