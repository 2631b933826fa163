"""Solvers say what they did; whoever wants to know listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from sparsebound.reports.work import CALLS, FALLBACK, FOUND, STEPS, Work
from sparsebound.theory.arithmetic import FloatArray

GAPS = (0.0, 1e-16, 1e-15, 1e-14, 1e-13, 1e-9, np.inf)
"""Up to which relative gaps are counted, in one of these classes each."""

_Counts = dict[str, dict[str, int]]
_listening: ContextVar[_Counts | None] = ContextVar("listening", default=None)


class Heard:
    """What solvers did while one listened.

    Attributes
    ----------
    counts : dict
        By solver and quantity.
    """

    def __init__(self) -> None:
        self.counts: _Counts = {}

    @property
    def work(self) -> Work:
        """All of it."""
        return Work(self.counts)


@contextmanager
def listening() -> Iterator[Heard]:
    """Listen to the solvers that are called within.

    Yields
    ------
    Heard

    Examples
    --------
    >>> with listening() as heard:
    ...     steps("Lasso", 3)
    ...     found("Lasso", ["iterates", "cvxpy"], first="iterates")
    >>> heard.counts["Lasso"]
    {'steps': 3, 'found by iterates': 1, 'found by cvxpy': 1, 'beyond the first link': 1}
    """
    heard = Heard()
    token = _listening.set(heard.counts)
    try:
        yield heard
    finally:
        _listening.reset(token)


def _count(solver: str, quantity: str, number: int) -> None:
    counts = _listening.get()
    if counts is not None and number:
        known = counts.setdefault(solver, {})
        known[quantity] = known.get(quantity, 0) + int(number)


def steps(solver: str, number: int) -> None:
    """Count iterations, of all codes together."""
    _count(solver, STEPS, number)


def calls(solver: str, number: int = 1) -> None:
    """Count calls of a solver that is not ours."""
    _count(solver, CALLS, number)


def found(solver: str, links: Sequence[str], *, first: str) -> None:
    """Count codes by the link of a chain that settled them, in the order of the codes."""
    if _listening.get() is not None:
        for link, codes in Counter(links).items():
            _count(solver, f"{FOUND} by {link}", codes)
        _count(solver, FALLBACK, len(links) - links.count(first))


def gaps(solver: str, relative: FloatArray) -> None:
    """Count codes by their relative duality gap, not negative."""
    if _listening.get() is not None:
        places = np.minimum(np.searchsorted(GAPS, relative), len(GAPS) - 1)
        for place, codes in enumerate(np.bincount(places, minlength=len(GAPS))):
            _count(solver, f"gap up to {GAPS[place]:g}", codes)
