"""The page of a run: whether it passed, the catalogue, and every theorem with its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from markupsafe import Markup

from sparsebound.reports.earlier import MOST, Earlier
from sparsebound.reports.explanation import proved
from sparsebound.reports.failures import failures
from sparsebound.reports.fault import FAULTS
from sparsebound.reports.formal import formal
from sparsebound.reports.html import charts, pictures
from sparsebound.reports.html.atlas import page_of
from sparsebound.reports.html.environment import render
from sparsebound.reports.samples import EDGES
from sparsebound.reports.summary import (
    BROKEN,
    HELD,
    exit_status,
    headline,
    judged_as,
    subject_options,
)
from sparsebound.reports.tally import BINS
from sparsebound.reports.wording import replay_command, without_tightness

STATUS_SYMBOLS = {
    "held": "✓",
    "violated": "✗",
    **dict.fromkeys(FAULTS, "✗"),
    "mutant survived": "!",
    "vacuous": "○",
    "undecided": "?",
    "unfinished": "…",
}
"""Beside the colour of a status, for whoever does not see it."""
FOLDED = 12
"""Theorems of a page; where there are more, topics in which every theorem held are folded."""


def run_page(document: dict[str, Any], earlier: Sequence[Earlier] = ()) -> str:
    """Write the page of a run.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    earlier : sequence of Earlier
        From :func:`sparsebound.reports.earlier.earlier_runs`.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> nothing = {"schema": 4, "run": {}, "theorems": [], "not_run": [], "dictionaries": []}
    >>> "Nothing was checked" in run_page(nothing)
    True
    """
    theorems = document["theorems"]
    settings = document["run"].get("settings", {})
    mutants = [mutant["refuted"] for theorem in theorems for mutant in theorem["mutants"]]
    statuses = Counter(theorem["status"] for theorem in theorems)
    return render(
        "run.html",
        title="sparsebound: report of a run",
        run=document["run"],
        passed=exit_status(document) == 0,
        headline=headline(document).partition(": ")[2],
        subject=" ".join(subject_options(settings)[1:]),
        judged=judged_as(theorems),
        reasons=reasons(document),
        tiles=[
            ("theorems held", f"{statuses[HELD]} of {len(theorems)}"),
            ("mutants refuted", f"{sum(mutants)} of {len(mutants)}"),
            ("instances", f"{sum(theorem['instances'] for theorem in theorems):,}"),
            ("codes decided", f"{sum(map(_decided, theorems)):,}"),
        ],
        topics=_topics(theorems, settings, earlier),
        earlier=[_with_held(run) for run in earlier],
        most=MOST,
        statuses=[status for status in STATUS_SYMBOLS if statuses[status]],
        symbols=STATUS_SYMBOLS,
        known={theorem["id"] for theorem in theorems},
        not_run=document["not_run"],
        dictionaries=document["dictionaries"],
    )


def reasons(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Say why a run did not pass.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    list of (str, str)
        Identifiers, empty if it is nobody's in particular, and reasons.

    Examples
    --------
    >>> reasons({"theorems": [], "not_run": []})
    [('', 'Nothing was checked.')]
    """
    found = [] if document["theorems"] else [("", "Nothing was checked.")]
    for theorem in document["theorems"]:
        status = theorem["status"]
        if status == HELD:
            continue
        survivors = [mutant["name"] for mutant in theorem["mutants"] if not mutant["refuted"]]
        shown = {
            "violated": "is violated",
            **{kind: f"was not decided ({kind})" for kind in FAULTS},
            "vacuous": "is vacuous: no instance satisfied its premises",
            "undecided": "has too many undecided verdicts",
            "mutant survived": f"has mutants that were not refuted: {', '.join(survivors)}",
            "unfinished": "is unfinished",
        }[status]
        if theorem["violation"]:
            shown += f": {theorem['violation']['cause'] or theorem['violation']['claim']}"
        if theorem["fault"]:
            shown += f": {theorem['fault']['said']}"
        if theorem.get("failing_premise"):
            shown += f"; the premise that fails: {theorem['failing_premise']}"
        found.append((theorem["id"], shown))
    found += [(entry["id"], f"was not run: {entry['reason']}") for entry in document["not_run"]]
    return found


def _topics(
    theorems: list[dict[str, Any]], settings: dict[str, Any], earlier: Sequence[Earlier]
) -> list[dict[str, Any]]:
    """Put theorems together by topic: what failed first, in either."""

    def topic(theorem: dict[str, Any]) -> str:
        return str(theorem["id"]).partition(".")[0]

    groups = groupby(sorted(theorems, key=lambda theorem: theorem["id"]), key=topic)
    found = [(name, sorted(members, key=_urgency)) for name, members in groups]
    return [
        {
            "name": name,
            "held": sum(theorem["status"] == HELD for theorem in members),
            "open": members[0]["status"] != HELD or len(theorems) <= FOLDED,
            "theorems": [_section(theorem, settings, earlier) for theorem in members],
        }
        for name, members in sorted(found, key=lambda group: _urgency(group[1][0]))
    ]


def _with_held(run: Earlier) -> dict[str, Any]:
    return {**vars(run), "held": sum(found.status == HELD for found in run.found.values())}


def _decided(theorem: dict[str, Any]) -> int:
    return int(theorem["counts"]["holds"] + theorem["counts"]["violated"])


def _urgency(theorem: dict[str, Any]) -> tuple[bool, bool]:
    """Order violations first, then whatever else did not pass."""
    return theorem["status"] not in BROKEN, theorem["status"] == HELD


def _section(
    theorem: dict[str, Any], settings: dict[str, Any], earlier: Sequence[Earlier]
) -> dict[str, Any]:
    name = theorem["id"]
    explained = theorem["explained"]

    def found(kept: dict[str, Any] | None, mutant: str = "") -> dict[str, Any] | None:
        if kept is None:
            return None
        command = replay_command(name, kept["recipe"], mutant=mutant, settings=settings)
        return {**kept, "command": command}

    samples = theorem["samples"]
    return {
        **theorem,
        "statement": explained.get("statement", ""),
        "source": explained.get("source", {"text": "", "link": ""}),
        "symbols": {name: said for name, said in explained.get("symbols", {}).items() if said},
        "told": {part: explained.get(part, []) for part in ("premises", "claims")},
        "proof": explained.get("proof", ""),
        "proved_in": proved(theorem["proved"]),
        "formal": formal(theorem["proved"]),
        "sharpness": explained.get("sharpness", []),
        "premises": [_premise(*item) for item in theorem["premises"].items()],
        "ratios": _ratios(theorem),
        "without_tightness": without_tightness(theorem),
        "failures": failures(theorem, settings),
        "earlier": [(run, run.found[name]) for run in earlier if name in run.found],
        "instance": found(theorem["worst"]),
        "solvers": [
            (solver, ", ".join(f"{quantity}: {count:,}" for quantity, count in counts.items()))
            for solver, counts in theorem["work"].items()
        ],
        "atlas": page_of(name),
        "picture": picture(samples["worst"]),
        "judged_as": judged_as([theorem]),
        "curves": [
            _curve(title, samples[kind]["curve"])
            for kind, title in (
                ("worst", "Error, worst instance"),
                ("typical", "Error, typical instance"),
            )
            if samples[kind] and samples[kind]["curve"] and len(samples[kind]["curve"]["k"]) > 1
        ],
        "mutants": [
            {**mutant, "worst": found(mutant["worst"], mutant["name"])}
            for mutant in theorem["mutants"]
        ],
    }


def _premise(name: str, counts: Sequence[int]) -> dict[str, Any]:
    within = EDGES.index(1.0) + 1
    inside, beyond = sum(counts[:within]), sum(counts[within:])
    description = f"{inside:,} codes within the premise, {counts[within - 1]:,} of them within a "
    description += f"tenth of its edge; {beyond:,} beyond it"
    picture = pictures.spark(counts, within, description=description)
    return {
        "name": name,
        "picture": picture if inside + beyond else None,
        "inside": inside,
        "near": counts[within - 1],
        "beyond": beyond,
    }


def _ratios(theorem: dict[str, Any]) -> Markup | None:
    counts = theorem["histogram"]
    if not sum(counts):
        return None
    labels = [*(f"{edge:g}" for edge in BINS), "> 1"]
    largest = theorem["max_ratio"]
    description = f"Distribution of lhs/rhs over {sum(counts):,} codes; the largest is {largest:g}"
    return charts.histogram(labels, counts, title="lhs/rhs", description=description, beyond=1)


def _curve(title: str, curve: dict[str, Any]) -> dict[str, Any]:
    supported = bool(curve["missing"])
    names = ("k", "error", "bound", *(("missing", "false") if supported else ()))
    beneath = "; beneath, how many entries of the support are missing or false"
    return {
        "title": title,
        "claim": curve["claim"],
        "supported": supported,
        "continued": curve["continued"],
        "recovered": _recovered(curve) if supported else None,
        "names": names,
        "zeros": min(*curve["error"], *curve["bound"]) <= 0,
        "rows": list(zip(*(curve[name] for name in names), strict=True)),
        "chart": charts.decay(
            **{name: curve[name] for name in names},
            description=f"Error and bound at {len(curve['k'])} states on a log axis, from "
            f"{curve['error'][0]:.3g} and {curve['bound'][0]:.3g} to "
            f"{curve['error'][-1]:.3g} and {curve['bound'][-1]:.3g}{beneath * supported}",
        ),
        "shown": [
            (name, pictures.heatmap(matrix, description=f"A matrix: {name}"))
            for name, matrix in curve["shown"].items()
        ],
    }


def _recovered(curve: dict[str, Any]) -> int | None:
    """Find the state from which on the support is that of the code."""
    first = None
    for k, missing, false in zip(curve["k"], curve["missing"], curve["false"], strict=True):
        if missing or false:
            first = None
        elif first is None:
            first = k
    return first


def picture(sample: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Draw a small instance: its dictionary, the Gram matrix of the normalised atoms, a code.

    Parameters
    ----------
    sample : mapping, optional
        ``dictionary``, rows of numbers, none if it is too large; and ``code``.

    Returns
    -------
    dict or None
        SVG elements, and what stands beside them; None if there is nothing to draw.

    Examples
    --------
    >>> picture({"dictionary": [[1, 3], [0, 4]], "code": [0, 1]})["support"]
    '1 of 2 entries are not zero'
    """
    if not sample or not sample["dictionary"]:
        return None
    matrix = np.array(sample["dictionary"])
    rows, columns = matrix.shape
    norms = np.linalg.norm(matrix, axis=0)
    unit = matrix / np.where(norms > 0, norms, 1.0)
    gram = unit.T @ unit
    coherence = np.abs(gram - np.diag(np.diag(gram))).max()
    code = sample["code"]
    shown = f"{sum(value != 0 for value in code)} of {len(code)} entries are not zero"
    return {
        "rows": rows,
        "columns": columns,
        "dictionary": pictures.heatmap(
            matrix, description=f"The dictionary: {columns} atoms of length {rows}, as columns"
        ),
        "gram": pictures.heatmap(
            gram, description=f"The Gram matrix of the normalised atoms; coherence {coherence:.4g}"
        ),
        "coherence": coherence,
        "code": pictures.stems(code, description=f"The code: {shown}") if any(code) else None,
        "support": shown,
    }
