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
    alone = found["reason"] is None
    rows: list[tuple[str, ...]] = [
        (str(one["sparsity"]), share(one), str(one["unit"]), window(one, found["reason"]))
        for one in found["at"]
    ]
    head: tuple[str, ...] = (
        "s",
        "thresholds exist for least/largest above",
        "unit to blame",
        "yours are right",
    )
    if alone:
        head = (*head, "any answer is off by")
        rows = [(*row, off(one)) for row, one in zip(rows, found["at"], strict=True)]
    yield from table(head, rows)
    if alone:
        yield from confused(found)
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


def off(one: dict[str, Any]) -> str:
    """Say how wrong any functions of the units are on some code, in units of the largest entry.

    Examples
    --------
    >>> off({"gap": 0.25, "gap_of_any_weights": 0.0})
    'at least 0.25 B'
    """
    return f"at least {down(max(one['gap'], one['gap_of_any_weights']), PLACES)} B"


def confused(found: dict[str, Any]) -> Iterator[str]:
    """Show two codes of few nonzeros that a unit sees as one.

    Examples
    --------
    >>> pair = [[[0, 0.5], [2, 1.0]], [[1, 1.0]]]
    >>> at = [{"sparsity": 2, "gap": 0.25, "gap_unit": 0, "alike": pair}]
    >>> for line in confused({"gap_theorem": "network.amortisation_gap", "at": at}):
    ...     print(line)
      unit 0 sees two codes as one: 0.5 on 0, 1 on 2; and: 1 on 1  [network.amortisation_gap]
      so that, whatever it answers, it is off by 0.25 on one of them
    """
    one = next((one for one in found["at"] if one["sparsity"] > 1 and one["alike"]), None)
    if one is None:
        return
    first, second = (_entries(code) for code in one["alike"])
    said = f"  unit {one['gap_unit']} sees two codes as one: {first}; and: {second}"
    yield f"{said}  [{found['gap_theorem']}]"
    yield f"  so that, whatever it answers, it is off by {down(one['gap'], PLACES)} on one of them"


def _entries(code: list[list[float]]) -> str:
    return ", ".join(f"{value:.4g} on {int(atom)}" for atom, value in code) or "nothing"
