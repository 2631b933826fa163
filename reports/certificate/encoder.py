"""The encoder of an autoencoder in a certificate, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES, table
from sparsebound.theory.guarantees.decimals import down, percent, up


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Say on which codes one layer finds the right units."""
    k = "" if found["k"] is None else f", k = {found['k']}"
    yield f"Your encoder: {found['architecture']}{k}  [{found['theorem']}]"
    rows = [
        (str(one["sparsity"]), share(one), str(one["unit"]), window(one, found["reason"]))
        for one in found["at"]
    ]
    head = ("s", "thresholds exist for least/largest above", "unit to blame", "yours are right")
    yield from table(head, rows)
    if found["reason"]:
        yield f"  yours have no thresholds: {found['reason']}"
    codes = found["codes"]
    if codes is not None and codes["asked"]:
        part = percent(codes["right"], codes["asked"])
        yield (
            f"  of D x it finds the support of {codes['right']} of {codes['asked']} nonnegative "
            f"codes ({part}), not that of {codes['wrong']}; undecided {codes['undecided']}"
        )


def share(one: dict[str, Any]) -> str:
    """Say which share of the largest entry the least one has to exceed; never 1 or more.

    Examples
    --------
    >>> share({"ratio": 0.25}), share({"ratio": 1.5}), share({"ratio": None})
    ('0.25', 'none exist', 'none exist')
    """
    ratio = one["ratio"]
    return "none exist" if ratio is None or ratio >= 1 else up(ratio, PLACES)


def window(one: dict[str, Any], reason: str | None) -> str:
    """Say for which entries the thresholds of an encoder are right.

    Examples
    --------
    >>> window({"smallest": 0.25, "largest": 1.0}, None)
    'for entries from 0.25 to 1'
    >>> window({"smallest": None, "largest": None}, None)
    'for none'
    """
    if reason:
        return "-"
    if one["largest"] is None:
        return "for none"
    return f"for entries from {up(one['smallest'], PLACES)} to {down(one['largest'], PLACES)}"
