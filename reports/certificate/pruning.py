"""Which atoms to keep, and which to remove, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import LISTED, PLACES, number, shown, table
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
    priced = [step["price"] for step in prune["steps"] if step.get("price") is not None]
    if priced:
        yield f"  bounds of relative errors in brackets  [{priced[0]['most']['theorem']}]"
    if len(prune["steps"]) > LISTED:
        yield f"  {len(prune['steps'])} steps, the last of them (--json has all):"
    for step in prune["steps"][-LISTED:]:
        yield (
            f"  {step['action']} atom {step['atom']} (near {step['partner']}): coherence "
            f"{shown(step['coherence'])}{_limit(step)}, sparsity {step['sparsity']}{_cost(step)}"
        )


def _limit(step: dict[str, Any]) -> str:
    """What merging can make of the coherence, whatever the atoms are."""
    limit = step.get("limit")
    return "" if limit is None else f" (always at most {number(limit)} [{limit['theorem']}])"


def _cost(step: dict[str, Any]) -> str:
    """What a step costs the signals of codes, and between which bounds that is."""
    if step["cost"] is None:
        return ""
    price, said = step.get("price"), f", relative error of signals {about(step['cost'], PLACES)}"
    if price is None:
        return said
    least, most = (number(price[end], PLACES) for end in ("least", "most"))
    return f"{said} ({least} to {most})"


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
