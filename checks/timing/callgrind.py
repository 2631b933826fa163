"""Instructions of the kernels of source trees, counted by callgrind between two points."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sparsebound.checks.timing import worker
from sparsebound.checks.timing.against import SourceTree
from sparsebound.checks.timing.paired import THREADS, WorkerError

_TOTAL = re.compile(r"^totals: (\d+)", re.MULTILINE)


class NotCounted(RuntimeError):  # noqa: N818 - a reason, not a defect
    """There is nothing here that counts instructions."""


def valgrind() -> str:
    """Find the version of valgrind.

    Returns
    -------
    str

    Raises
    ------
    NotCounted
        If it is not installed.
    """
    if shutil.which("valgrind") is None:
        raise NotCounted("valgrind is not installed")
    words = ["valgrind", "--version"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def instructions(trees: Iterable[SourceTree]) -> list[dict[str, float]]:
    """Count the instructions of one call of every kernel, the trees at the same time.

    Parameters
    ----------
    trees : iterable of SourceTree
        The trees.

    Returns
    -------
    list of dict
        For each tree, instructions by kernel.

    Raises
    ------
    NotCounted
        If valgrind is not installed.
    WorkerError
        If a kernel raised.
    """
    valgrind()
    with TemporaryDirectory(prefix="sparsebound-callgrind-") as folder, ExitStack() as stack:
        started = []
        for number, tree in enumerate(trees):
            out = Path(folder) / str(number)
            out.mkdir()
            process = stack.enter_context(_started(tree, out))
            stack.callback(process.kill)
            started.append((tree, out, process))
        return [_counts(*one) for one in started]


def _started(tree: SourceTree, out: Path) -> subprocess.Popen[str]:
    words = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}/%p", "--quiet"]
    return subprocess.Popen(
        [*words, tree.python, "-P", worker.__file__, str(tree.root), tree.module, "counted"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONHASHSEED": "0"},
    )


def _counts(tree: SourceTree, out: Path, process: subprocess.Popen[str]) -> dict[str, float]:
    lines, complaint = process.communicate()
    if process.returncode:
        said = complaint.strip().splitlines() or [f"status {process.returncode}"]
        raise WorkerError(f"{tree.root}: {said[-1]}")
    totals: dict[str, list[int]] = {}
    for line in lines.splitlines():
        entry = json.loads(line)
        found = _TOTAL.search((out / str(entry["process"])).read_text())
        if found is None:
            raise WorkerError(f"{tree.root}: callgrind counted nothing of {entry['kernel']}")
        totals.setdefault(entry["kernel"], []).append(int(found[1]))
    few, many = worker.POINTS
    return {name: (most - least) / (many - few) for name, (least, most) in totals.items()}
