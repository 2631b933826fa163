"""Predictions of a certificate, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES, table
from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import about, down, given, percent

NO_DEPTH = "none is known: features are undecided, or atoms depend, unless there is a ridge"
"""Why there may be no bound of the layers."""


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Say what holds for features, and for what is read out of them."""
    count, (least, mean, most) = found["count"], found["active"]
    right = "" if found["right"] is None else f", {percent(found['right'], count)} right"
    yield f"Your predictions: {plural(count, 'signal')}, {found['atoms']} atoms{right}"
    left = f", undecided for {found['undecided']}" if found["undecided"] else ""
    yield (
        f"  features    {about(mean, PLACES)} atoms ({least} to {most}); unique for "
        f"{found['unique']} ({percent(found['unique'], count)}){left}  [{found['theorem']}]"
    )
    if found["within"]:
        theorem = found["within"][0]["theorem"]
        yield f"  right, and certified not to change within a radius  [{theorem}]"
        rows = [
            (
                given(entry["radius"]),
                f"{entry['certified']} ({percent(entry['certified'], count)})",
                "-"
                if entry["attacked"] is None
                else f"{entry['attacked']} ({percent(entry['attacked'], count)})",
            )
            for entry in found["within"]
        ]
        yield from table(("radius", "certified", "an attack leaves"), rows)
    yield f"  support     {steady(found)}  [{found['support_theorem']}]"
    yield from _depths(found)
    for code in found["weakest"][:PLACES]:
        yield f"  weakest     {weak_signal(found, code)}"
    for entry in found["within"]:
        if entry["broken"]:
            where = ", ".join(map(str, entry["broken"]))
            yield f"  REFUTED     another class within {given(entry['radius'])}: signals {where}"
    if place := found.get("dual_points"):
        yield f"  dual points of each signal, from which its radius can be worked out: {place}"


def steady(found: dict[str, Any]) -> str:
    """Say how far signals may move and use the same atoms.

    Examples
    --------
    >>> steady({"support_radii": [0.015625, 0.25, None]})
    'no other atoms within 0.01562 (least), 0.25 (median)'
    """
    least, median, _ = (
        "any distance" if radius is None else down(radius, PLACES)
        for radius in found["support_radii"]
    )
    return f"no other atoms within {least} (least), {median} (median)"


def _depths(found: dict[str, Any]) -> Iterator[str]:
    """Say how many layers of a network have the label, or use all of the atoms."""
    depths = found["depths"]
    does = "uses all of these atoms" if found["signals"][0]["label"] is None else "has the label"
    known = f"for {depths['known']} ({percent(depths['known'], found['count'])})"
    yield f"  depth at which a finite network {does}: {known}  [{depths['theorem']}]"
    if not depths["networks"]:
        yield f"    {NO_DEPTH}"
        return
    rows = [
        (row["network"], str(row["least"]), str(row["median"]), str(row["largest"]))
        for row in depths["networks"]
    ]
    columns = (f"steps of 1/{given(depths['L'])}", "least", "median", "largest")
    yield from table(columns, rows)


def weak_signal(found: dict[str, Any], code: int) -> str:
    """Say of a signal how far it is certified, and what is to blame.

    Examples
    --------
    >>> signal = {"radius": 0.25, "rival": 3, "atom": None, "label": 1}
    >>> weak_signal({"signals": [signal]}, 0)
    'signal 0: radius 0.25, against class 3'
    """
    signal = found["signals"][code]
    atom = "" if signal["atom"] is None else f", where atom {signal['atom']} enters"
    radius = down(signal["radius"], PLACES)
    return f"signal {code}: radius {radius}, against class {signal['rival']}{atom}"
