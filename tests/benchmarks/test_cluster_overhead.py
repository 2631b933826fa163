"""What a cluster costs beside the work of a campaign, in seconds of processors.

Work is counted in seconds that tasks say they took, as a task ends after some seconds, however much
of a processor it had in them; and what Dask's processes do goes by seconds, too. So the share is
that of a machine with a processor for every thread, also where others are at work.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sparsebound.checks.commands.planning import begin
from sparsebound.checks.commands.shown import Shown
from sparsebound.checks.commands.table import Reporter
from sparsebound.checks.executor import Lost
from sparsebound.checks.runner import Finished, RunSettings, executor, run
from sparsebound.theory.catalogue import catalogue

pytest.importorskip("distributed", reason="needs Dask: pip install 'sparsebound[cluster]'")
psutil = pytest.importorskip("psutil")
from tests.clusters import Machines, until  # noqa: E402

QUICK = "dictionary.welch"
"""Shards of it take least, so that most of them make a task."""
QUIET = {
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
"""As ``docs/cluster.md`` advises."""
TASKS = 3
"""Of some 20 seconds each."""


def spent(machines: Machines) -> float:
    """Seconds of processors in all processes but those that do shards."""
    dask = [*map(psutil.Process, (one.pid for one in machines.started)), *machines.workers()]
    return time.process_time() + sum(sum(process.cpu_times()[:2]) for process in dask)


@pytest.mark.nightly
def test_a_cluster_costs_less_than_two_percent(tmp_path: Path) -> None:
    """Client with its live page, scheduler, nanny and worker, against what does the shards."""
    settings = RunSettings(until="1h")
    (theorem,), folder = begin([QUICK], [catalogue()[QUICK]], settings, None, tmp_path / "run")
    ended: list[tuple[float, float]] = []
    machines = Machines(tmp_path)

    def heard(event: Finished | Lost) -> None:
        shown(event)
        assert isinstance(event, Finished)
        if len(folder.planned.each(QUICK, event.shard.part)) > 1:
            ended.append((spent(machines), event.shard.tally.seconds))
        if len(ended) > TASKS:
            raise KeyboardInterrupt

    try:
        machines.scheduler(**QUIET)
        machines.worker("--nworkers", "1", "--nthreads", "1", **QUIET)
        until(lambda: machines.registered() == 1)
        reporter = Reporter(folder)
        with (
            executor(settings, machines.file) as processes,
            Shown(reporter, folder, processes) as shown,
            pytest.raises(KeyboardInterrupt),
        ):
            run([theorem], settings, folder, heard, processes=processes)
        assert shown.address
    finally:
        machines.end()
    beside, work = ended[-1][0] - ended[0][0], sum(seconds for _, seconds in ended[1:])
    print(f"{100 * beside / work:.2f} percent of {TASKS} tasks of {work / TASKS:.1f} s")
    assert beside < 0.02 * work
