"""Measure the kernels of one source tree: a script, so that any tree can be measured.

``python -P worker.py TREE MODULE answers`` prints, for each request that it reads, what it found.
Both are lines of JSON. A request is ``["known"]``: what the tree's kernels are;
``["seconds", name]`` or ``["seconds", name, size]``: the processor time of one call; or
``["bytes", name, size]``: the peak of memory that one call allocates. Anything that goes wrong is
an ``error``, and the end.

``python -P worker.py TREE MODULE counted [NAME]`` is for callgrind: it forks twice for each kernel,
or for that one, and the children make ``POINTS`` calls and end. The difference of the two counts is
that of calls alone. A line of JSON says which process made how many calls of what.
"""

from __future__ import annotations

import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Kernel = Callable[[], object]
POINTS = (1, 3)
"""Calls of the two processes whose instructions are counted."""


def _product() -> Kernel:
    import numpy as np

    matrices = np.random.default_rng(0).standard_normal((3, 256, 256))
    return lambda: matrices @ matrices


def _pass() -> Kernel:
    import numpy as np

    values = np.random.default_rng(0).standard_normal(2**20)
    return lambda: np.abs(values - 0.5).max()


def _interpreter() -> Kernel:
    return lambda: sum(i * i for i in range(60_000))


CALIBRATION: dict[str, Callable[[], Kernel]] = {
    "matrix product": _product,
    "pass through memory": _pass,
    "interpreter": _interpreter,
}
"""What a machine's speed is made of, to compare a kernel with where no other commit is at hand."""


def kernels_of(tree: Path, module: str) -> Any:
    """Import the kernels of a source tree; it goes before everything that is installed.

    Parameters
    ----------
    tree : Path
        Its root; modules lie there, or in its folder ``src``.
    module : str
        The module that has them.

    Returns
    -------
    module

    Raises
    ------
    FileNotFoundError
        If it has none.
    """
    sys.path[:0] = [str(tree / "src"), str(tree)]  # before what is installed
    try:
        kernels = import_module(module)
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            raise FileNotFoundError(f"no module {module} there") from error
        raise
    if tree.resolve() not in Path(str(kernels.__file__)).resolve().parents:
        raise FileNotFoundError(f"no module {module} there")
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


def answers(tree: Path, module: str) -> None:
    """Answer each line of the standard input by one line of JSON.

    Parameters
    ----------
    tree : Path
        The root of the source tree.
    module : str
        The module of its kernels.
    """
    out, sys.stdout = sys.stdout, sys.stderr  # what a kernel prints is no answer
    ready: dict[tuple[Any, ...], Callable[[], object]] = {}

    def reply(**answer: Any) -> None:
        print(json.dumps(answer), file=out, flush=True)

    try:
        kernels = kernels_of(tree, module)
        growth, kinds = getattr(kernels, "GROWTH", {}), getattr(kernels, "KIND", {})
        alone = {**kernels.KERNELS, **getattr(kernels, "CALIBRATION", CALIBRATION)}
        known = {
            "kernels": sorted(kernels.KERNELS),
            "kinds": {name: kinds.get(name, "interpreter") for name in kernels.KERNELS},
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


def counted(tree: Path, module: str, *only: str) -> None:
    """Call kernels in forked processes, as often as ``POINTS`` says.

    Parameters
    ----------
    tree : Path
        The root of the source tree.
    module : str
        The module of its kernels.
    *only : str
        Which kernels, instead of all.
    """
    for name, prepare in sorted(kernels_of(tree, module).KERNELS.items()):
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
    asked = {"answers": answers, "counted": counted}[sys.argv[3]]
    asked(Path(sys.argv[1]), sys.argv[2], *sys.argv[4:])
