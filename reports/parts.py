"""The parts of a run: shards, spans of neighbouring shards, and which of them are done.

Every theorem's shards are numbered: its blocks of examples, then its mutants. A span is an aligned
run of blocks, ``[k s, (k + 1) s)`` with a power of two ``s``, cut off where the examples end. So
two spans are apart, or one lies within the other: what is done is never counted twice.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sparsebound.reports.codec import JsonRecord
from sparsebound.reports.tally import Tally

SPAN = 64
"""Most shards of one task, and of one file before it is merged with others."""


@dataclass(frozen=True)
class Shard(JsonRecord):
    """A finished part of a run: one shard, or a span of them.

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


class Ranges:
    """A set of numbers, as ranges that do not touch.

    Examples
    --------
    >>> done = Ranges()
    >>> for numbers in (range(4, 6), range(0, 1), range(1, 2)):
    ...     done.add(numbers)
    >>> len(done), range(0, 2) in done, done.meets(range(2, 5)), list(done.gaps(8))
    (4, True, True, [range(2, 4), range(6, 8)])
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []

    def __len__(self) -> int:
        return sum(self._stops) - sum(self._starts)

    def __contains__(self, numbers: range) -> bool:
        place = bisect_right(self._starts, numbers.start) - 1
        return place >= 0 and numbers.stop <= self._stops[place]

    def meets(self, numbers: range) -> bool:
        """Whether some of the numbers are there."""
        place = bisect_left(self._starts, numbers.stop) - 1
        return place >= 0 and self._stops[place] > numbers.start

    def add(self, numbers: range) -> None:
        """Put numbers in."""
        first = bisect_left(self._stops, numbers.start)
        last = bisect_right(self._starts, numbers.stop)
        if first < last:
            start = min(numbers.start, self._starts[first])
            numbers = range(start, max(numbers.stop, self._stops[last - 1]))
        self._starts[first:last], self._stops[first:last] = [numbers.start], [numbers.stop]

    def gaps(self, stop: int) -> Iterator[range]:
        """List what is missing below a number."""
        edges = zip([0, *self._stops], [*self._starts, stop], strict=True)
        yield from (range(low, min(high, stop)) for low, high in edges if low < min(high, stop))

    def reach(self, below: int) -> int:
        """One more than the largest number that is there below another; 0 without any."""
        place = bisect_left(self._starts, below) - 1
        return min(self._stops[place], below) if place >= 0 else 0


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
    open_ended : bool
        Whether the run may stop before, with every theorem as far as it got.

    Examples
    --------
    >>> shards = Shards({"uniqueness.spark": 300}, {"uniqueness.spark": ["< -> <="]}, 250)
    >>> [part for _, part in shards]
    ['examples 0-249', 'examples 250-299', 'mutant < -> <=']
    >>> len(shards), ("uniqueness.spark", "examples 0-199") in shards
    (3, False)
    >>> shards.numbers("uniqueness.spark", "examples 0-299")
    range(0, 2)
    """

    examples: dict[str, int]
    mutants: dict[str, list[str]]
    block: int
    open_ended: bool = False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for theorem in self.examples:
            for number in range(self.count(theorem)):
                yield theorem, self.part(theorem, range(number, number + 1))

    def __len__(self) -> int:
        return sum(self.count(theorem) for theorem in self.examples)

    def __contains__(self, shard: object) -> bool:
        return isinstance(shard, tuple) and self.numbers(*shard) is not None

    def blocks(self, theorem: str) -> int:
        """Count the blocks of examples of one theorem, 0 if it is not run."""
        return -(-self.examples.get(theorem, 0) // self.block)

    def count(self, theorem: str) -> int:
        """Count the shards of one theorem, 0 if it is not run.

        Parameters
        ----------
        theorem : str
            Its identifier.

        Returns
        -------
        int
        """
        blocks = self.blocks(theorem)
        return blocks and blocks + len(self.mutants[theorem])

    def part(self, theorem: str, numbers: range) -> str:
        """Name the shard, or the span, of these numbers."""
        blocks = self.blocks(theorem)
        if numbers.start >= blocks:
            return f"mutant {self.mutants[theorem][numbers.start - blocks]}"
        last = min(numbers.stop * self.block, self.examples[theorem]) - 1
        return f"examples {numbers.start * self.block}-{last}"

    def numbers(self, theorem: str, part: str) -> range | None:
        """Number the shards of a part; None if it is neither a shard of the run nor a span."""
        kind, _, rest = part.partition(" ")
        blocks = self.blocks(theorem)
        if kind == "mutant" and blocks and rest in self.mutants[theorem]:
            number = blocks + self.mutants[theorem].index(rest)
            return range(number, number + 1)
        ends = [int(end) if re.fullmatch("[0-9]{1,18}", end) else 0 for end in rest.split("-")]
        numbers = range(ends[0] // self.block, -(-(ends[-1] + 1) // self.block))
        size = 1 << max(len(numbers) - 1, 0).bit_length()
        aligned = numbers.start % size == 0 and numbers.stop == min(numbers.start + size, blocks)
        known = numbers.start < blocks and aligned and part == self.part(theorem, numbers)
        return numbers if known else None

    def each(self, theorem: str, part: str) -> list[str]:
        """List the shards of a part of the run.

        Examples
        --------
        >>> Shards({"a.b": 600}, {"a.b": []}, 250).each("a.b", "examples 0-499")
        ['examples 0-249', 'examples 250-499']
        """
        numbers = self.numbers(theorem, part) or range(0)
        return [self.part(theorem, range(number, number + 1)) for number in numbers]

    def spans(
        self, theorem: str, missing: Iterable[range], longest: Callable[[], int] = lambda: SPAN
    ) -> Iterator[str]:
        """Divide what is missing of one theorem into tasks: small ones, then larger ones.

        Parameters
        ----------
        theorem : str
            Its identifier.
        missing : iterable of range
            Numbers of shards.
        longest : callable
            Says before each task how many shards it may have. It has no more than a 64th of all,
            either, so that there are always many tasks.

        Yields
        ------
        str
            Parts, mutants first where there is no end.

        Examples
        --------
        >>> shards = Shards({"a.b": 10**9}, {"a.b": ["m"]}, 250, open_ended=True)
        >>> [part for part, _ in zip(shards.spans("a.b", [range(0, 4000001)]), range(5))]
        ['mutant m', 'examples 0-249', 'examples 250-499', 'examples 500-999', 'examples 1000-1999']
        """
        blocks, gaps = self.blocks(theorem), list(missing)
        most = 1 << min(max(blocks // SPAN, 1), SPAN).bit_length() - 1
        mutants = (number for gap in gaps for number in range(max(gap.start, blocks), gap.stop))
        named = (self.part(theorem, range(number, number + 1)) for number in mutants)
        if self.open_ended:
            yield from named
        for gap in gaps:
            start, stop = gap.start, min(gap.stop, blocks)
            while start < stop:
                size = min(start & -start or 1, most)
                while size > 1 and (size > longest() or min(start + size, blocks) > stop):
                    size //= 2
                end = min(start + size, blocks)
                yield self.part(theorem, range(start, end))
                start = end
        if not self.open_ended:
            yield from named


@dataclass
class Content:
    """What the files of a folder add up to.

    Attributes
    ----------
    tallies : dict
        By theorem.
    done : dict
        Numbers of its finished shards, by theorem.
    files : dict
        Where the spans of its examples that have a file begin and end, by theorem.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    done: dict[str, Ranges] = field(default_factory=dict)
    files: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, shard: Shard, numbers: range) -> None:
        """Take in what one file holds."""
        known = self.tallies.get(shard.theorem)
        self.tallies[shard.theorem] = known + shard.tally if known else shard.tally
        self.done.setdefault(shard.theorem, Ranges()).add(numbers)
        self.files.setdefault(shard.theorem, {})[numbers.start] = numbers.stop
