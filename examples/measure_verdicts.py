"""Verdicts per core-second of each theorem, of this tree and of another commit.

    python examples/measure_verdicts.py --base COMMIT --examples 250 rate.ista uniqueness

Each theorem is tried on so many examples in a process of its own, first with the source of the
commit, then with this one; `--repeats` times, and the best counts. Without `--base`, this tree
alone is measured. Seconds are those of the processor, without what warms a process up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from statistics import median

from sparsebound.checks.timing.against import SourceTree, checkout
from sparsebound.checks.timing.paired import THREADS
from sparsebound.theory.catalogue import select

MEASURED = """
import json, sys, time
try:
    from sparsebound.checks.memory import keep_memory
    keep_memory()
except ImportError:  # before there was such a thing
    pass
from sparsebound.checks.runner import RunSettings
from sparsebound.checks.shards import run_shard
from sparsebound.theory.catalogue import catalogue

theorem, examples = catalogue()[sys.argv[1]], int(sys.argv[2])
run_shard(theorem, "examples 0-19", RunSettings(seed=1))
start = time.process_time()
tally = run_shard(theorem, f"examples 0-{examples - 1}", RunSettings()).tally
seconds = time.process_time() - start
verdicts = tally.holds + tally.violated + tally.vacuous + tally.undecided
print(json.dumps([verdicts, tally.instances, seconds]))
"""


def measured(tree: SourceTree | None, theorem: str, examples: int) -> tuple[int, int, float]:
    """Count verdicts and instances, and the seconds of a core that they took."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    if tree is not None:
        environment["PYTHONPATH"] = str(tree.root / "src")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, theorem, str(examples)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    verdicts, instances, seconds = json.loads(done.stdout.splitlines()[-1])
    return verdicts, instances, seconds


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="theorems or topics; all without any")
    parser.add_argument("--base", help="a commit to compare with")
    parser.add_argument("--examples", type=int, default=250)
    parser.add_argument("--repeats", type=int, default=1)
    args = parser.parse_args()
    ratios = []
    with ExitStack() as stack:
        base = stack.enter_context(checkout(args.base)) if args.base else None
        for theorem in select(args.names):
            line, rates = f"{theorem.id:34s}", []
            for tree in (base, None) if base else (None,):
                runs = [measured(tree, theorem.id, args.examples) for _ in range(args.repeats)]
                verdicts, instances, seconds = min(runs, key=lambda run: run[2])
                rates.append(verdicts / seconds)
                line += f"{verdicts / seconds:9.0f}/s {instances / seconds:7.1f} instances/s"
            if base:
                ratios.append(rates[1] / rates[0])
                line += f"{ratios[-1]:8.2f} times"
            print(line, flush=True)
    if ratios:
        print(f"{median(ratios):.2f} times as many in the median, {min(ratios):.2f} at least")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
