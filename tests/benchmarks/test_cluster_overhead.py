"""What a cluster costs beside the work: tasks of a campaign, against what they say they took."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sparsebound.checks.commands.planning import begin
from sparsebound.checks.executor import Lost
from sparsebound.checks.runner import Finished, RunSettings, executor, run
from sparsebound.theory.catalogue import catalogue

pytest.importorskip("distributed", reason="needs Dask: pip install 'sparsebound[cluster]'")

QUICK = "dictionary.welch"
"""Shards of it take least, so that most of them make a task."""
SHARDS = 8
"""Of a task at most: an eighth of what a campaign has; fewer, where they take 20 seconds."""
TASKS = 4


@pytest.mark.nightly
def test_a_cluster_costs_less_than_two_percent(tmp_path: Path) -> None:
    """Tasks of one worker, one after the other: from the end of one to the end of the next."""
    settings = RunSettings(examples=250 * 64 * SHARDS)
    theorem = catalogue()[QUICK]
    (theorem,), folder = begin([QUICK], [theorem], settings, None, tmp_path / "run")
    ended: list[tuple[float, float]] = []

    def heard(event: Finished | Lost) -> None:
        assert isinstance(event, Finished)
        if len(folder.planned.each(QUICK, event.shard.part)) > 1:
            ended.append((time.perf_counter(), event.shard.tally.seconds))
        if len(ended) > TASKS:
            raise KeyboardInterrupt

    with executor(settings, "local[1]") as processes, pytest.raises(KeyboardInterrupt):
        run([theorem], settings, folder, heard, processes=processes)
    costs = [
        (after - before - seconds) / seconds for (before, _), (after, seconds) in pairwise(ended)
    ]
    print(f"{100 * np.median(costs):.2f} percent of tasks of {ended[-1][1]:.1f} s")
    assert np.median(costs) < 0.02
