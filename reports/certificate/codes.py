"""Codes of a certificate, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate.figures import PLACES, left_out, table
from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import about, down, percent, up

EACH = 2
"""Codes of each property that are named in the text."""

NOT_ASKED = {
    "nonnegative code of least sum": "since no code is nonnegative",
    "only nonnegative code": "since no code is nonnegative, or atoms are on no one side of a plane",
}
"""Why a property was asked of no code, where that is not obvious."""

ENTRIES = 4
"""Entries of a vector that are written out."""


def nonzeros(codes: dict[str, Any]) -> str:
    """Say how many nonzeros the codes have.

    Parameters
    ----------
    codes : dict
        Of a certificate.

    Returns
    -------
    str
        A range, or what all of them have.

    Examples
    --------
    >>> nonzeros({"sparsity": [1, 4]}), nonzeros({"sparsity": [6, 6]})
    ('1 to 4 nonzeros', '6 nonzeros each')
    """
    least, largest = codes["sparsity"]
    if least == largest:
        return f"{plural(least, 'nonzero')} each"
    return f"{least} to {plural(largest, 'nonzero')}"


def lines(codes: dict[str, Any]) -> Iterator[str]:
    """Say what holds for the codes."""
    yield f"Your codes: {codes['count']}, with {nonzeros(codes)}"
    rows = [
        (
            entry["property"],
            _certified(entry, codes["count"]),
            str(entry["refuted"]),
            str(entry["unknown"]),
            *(down(entry["margins"][name], PLACES) for name in ("least", "median")),
            f"[{entry['theorem']}]{left_out(entry['margins'], entry['asked'])}",
        )
        for entry in codes["properties"]
        if entry["asked"]
    ]
    yield from table(("", "certified", "refuted", "unknown", "least margin", "median", ""), rows)
    for entry in codes["properties"]:
        if not entry["asked"] and entry["property"] in NOT_ASKED:
            yield f"  not asked: {entry['property']}, {NOT_ASKED[entry['property']]}"
    yield "  margins are 1 - v of the value v that has to be below 1, or 1/v - 1: from -1 to 1"
    reach = codes["lasso_reach"]
    if reach["counts"]:
        ends = ", ".join(down(reach[name], PLACES) for name in ("least", "median", "largest"))
        yield f"  Lasso with the signs of a code, lam up to: {ends} (at least)  [uniqueness.lasso]"
    grown = ", ".join(up(codes["growth"][name], PLACES) for name in ("least", "median", "largest"))
    grown = f"{grown} (at most){left_out(codes['growth'], codes['count'])}"
    yield f"  Lasso error by lam, ||(D_S^T D_S)^-1||: {grown}  [stability.lasso_witness]"
    if said := searched(codes["searched"]):
        yield f"  {said}"
    if codes["failing"]:
        yield f"  not certified, the worst {EACH} of each:"
    seen: Counter[str] = Counter()
    for entry in codes["failing"]:
        seen[entry["property"]] += 1
        if seen[entry["property"]] <= EACH:
            yield f"    code {entry['code']}: {entry['property']}, {why(entry, codes)}"


def _certified(entry: dict[str, Any], count: int) -> str:
    share = percent(entry["certified"], entry["asked"])
    some = f" of {entry['asked']}" if entry["asked"] < count else ""
    return f"{entry['certified']}{some} ({share})"


def searched(found: dict[str, Any]) -> str:
    """Say for how many codes another dual certificate was searched; nothing if for none.

    Examples
    --------
    >>> searched({"wanted": 3, "tried": 2, "programs": 1})
    'another dual certificate was searched for 2 of 3 codes that need one, 1 linear program solved'
    """
    if not found["wanted"]:
        return ""
    solved = plural(found["programs"], "linear program")
    return (
        f"another dual certificate was searched for {found['tried']} of "
        f"{plural(found['wanted'], 'code')} that need one, {solved} solved"
    )


def why(entry: dict[str, Any], codes: dict[str, Any]) -> str:
    """Say why a code is not certified.

    Examples
    --------
    >>> entry = {"code": 3, "refuted": True, "margin": -0.25, "atom": 7, "property": "Lasso"}
    >>> why(entry, {"searched": {"witnesses": []}})
    'refuted, margin -0.25, atom 7 is to blame'
    """
    said = ["refuted" if entry["refuted"] else "unknown"]
    if entry["margin"] is not None:
        said.append(f"margin {down(entry['margin'], PLACES)}")
    if entry["atom"] is not None:
        said.append(f"atom {entry['atom']} is to blame")
    for witness in codes["searched"]["witnesses"]:
        if (witness["code"], witness["property"]) == (entry["code"], entry["property"]):
            said.append(f"by the {witness['kind']} {vector(witness['entries'])}")
    return ", ".join(said)


def vector(entries: list[list[float]]) -> str:
    """Write out the first entries of a vector."""
    shown = ", ".join(f"z[{i}] = {about(value, PLACES)}" for i, value in entries[:ENTRIES])
    left = len(entries) - ENTRIES
    return f"{shown} and {left} more" if left > 0 else shown
