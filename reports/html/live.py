"""The page of a run that goes on: how far it is, how fast, and what came closest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sparsebound.reports.fault import FAULTS
from sparsebound.reports.html.environment import render
from sparsebound.reports.tally import Tally
from sparsebound.reports.wording import duration, ratio, replay_command


@dataclass(frozen=True)
class Live:
    """What is known of a run by now.

    Attributes
    ----------
    folder : str
        Where it is kept.
    state : {"running", "interrupted", "over"}
        Whether it goes on.
    seconds : float
        Since it began, or went on.
    instances : int
        That were decided in this time.
    finished : str
        How far it is, in words.
    tallies : mapping
        Of its theorems, by identifier.
    left : mapping
        Shards that are left of each; empty where nobody knows.
    settings : mapping
        Of the run.
    """

    folder: str
    state: str
    seconds: float
    instances: int
    finished: str
    tallies: Mapping[str, Tally]
    left: Mapping[str, int]
    settings: Mapping[str, Any]


def live_page(run: Live) -> str:
    """Write the page of a run that goes on.

    Parameters
    ----------
    run : Live
        What is known of it.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> known = Live("runs/a", "running", 2.0, 0, "0 of 1 theorem", {}, {}, {})
    >>> "runs/a" in live_page(known)
    True
    """
    fast = run.instances / max(run.seconds, 1e-9)
    decided = [tally for tally in run.tallies.values() if tally.max_ratio is not None]
    closest = max(decided, key=lambda tally: tally.max_ratio or 0.0, default=None)
    return render(
        "live.html",
        title=f"sparsebound: {run.state}: {run.folder}",
        run=run,
        tiles=[
            ("instances since it began or went on", f"{run.instances:,}"),
            ("instances a second", f"{fast:,.0f}"),
            ("time", duration(run.seconds)),
            ("largest lhs/rhs", ratio(closest.max_ratio) if closest else "-"),
            ("violations", f"{sum(tally.violated for tally in run.tallies.values()):,}"),
            ("undecided", f"{sum(tally.undecided for tally in run.tallies.values()):,}"),
        ],
        closest=closest and _instance(closest, run.settings),
        theorems=[
            (name, _status(tally, run.left.get(name)), tally, _instance(tally, run.settings))
            for name, tally in run.tallies.items()
        ],
    )


def _status(tally: Tally, left: int | None) -> str:
    """What is known for sure; a theorem has not held before its last shard has."""
    if left == 0 or tally.status == "violated" or tally.status in FAULTS:
        return tally.status
    return "under way" if tally.instances or tally.mutants else "waiting"


def _instance(tally: Tally, settings: Mapping[str, Any]) -> tuple[str, str] | None:
    """The theorem and what replays its most interesting instance, if there is one."""
    worst = tally.violation or tally.worst
    if worst is None:
        return None
    return tally.theorem, replay_command(tally.theorem, worst.recipe, settings=settings)
