"""The page of public packages: what held, what did not and why, and what cannot be asked."""

from __future__ import annotations

from typing import Any

from sparsebound.reports.html.environment import render
from sparsebound.reports.wording import ratio


def peers_page(document: dict[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    document : dict
        With ``date``, ``sparsebound``, ``examples`` and ``peers``: package, version, subject, note
        and results of each.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> result = {"theorem": "rate.ista", "status": "held", "instances": 9, "ratio": 0.5}
    >>> row = {"package": "numpy", "version": "2", "subject": "a:b", "note": ""}
    >>> peers = [{**row, "results": [result]}]
    >>> "rate.ista" in peers_page(
    ...     {"date": "2026-01-01", "sparsebound": "1", "examples": 9, "peers": peers}
    ... )
    True
    """
    peers = document["peers"]
    statuses = [result["status"] for row in peers for result in row["results"]]
    held = statuses.count("held")
    return render(
        "peers.html",
        title="sparsebound: public packages",
        headline=f"{held} of {len(statuses)} questions held, of {len(peers)} solvers.",
        ratio=lambda value: "-" if value is None else ratio(value),
        **document,
    )
