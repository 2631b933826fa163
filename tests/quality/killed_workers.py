"""Runs on a cluster whose workers are killed at random moments: is every summary the local one?

    OPENBLAS_NUM_THREADS=1 python -m tests.quality.killed_workers --times 20

All theorems are checked once on this machine alone, then again and again on a cluster of separate
processes, of which some are ended by SIGKILL while they work. The seed of the lots and the number
of a run determine when. The exit status is 1 if a summary differs from the local one by more than
times, or if a run does not end well.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clusters import Machines, kill_at_random, summary, until


def check(out: Path, *words: str) -> tuple[int, str]:
    """Run ``sparsebound check`` in a process of its own; its exit status, and what it said."""
    command = [sys.executable, "-m", "sparsebound", "check", *words, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, compare, and say what was found."""
    parser = argparse.ArgumentParser(prog="killed_workers", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="THEOREM", help="all by default")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="runs on the cluster")
    parser.add_argument("--kills", type=int, default=3, metavar="N", help="in each of them")
    parser.add_argument("--workers", type=int, default=3, metavar="N")
    parser.add_argument("--profile", default="dev")
    parser.add_argument("--examples", metavar="N", help="instead of those of the profile")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the lots")
    args = parser.parse_args(arguments)
    words = [*args.names, "--profile", args.profile]
    words += ["--examples", args.examples] if args.examples else []
    with TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        status, said = check(folder / "local", *words)
        took = time.monotonic() - begun
        if status != 0:
            print(f"the local run ended with exit status {status}:\n{said}")
            return 1
        wanted = summary(str(folder / "local"))
        print(f"local: {len(wanted['theorems'])} theorems in {took:.0f} s", flush=True)
        machines = Machines(folder)
        try:
            machines.scheduler()
            machines.worker("--nworkers", str(args.workers), "--nthreads", "1")
            until(lambda: machines.registered() >= args.workers)
            equal = sum(
                one(machines, number, wanted, took, words, args) for number in range(args.times)
            )
        finally:
            machines.end()
    print(f"{equal} of {args.times} summaries are the local one")
    return 0 if equal == args.times else 1


def one(
    machines: Machines,
    number: int,
    wanted: object,
    took: float,
    words: list[str],
    args: argparse.Namespace,
) -> bool:
    """One run on the cluster: whether it ended well and found what the local one found."""
    over, lots = threading.Event(), random.Random(f"{args.seed}|{number}")
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_at_random, machines, args.kills, over, within=took / 2, lots=lots)
        try:
            out = machines.folder / f"run-{number}"
            status, said = check(out, *words, "--cluster", machines.file)
        finally:
            over.set()
    equal = status == 0 and summary(str(out)) == wanted
    verdict = "equal" if equal else f"DIFFERENT (exit status {status}) {said}"
    seconds = time.monotonic() - begun
    print(f"{number}: {killed.result()} killed, {seconds:.0f} s: {verdict}", flush=True)
    return equal


if __name__ == "__main__":
    sys.exit(main())
