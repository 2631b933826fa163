"""Solutions of the Lasso in a certificate, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.codes import vector
from sparsebound.reports.certificate.figures import PLACES
from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import down, given, up

NAMED = 4
"""Solutions that are named in the text."""


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Say how far solutions are from the minimisers."""
    of = "z >= 0" if found["nonnegative"] else "all z"
    named = f"[{found['theorem']}]"
    count = plural(found["count"], "solution")
    yield f"Your Lasso: {count} of min 1/2 ||y - D z||^2 + {given(found['lam'])} ||z||_1 over {of}"
    yield f"  above the least value by at most  {_three(found['gaps'])}  {named}"
    yield f"  as shares of the value at 0       {_three(found['relative'])}"
    yield f"  from the minimiser by at most     {_three(found['distances'])}, of normalised atoms"
    least, median, most = found["off"]
    yield f"  atoms that no minimiser has       {least}, {given(median)}, {most} of each signal"
    yield "  (the least, the median, the largest)"
    if found["wrong"]:
        yield f"  with entries on such atoms        {plural(found['wrong'], 'solution')}"
    if found["beaten"]:
        yield f"  surely not minimal                {plural(found['beaten'], 'solution')}"
    for one in found["worst"][:NAMED]:
        yield f"    {beaten(one)}"


def beaten(one: dict[str, Any]) -> str:
    """Say by how much a solution misses the least value, and which point shows it.

    Examples
    --------
    >>> beaten({"code": 3, "above": 0.25, "gap": 0.5, "better": [[1, 2.0]]})
    'solution 3 is above z[1] = about 2 by at least 0.25, and above the least by at most 0.5'
    """
    other = vector(one["better"]) or "0"
    return (
        f"solution {one['code']} is above {other} by at least {down(one['above'], PLACES)}, "
        f"and above the least by at most {up(one['gap'], PLACES)}"
    )


def _three(values: list[float]) -> str:
    return ", ".join(up(value, PLACES) for value in values)
