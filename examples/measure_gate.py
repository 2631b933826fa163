"""How often the gate is wrong about time: false alarms on equal trees, slowdowns of 1.3 found.

    python examples/measure_gate.py FILE --trials 40

Each trial compares two copies of the commit that is checked out, and a copy with one whose kernels
are slowed 1.3 times; every other trial runs while a busy process loads each core. Of the first
``--others`` pairs of equal copies, pytest-benchmark's own comparison is taken as well. FILE keeps
one line per kernel and comparison; what is in it already is not measured again. With
``--calibration``, kernels are timed against calibration kernels instead, and each trial is held
against every other as if that were the baseline.
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

from checks.timing.against import HEAD, checkout
from checks.timing.benchmarks import times
from checks.timing.paired import THREADS, calibrated
from reports.gate.timing import CALIBRATED, base_and_head, timed

SLOWDOWN = 1.3
STATISTICS = ("min", "median", "mean")
SLOWED = f"""

def _slowed(prepare):
    from time import process_time

    call = prepare()

    def slow():
        start = process_time()
        found = call()
        end = start + {SLOWDOWN} * (process_time() - start)
        while process_time() < end:
            pass
        return found

    call()
    return slow


KERNELS = {{name: (lambda prepare=prepare: _slowed(prepare)) for name, prepare in KERNELS.items()}}
"""

BUSY = """
import os, sys
while os.getppid() == int(sys.argv[1]):  # no longer than who started it
    pass
"""


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep cores busy."""
    started = [
        subprocess.Popen([sys.executable, "-c", BUSY, str(os.getpid())]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def known(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def by_pytest_benchmark(tree: Path) -> dict[str, dict[str, float]]:
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
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree), **dict.fromkeys(THREADS, "1")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        benchmarks = json.loads(found.read_text())["benchmarks"]
    return {
        entry["param"]: {name: entry["stats"][name] for name in STATISTICS} for entry in benchmarks
    }


def measure(words: argparse.Namespace) -> None:
    end = time.monotonic() + 60 * words.minutes
    done = {(entry["trial"], entry["planted"]) for entry in known(words.file)}
    with ExitStack() as stack:
        base, head, slow = (stack.enter_context(checkout("HEAD")) for _ in range(3))
        with (slow / "checks" / "kernels.py").open("a") as kernels:
            kernels.write(SLOWED)
        for trial in range(words.trials):
            loaded = trial % 2 == 1
            if words.load is not None and loaded != (words.load == "yes"):
                continue
            for planted, tree in ((1.0, head), (SLOWDOWN, slow)):
                if time.monotonic() > end:
                    return
                if (trial, planted) in done or words.planted not in (None, planted):
                    continue
                start = time.monotonic()
                with busy((os.cpu_count() or 1) if loaded else 0):
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
                with words.file.open("a") as out:  # all kernels of a comparison at once
                    out.write("".join(json.dumps(line) + "\n" for line in lines))


def calibrate(words: argparse.Namespace) -> None:
    end = time.monotonic() + 60 * words.minutes
    done = {entry["trial"] for entry in known(words.file)}
    for trial in range(words.trials):
        loaded = trial % 2 == 1
        if trial in done or (words.load is not None and loaded != (words.load == "yes")):
            continue
        if time.monotonic() > end:
            return
        with busy((os.cpu_count() or 1) if loaded else 0):
            found = calibrated(HEAD, trial)
        lines = [
            {"trial": trial, "planted": "calibration", "loaded": loaded, "kernel": name,
             "times": times.tolist()}
            for name, times in found.items()
        ]  # fmt: skip
        with words.file.open("a") as out:
            out.write("".join(json.dumps(line) + "\n" for line in lines))


def show_calibration(entries: list[dict]) -> None:
    for planted in (1.0, SLOWDOWN, 2.0):
        counts, largest = Counter[str](), 0.0
        for one, other in permutations(entries, 2):
            if one["kernel"] != other["kernel"]:
                continue
            was, now = (np.array(entry["times"]) for entry in (one, other))
            expected = float(np.median(was[..., 1] / was[..., 0])) / planted
            found = timed(one["kernel"], now, base_and_head, rule=CALIBRATED, expected=expected)
            counts[found.verdict] += 1
            largest = max(largest, found.value)
        print(f"calibration, {planted} times: {dict(counts)}; {largest:.2f} at most")


def show(file: Path) -> None:
    entries = [entry for entry in known(file) if entry["planted"] != "calibration"]
    if calibration := [entry for entry in known(file) if entry["planted"] == "calibration"]:
        show_calibration(calibration)
    for planted in (1.0, SLOWDOWN):
        for loaded in (False, True):
            of = [e for e in entries if (e["planted"], e["loaded"]) == (planted, loaded)]
            if not of:
                continue
            counts = Counter(entry["verdict"] for entry in of)
            found = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            longest = max(entry["seconds"] for entry in of)
            when = "loaded" if loaded else "not loaded"
            print(f"{planted} times, {when}: {len(of)} kernels: {found}; {longest:.0f} s at most")
            compared = [e["pytest-benchmark"] for e in of if e["pytest-benchmark"]]
            for statistic in STATISTICS if compared else ():
                failed = [
                    f"{limit} percent: {sum(e[statistic] > 1 + limit / 100 for e in compared)}"
                    for limit in (5, 10, 20)
                ]
                print(f"  pytest-benchmark, {statistic}, of {len(compared)}: {', '.join(failed)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--trials", type=int, default=40)
    help_ = "begin no comparison later than this (default: no limit)"
    parser.add_argument("--minutes", type=float, default=float("inf"), help=help_)
    help_ = "only equal trees, or only slowed ones (default: both)"
    parser.add_argument("--planted", type=float, choices=[1.0, SLOWDOWN], help=help_)
    help_ = "only with load, or only without (default: both)"
    parser.add_argument("--load", choices=["yes", "no"], help=help_)
    help_ = "how many trials pytest-benchmark compares as well (default: 40)"
    parser.add_argument("--others", type=int, default=40, help=help_)
    help_ = "time against calibration kernels instead"
    parser.add_argument("--calibration", action="store_true", help=help_)
    words = parser.parse_args()
    (calibrate if words.calibration else measure)(words)
    show(words.file)
