"""Mutate a sample of the source, print what no test notices, and end with 1 if that is too much."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from tests.quality.mutation.mutations import Mutation, mutations
from tests.quality.mutation.trials import ROOT, Laboratory, Trial

FOLDERS = (
    *("theory", "checks/certify", "checks/oracles", "checks/subjects"),
    *("reports/tally.py", "reports/gate"),
)
SURVIVORS = Path(__file__).with_name("survivors.toml")
NAMED = Path(__file__).with_name("named.toml")
LEAST = 0.9
"""The least share of mutations, without those that change nothing, that tests have to notice."""


def sample(count: int, seed: int, only: str = "") -> list[Mutation]:
    """Draw mutations, each file with a chance that grows with what there is to mutate in it."""
    paths = (path for name in FOLDERS for path in _sources(ROOT / name))
    files = [str(path.relative_to(ROOT)) for path in paths]
    found = [m for file in sorted(files) for m in mutations(ROOT, file)]
    found = [m for m in found if m.file.startswith(only)]
    return random.Random(seed).sample(found, min(count, len(found)))


def _sources(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else path.rglob("*.py")


def named() -> list[Mutation]:
    """Mutations with a name of their own, which once passed all tests."""
    made = []
    for entry in tomllib.loads(NAMED.read_text())["mutation"]:
        source = (ROOT / entry["file"]).read_text()
        if source.count(entry["old"]) != 1:
            raise SystemExit(f"{entry['name']}: not exactly once in {entry['file']}")
        at = source.index(entry["old"])
        start = len(source[:at].encode())
        end = start + len(entry["old"].encode())
        line = source[:at].count("\n") + 1
        made.append(Mutation(entry["file"], start, end, entry["old"], entry["new"], line))
    return made


def trials(chosen: list[Mutation], jobs: int, timeout: float) -> Iterator[Trial]:
    """Try mutations side by side, each worker in a copy of its own."""
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(jobs) as pool:
        free: SimpleQueue[Laboratory] = SimpleQueue()
        for number in range(jobs):
            free.put(Laboratory(Path(scratch) / str(number), timeout))

        def one(mutation: Mutation) -> Trial:
            laboratory = free.get()
            try:
                return laboratory.tries(mutation)
            finally:
                free.put(laboratory)

        for done in as_completed([pool.submit(one, mutation) for mutation in chosen]):
            yield done.result()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.mutation", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="only files that begin like this")
    parser.add_argument("--named", action="store_true", help="those of named.toml, no sample")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds of a run of tests")
    parser.add_argument("--out", type=Path, help="JSON lines; what is there is not redone")
    parser.add_argument("--list", action="store_true", help="print the mutations, and try none")
    args = parser.parse_args()
    chosen = named() if args.named else sample(args.count, args.seed, args.only)
    if args.list:
        print("\n".join(mutation.name for mutation in chosen))
        return 0
    known: dict[str, Trial] = {}
    if args.out and args.out.exists():
        found = [Trial(**json.loads(line)) for line in args.out.read_text().splitlines()]
        known = {trial.mutation: trial for trial in found}
    done = [known[m.name] for m in chosen if m.name in known]
    for trial in trials([m for m in chosen if m.name not in known], args.jobs, args.timeout):
        done.append(trial)
        said = trial.noticed or "NOT NOTICED"
        print(
            f"[{len(done)}/{len(chosen)}] {trial.mutation}: {said}, {trial.seconds} s", flush=True
        )
        if args.out:
            with args.out.open("a") as file:
                file.write(json.dumps(asdict(trial)) + "\n")
    return judged(done)


def judged(done: list[Trial]) -> int:
    """Print the score; survivors with a reason in survivors.toml are listed, and not counted."""
    reasons = {
        (entry["file"], entry["old"], entry["new"]): entry["reason"]
        for entry in tomllib.loads(SURVIVORS.read_text()).get("mutation", [])
    }

    def reason(trial: Trial) -> str | None:
        place, _, change = trial.mutation.partition(": ")
        old, _, new = change.partition(" -> ")
        return reasons.get((place.rpartition(":")[0], old, new))

    passed = [trial for trial in done if not trial.noticed]
    explained = [trial for trial in passed if reason(trial)]
    counted = len(done) - len(explained)
    score = (len(done) - len(passed)) / counted if counted else 0.0
    for trial in passed:
        print(f"not noticed: {trial.mutation} ({reason(trial) or 'no reason is known'})")
    print(f"{len(done)} mutations, {len(done) - len(passed)} noticed, {len(explained)} explained")
    print(f"score {score:.1%}; at least {LEAST:.0%} is asked for")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
