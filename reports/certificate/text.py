"""A certificate as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparsebound.reports.certificate import (
    codes,
    encoder,
    labels,
    nearly_sparse,
    networks,
    pairs,
    predictions,
    pruning,
    solutions,
)
from sparsebound.reports.certificate.figures import LISTED, shown, table
from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import given

SECTIONS = {
    "pairs": pairs.lines,
    "network": networks.lines,
    "encoder": encoder.lines,
    "codes": codes.lines,
    "nearly_sparse": nearly_sparse.lines,
    "labels": labels.lines,
    "solutions": solutions.lines,
    "predictions": predictions.lines,
    "prune": pruning.lines,
    "attack": networks.attack_lines,
}
"""What writes each part of a certificate that was asked for, in the order in which they appear."""


def text(document: dict[str, Any]) -> str:
    """Write a certificate out for people.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.certificate.document.document`.

    Returns
    -------
    str
        Lines of at most about 100 characters.
    """
    return "\n".join(_lines(document))


def _lines(d: dict[str, Any]) -> Iterator[str]:
    facts, given = d["dictionary"], d["input"]
    name = given["file"] if given["array"] is None else f"{given['array']} in {given['file']}"
    yield f"{name}: {facts['atoms']} atoms of length {facts['length']}"
    yield f"  layout      atoms are {given['atoms']} ({given['layout']})"
    for note in d["notes"]:
        yield f"  note        {note}"
    yield ""
    yield from _dictionary(facts)
    yield ""
    yield from _guarantees(d["guarantees"])
    yield ""
    yield from _constants(d["by_sparsity"])
    yield ""
    yield from _unfolded(d["unfolded"], d["settings"])
    for part, lines in SECTIONS.items():
        if d.get(part) is not None:
            yield ""
            yield from lines(d[part])


def _dictionary(facts: dict[str, Any]) -> Iterator[str]:
    pair = "" if facts["pair"] is None else f", of atoms {facts['pair'][0]} and {facts['pair'][1]}"
    coherence, welch = facts["coherence"], facts["welch"]
    yield "Dictionary"
    if facts["independent"]:
        yield "  independent atoms: every signal has at most one representation  [uniqueness.spark]"
    yield f"  coherence   {shown(coherence)}{pair}  [{coherence['theorem']}]"
    yield f"  Welch       {shown(welch)} for this shape  [{welch['theorem']}]"
    if (further := facts["welch_orders"]) is not None:
        yield f"  orders      {shown(further)} for this shape  [{further['theorem']}]"
    sums = [facts["babel"][k - 1] for k in (1, 2, 4, 8, 16, 32, 64) if k <= len(facts["babel"])]
    if sums:
        ks = [str(k) for k in (1, 2, 4, 8, 16, 32, 64)][: len(sums)]
        yield f"  Babel       {', '.join(shown(value) for value in sums)} at k = {', '.join(ks)}"
    yield f"  spark       {shown(facts['spark'])}  [{facts['spark']['theorem']}]"
    most = facts["neighbours"]
    yield f"  neighbours  {shown(most)}, atoms that meet in one atom  [{most['theorem']}]"


def _guarantees(guarantees: list[dict[str, Any]]) -> Iterator[str]:
    yield "Guaranteed for every code up to this many nonzeros (local: near any one atom)"
    named = {entry["version"] for entry in guarantees}
    versions = [v for v in ("independent", "coherence", "babel", "local") if v in named]
    found: dict[str, dict[str, str]] = {}
    for entry in guarantees:
        cell = f"{entry['largest']} [{entry['theorem']}]"
        found.setdefault(entry["property"], {})[entry["version"]] = cell
    rows = [(name, *(cells.get(v, "-") for v in versions)) for name, cells in found.items()]
    yield from table(("", *versions), rows)


def _constants(by_sparsity: list[dict[str, Any]]) -> Iterator[str]:
    yield "Constants by sparsity (v: what the theorem keeps below 1, as (2s - 1) mu)"
    rows = [
        (
            str(row["sparsity"]),
            entry["name"],
            shown(entry["figure"]),
            f"{entry['formula']}  [{entry['figure']['theorem']}, {entry['version']}]",
        )
        for row in by_sparsity[:LISTED]
        for entry in row["constants"]
        if entry["version"] != "local"  # the numbers of the version by coherence
    ]
    yield from table(("s", "constant", "value", "from"), rows)
    if len(by_sparsity) > LISTED:
        yield f"  ... and {len(by_sparsity) - LISTED} more sparsities (--json has all)"


def _unfolded(depth: dict[str, Any], settings: dict[str, Any]) -> Iterator[str]:
    codes = f"codes of {plural(depth['sparsity'], 'nonzero')}"
    yield f"Unfolded network with W = D, {codes}, as coefficients of normalised atoms"
    yield (
        f"  of amplitude {given(settings['amplitude'])}, noise {given(settings['noise'])}, "
        f"wanted error {given(settings['tolerance'])}"
    )
    q = depth["q"]
    yield f"  rate q      {shown(q)}  [{q['theorem']}, {depth['version']}]"
    if depth["depth"] is None:
        yield f"  depth       none is certified: {depth['reason']}"
    else:
        yield f"  depth       {depth['depth']} layers surely suffice  [rate.depth]"
