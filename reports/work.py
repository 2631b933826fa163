"""What solvers had to do: which link of a chain found what, in how many steps, how closely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sparsebound.reports.codec import JsonRecord

FOUND, FALLBACK, STEPS, CALLS = "found", "beyond the first link", "steps", "calls"
COSTS = (FALLBACK, STEPS, CALLS)
"""Quantities of which less is better."""


@dataclass(frozen=True)
class Work(JsonRecord):
    """Counts by solver; they add.

    Attributes
    ----------
    counts : mapping
        For each solver, counts by quantity: ``"found by LINK"``, codes that this link of its chain
        settled; ``FALLBACK``, codes that the first link did not settle; ``STEPS``, iterations of
        all codes together; ``CALLS``, of a solver that is not ours; and ``"gap up to X"``, codes
        whose optimum has a relative duality gap of at most X, and more than the X before.

    Examples
    --------
    >>> one = Work({"Lasso": {"found by iterates": 3, "steps": 40}})
    >>> (one + one).counts
    {'Lasso': {'found by iterates': 6, 'steps': 80}}
    >>> one + Work() == one
    True
    """

    WHOLE: ClassVar[str] = "counts"

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __add__(self, other: Work) -> Work:
        total = {solver: dict(counts) for solver, counts in self.counts.items()}
        for solver, counts in other.counts.items():
            known = total.setdefault(solver, {})
            for quantity, count in counts.items():
                known[quantity] = known.get(quantity, 0) + count
        return Work(total)

    def fallback(self, solver: str) -> float:
        """Work out which share of codes the first link did not settle.

        Parameters
        ----------
        solver : str
            The chain.

        Returns
        -------
        float
            0 if it settled nothing at all.

        Examples
        --------
        >>> counts = {"found by iterates": 3, "found by cvxpy": 1, "beyond the first link": 1}
        >>> Work({"Lasso": counts}).fallback("Lasso")
        0.25
        """
        counts = self.counts.get(solver, {})
        found = sum(count for name, count in counts.items() if name.startswith(FOUND))
        return counts.get(FALLBACK, 0) / found if found else 0.0
