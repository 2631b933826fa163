"""Labels of codes in a certificate, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES
from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import down, given, percent, up

NAMED_LABELS = 3
"""Codes that are named in the text."""


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Say which labels of codes survive noise."""
    count = found["count"]
    yield f"Labels of your codes: {plural(count, 'code')}, {found['classes']} classes"
    if found["given"]:
        right = percent(found["right"], count)
        yield f"  read right  {found['right']} ({right}), out of the codes themselves"
    share = percent(found["certified"], count)
    yield f"  certified   {found['certified']} ({share}): {surviving(found)}  [{found['theorem']}]"
    if said := weights(found):
        named = f"[{found['errors_theorem']}, {found['signs_theorem']}]"
        yield f"  {said}; {by_signs(found)}  {named}"
    noise = found["noise"]
    if noise["counts"]:
        ends = ", ".join(down(noise[name], PLACES) for name in ("least", "median", "largest"))
        yield f"  noise that labels survive, at least: {ends} (the least, the median, the largest)"
    if found["unmoved"]:
        beside = "; that is of the others" if noise["counts"] else ""
        yield f"  noise of any size: {found['unmoved']} of {count} labels survive it{beside}"
    for one in found["weakest"][:NAMED_LABELS]:
        yield f"  weakest     {weak_label(one)}"


def surviving(found: dict[str, Any]) -> str:
    """Say what certified labels survive.

    Examples
    --------
    >>> surviving({"asked": 0.25})
    'whatever the noise is, up to 0.25 in each <d_j, e>, of normalised atoms'
    >>> surviving({"asked": 0.0})
    'without noise, and for a small enough lam'
    """
    if not found["asked"]:
        return "without noise, and for a small enough lam"
    most = given(found["asked"])
    return f"whatever the noise is, up to {most} in each <d_j, e>, of normalised atoms"


def weights(found: dict[str, Any]) -> str:
    """Say with which weight the Lasso has all labels that are certified.

    Examples
    --------
    >>> weights({"certified": 5, "lam": [0.25, 0.5]}), weights({"certified": 5, "lam": None})
    ('the Lasso has all of them for lam above 0.25 and below 0.5', 'the Lasso has each ... own lam')
    """
    if not found["certified"]:
        return ""
    if found["lam"] is None:
        return "the Lasso has each of them for its own lam"
    above, below = found["lam"]
    upper = "" if below is None else f" and below {down(below, PLACES)}"
    return f"the Lasso has all of them for lam above {up(above, PLACES)}{upper}"


def by_signs(found: dict[str, Any]) -> str:
    """Say of how many labels that is by the signs of their codes alone.

    Examples
    --------
    >>> by_signs({"by_signs": 3})
    'of 3 by the signs of the code, of the others for any signs'
    """
    return f"of {found['by_signs']} by the signs of the code, of the others for any signs"


def weak_label(one: dict[str, Any]) -> str:
    """Say of a code how much noise its label survives, and which class is next.

    Examples
    --------
    >>> weak_label({"code": 3, "label": 1, "rival": 0, "noise": 0.25, "error": 0.5})
    'code 3: label 1, against class 0, survives noise up to 0.25, and errors of entries up to 0.5'
    """
    noise = down(one["noise"], PLACES)
    error = "any size" if one["error"] is None else down(one["error"], PLACES)
    return (
        f"code {one['code']}: label {one['label']}, against class {one['rival']}, survives noise "
        f"up to {noise}, and errors of entries up to {error}"
    )
