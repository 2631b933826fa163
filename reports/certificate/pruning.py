"""Which atoms to keep, and which to remove, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import LISTED, PLACES, shown, table
from sparsebound.theory.guarantees.decimals import about


def lines(prune: dict[str, Any]) -> Iterator[str]:
    """Say which atoms to keep, and which to remove or to merge."""
    if prune.get("front"):
        yield from _front(prune["front"])
        yield ""
    if prune["steps"] is None:
        yield "Steps are not taken one by one of so many atoms"
        return
    end = "" if prune["reached"] else " (not reached)"
    yield f"Pruning, from sparsity {prune['from']} to {prune['to']}{end}"
    if len(prune["steps"]) > LISTED:
        yield f"  {len(prune['steps'])} steps, the last of them (--json has all):"
    for step in prune["steps"][-LISTED:]:
        error = step["cost"]
        cost = "" if error is None else f", relative error of signals {about(error, PLACES)}"
        yield (
            f"  {step['action']} atom {step['atom']} (near {step['partner']}): coherence "
            f"{shown(step['coherence'])}, sparsity {step['sparsity']}{cost}"
        )


def _front(rows: list[dict[str, Any]]) -> Iterator[str]:
    """How many atoms carry the guarantee, between two bounds, and which."""
    yield f"Atoms that can be kept for s nonzeros, with (2s - 1) mu < 1  [{rows[0]['theorem']}]"
    cells = [
        (
            str(row["sparsity"]),
            f"below 1/{2 * row['sparsity'] - 1}",
            f"{row['promised']:,}",
            f"{len(row['atoms']):,}",
            f"{row['most']:,} ({row['because']})",
        )
        for row in rows
    ]
    yield from table(("s", "coherence", "at least", "found", "at most"), cells)
    for row in rows:
        named = ", ".join(map(str, row["atoms"][: 2 * LISTED]))
        more = ", ... (--json has all)" if len(row["atoms"]) > 2 * LISTED else ""
        yield f"  found for {row['sparsity']}: {named}{more}"
