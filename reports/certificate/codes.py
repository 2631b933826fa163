"""Codes of a certificate, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES, left_out, table
from sparsebound.theory.guarantees.decimals import down, percent, up


def lines(codes: dict[str, Any]) -> Iterator[str]:
    """Say what holds for the codes."""
    least, largest = codes["sparsity"]
    yield f"Your codes: {codes['count']}, with {least} to {largest} nonzeros"

    rows = [
        (
            entry["property"],
            f"{entry['certified']} ({percent(entry['certified'], codes['count'])})",
            *(down(entry["margins"][name], PLACES) for name in ("least", "median", "largest")),
            f"[{entry['theorem']}]{left_out(entry['margins'], codes['count'])}",
        )
        for entry in codes["properties"]
    ]
    yield from table(("certified as", "codes", "least margin", "median", "largest", ""), rows)
    grown = ", ".join(up(codes["growth"][name], PLACES) for name in ("least", "median", "largest"))
    grown = f"{grown} (at most){left_out(codes['growth'], codes['count'])}"
    yield f"  Lasso error by lam, ||(D_S^T D_S)^-1||: {grown}  [stability.lasso_witness]"
    if codes["failing"]:
        yield "  not certified, the worst two of each:"
    seen: Counter[str] = Counter()
    for entry in codes["failing"]:
        seen[entry["property"]] += 1
        if seen[entry["property"]] > 2:
            continue
        blame = "" if entry["atom"] is None else f", atom {entry['atom']} is to blame"
        margin = down(entry["margin"], PLACES)
        yield f"    code {entry['code']}: {entry['property']}, margin {margin}{blame}"
