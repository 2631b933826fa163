"""Two source trees, timed in turn by two workers that live as long as a respawn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from checks.timing import worker
from reports.gate.timing import RESPAWNS, ROUNDS
from theory.arithmetic import FloatArray

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerError(RuntimeError):
    """A worker could not be started, or a kernel raised."""


class Worker:
    """A process that times the kernels of one source tree.

    Parameters
    ----------
    tree : Path
        The root of the source tree.

    Raises
    ------
    WorkerError
        If the tree's kernels cannot be imported.
    """

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.process = subprocess.Popen(
            [sys.executable, "-P", worker.__file__, str(tree)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
        )
        try:
            self.names: list[str] = self._read()["names"]
        except WorkerError:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def seconds(self, name: str) -> float:
        """Time one call.

        Parameters
        ----------
        name : str
            The kernel.

        Returns
        -------
        float
            Processor time, of all threads.

        Raises
        ------
        WorkerError
            If the kernel raised, or the process died.
        """
        assert self.process.stdin is not None
        try:
            print(name, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            raise WorkerError(f"{self.tree}: the worker has ended") from None
        return self._read()["seconds"]

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the worker has ended"}
        if "error" in answer:
            raise WorkerError(f"{self.tree}: {answer['error']}")
        return answer


def names(base: Path, head: Path) -> tuple[list[str], list[str]]:
    """List the kernels of both trees.

    Parameters
    ----------
    base, head : Path
        Their roots.

    Returns
    -------
    tuple of list of str

    Raises
    ------
    WorkerError
        If the kernels of a tree cannot be imported.
    """
    with Worker(base) as before, Worker(head) as after:
        return before.names, after.names


def measure(base: Path, head: Path, kernels: Iterable[str], seed: int) -> dict[str, FloatArray]:
    """Time kernels of both trees, one call each a round, in random order.

    Parameters
    ----------
    base, head : Path
        The roots of the trees.
    kernels : iterable of str
        What both have.
    seed : int
        Of the order.

    Returns
    -------
    dict of ndarray, shape (RESPAWNS, ROUNDS, 2)
        Seconds of base and head, for each kernel.

    Raises
    ------
    WorkerError
        If a worker fails: nothing is known then.
    """
    rng = np.random.default_rng(seed)
    found = {name: np.empty((RESPAWNS, ROUNDS, 2)) for name in kernels}
    for respawn in range(RESPAWNS):
        with Worker(base) as before, Worker(head) as after:
            for name, times in found.items():
                for pair in times[respawn]:
                    for side in rng.permutation(2):
                        pair[side] = (before, after)[side].seconds(name)
    return found
