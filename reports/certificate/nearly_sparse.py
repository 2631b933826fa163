"""Codes that are only nearly sparse in a certificate, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES
from sparsebound.theory.guarantees.decimals import percent, up


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Say how near another code of a signal is to one that basis pursuit may not find."""
    yield f"Nearly sparse codes: {beyond(found)}"
    yield f"  any other code of the signal, of no larger l1 norm, is near  [{found['theorem']}]"
    yield f"  {told(found)}"
    shares = found["shares"]
    if shares["counts"]:
        ends = ", ".join(up(shares[name], PLACES) for name in ("least", "median", "largest"))
        yield f"  ||z - x||_1 / ||x||_1, at most: {ends} (the least, the median, the largest)"


def beyond(found: dict[str, Any]) -> str:
    """Say how many codes are not known to be those of least l1 norm.

    Examples
    --------
    >>> beyond({"beyond": 7, "count": 10})
    '7 of 10 are not certified to be the only code of least l1 norm'
    """
    some = f"{found['beyond']} of {found['count']}"
    return f"{some} are not certified to be the only code of least l1 norm"


def told(found: dict[str, Any]) -> str:
    """Say of how many codes that is more than the triangle inequality.

    Examples
    --------
    >>> told({"beyond": 8, "told": 2})
    'for 2 of them (25%) by less than 2 ||x||_1, which is always so'
    """
    share = percent(found["told"], found["beyond"])
    return f"for {found['told']} of them ({share}) by less than 2 ||x||_1, which is always so"
