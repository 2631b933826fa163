"""How often the gate is wrong about time and growth: false alarms, and what is planted found.

    python examples/measure_gate.py FILE --trials 40

Each trial compares two copies of the commit that is checked out, and a copy with one whose kernels
are slowed 1.3 times; every other trial runs while a busy process loads each core. Of the first
``--others`` pairs of equal copies, pytest-benchmark's own comparison is taken as well. FILE keeps
one line per kernel and comparison; what is in it already is not measured again. With ``--of
growth``, each trial measures how time and memory grow, and again with time that grows by one more
power of the size. With ``--of calibration``, kernels are timed against calibration kernels, and a
trial is held against every other as if that were the baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sparsebound.checks.timing.against import HEAD, SourceTree, checkout
from sparsebound.checks.timing.benchmarks import growth, times
from sparsebound.checks.timing.paired import THREADS, calibrated
from sparsebound.reports.gate.timing import CALIBRATED, base_and_head, timed

SLOWDOWN = 1.3
STATISTICS = ("min", "median", "mean")
SLOWED = """

def _slowed(call, factor):
    from time import process_time

    def slow():
        start = process_time()
        found = call()
        end = start + factor * (process_time() - start)
        while process_time() < end:
            pass
        return found

    call()  # its first is no measure of what to wait for
    return slow
"""
SLOW_KERNELS = f"""

KERNELS = {{
    name: (lambda prepare=prepare: _slowed(prepare(), {SLOWDOWN}))
    for name, prepare in KERNELS.items()
}}
"""
STEEP_KERNELS = """

from dataclasses import replace as _replace

def _steeper(grows):
    least = grows.sizes[0]
    return _replace(grows, prepare=lambda size: _slowed(grows.prepare(size), size / least))


GROWTH = {name: _steeper(grows) for name, grows in GROWTH.items()}
"""

BUSY = """
import os, sys
while os.getppid() == int(sys.argv[1]):  # no longer than who started it
    pass
"""


@contextmanager
def busy(loaded: bool) -> Iterator[None]:
    """Keep every core busy with a process of its own that cannot leave it."""
    started = []
    for core in os.sched_getaffinity(0) if loaded else ():
        process = subprocess.Popen([sys.executable, "-c", BUSY, str(os.getpid())])
        os.sched_setaffinity(process.pid, {core})
        started.append(process)
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def known(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def by_pytest_benchmark(tree: SourceTree) -> dict[str, dict[str, float]]:
    """Statistics that pytest-benchmark compares, of each kernel of a tree."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        words = [
            "-m",
            "pytest",
            "-q",
            "tests/benchmarks/test_kernels.py",
            "-k",
            "test_kernel and not growth",
        ]
        words.append("--benchmark-enable")
        subprocess.run(
            [sys.executable, *words, f"--benchmark-json={found}"],
            cwd=tree.root,
            env={**os.environ, "PYTHONPATH": str(tree.root), **dict.fromkeys(THREADS, "1")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        benchmarks = json.loads(found.read_text())["benchmarks"]
    return {
        entry["param"]: {name: entry["stats"][name] for name in STATISTICS} for entry in benchmarks
    }


def loads(words: argparse.Namespace) -> Iterator[tuple[int, bool]]:
    """Number the trials that are wanted, and say which are loaded, until time is over."""
    end = time.monotonic() + 60 * words.minutes
    for trial in range(words.trials):
        loaded = trial % 2 == 1
        if words.load is not None and loaded != (words.load == "yes"):
            continue
        if time.monotonic() > end:
            return
        yield trial, loaded


def wanted(words: argparse.Namespace, planted: bool) -> bool:
    return words.planted is None or planted == (words.planted == "yes")


def copies(stack: ExitStack, count: int, planted: str) -> list[SourceTree]:
    """Unpack the commit so many times; something is planted in the last."""
    trees = [stack.enter_context(checkout("HEAD")) for _ in range(count)]
    with (trees[-1].root / "checks" / "kernels.py").open("a") as kernels:
        kernels.write(SLOWED + planted)
    return trees


def keep(file: Path, lines: list[dict]) -> None:
    """Keep all lines of a comparison at once."""
    with file.open("a") as out:
        out.write("".join(json.dumps(line) + "\n" for line in lines))


def measure(words: argparse.Namespace) -> None:
    done = {(entry["trial"], entry["planted"]) for entry in known(words.file)}
    with ExitStack() as stack:
        base, head, slow = copies(stack, 3, SLOW_KERNELS)
        for trial, loaded in loads(words):
            for planted, tree in ((1.0, head), (SLOWDOWN, slow)):
                if (trial, planted) in done or not wanted(words, planted != 1.0):
                    continue
                start = time.monotonic()
                with busy(loaded):
                    found = times(base, tree, seed=1000 * trial)
                    seconds = time.monotonic() - start
                    others: dict[str, dict[str, float]] = {}
                    if planted == 1.0 and trial < words.others:
                        before, after = by_pytest_benchmark(base), by_pytest_benchmark(tree)
                        others = {
                            name: {s: after[name][s] / before[name][s] for s in STATISTICS}
                            for name in before
                        }
                lines = [
                    {"trial": trial, "planted": planted, "loaded": loaded, "kernel": one.name,
                     "verdict": one.verdict, "seconds": round(seconds, 1), "ratio": one.value,
                     "interval": [one.lower, one.upper], "note": one.note,
                     "pytest-benchmark": others.get(one.name)}
                    for one in found
                ]  # fmt: skip
                keep(words.file, lines)


def grow(words: argparse.Namespace) -> None:
    done = {(entry["trial"], entry["planted"]) for entry in known(words.file)}
    with ExitStack() as stack:
        head, steep = copies(stack, 2, STEEP_KERNELS)
        for trial, loaded in loads(words):
            for planted, tree in (("growth", head), ("steeper", steep)):
                if (trial, planted) in done or not wanted(words, planted == "steeper"):
                    continue
                start = time.monotonic()
                with busy(loaded):
                    found = growth(tree)
                seconds = time.monotonic() - start
                lines = [
                    {"trial": trial, "planted": planted, "loaded": loaded, "kernel": one.name,
                     "quantity": one.quantity, "verdict": one.verdict, "seconds": round(seconds, 1),
                     "exponent": one.value, "interval": [one.lower, one.upper],
                     "expected": one.expected, "limit": one.limit, "note": one.note}
                    for one in found
                ]  # fmt: skip
                keep(words.file, lines)


def calibrate(words: argparse.Namespace) -> None:
    done = {entry["trial"] for entry in known(words.file)}
    for trial, loaded in loads(words):
        if trial in done:
            continue
        with busy(loaded):
            found = calibrated(HEAD, trial)
        lines = [
            {"trial": trial, "planted": "calibration", "loaded": loaded, "kernel": name,
             "times": times.tolist()}
            for name, times in found.items()
        ]  # fmt: skip
        keep(words.file, lines)


def show_calibration(file: Path) -> None:
    """Hold each trial against every other: of the first, the times; of the second, the ratio.

    A slowdown is computed, from a ratio that is smaller: nothing is run again.
    """
    entries = known(file)
    for planted in (1.0, SLOWDOWN, 2.0):
        for loaded in (False, True):
            counts, largest = Counter[str](), 0.0
            for now, was in permutations(entries, 2):
                if now["kernel"] != was["kernel"] or now["loaded"] != loaded:
                    continue
                before, after = np.array(was["times"]), np.array(now["times"])
                ratio = float(np.median(before[..., 1] / before[..., 0])) / planted
                rule = {"rule": CALIBRATED, "expected": ratio}
                found = timed(now["kernel"], after, base_and_head, **rule)
                counts[found.verdict] += 1
                largest = max(largest, found.value)
            if counts:
                print(f"{planted} times, {when(loaded)}: {summed(counts)}; {largest:.2f} at most")


def show_growth(file: Path) -> None:
    entries = known(file)
    keys = {(e["planted"], e["loaded"], e["quantity"]): None for e in entries}
    for planted, loaded, quantity in keys:
        of = [
            e
            for e in entries
            if (e["planted"], e["loaded"], e["quantity"]) == (planted, loaded, quantity)
        ]
        counts = Counter(entry["verdict"] for entry in of)
        above = [entry["exponent"] - entry["expected"] for entry in of]
        longest = max(entry["seconds"] for entry in of)
        print(
            f"{planted}, {quantity}, {when(loaded)}: {summed(counts)}; {min(above):+.2f} to "
            f"{max(above):+.2f} of what is expected; {longest:.0f} s at most"
        )


def show(file: Path) -> None:
    entries = known(file)
    for planted in (1.0, SLOWDOWN):
        for loaded in (False, True):
            of = [e for e in entries if (e["planted"], e["loaded"]) == (planted, loaded)]
            if not of:
                continue
            counts = Counter(entry["verdict"] for entry in of)
            longest = max(entry["seconds"] for entry in of)
            print(f"{planted} times, {when(loaded)}: {summed(counts)}; {longest:.0f} s at most")
            compared = [e["pytest-benchmark"] for e in of if e["pytest-benchmark"]]
            for statistic in STATISTICS if compared else ():
                failed = [
                    f"{limit} percent: {sum(e[statistic] > 1 + limit / 100 for e in compared)}"
                    for limit in (5, 10, 20)
                ]
                print(f"  pytest-benchmark, {statistic}, of {len(compared)}: {', '.join(failed)}")


def when(loaded: bool) -> str:
    return "loaded" if loaded else "not loaded"


def summed(counts: Counter[str]) -> str:
    found = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    return f"{counts.total()} comparisons: {found}"


OF = {"times": (measure, show), "calibration": (calibrate, show_calibration),
      "growth": (grow, show_growth)}  # fmt: skip
"""What there is to measure: how, and how it is shown."""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--trials", type=int, default=40)
    help_ = "begin no trial later than this (default: no limit)"
    parser.add_argument("--minutes", type=float, default=float("inf"), help=help_)
    help_ = "only with something planted, or only without (default: both)"
    parser.add_argument("--planted", choices=["yes", "no"], help=help_)
    help_ = "only with load, or only without (default: both)"
    parser.add_argument("--load", choices=["yes", "no"], help=help_)
    help_ = "how many trials pytest-benchmark compares as well (default: 40)"
    parser.add_argument("--others", type=int, default=40, help=help_)
    help_ = "what is measured (default: times); a file is of one"
    parser.add_argument("--of", choices=OF, default="times", help=help_)
    words = parser.parse_args()
    take, shown = OF[words.of]
    take(words)
    shown(words.file)
