"""How far long work is: a line that is renewed on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

QUIET = 5.0
"""Seconds before anything is said where there is no terminal, and between two lines."""


class Progress:
    """What is called after each step of some work, and of the work after it.

    Parameters
    ----------
    stream : file
        Where it is written.

    Examples
    --------
    >>> import sys
    >>> Progress(sys.stdout)(1, 2)  # no terminal, and no time has passed
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.live = stream.isatty()
        self._begin()

    def _begin(self) -> None:
        self.begun = self.said = time.monotonic()
        self.first: int | None = None
        self.last = 0

    def __call__(self, done: int, total: int) -> None:
        """Say that some steps of all are done."""
        if done <= self.last:  # other work has begun
            self._begin()
        if self.first is None:  # what was done before takes no time now
            self.first = done
        self.last = done
        now = time.monotonic()
        spent, steps = now - self.begun, done - self.first
        left = f", about {seconds(spent / steps * (total - done))} left" if steps else ""
        line = f"{done} of {total} blocks{left if done < total else ''}"
        if self.live:
            print(f"\r{line:<60}", end="\n" if done == total else "", file=self.stream, flush=True)
        elif now - self.said >= QUIET:
            self.said = now
            print(line, file=self.stream, flush=True)


def seconds(count: float) -> str:
    """Write a time for people.

    Examples
    --------
    >>> seconds(42.4), seconds(150), seconds(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = int(count)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
