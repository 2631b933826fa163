"""A certificate as JSON data and as text; what it is of is computed elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from math import isfinite
from typing import Any

from reports.summary import plural

SCHEMA = 1
KIND = "certificate"
BOUND = {"exact": "", "upper": " (at most)", "lower": " (at least)"}
LISTED = 8
"""How many rows of a long table the text shows."""


def document(certificate: Any) -> dict[str, Any]:
    """Turn a certificate into JSON data; infinite numbers become ``None``.

    Parameters
    ----------
    certificate : dataclass
        Whose fields are results of ``theory.guarantees``.

    Returns
    -------
    dict

    Examples
    --------
    >>> from theory.guarantees.figure import Figure
    >>> document(Figure(float("inf"), "upper", "uniqueness.spark"))["value"] is None
    True
    """
    if not is_dataclass(certificate) or isinstance(certificate, type):
        raise TypeError(f"certificate is {certificate!r}; expected a frozen result")
    made = {"schema": SCHEMA, "kind": KIND, **_plain(asdict(certificate))}
    made.pop("weights", None)  # an array, which has a file of its own
    if made.get("prune"):
        steps = made["prune"]
        made["prune"] = {"from": steps.pop("before"), "to": steps.pop("after"), **steps}
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def text(document: dict[str, Any]) -> str:
    """Write a certificate out for people.

    Parameters
    ----------
    document : dict
        From :func:`document`.

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
    for part, lines in (
        ("network", _network),
        ("codes", _codes),
        ("prune", _prune),
        ("attack", _attack),
    ):
        if d[part] is not None:
            yield ""
            yield from lines(d[part])


def _shown(figure: dict[str, Any]) -> str:
    value = "infinite" if figure["value"] is None else f"{figure['value']:.6g}"
    return f"{value}{BOUND[figure['kind']]}"


def _dictionary(facts: dict[str, Any]) -> Iterator[str]:
    pair = "" if facts["pair"] is None else f", of atoms {facts['pair'][0]} and {facts['pair'][1]}"
    coherence, welch = facts["coherence"], facts["welch"]
    yield "Dictionary"
    yield f"  coherence   {_shown(coherence)}{pair}  [{coherence['theorem']}]"
    yield f"  Welch       {_shown(welch)} for this shape  [{welch['theorem']}]"
    sums = [facts["babel"][k - 1] for k in (1, 2, 4, 8, 16, 32, 64) if k <= len(facts["babel"])]
    if sums:
        ks = [str(k) for k in (1, 2, 4, 8, 16, 32, 64)][: len(sums)]
        yield f"  Babel       {', '.join(_shown(value) for value in sums)} at k = {', '.join(ks)}"
    yield f"  spark       {_shown(facts['spark'])}  [{facts['spark']['theorem']}]"
    most = facts["neighbours"]
    yield f"  neighbours  {_shown(most)}, atoms that meet in one atom  [{most['theorem']}]"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _guarantees(guarantees: list[dict[str, Any]]) -> Iterator[str]:
    yield "Guaranteed for every code up to this many nonzeros (local: near any one atom)"
    versions = ("coherence", "babel", "local")
    found: dict[str, dict[str, str]] = {}
    for entry in guarantees:
        cell = f"{entry['largest']} [{entry['theorem']}]"
        found.setdefault(entry["property"], {})[entry["version"]] = cell
    rows = [(name, *(cells.get(v, "-") for v in versions)) for name, cells in found.items()]
    yield from _table(("", *versions), rows)


def _constants(by_sparsity: list[dict[str, Any]]) -> Iterator[str]:
    yield "Constants by sparsity (v: what the theorem keeps below 1, as (2s - 1) mu)"
    rows = [
        (
            str(row["sparsity"]),
            entry["name"],
            _shown(entry["figure"]),
            f"{entry['formula']}  [{entry['figure']['theorem']}, {entry['version']}]",
        )
        for row in by_sparsity[:LISTED]
        for entry in row["constants"]
        if entry["version"] != "local"  # the numbers of the version by coherence
    ]
    yield from _table(("s", "constant", "value", "from"), rows)
    if len(by_sparsity) > LISTED:
        yield f"  ... and {len(by_sparsity) - LISTED} more sparsities (--json has all)"


def _unfolded(depth: dict[str, Any], settings: dict[str, Any]) -> Iterator[str]:
    yield f"Unfolded network with W = D, codes of {plural(depth['sparsity'], 'nonzero')}"
    yield (
        f"  of amplitude {settings['amplitude']:g}, noise {settings['noise']:g}, "
        f"wanted error {settings['tolerance']:g}"
    )
    q = depth["q"]
    yield f"  rate q      {_shown(q)}  [{q['theorem']}, {depth['version']}]"
    if depth["depth"] is None:
        yield f"  depth       none is certified: {depth['reason']}"
    else:
        yield f"  depth       {depth['depth']} layers surely suffice  [rate.depth]"


def _network(network: dict[str, Any]) -> Iterator[str]:
    yield f"Your network: {'certified' if network['certified'] else 'not certified'}"
    if network["reason"] is not None:
        yield f"  because     {network['reason']}"
    yield f"  mu(W, D)    {_shown(network['cross_coherence'])}  [dictionary.cross_coherence]"
    yield (
        f"  diagonal    |1 - <w_i, d_i>| is {_shown(network['diagonal'])}, "
        f"largest at column {network['diagonal_column']}"
    )
    layers = network["layers"]
    shown = [*layers[:LISTED], *(layers[-1:] if len(layers) > LISTED else [])]
    rows = [
        (
            str(layer["layer"]),
            "yes" if layer["certified"] else "no",
            _shown(layer["bound"]),
            f"{layer['threshold']:.6g}",
            _shown(layer["needed"]),
            f"{layer['short']:.6g}" if layer["short"] else "-",
            str(layer["column"]),
        )
        for layer in shown
    ]
    head = ("layer", "certified", "error after it", "threshold", "needed", "short by", "column")
    yield from _table(head, rows)


def _codes(codes: dict[str, Any]) -> Iterator[str]:
    least, largest = codes["sparsity"]
    yield f"Your codes: {codes['count']}, with {least} to {largest} nonzeros"

    def number(value: float | None) -> str:
        return "unknown" if value is None else f"{value:.4f}"

    rows = [
        (
            entry["property"],
            f"{entry['certified']} ({entry['share']:.0%})",
            *(number(entry["margins"][name]) for name in ("least", "median", "largest")),
            f"[{entry['theorem']}]",
        )
        for entry in codes["properties"]
    ]
    yield from _table(("certified as", "codes", "least margin", "median", "largest", ""), rows)
    grown = [number(codes["growth"][name]) for name in ("least", "median", "largest")]
    shown = ", ".join(grown)
    yield f"  Lasso error by lam, ||(D_S^T D_S)^-1||: {shown}  [stability.lasso_witness]"
    if codes["failing"]:
        yield "  not certified, the worst two of each:"
    seen: Counter[str] = Counter()
    for entry in codes["failing"]:
        seen[entry["property"]] += 1
        if seen[entry["property"]] > 2:
            continue
        blame = "" if entry["atom"] is None else f", atom {entry['atom']} is to blame"
        margin = number(entry["margin"])
        yield f"    code {entry['code']}: {entry['property']}, margin {margin}{blame}"


def _prune(prune: dict[str, Any]) -> Iterator[str]:
    end = "" if prune["reached"] else " (not reached)"
    yield f"Pruning, from sparsity {prune['from']} to {prune['to']}{end}"
    if len(prune["steps"]) > LISTED:
        yield f"  {len(prune['steps'])} steps, the last of them (--json has all):"
    for step in prune["steps"][-LISTED:]:
        cost = "" if step["cost"] is None else f", relative error of signals {step['cost']:.4g}"
        yield (
            f"  {step['action']} atom {step['atom']} (near {step['partner']}): coherence "
            f"{_shown(step['coherence'])}, sparsity {step['sparsity']}{cost}"
        )


def _attack(attack: dict[str, Any]) -> Iterator[str]:
    yield f"Attack: {attack['tried']} codes tried, {attack['layers']} layers"
    yield f"  largest error found  {_shown(attack['found'])}"
    yield f"  certified bound      {_shown(attack['bound'])}"
    entries = zip(attack["support"], attack["values"], strict=True)
    yield f"  at the code          {', '.join(f'x[{i}] = {v:.4g}' for i, v in entries)}"
