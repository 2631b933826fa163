"""A run in Markdown, for the page of a CI job."""

from __future__ import annotations

import re
from typing import Any

from sparsebound.reports.html.run import STATUS_SYMBOLS, reasons
from sparsebound.reports.summary import headline, judged_as, subject_options
from sparsebound.reports.wording import duration, tightness


def markdown(document: dict[str, Any]) -> str:
    """Summarise a run: one line that says whether it passed, why not, and a table.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Returns
    -------
    str
        Markdown, as GitHub and GitLab take it.

    Examples
    --------
    >>> print(markdown({"run": {}, "theorems": [], "not_run": [], "dictionaries": []}))
    ### sparsebound: failed
    <BLANKLINE>
    0 theorems: none checked; 0 verdicts on 0 instances
    <BLANKLINE>
    - Nothing was checked.
    <BLANKLINE>
    """
    word, _, line = headline(document).partition(": ")
    lines = [f"### sparsebound: {word}", "", _plain(line), ""]
    if subject := subject_options(document["run"].get("settings", {}))[1:]:
        types = judged_as(document["theorems"])
        judged = f", judged as {_plain(types)}" if types else ""
        lines += [f"Checked: {_code(' '.join(subject))}{judged}", ""]
    for name, reason in reasons(document):
        lines.append(f"- {_code(name) + ' ' if name else ''}{_plain(reason)}")
    if document["theorems"]:
        lines += [
            "",
            "| theorem | status | instances | largest lhs/rhs | mutants | time |",
            "| --- | --- | ---: | ---: | ---: | ---: |",
        ]
    for theorem in document["theorems"]:
        refuted = sum(mutant["refuted"] for mutant in theorem["mutants"])
        cells = [
            _code(theorem["id"]),
            f"{STATUS_SYMBOLS[theorem['status']]} {theorem['status']}",
            f"{theorem['instances']:,}",
            tightness(theorem),
            f"{refuted}/{len(theorem['mutants'])}",
            duration(theorem["seconds"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Keep text from being taken for Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', chr(39)).replace('|', '&#124;')}`"
