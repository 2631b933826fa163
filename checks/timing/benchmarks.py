"""All that is measured for the gate: times, instructions and growth, against a base or a file."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from sparsebound.checks.provenance import PACKAGES, commit, installed, processor
from sparsebound.checks.timing.against import HEAD, SourceTree
from sparsebound.checks.timing.callgrind import NotCounted, instructions, valgrind
from sparsebound.checks.timing.paired import Progress, calibrated, grown, known, nobody, paired
from sparsebound.reports.gate.benchmark import KERNELS, RUNS, Benchmark, coverage, decided
from sparsebound.reports.gate.compare import NOT_JUDGED, SKIPPED, Finding
from sparsebound.reports.gate.instructions import counted
from sparsebound.reports.gate.reviewed import Reviewed
from sparsebound.reports.gate.timing import base_and_head, timed
from sparsebound.theory.arithmetic import FloatArray

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

    def add(self, found: Benchmark | Finding) -> None:
        """Take one more."""
        if isinstance(found, Benchmark):
            self.benchmarks.append(found)
        else:
            self.others.append(found)

    @property
    def findings(self) -> list[Finding]:
        """All that did not pass."""
        return [*self.others, *(found for one in self.benchmarks for found in one.findings)]


def until_decided(measure: Measure) -> list[Benchmark]:
    """Measure, and measure again what did not pass, until that is decided.

    Parameters
    ----------
    measure : callable
        Takes the benchmarks that are wanted (None: all) and the number of the run, from 0.

    Returns
    -------
    list of Benchmark
    """
    runs: dict[tuple[str, str], list[Benchmark]] = {}
    found: dict[tuple[str, str], Benchmark] = {}
    wanted: set[str] | None = None
    for run in range(RUNS):
        for one in measure(wanted, run):
            key = one.name, one.quantity
            if key not in found:
                runs.setdefault(key, []).append(one)
                if last := decided(runs[key]):
                    found[key] = last
        if not (wanted := {name for name, _ in runs.keys() - found.keys()}):
            break
    return [found[key] for key in runs]


def pooling(
    take: Callable[[Collection[str] | None, int], dict[str, FloatArray]],
    decide: Callable[[str, FloatArray], Benchmark],
) -> Measure:
    """Decide on times; where runs were too noisy to judge, on these and the next together.

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
    noisy: dict[str, list[FloatArray]] = {}

    def measure(only: Collection[str] | None, run: int) -> list[Benchmark]:
        found = []
        for name, values in take(only, run).items():
            together = [*noisy.pop(name, []), values]
            found.append(decide(name, np.concatenate(together)))
            if found[-1].verdict == NOT_JUDGED:
                noisy[name] = together
        return found

    return measure


def times(
    base: SourceTree, head: SourceTree = HEAD, seed: int = 0, stage: Stage = unseen
) -> list[Benchmark]:
    """Time the kernels that two trees have in common.

    Parameters
    ----------
    base, head : SourceTree
        The trees.
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
        return paired(base, head, RUNS * seed + run, only, progress)

    return until_decided(pooling(taken, lambda name, values: timed(name, values, base_and_head)))


def growth(head: SourceTree = HEAD, stage: Stage = unseen) -> list[Benchmark]:
    """Measure how time and memory grow.

    Parameters
    ----------
    head : SourceTree
        The tree.
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

    return until_decided(measure)


def against_base(
    base: SourceTree, head: SourceTree = HEAD, stage: Stage = unseen
) -> Iterator[Benchmark | Finding]:
    """Compare a tree with a base commit's.

    Parameters
    ----------
    base, head : SourceTree
        The trees.
    stage : callable
        Told of progress.

    Yields
    ------
    Benchmark or Finding
        As soon as it is known.

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    was, now = known(base), known(head)
    yield from coverage("kernel", *(dict.fromkeys(side["kernels"], "") for side in (now, was)))
    yield from coverage("growth", expected(now), expected(was))
    timed_ = times(base, head, stage=stage)
    yield from timed_
    if not timed_:
        yield Finding("time", "kernels", "common to both", "some", "none", NOT_JUDGED, KERNELS)
    try:
        stage("instructions of base and head, by callgrind")
        before, after = instructions((base, head))
    except NotCounted as reason:
        yield _skipped(reason)
    else:
        for name in sorted(before.keys() & after.keys()):
            yield counted(name, before[name], after[name])
    yield from growth(head, stage)


def against_file(
    reviewed: Reviewed, head: SourceTree = HEAD, stage: Stage = unseen
) -> Iterator[Benchmark | Finding]:
    """Compare a tree with what was measured before.

    Parameters
    ----------
    reviewed : Reviewed
        That.
    head : SourceTree
        The tree.
    stage : callable
        Told of progress.

    Yields
    ------
    Benchmark or Finding
        As soon as it is known.

    Raises
    ------
    WorkerError
        If a worker fails.
    """
    now = known(head)
    yield from coverage("kernel", now["kinds"], reviewed.kinds)
    yield from coverage("growth", expected(now), reviewed.growth)
    if different := reviewed.other_machine(processor()):
        yield different
    else:
        wanted = reviewed.comparable(now["kinds"])

        def taken(only: Collection[str] | None, run: int) -> dict[str, FloatArray]:
            progress = stage("time of kernels and calibration, in turn" + ", again" * run)
            return calibrated(head, run, wanted if only is None else only, progress)

        yield from until_decided(pooling(taken, partial(reviewed.time, now["kinds"])))
    try:
        if different := reviewed.other_image(image()):
            yield different
        else:
            stage("instructions, by callgrind")
            (counts,) = instructions((head,))
            yield from reviewed.counts(counts)
    except NotCounted as reason:
        yield _skipped(reason)
    yield from growth(head, stage)


def review(head: SourceTree = HEAD, stage: Stage = unseen) -> Reviewed:
    """Measure what is to be compared with later.

    Parameters
    ----------
    head : SourceTree
        The tree.
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
