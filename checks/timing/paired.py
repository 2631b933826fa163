"""Kernels measured in turn by workers that live as long as a respawn."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import numpy as np

from sparsebound.checks.timing import worker
from sparsebound.checks.timing.against import SourceTree
from sparsebound.reports.gate.growth import Grown
from sparsebound.reports.gate.timing import RESPAWNS, ROUNDS
from sparsebound.theory.arithmetic import FloatArray

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
GROWTH_ROUNDS = 5
"""Calls of each size and respawn: differences of a tenth in time hardly move an exponent."""

Progress = Callable[[int, int], None]
Ask = Callable[[], float]


class WorkerError(RuntimeError):
    """A worker could not be started, or a kernel raised."""


def nobody(done: int, total: int) -> None:
    """Tell nobody how far it is."""


class Worker:
    """A process that measures the kernels of one source tree.

    Parameters
    ----------
    tree : SourceTree
        That.
    """

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self.process = subprocess.Popen(
            [tree.python, "-P", worker.__file__, str(tree.root), tree.module, "answers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    @cached_property
    def known(self) -> dict[str, Any]:
        """What there is to measure: ``kernels``, ``kinds`` and ``growth``.

        Raises
        ------
        WorkerError
            If the tree's kernels cannot be imported.
        """
        found: dict[str, Any] = self._request("known")
        if hasattr(os, "sched_setaffinity"):  # of several cores, one may be slower for a while
            os.sched_setaffinity(self.process.pid, {min(os.sched_getaffinity(0))})
        return found

    def ask(self, what: str, name: str, *size: int) -> float:
        """Measure one call.

        Parameters
        ----------
        what : {"seconds", "bytes"}
            Processor time of all threads, or the peak of memory.
        name : str
            The kernel.
        *size : int
            Its size, if it is one that grows.

        Returns
        -------
        float

        Raises
        ------
        WorkerError
            If the kernel raised, or the process died.
        """
        return float(self._request(what, name, *size))

    def _request(self, *words: Any) -> Any:
        sent, received = self.process.stdin, self.process.stdout
        if sent is None or received is None:
            raise WorkerError(f"{self.tree.root}: the worker has no pipes")
        with suppress(BrokenPipeError):  # it has ended, and said why
            print(json.dumps(words), file=sent, flush=True)
        line = received.readline()
        answer = json.loads(line) if line else {"error": "the worker has ended"}
        if "error" in answer:
            raise WorkerError(f"{self.tree.root}: {answer['error']}")
        return answer["found"]


def known(tree: SourceTree) -> dict[str, Any]:
    """List what a tree has to measure.

    Parameters
    ----------
    tree : SourceTree
        That.

    Returns
    -------
    dict
        ``kernels``, ``kinds`` and ``growth``.

    Raises
    ------
    WorkerError
        If its kernels cannot be imported.
    """
    with Worker(tree) as one:
        return one.known


def paired(
    base: SourceTree,
    head: SourceTree,
    seed: int,
    only: Collection[str] | None = None,
    progress: Progress = nobody,
) -> dict[str, FloatArray]:
    """Time the kernels that two trees have in common, one call each a round, in random order.

    Parameters
    ----------
    base, head : SourceTree
        The trees.
    seed : int
        Of the order.
    only : collection of str, optional
        Not all kernels, but these.
    progress : callable
        Told how many kernels are done, of how many.

    Returns
    -------
    dict of ndarray, shape (RESPAWNS, ROUNDS, 2)
        Seconds of base and head.

    Raises
    ------
    WorkerError
        If a worker fails: nothing is known then.
    """

    def asks(before: Worker, after: Worker) -> dict[str, list[Ask]]:
        common = set(before.known["kernels"]) & set(after.known["kernels"])
        return {name: [_seconds(before, name), _seconds(after, name)] for name in sorted(common)}

    return _respawned((base, head), asks, ROUNDS, seed, only, progress)


def calibrated(
    head: SourceTree, seed: int, only: Collection[str] | None = None, progress: Progress = nobody
) -> dict[str, FloatArray]:
    """Time each kernel in turn with the calibration kernel that it is most like.

    Parameters
    ----------
    head : SourceTree
        The tree.
    seed, only, progress
        As of :func:`paired`.

    Returns
    -------
    dict of ndarray, shape (RESPAWNS, ROUNDS, 2)
        Seconds of the calibration kernel and of the kernel.

    Raises
    ------
    WorkerError
        If the worker fails.
    """

    def asks(one: Worker) -> dict[str, list[Ask]]:
        kinds = sorted(one.known["kinds"].items())
        return {name: [_seconds(one, kind), _seconds(one, name)] for name, kind in kinds}

    return _respawned((head,), asks, ROUNDS, seed, only, progress)


def grown(
    head: SourceTree, seed: int, only: Collection[str] | None = None, progress: Progress = nobody
) -> list[Grown]:
    """Measure time and peak memory of what grows, at all of its sizes.

    Parameters
    ----------
    head : SourceTree
        The tree.
    seed, only, progress
        As of :func:`paired`.

    Returns
    -------
    list of Grown

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    peaks: dict[str, FloatArray] = {}
    grows: dict[str, dict[str, Any]] = {}

    def asks(one: Worker) -> dict[str, list[Ask]]:
        grows.update(one.known["growth"])
        return {
            name: [_seconds(one, name, size) for size in entry["sizes"]]
            for name, entry in sorted(grows.items())
        }

    seconds = _respawned((head,), asks, GROWTH_ROUNDS, seed, only, progress)
    with Worker(head) as one:
        for name in seconds:
            peaks[name] = np.array([one.ask("bytes", name, n) for n in grows[name]["sizes"]])
    return [
        Grown(
            name,
            tuple(grows[name]["sizes"]),
            seconds[name],
            peaks[name],
            grows[name]["time"],
            grows[name]["memory"],
        )
        for name in seconds
    ]


def _respawned(
    trees: tuple[SourceTree, ...],
    asks: Callable[..., dict[str, list[Ask]]],
    rounds: int,
    seed: int,
    only: Collection[str] | None,
    progress: Progress,
) -> dict[str, FloatArray]:
    """Measure with fresh workers, one a tree, ``RESPAWNS`` times."""
    rng = np.random.default_rng(seed)
    runs: dict[str, list[FloatArray]] = {}
    for respawn in range(RESPAWNS):
        with ExitStack() as stack:
            workers = [stack.enter_context(Worker(tree)) for tree in trees]
            wanted = {n: a for n, a in asks(*workers).items() if only is None or n in only}
            for done, (name, ways) in enumerate(wanted.items(), 1 + respawn * len(wanted)):
                runs.setdefault(name, []).append(_in_turn(ways, rounds, rng))
                progress(done, RESPAWNS * len(wanted))
    return {name: np.stack(found) for name, found in runs.items()}


def _in_turn(asks: list[Ask], rounds: int, rng: np.random.Generator) -> FloatArray:
    """Measure each once a round, in random order; shape (rounds, asks)."""
    found = np.empty((rounds, len(asks)))
    for row in found:
        for place in rng.permutation(len(asks)):
            row[place] = asks[place]()
    return found


def _seconds(one: Worker, name: str, *size: int) -> Ask:
    return lambda: one.ask("seconds", name, *size)
