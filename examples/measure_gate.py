"""How often the gate is wrong about time: false alarms on equal trees, slowdowns of 1.3 found.

    python examples/measure_gate.py FILE --trials 40

Each trial compares two copies of the commit that is checked out, and a copy with one whose kernels
are slowed 1.3 times; every other trial runs while a busy process loads each core. FILE keeps one
line per kernel and comparison; what is in it already is not measured again.
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
from pathlib import Path

from checks.timing.against import checkout, compare

SLOWDOWN = 1.3
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


def measure(file: Path, trials: int, minutes: float, only: float | None) -> None:
    end = time.monotonic() + 60 * minutes
    done = {(entry["trial"], entry["planted"]) for entry in known(file)}
    with ExitStack() as stack:
        base, head, slow = (stack.enter_context(checkout("HEAD")) for _ in range(3))
        with (slow / "checks" / "kernels.py").open("a") as kernels:
            kernels.write(SLOWED)
        for trial in range(trials):
            for planted, tree in ((1.0, head), (SLOWDOWN, slow)):
                if time.monotonic() > end:
                    return
                if (trial, planted) in done or only not in (None, planted):
                    continue
                loaded = trial % 2 == 1
                start = time.monotonic()
                with busy((os.cpu_count() or 1) if loaded else 0):
                    timings, findings = compare(base, tree, seed=1000 * trial)
                assert not findings, findings
                seconds = time.monotonic() - start
                lines = [
                    {"trial": trial, "planted": planted, "loaded": loaded, "kernel": timing.name,
                     "verdict": timing.verdict, "seconds": round(seconds, 1),
                     "runs": [[run.median, run.lower, run.upper] for run in timing.runs]}
                    for timing in timings
                ]  # fmt: skip
                with file.open("a") as out:  # all kernels of a comparison at once
                    out.write("".join(json.dumps(line) + "\n" for line in lines))


def show(file: Path) -> None:
    entries = known(file)
    for planted in (1.0, SLOWDOWN):
        for loaded in (False, True):
            of = [e for e in entries if (e["planted"], e["loaded"]) == (planted, loaded)]
            if not of:
                continue
            counts = Counter(entry["verdict"] for entry in of)
            found = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            longest = max(entry["seconds"] for entry in of)
            when = "loaded" if loaded else "not loaded"
            print(
                f"{planted} times, {when}: {len(of)} comparisons: {found}; {longest:.0f} s at most"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--trials", type=int, default=40)
    help_ = "begin no comparison later than this (default: no limit)"
    parser.add_argument("--minutes", type=float, default=float("inf"), help=help_)
    help_ = "only equal trees, or only slowed ones (default: both)"
    parser.add_argument("--planted", type=float, choices=[1.0, SLOWDOWN], help=help_)
    words = parser.parse_args()
    measure(words.file, words.trials, words.minutes, words.planted)
    show(words.file)
