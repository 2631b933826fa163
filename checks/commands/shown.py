"""A run that shows itself where the executor has a place for it: on the server of a cluster."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import TYPE_CHECKING

from sparsebound.checks.commands.table import Reporter
from sparsebound.checks.executor import Executor, Lost
from sparsebound.reports.html.live import Live, live_page
from sparsebound.reports.run_folder import RunFolder
from sparsebound.theory.errors import InputError

if TYPE_CHECKING:
    from sparsebound.checks.runner import Finished

EVERY = 2.0
"""Seconds after which the page is written again."""


class Shown(AbstractContextManager["Shown"]):
    """Passes on what happens, and writes the page of it now and then.

    Parameters
    ----------
    reporter : Reporter
        What counts, and tells the terminal.
    folder : RunFolder
        The run.
    processes : Executor, optional
        What may have a place for a page.
    """

    def __init__(self, reporter: Reporter, folder: RunFolder, processes: Executor | None) -> None:
        self.reporter, self.folder, self.processes = reporter, folder, processes
        self.address, self.at = "", 0.0

    def __enter__(self) -> Shown:
        """Show the first page, and say where it is."""
        self._show("running")
        if self.address:
            print(f"sparsebound: live page: {self.address}", file=sys.stderr)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show the last page, if there still is a place for it."""
        if self.address:
            with suppress(InputError):
                self._show("over" if error is None else "interrupted")

    def __call__(self, event: Finished | Lost) -> None:
        """Take note of a finished shard, or of a process that was lost."""
        self.reporter(event)
        if self.address and time.monotonic() - self.at > EVERY:
            self._show("running")

    def _show(self, state: str) -> None:
        if self.processes is None:
            return
        counted = self.reporter
        page = live_page(
            Live(
                str(self.folder.path),
                state,
                time.monotonic() - counted.begun,
                counted.instances,
                counted.finished,
                counted.tallies,
                {} if self.folder.planned.open_ended else counted.left,
                self.folder.plan["settings"],
            )
        )
        self.address = self.processes.show(page, over=state != "running")
        self.at = time.monotonic()
