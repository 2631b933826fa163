"""What arguments of several commands are, and how they are read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

FORCE = "Write over a file that this program did not write."
JSON = "Print JSON, and nothing else, to standard output."


class Real:
    """A number, and not ``nan``; whoever uses it knows its range."""

    def __call__(self, text: str) -> float:
        """Read it."""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if value != value:  # noqa: PLR0124
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected a number")
        return value


class Integer:
    """A whole number that is not below another one."""

    def __init__(self, least: int) -> None:
        self.least = least

    def __call__(self, text: str) -> int:
        """Read it."""
        try:
            value = int(text)
        except ValueError:
            value = self.least - 1
        if value < self.least:
            expected = f"an integer that is at least {self.least}"
            raise argparse.ArgumentTypeError(f"{text!r} was given; expected {expected}")
        return value


def add_cluster(add: Callable[..., Any], what: str, more: str) -> None:
    """Add what names a cluster: what its workers do, and what else is to be said of them."""
    help_ = (
        f"Let the workers of a Dask cluster {what}: the address of its scheduler, a file that the "
        f"scheduler has written, or local[N] for N workers on this machine.{more}"
    )
    add("--cluster", metavar="ADDRESS", help=help_)
    help_ = "With --cluster: take workers, too, whose arithmetic rounds differently."
    add("--any-arithmetic", action="store_true", default=None, help=help_)
