"""Measure the kernels of one source tree: a script, so that any tree can be measured.

``python -P worker.py TREE answers`` prints, for each request that it reads, what it found. Both are
lines of JSON. A request is ``["known"]``: what the tree's kernels are; ``["seconds", name]`` or
``["seconds", name, size]``: the processor time of one call; or ``["bytes", name, size]``: the peak
of memory that one call allocates. Anything that goes wrong is an ``error``, and the end.

``python -P worker.py TREE counted [NAME]`` is for callgrind: it forks twice for each kernel, or for
that one, and the children make ``POINTS`` calls and end. The difference of the two counts is that
of calls alone. A line of JSON says which process made how many calls of what.
"""

from __future__ import annotations

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

POINTS = (1, 3)
"""Calls of the two processes whose instructions are counted."""


def kernels_of(tree: Path) -> Any:
    """Import the kernels of a source tree; it goes before everything that is installed.

    Parameters
    ----------
    tree : Path
        Its root.

    Returns
    -------
    module

    Raises
    ------
    FileNotFoundError
        If it has none.
    """
    if not (tree / "checks" / "kernels.py").is_file():
        raise FileNotFoundError("no checks/kernels.py there")
    sys.path.insert(0, str(tree / "src"))  # before what is installed
    from sparsebound.checks import kernels

    return kernels


def seconds(call: Callable[[], object]) -> float:
    """Take the processor time of one call, of all threads."""
    start = time.process_time()
    call()
    return time.process_time() - start


def peak(call: Callable[[], object]) -> int:
    """Take the most bytes that one call holds at a time, of those that Python is told of."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def answers(tree: Path) -> None:
    """Answer each line of the standard input by one line of JSON.

    Parameters
    ----------
    tree : Path
        The root of the source tree.
    """
    out, sys.stdout = sys.stdout, sys.stderr  # what a kernel prints is no answer
    ready: dict[tuple[Any, ...], Callable[[], object]] = {}

    def reply(**answer: Any) -> None:
        print(json.dumps(answer), file=out, flush=True)

    try:
        kernels = kernels_of(tree)
        growth = getattr(kernels, "GROWTH", {})
        alone = {**kernels.KERNELS, **getattr(kernels, "CALIBRATION", {})}
        known = {
            "kernels": sorted(kernels.KERNELS),
            "kinds": getattr(kernels, "KIND", {}),
            "growth": {
                name: {"sizes": grows.sizes, "time": grows.time, "memory": grows.memory}
                for name, grows in growth.items()
            },
        }
        for line in sys.stdin:
            request = json.loads(line)
            if request == ["known"]:
                reply(found=known)
                continue
            what, name, *size = request
            if (name, *size) not in ready:
                prepare = growth[name].prepare if size else alone[name]
                ready[name, *size] = prepare(*size)
                ready[name, *size]()  # warm up
            measure = {"seconds": seconds, "bytes": peak}[what]
            reply(found=measure(ready[name, *size]))
    except Exception as error:
        reply(error=f"{type(error).__name__}: {error}")


def counted(tree: Path, *only: str) -> None:
    """Call kernels in forked processes, as often as ``POINTS`` says.

    Parameters
    ----------
    tree : Path
        The root of the source tree.
    *only : str
        Which kernels, instead of all.
    """
    for name, prepare in sorted(kernels_of(tree).KERNELS.items()):
        if only and name not in only:
            continue
        call = prepare()
        call()
        call()
        for calls in POINTS:
            if not (child := os.fork()):
                for _ in range(calls):
                    call()
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if status:
                sys.exit(f"{name}: a call ended with status {os.waitstatus_to_exitcode(status)}")
            print(json.dumps({"kernel": name, "calls": calls, "process": child}), flush=True)


if __name__ == "__main__":
    {"answers": answers, "counted": counted}[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
