"""A certificate as JSON data and as text; what it is of is computed elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from sparsebound.reports.summary import plural
from sparsebound.theory.guarantees.decimals import (
    DIGITS,
    EDGES,
    ENOUGH,
    UNKNOWN,
    Real,
    about,
    down,
    enclosed,
    given,
    percent,
    up,
)

SCHEMA = 1
KIND = "certificate"
BOUND = {"exact": "", "upper": "at most", "lower": "at least"}
"""What is said beside the number of a figure of each kind."""

LISTED, PLACES = 8, 4
"""How many rows of a long table the text shows, and how many digits of margins."""


def document(certificate: Any) -> dict[str, Any]:
    """Turn a certificate into JSON data; numbers that are infinite or unknown become ``None``.

    Bounds are floats on their safe side, written so that they are read as the same floats.

    Parameters
    ----------
    certificate : dataclass
        Whose fields are results of ``sparsebound.theory.guarantees``.

    Returns
    -------
    dict

    Examples
    --------
    >>> from sparsebound.theory.guarantees.figure import Figure
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
        ("predictions", _predictions),
        ("prune", _prune),
        ("attack", _attack),
    ):
        if d.get(part) is not None:
            yield ""
            yield from lines(d[part])


def number(figure: dict[str, Any], digits: int = DIGITS, *edges: float) -> str:
    """Write the number of a figure, rounded in the direction in which it stays true.

    Parameters
    ----------
    figure : dict
        Of a document: value, kind, error.
    digits : int
        Significant digits, at least.
    *edges : float
        Chosen numbers that it has to be told from, besides 0 and 1.

    Returns
    -------
    str

    Examples
    --------
    >>> number({"value": 0.78432200692, "kind": "upper"}), number({"value": 2 / 3, "kind": "lower"})
    ('0.784323', '0.666666')
    """
    value, kind = figure["value"], figure["kind"]
    if kind != "exact":
        if value in edges:
            digits, edges = ENOUGH, ()
        told: tuple[Real, ...] = (*EDGES, *(Fraction(given(edge)) for edge in edges))
        return (up if kind == "upper" else down)(value, digits, edges=told)
    if value is None or figure["error"] is None:
        return UNKNOWN
    return enclosed(Fraction(value) - Fraction(figure["error"]), value, digits)


def bound(figure: dict[str, Any], words: dict[str, str] = BOUND) -> str:
    """Say what kind of bound a figure is; nothing of one that is exact or unknown.

    Examples
    --------
    >>> bound({"value": 0.5, "kind": "upper"}), bound({"value": None, "kind": "upper"})
    ('at most', '')
    """
    return "" if figure["value"] is None else words[figure["kind"]]


def left_out(margins: dict[str, Any], count: int) -> str:
    """Say of how many codes a number is unknown; the distribution is that of the others.

    Examples
    --------
    >>> left_out({"counts": [1, 1]}, 5), left_out({"counts": [1, 1]}, 2)
    (', unknown of 3', '')
    """
    unknown = count - sum(margins["counts"])
    return f", unknown of {unknown}" if unknown else ""


def _shown(figure: dict[str, Any], *edges: float) -> str:
    said = bound(figure)
    return number(figure, DIGITS, *edges) + (f" ({said})" if said else "")


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
    codes = f"codes of {plural(depth['sparsity'], 'nonzero')}"
    yield f"Unfolded network with W = D, {codes}, as coefficients of normalised atoms"
    yield (
        f"  of amplitude {given(settings['amplitude'])}, noise {given(settings['noise'])}, "
        f"wanted error {given(settings['tolerance'])}"
    )
    q = depth["q"]
    yield f"  rate q      {_shown(q)}  [{q['theorem']}, {depth['version']}]"
    if depth["depth"] is None:
        yield f"  depth       none is certified: {depth['reason']}"
    else:
        yield f"  depth       {depth['depth']} layers surely suffice  [rate.depth]"


def _network(network: dict[str, Any]) -> Iterator[str]:
    verdict = "certified" if network["certified"] else "not certified"
    yield f"Your network: {verdict}, for coefficients of the atoms as given"
    if network["reason"] is not None:
        yield f"  because     {network['reason']}"
    crossed = network["cross_coherence"]
    yield f"  others      |<w_i, d_j>| is up to {_shown(crossed)}  [{crossed['theorem']}]"
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
            given(layer["threshold"]),
            _shown(layer["needed"], layer["threshold"]),
            "-" if layer["short"] == 0 else up(layer["short"]),
            str(layer["column"]),
        )
        for layer in shown
    ]
    head = ("layer", "certified", "error after it", "threshold", "needed", "short by", "column")
    yield from _table(head, rows)


def _codes(codes: dict[str, Any]) -> Iterator[str]:
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
    yield from _table(("certified as", "codes", "least margin", "median", "largest", ""), rows)
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


def _predictions(found: dict[str, Any]) -> Iterator[str]:
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
        yield from _table(("radius", "certified", "an attack leaves"), rows)
    for code in found["weakest"][:PLACES]:
        yield f"  weakest     {weak_signal(found, code)}"
    for entry in found["within"]:
        if entry["broken"]:
            where = ", ".join(map(str, entry["broken"]))
            yield f"  REFUTED     another class within {given(entry['radius'])}: signals {where}"


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


def _prune(prune: dict[str, Any]) -> Iterator[str]:
    end = "" if prune["reached"] else " (not reached)"
    yield f"Pruning, from sparsity {prune['from']} to {prune['to']}{end}"
    if len(prune["steps"]) > LISTED:
        yield f"  {len(prune['steps'])} steps, the last of them (--json has all):"
    for step in prune["steps"][-LISTED:]:
        error = step["cost"]
        cost = "" if error is None else f", relative error of signals {about(error, PLACES)}"
        yield (
            f"  {step['action']} atom {step['atom']} (near {step['partner']}): coherence "
            f"{_shown(step['coherence'])}, sparsity {step['sparsity']}{cost}"
        )


def _attack(attack: dict[str, Any]) -> Iterator[str]:
    yield f"Attack: {attack['tried']} codes tried, {attack['layers']} layers"
    yield f"  largest error found  {_shown(attack['found'])}"
    yield f"  certified bound      {_shown(attack['bound'])}"
    entries = zip(attack["support"], attack["values"], strict=True)
    yield f"  at the code          {', '.join(f'x[{i}] = {given(v)}' for i, v in entries)}"
    if attack.get("beaten"):
        yield f"  REFUTED              {refuted(attack['beaten'])}"


def refuted(layers: Sequence[int]) -> str:
    """Say that an attack has beaten certified bounds.

    Examples
    --------
    >>> refuted([0, 2])
    'the certificate is false: the error after layers 0, 2 is above its bound'
    """
    where = f"layer{'' if len(layers) == 1 else 's'} {', '.join(map(str, layers))}"
    return f"the certificate is false: the error after {where} is above its bound"
