"""Which atoms to remove, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import LISTED, PLACES, shown
from sparsebound.theory.guarantees.decimals import about


def lines(prune: dict[str, Any]) -> Iterator[str]:
    """Say which atoms to remove or to merge."""
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
