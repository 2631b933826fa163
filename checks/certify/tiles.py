"""Products of a large dictionary's atoms on a cluster: who screens which pairs of blocks.

A task is a tile: pairs of a few blocks with a few others. Workers read the dictionary themselves;
they are sent how large a product has to be to matter, atom by atom, and send back those that are
larger. The largest products of an atom are the same, whoever finds them and in whatever order, and
so is the profile, to the last bit. What has come is kept in a file, from which a later call goes
on, with a cluster or without one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import repeat
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from sparsebound.checks.certify.blocked import Found, Pair, Screen, Steps
from sparsebound.checks.certify.elsewhere import Elsewhere, Files
from sparsebound.checks.certify.kept import digest_of
from sparsebound.checks.certify.products import Numpy, backend
from sparsebound.checks.executor import Lost
from sparsebound.reports.fields import write_bytes
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError

SIDES = 16
"""Into so many groups blocks are divided, for some hundred tiles; more, if groups were larger."""
BLOCKS = 16
"""Blocks of a group, at most."""
EVERY, SPENT = 5.0, 0.02
"""Seconds after which what was found is kept again; more, where more than this share of the time
would be spent on it."""


@dataclass(frozen=True)
class Tile:
    """Pairs of blocks, and the sizes that matter of each atom of these blocks."""

    pairs: list[Pair]
    floors: dict[int, FloatArray]


@dataclass(frozen=True)
class Tiles:
    """What screens pairs of blocks elsewhere, or goes on where that was interrupted.

    Attributes
    ----------
    workers : Elsewhere or None
        Of a cluster; threads of this process where there are none.
    keep : Path or None
        A file for what has come from workers.
    """

    workers: Elsewhere | None
    keep: Path | None = None

    def __call__(self, screen: Screen, pairs: list[Pair]) -> Steps:
        """Screen pairs: a step for each, of those that were kept, too.

        Raises
        ------
        InputError
            If there is no such cluster, or its workers read another file; or if the file for what
            has come cannot be written.
        """
        kept = None if self.keep is None else KeptPairs(self.keep, screen, pairs)
        left = pairs if kept is None else kept.get()
        yield from repeat(None, len(pairs) - len(left))
        if self.workers is None:
            yield from screen.threaded(left)
        elif left:
            yield from self._shared(self.workers, screen, left, kept)

    def clear(self) -> None:
        """Remove the file: nobody will go on from there."""
        if self.keep is not None:
            self.keep.unlink(missing_ok=True)

    def _shared(
        self, workers: Elsewhere, screen: Screen, pairs: list[Pair], kept: KeptPairs | None
    ) -> Steps:
        kind = "numpy" if isinstance(screen.backend, Numpy) else "torch"
        with workers.processes(screen.atoms, start, screen.size, kind) as processes:
            for tile, answer in processes.do(tiles(screen, pairs)):
                if isinstance(answer, Lost):
                    yield from screen.threaded(tile.pairs)
                else:
                    screen.enter(answer)
                    yield from repeat(None, len(tile.pairs))
                if kept is not None:
                    kept.put(tile.pairs)
        if kept is not None:
            kept.put(at_once=True)


def start(
    files: Files, digest: str, size: int, kind: str, _place: str | None = None
) -> Callable[[Tile], Found]:
    """Read the dictionary in a process of a worker; gives what screens a tile.

    Raises
    ------
    InputError
        If it is not what the process that began has read.
    """
    screen = Screen(files.atoms(digest), files.memory, backend(kind), size=size)
    return lambda tile: screen.beyond(tile.pairs, tile.floors)


def tiles(screen: Screen, pairs: Iterable[Pair]) -> Iterator[Tile]:
    """Divide pairs of blocks into tasks; what matters of an atom is what does when one is taken."""
    side = min(max(len(screen.starts) // SIDES, 1), BLOCKS) * screen.size
    groups: dict[Pair, list[Pair]] = defaultdict(list)
    for first, second in pairs:
        groups[first // side, second // side].append((first, second))
    for group in groups.values():
        blocks = sorted({start for pair in group for start in pair})
        yield Tile(group, {start: screen.floors_of(start) for start in blocks})


class KeptPairs:
    """The file of what has come.

    Parameters
    ----------
    path : Path
        Where it is; one that is of other input, or cannot be read, is written over.
    screen : Screen
        What the largest products are entered into, and taken from.
    pairs : list of tuple
        All pairs of blocks.
    """

    def __init__(self, path: Path, screen: Screen, pairs: list[Pair]) -> None:
        self.path, self.screen, self.pairs = path, screen, pairs
        kind = type(screen.backend).__name__
        self.digest = digest_of(screen.atoms.rows, screen.size, screen.count, kind)
        self.number = {pair: number for number, pair in enumerate(pairs)}
        self.done = np.zeros(len(pairs), dtype=bool)
        self.at, self.took = time.monotonic(), 0.0

    def get(self) -> list[Pair]:
        """Enter what was kept; the pairs of blocks that are left."""
        try:
            with np.load(BytesIO(self.path.read_bytes()), allow_pickle=False) as arrays:
                if str(arrays["digest"]) == self.digest:
                    self.screen.top[:], self.done = arrays["top"], arrays["done"]
                    self.screen.floors[:] = self.screen.top.min(axis=1)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            pass  # nothing was kept
        return [pair for pair, done in zip(self.pairs, self.done, strict=True) if not done]

    def put(self, pairs: Iterable[Pair] = (), *, at_once: bool = False) -> None:
        """Keep that pairs are done; on disk once it is time to, or at once.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        self.done[[self.number[pair] for pair in pairs]] = True
        begun = time.monotonic()
        if not at_once and begun - self.at < max(EVERY, self.took / SPENT):
            return
        self.screen.settle()
        stream = BytesIO()
        np.savez(stream, digest=np.array(self.digest), done=self.done, top=self.screen.top)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self.path, stream.getvalue())
        except OSError as error:
            raise InputError("--out", str(self.path), f"a file of ours ({error})") from error
        self.at = time.monotonic()
        self.took = self.at - begun
