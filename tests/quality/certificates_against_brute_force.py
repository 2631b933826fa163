"""Random small certificates against exact brute force: is any statement of any of them false?

    OPENBLAS_NUM_THREADS=1 python -m tests.quality.certificates_against_brute_force --jobs 2

Every statement of a certificate is held against what is true: over all supports, in rationals and
their square roots. The seed and the number of a case determine it, so that ``--first N --count 1``
repeats one. With ``--kept FILE`` what was found is kept there after each part, and the same command
goes on after an interruption; ``--minutes`` ends a run early. The exit status is 1 if a statement
was false, if ``certify`` crashed, or if it refused a dictionary.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any

from tests.quality.brute_force.cases import case
from tests.quality.brute_force.checking import check

PART = 100
"""Cases that a process takes at once."""

KEPT = 3
"""False statements of a kind that are shown with a reproduction."""


@dataclass
class Found:
    """What was checked.

    Attributes
    ----------
    cases, false : int
        How many there were, and how many of them state something false.
    stated, wrong, undecided : Counter
        Statements by kind.
    shown : dict
        For each kind the first that are false: number of the case, text, reproduction.
    """

    cases: int = 0
    false: int = 0
    stated: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        """Add what another process checked."""
        self.cases += other.cases
        self.false += other.false
        for mine, more in (
            (self.stated, other.stated),
            (self.wrong, other.wrong),
            (self.undecided, other.undecided),
        ):
            mine.update(more)
        for kind, entries in other.shown.items():
            self.shown[kind] = [*self.shown.get(kind, []), *entries][:KEPT]

    def to_json(self) -> dict[str, Any]:
        """Give what a file keeps."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Found:
        """Read what a file kept."""
        counts = {name: Counter(stored[name]) for name in ("stated", "wrong", "undecided")}
        shown = {kind: [tuple(one) for one in some] for kind, some in stored["shown"].items()}
        return cls(stored["cases"], stored["false"], **counts, shown=shown)

    def state(self, kind: str, holds: bool | None, number: int, text: str, again: str) -> None:
        """Count a statement of a case, and keep how to repeat it if it is false."""
        self.stated[kind] += 1
        self.undecided[kind] += holds is None
        if holds is False:
            self.wrong[kind] += 1
            entries = self.shown.setdefault(kind, [])
            if len(entries) < KEPT:
                entries.append((number, text, again))


Part = Callable[[int, int, int], Found]
"""From a seed, the number of the first case and how many there are to what was checked of them."""


def check_part(seed: int, first: int, count: int) -> Found:
    """Check some cases."""
    found = Found()
    for number in range(first, first + count):
        drawn = case(seed, number)
        statements = check(drawn)
        found.cases += 1
        found.false += any(one.holds is False for one in statements)
        for one in statements:
            found.state(one.kind, one.holds, number, one.text, drawn.reproduction)
    return found


def check_all(part: Part, seed: int, first: int, count: int, jobs: int) -> Iterator[Found]:
    """Check cases in several processes; what was found so far, after each part."""
    parts = [
        (seed, start, min(PART, first + count - start))
        for start in range(first, first + count, PART)
    ]
    found = Found()
    with ProcessPoolExecutor(jobs) as pool:
        waiting = iter(parts)
        running = [pool.submit(part, *cases) for cases in islice(waiting, 2 * jobs)]
        while running:  # in order, so that progress says where to go on
            found.add(running.pop(0).result())
            running += [pool.submit(part, *cases) for cases in islice(waiting, 1)]
            yield found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    return run(arguments, check_part, __doc__, count=100_000)


def run(arguments: Sequence[str] | None, part: Part, about: str, *, count: int) -> int:
    """Check as many cases as arguments say, or else ``count``, and say what was found."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--count", type=int, default=count, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--minutes", type=float, default=inf, help="begin no part after so long")
    parser.add_argument("--kept", type=Path, help="a file to go on from, and to keep results in")
    given = parser.parse_args(arguments)
    start = shown = time.monotonic()
    before = _kept(given.kept, given.seed, given.first)
    found = _added(before)
    left = given.count - before.cases, given.jobs
    for more in check_all(part, given.seed, given.first + before.cases, *left):
        found = _added(before, more)
        if given.kept is not None:
            _keep(given.kept, given.seed, given.first, found)
        now = time.monotonic()
        late = now - start > 60 * given.minutes
        if now - shown > 20 or found.cases == given.count or late:
            shown = now
            print(
                f"{now - start:6.0f} s: cases {given.first} to {given.first + found.cases} "
                f"done, {found.false} of them with a false statement",
                flush=True,
            )
        if late:
            break
    _report(found)
    return 1 if found.false else 0


def _added(*parts: Found) -> Found:
    found = Found()
    for part in parts:
        found.add(part)
    return found


def _kept(file: Path | None, seed: int, first: int) -> Found:
    """Read what was found already; nothing, if that is of other cases."""
    if file is None or not file.exists():
        return Found()
    stored = json.loads(file.read_text())
    return Found.from_json(stored["found"]) if stored["of"] == [seed, first] else Found()


def _keep(file: Path, seed: int, first: int, found: Found) -> None:
    text = json.dumps({"of": [seed, first], "found": found.to_json()})
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(text)
    beside.replace(file)


def _report(found: Found) -> None:
    width = max(map(len, found.stated), default=0)
    print(f"\n{'statements':{width}}  {'checked':>9}  {'false':>7}  {'open':>7}")
    for kind in sorted(found.stated):
        counts = found.stated[kind], found.wrong[kind], found.undecided[kind]
        print(f"{kind:{width}}  {counts[0]:9}  {counts[1] or '-':>7}  {counts[2] or '-':>7}")
    for kind, entries in sorted(found.shown.items()):
        print(f"\nFalse: {kind}")
        for number, text, reproduction in entries:
            print(f"  case {number}: {text}\n    {reproduction}")
    print(
        f"\n{found.cases} cases, {found.stated.total()} statements: "
        f"{found.wrong.total()} false, in {found.false} cases; "
        f"{found.undecided.total()} not decided"
    )


if __name__ == "__main__":
    sys.exit(main())
