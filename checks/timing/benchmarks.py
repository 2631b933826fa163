"""All that is measured for the gate: times, instructions and growth, against a base or a file."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from checks.provenance import PACKAGES, commit, installed, processor
from checks.timing.against import HEAD
from checks.timing.callgrind import NotCounted, instructions, valgrind
from checks.timing.paired import Progress, calibrated, grown, known, nobody, paired
from reports.gate.benchmark import PASSED, Benchmark, confirmed
from reports.gate.compare import NOT_JUDGED, SKIPPED, Finding
from reports.gate.instructions import counted
from reports.gate.reviewed import Reviewed
from reports.gate.timing import base_and_head, membership, timed
from theory.arithmetic import FloatArray

Measure = Callable[[Collection[str] | None, int], list[Benchmark]]
Stage = Callable[[str], Progress]
"""Takes the name of what begins to whom to tell of its progress."""


def unseen(name: str) -> Progress:
    """Tell nobody of a stage."""
    return nobody


@dataclass
class Measured:
    """What was found.

    Attributes
    ----------
    benchmarks : list of Benchmark
        Whatever could be compared.
    others : list of Finding
        On what could not, and on what only one side has.
    """

    benchmarks: list[Benchmark] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All that did not pass."""
        return [*self.others, *(found for one in self.benchmarks for found in one.findings)]


def twice(measure: Measure) -> list[Benchmark]:
    """Measure, and measure again what did not pass.

    Parameters
    ----------
    measure : callable
        Takes the benchmarks that are wanted (None: all) and the number of the run, 0 or 1.

    Returns
    -------
    list of Benchmark
    """
    first = measure(None, 0)
    doubtful = {one.name for one in first if one.verdict != PASSED}
    if not doubtful:
        return first
    again = {(one.name, one.quantity): one for one in measure(doubtful, 1)}
    return [
        one if one.verdict == PASSED else confirmed(one, again[one.name, one.quantity])
        for one in first
    ]


def pooling(
    take: Callable[[Collection[str] | None, int], dict[str, FloatArray]],
    decide: Callable[[str, FloatArray], Benchmark],
) -> Measure:
    """Decide on times; where a first run was too noisy to judge, on both runs together.

    Parameters
    ----------
    take : callable
        Takes the kernels that are wanted and the number of the run to times by kernel, shape
        (RESPAWNS, ROUNDS, 2).
    decide : callable
        Takes a kernel and its times to what they say.

    Returns
    -------
    callable
    """
    noisy: dict[str, FloatArray] = {}

    def measure(only: Collection[str] | None, run: int) -> list[Benchmark]:
        found = []
        for name, values in take(only, run).items():
            all_ = np.concatenate([noisy[name], values]) if name in noisy else values
            found.append(decide(name, all_))
            if found[-1].verdict == NOT_JUDGED:
                noisy[name] = values
        return found

    return measure


def times(base: Path, head: Path = HEAD, seed: int = 0, stage: Stage = unseen) -> list[Benchmark]:
    """Time the kernels that two trees have in common.

    Parameters
    ----------
    base, head : Path
        Their roots.
    seed : int
        Of the order of the calls.
    stage : callable
        Told of progress.

    Returns
    -------
    list of Benchmark

    Raises
    ------
    WorkerError
        If a worker fails.
    """

    def taken(only: Collection[str] | None, run: int) -> dict[str, FloatArray]:
        progress = stage("time of base and head, in turn" + ", again" * run)
        return paired(base, head, 2 * seed + run, only, progress)

    return twice(pooling(taken, lambda name, values: timed(name, values, base_and_head)))


def growth(head: Path = HEAD, stage: Stage = unseen) -> list[Benchmark]:
    """Measure how time and memory grow.

    Parameters
    ----------
    head : Path
        The root of the tree.
    stage : callable
        Told of progress.

    Returns
    -------
    list of Benchmark

    Raises
    ------
    WorkerError
        If a worker fails.
    """

    def measure(only: Collection[str] | None, run: int) -> list[Benchmark]:
        progress = stage("growth of time and memory" + ", again" * run)
        return [one for found in grown(head, run, only, progress) for one in found.benchmarks]

    return twice(measure)


def against_base(base: Path, head: Path = HEAD, stage: Stage = unseen) -> Measured:
    """Compare a tree with a base commit's.

    Parameters
    ----------
    base, head : Path
        Their roots.
    stage : callable
        Told of progress.

    Returns
    -------
    Measured

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    measured = Measured()
    was, now = known(base), known(head)
    measured.others += membership(was["kernels"], now["kernels"])
    measured.others += membership(sorted(was["growth"]), sorted(now["growth"]), "growth")
    measured.benchmarks += times(base, head, stage=stage)
    try:
        stage("instructions of base and head, by callgrind")
        before, after = instructions((base, head))
    except NotCounted as reason:
        measured.others.append(_skipped(reason))
    else:
        names = sorted(before.keys() & after.keys())
        measured.benchmarks += [counted(name, before[name], after[name]) for name in names]
    measured.benchmarks += growth(head, stage)
    return measured


def against_file(reviewed: Reviewed, head: Path = HEAD, stage: Stage = unseen) -> Measured:
    """Compare a tree with what was measured before.

    Parameters
    ----------
    reviewed : Reviewed
        That.
    head : Path
        The root of the tree.
    stage : callable
        Told of progress.

    Returns
    -------
    Measured

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    now = known(head)
    measured = Measured()
    measured.others += reviewed.membership(now["kinds"], expected(now))
    if different := reviewed.other_machine(processor()):
        measured.others.append(different)
    else:
        wanted = reviewed.comparable(now["kinds"])

        def taken(only: Collection[str] | None, run: int) -> dict[str, FloatArray]:
            progress = stage("time of kernels and calibration, in turn" + ", again" * run)
            return calibrated(head, run, wanted if only is None else only, progress)

        measured.benchmarks += twice(pooling(taken, partial(reviewed.time, now["kinds"])))
    try:
        if different := reviewed.other_image(image()):
            measured.others.append(different)
        else:
            stage("instructions, by callgrind")
            (counts,) = instructions((head,))
            measured.benchmarks += reviewed.counts(counts)
    except NotCounted as reason:
        measured.others.append(_skipped(reason))
    measured.benchmarks += growth(head, stage)
    return measured


def review(head: Path = HEAD, stage: Stage = unseen) -> Reviewed:
    """Measure what is to be compared with later.

    Parameters
    ----------
    head : Path
        The root of the tree.
    stage : callable
        Told of progress.

    Returns
    -------
    Reviewed

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    now = known(head)
    times = calibrated(head, 0, progress=stage("time of kernels and calibration, in turn"))
    ratios = {name: float(np.median(run[..., 1] / run[..., 0])) for name, run in times.items()}
    counts: dict[str, float] = {}
    counted_on = None
    try:
        counted_on = image()
        stage("instructions, by callgrind")
        (counts,) = instructions((head,))
    except NotCounted:
        pass
    provenance = {
        "commit": commit()[0],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": processor(),
        "image": counted_on,
    }
    return Reviewed(
        provenance,
        {name: {"kind": now["kinds"][name], "ratio": ratio} for name, ratio in ratios.items()},
        counts,
        expected(now),
    )


def image() -> str:
    """Say on what instructions are counted: with the same, the same code gives the same counts.

    Returns
    -------
    str

    Raises
    ------
    NotCounted
        If nothing counts them here.
    """
    libc = " ".join(platform.libc_ver())
    python = f"Python {platform.python_version()}"
    versions = [f"{name} {installed(name)}" for name in PACKAGES]
    return ", ".join([valgrind(), processor(), libc, python, *versions])


def expected(now: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Take the expected exponents of ``time`` and ``memory`` from what a tree has to measure."""
    return {
        name: {"time": grows["time"], "memory": grows["memory"]}
        for name, grows in now["growth"].items()
    }


def _skipped(reason: NotCounted) -> Finding:
    look = "sparsebound gate, where valgrind is installed"
    return Finding("instructions", "kernels", "callgrind", "counts", str(reason), SKIPPED, look)
