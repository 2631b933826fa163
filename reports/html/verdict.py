"""The page of a verdict: what became of a theorem on each code of a batch."""

from __future__ import annotations

import math

from sparsebound.reports.html.environment import render
from sparsebound.reports.html.run import STATUS_SYMBOLS
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, Verdict

LISTED = 200
"""Codes that are listed; the worst ones come first."""
NAMES = {"holds": "held"}
"""Where a run calls a status otherwise, and so its symbol and colour."""


def verdict_page(theorem: Theorem, verdict: Verdict, mutant: str | None = None) -> str:
    """Write the page of a verdict.

    Parameters
    ----------
    theorem : Theorem
        What was decided.
    verdict : Verdict
        What became of it.
    mutant : str, optional
        The false strengthening that was decided instead.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> from sparsebound.theory.dictionary.welch import THEOREM
    >>> from sparsebound.theory.verdict import decide
    >>> page = verdict_page(THEOREM, decide(THEOREM, THEOREM.extremal(1)))
    >>> "Welch bound" in page, "mu^2" in page
    (True, True)
    """
    order = sorted(range(len(verdict)), key=lambda code: -int(verdict.status[code]))
    edges = {name: values for name, values in verdict.premises.items() if _any(values)}
    return render(
        "verdict.html",
        title=f"sparsebound: verdict on {theorem.id}",
        theorem=theorem,
        mutant=mutant,
        counts=[(_name(status), verdict.count(status)) for status in Status],
        symbols=STATUS_SYMBOLS,
        premises=list(edges),
        rows=[
            {
                "code": code,
                "status": _name(Status(int(verdict.status[code]))),
                "ratio": _finite(verdict.ratio[code]),
                "attained": bool(verdict.attained[code]),
                "claim": verdict.claim[code],
                "edges": [f"{float(values[code]):.4g}" for values in edges.values()],
            }
            for code in order[:LISTED]
        ],
        left_out=max(len(verdict) - LISTED, 0),
    )


def _name(status: Status) -> str:
    return NAMES.get(str(status), str(status))


def _any(values: object) -> bool:
    return any(math.isfinite(float(value)) for value in values)  # type: ignore[attr-defined]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
