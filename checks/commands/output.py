"""Where output goes: with ``--json``, standard output has JSON and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO

SAID = "said"
"""Of an interruption: how far the run was has been told."""
_REAL: list[TextIO] = []


@contextmanager
def reserved(*, entirely: bool) -> Iterator[None]:
    """Keep standard output for :func:`say`: what anybody else prints goes to standard error.

    Parameters
    ----------
    entirely : bool
        Whether this process, and its standard output, are ours: then what is written by no Python
        code goes there as well, and what other processes write that are started meanwhile.

    Examples
    --------
    >>> with reserved(entirely=False):
    ...     print("of a solver")
    ...     say("{}")
    {}
    """
    if not entirely:
        with _taken(sys.stdout), redirect_stdout(sys.stderr):
            yield
        return
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace") as real:
        os.dup2(2, 1)
        try:
            with _taken(real):
                yield
        finally:
            with suppress(OSError):
                real.flush()
            sys.stdout.flush()
            os.dup2(real.fileno(), 1)


@contextmanager
def _taken(stream: TextIO) -> Iterator[None]:
    _REAL.append(stream)
    try:
        yield
    finally:
        _REAL.pop()


def say(text: str) -> None:
    """Print a line to standard output, also where it is kept for that."""
    print(text, file=_REAL[-1] if _REAL else None, flush=True)
