"""What a person sees of a run: progress, a table, and what has to be looked at."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from sparsebound.checks.executor import Lost
from sparsebound.reports.failures import failures
from sparsebound.reports.fault import FAULTS
from sparsebound.reports.run_folder import RunFolder
from sparsebound.reports.summary import headline, judged_as, plural
from sparsebound.reports.wording import (
    duration,
    near_edge,
    ratio,
    replay_command,
    tightness,
    without_tightness,
)

if TYPE_CHECKING:
    from sparsebound.checks.runner import Finished

STYLES = {
    "held": "green",
    "violated": "bold red",
    **dict.fromkeys(FAULTS, "bold red"),
    "mutant survived": "red",
    "vacuous": "yellow",
    "undecided": "yellow",
    "unfinished": "yellow",
}
NO_TERMINAL = 131
"""Width of a table that goes into a file or a log, unless COLUMNS says otherwise."""
TELL = 30.0
"""Seconds after which a campaign says again how far it is, where there is no terminal."""
FEW = 3
"""Up to so many theorems, the counterexamples of refuted mutants are shown as well: not beside
what a subject did, which has no part in them."""


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """Make a console that shows text as it is: no markup, no escape codes without a terminal.

    Parameters
    ----------
    file : file, optional
        Where to write; standard output by default.
    width : int, optional
        Columns; those of the terminal, or of COLUMNS, by default.

    Returns
    -------
    Console

    Examples
    --------
    >>> console(width=60).width
    60
    """
    made = Console(file=file, width=width, markup=False, highlight=False, emoji=False)
    if width is None and not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = NO_TERMINAL
    return made


def print_run(document: dict[str, Any], out: Console, folder: str = "", page: str = "") -> None:
    """Print how a run ended: the table, what needs attention, and one line as the last.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    out : Console
        Where to.
    folder : str
        Where the run was kept.
    page : str
        Where its report is.
    """
    theorems = document["theorems"]
    table = _wide(theorems)
    if Measurement.get(out, out.options.update(width=1000), table).maximum <= out.width:
        out.print(table)
        out.print()
    else:
        _narrow(theorems, out)
    untold: dict[str, list[str]] = {}
    for theorem in theorems:
        if not theorem["equality"] and (reason := without_tightness(theorem)):
            untold.setdefault(reason, []).append(theorem["id"])
    for reason, names in untold.items():
        out.print(Text(f"{reason}: {', '.join(names)}"), soft_wrap=True)
    settings = document["run"].get("settings", {})
    if settings.get("subject"):
        out.print(Text(f"subject: {_subject(settings, theorems)}"), soft_wrap=True)
    if other := document["run"].get("other_arithmetic"):
        said = (
            f"some of it was done by workers that round differently: arithmetic {', '.join(other)}"
        )
        out.print(Text(said), soft_wrap=True)
    for theorem in theorems:
        own = not settings.get("subject") and len(theorems) <= FEW
        _attention(theorem, out, settings, every_mutant=own)
    for entry in document["not_run"]:
        _heading(out, "not run", entry["id"], entry["reason"])
    for dictionary in document["dictionaries"]:
        out.print()
        grid = Table.grid(padding=(0, 2))
        for label, value in dictionary.items():
            grid.add_row(Text(label, "dim"), Text(value))
        out.print(grid)
    if folder:
        out.print(Text(f"\nrun folder: {folder}"), soft_wrap=True)
    if page:
        out.print(Text(f"report: {page}"), soft_wrap=True)
    passed = headline(document)
    style = STYLES["held" if passed.startswith("passed") else "violated"]
    out.print(Text(passed, style), soft_wrap=True)


def _subject(settings: Mapping[str, Any], theorems: list[dict[str, Any]]) -> str:
    """Name what was checked, what of it was asked, and in which type it was judged."""
    asked = ""
    if any(theorem["id"].startswith("rate.") for theorem in theorems):
        asked = " (its rates alone)" if settings.get("rate_only") else " (its steps and its rates)"
    types = judged_as(theorems)
    return f"{settings['subject']}{asked}" + (f", judged as {types}" if types else "")


def _refuted(theorem: dict[str, Any]) -> str:
    mutants = theorem["mutants"]
    return f"{sum(mutant['refuted'] for mutant in mutants)}/{len(mutants)}" if mutants else "-"


def _name(theorem: dict[str, Any]) -> str:
    return theorem["id"] + (" (conjecture)" if theorem["conjecture"] else "")


def _sharp(theorem: dict[str, Any], yes: str, no: str, neither: str) -> str:
    if theorem["equality"]:
        return neither
    return yes if theorem["sharp"] else no


def _wide(theorems: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("theorem", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for title in ("held", "violated", "vacuous", "undecided", "lhs/rhs"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("sharp", no_wrap=True)
    table.add_column("proved", no_wrap=True)
    table.add_column("edge", justify="right", no_wrap=True)
    table.add_column("mutants", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for theorem in theorems:
        style = STYLES[theorem["status"]]
        counts = theorem["counts"]
        table.add_row(
            Text(_name(theorem)),
            Text(theorem["status"], style),
            *(f"{counts[key]:,}" for key in ("holds", "violated", "vacuous", "undecided")),
            tightness(theorem),
            _sharp(theorem, "yes", "no", "-"),
            "yes" if theorem.get("proved") else "",
            near_edge(theorem),
            _refuted(theorem),
            duration(theorem["seconds"]),
        )
    return table


def _narrow(theorems: list[dict[str, Any]], out: Console) -> None:
    for theorem in theorems:
        counts = theorem["counts"]
        out.print(
            Text.assemble(_name(theorem), "  ", (theorem["status"], STYLES[theorem["status"]]))
        )
        out.print(
            Text(
                f"  {counts['holds']:,} held, {counts['violated']:,} violated, "
                f"{counts['vacuous']:,} vacuous, {counts['undecided']:,} undecided"
            )
        )
        out.print(
            Text(
                f"  lhs/rhs {tightness(theorem)}, "
                f"{_sharp(theorem, 'sharp, ', 'not sharp, ', '')}"
                f"{'proved, ' if theorem.get('proved') else ''}"
                f"near edge {near_edge(theorem)}, "
                f"mutants {_refuted(theorem)}, {duration(theorem['seconds'])}"
            )
        )


def _attention(
    theorem: dict[str, Any], out: Console, settings: Mapping[str, Any], *, every_mutant: bool
) -> None:
    """Print what is wrong with a theorem, what replays it, and what to do next."""
    name, worst = theorem["id"], theorem["worst"]
    for failure in failures(theorem, settings):
        _heading(out, failure.status, name, failure.detail)
        _instance(out, failure.found, failure.command)
        out.print(Text(f"  next: {failure.advice}"), soft_wrap=True)
    if theorem["status"] == "held" and settings.get("until") and every_mutant and worst:
        _heading(out, "closest", name, f"lhs/rhs {ratio(worst['ratio'])}", style="held")
        _instance(out, worst, replay_command(name, worst["recipe"], settings=settings))
    for mutant in theorem["mutants"]:
        found = mutant["worst"]
        if mutant["refuted"] and every_mutant and found:
            command = replay_command(
                name, found["recipe"], mutant=mutant["name"], settings=settings
            )
            _heading(out, "mutant refuted", name, repr(mutant["name"]), style="held")
            _instance(out, found, command)


def _heading(out: Console, status: str, name: str, detail: str, style: str = "") -> None:
    out.print()
    label = (status, STYLES.get(style or status, "yellow"))
    out.print(Text.assemble(label, f": {name}: {detail}"), soft_wrap=True)


def _instance(out: Console, found: dict[str, Any] | None, command: str) -> None:
    """Print an instance in full, unwrapped so that it can be copied."""
    shown = list(found["text"].splitlines()) if found else []
    if found and "frames" in found:
        shown += [f"at {line}" for line in found["frames"]]
    elif found and not shown:
        shown = [found["claim"], f"lhs/rhs = {ratio(found['ratio'])}"]
    for line in shown:
        out.print(Text(f"  {line}"), soft_wrap=True)
    if command:
        verb = "replay" if found and found["recipe"] else "again"
        out.print(Text(f"  {verb}: {command}", "dim"), soft_wrap=True)


class Reporter(AbstractContextManager["Reporter"]):
    """Progress on standard error: a bar on a terminal, otherwise a line a finished theorem.

    Parameters
    ----------
    folder : RunFolder
        The run; what it has finished already is counted.
    file : file, optional
        Where to write; standard error by default.
    """

    def __init__(self, folder: RunFolder, file: IO[str] | None = None) -> None:
        self.out = console(file or sys.stderr)
        self.planned = planned = folder.planned
        self.left = Counter({theorem: planned.count(theorem) for theorem in planned.examples})
        self.tallies = {theorem: folder.tallies()[theorem] for theorem in self.left}
        for theorem in self.left:
            self.left[theorem] -= folder.done(theorem)
        self.total = len(folder.planned)
        self.campaign = bool(folder.plan["settings"].get("until"))
        self.begun = self.told = time.monotonic()
        self.instances = 0
        self.bar: Progress | None = None
        if self.out.is_terminal and not os.environ.get("CI"):
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            text = TextColumn("{task.description}", markup=False)
            self.bar = Progress(*columns, text, console=self.out, transient=True)
            self.task = self.bar.add_task("", total=None if planned.open_ended else self.total)
            self.bar.update(self.task, completed=self.total - sum(self.left.values()))

    def __enter__(self) -> Reporter:
        """Start the bar, if there is one."""
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self.bar:
            self.bar.stop()
        if self.campaign and self.instances:
            self.out.print(Text(self.rate), soft_wrap=True)

    @property
    def rate(self) -> str:
        """What a campaign found since it began or went on, how fast, and with what was there."""
        seconds = time.monotonic() - self.begun
        fast = self.instances / max(seconds, 1e-9)
        found = {name: tally.max_ratio for name, tally in self.tallies.items()}
        largest, name = max(((value or 0.0), name) for name, value in found.items())
        said = f"{plural(self.instances, 'instance')} in {duration(seconds)}, {fast:,.0f} a second"
        together = sum(tally.instances for tally in self.tallies.values())
        said += f"; {together:,} in all" if together > self.instances else ""
        return f"{said}; largest lhs/rhs {ratio(largest)} ({name})"

    @property
    def finished(self) -> str:
        """How far the run is, in words."""
        theorems = sum(left == 0 for left in self.left.values())
        shards = self.total - sum(self.left.values())
        if self.planned.open_ended:
            return f"{plural(shards, 'shard')} of {plural(len(self.left), 'theorem')} finished"
        return (
            f"{theorems} of {plural(len(self.left), 'theorem')} finished "
            f"({shards} of {plural(self.total, 'shard')})"
        )

    def __call__(self, event: Finished | Lost) -> None:
        """Take note of a finished shard, or say that a process was lost."""
        if isinstance(event, Lost):
            theorem, part = event.task
            again = "once more, alone" if self._shards(theorem, part) == 1 else "shard by shard"
            said = f"a process {event.said} in {theorem}, {part}; it is tried {again}"
            self.out.print(Text(said), soft_wrap=True)
            return
        theorem, shards = event.shard.theorem, self._shards(event.shard.theorem, event.shard.part)
        self.left[theorem] -= shards
        self.tallies[theorem] += event.shard.tally
        self.instances += event.shard.tally.instances
        if self.bar:
            shown = self.rate if self.campaign else theorem
            self.bar.update(self.task, advance=shards, description=shown)
            return
        if self.campaign and time.monotonic() - self.told > TELL:
            self.told = time.monotonic()
            self.out.print(Text(self.rate), soft_wrap=True)
        if self.left[theorem] == 0:
            tally = self.tallies[theorem]
            number = sum(left == 0 for left in self.left.values())
            line = (
                f"[{number}/{len(self.left)}] {theorem}: {tally.status}, {duration(tally.seconds)}"
            )
            self.out.print(Text(line), soft_wrap=True)

    def _shards(self, theorem: str, part: str) -> int:
        return len(self.planned.each(theorem, part))
