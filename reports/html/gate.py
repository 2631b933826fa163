"""The page of the gate: how it ended, what differs, what was measured, and the runs before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sparsebound.reports.gate.benchmark import PASSED, Benchmark
from sparsebound.reports.gate.compare import NOT_JUDGED, REGRESSION, equal
from sparsebound.reports.gate.history import History, Past
from sparsebound.reports.html import charts
from sparsebound.reports.html.charts import BLUE, GREY, ORANGE
from sparsebound.reports.html.environment import render
from sparsebound.reports.html.measured import interval, trend
from sparsebound.reports.summary import headline, plural

SYMBOLS = {
    "passed": "✓",
    "failed": "✗",
    "regression": "✗",
    "change": "≠",
    "not judged": "?",
    "skipped": "–",
}
"""Beside the colour of an outcome or a verdict, for whoever does not see it."""
_COLOURS = {PASSED: BLUE, REGRESSION: ORANGE}

Found = dict[str, Any]
"""A finding, as the gate keeps it: :class:`sparsebound.reports.gate.compare.Finding`."""

EVIDENCE = {
    "truth": "Theorems that did not hold, whatever the baseline says.",
    "coverage": "Theorems, mutants and benchmarks that are gone, renamed or new.",
    "sharpness": "The largest lhs/rhs of a theorem, which the seed determines.",
    "work": "Counts that the seed determines.",
    "time": "Processor time, relative to what it is compared with.",
    "instructions": "Instructions that were executed, relative to what they are compared with.",
    "growth": "How time and memory grow with the size of a problem.",
}
"""What each kind of evidence is."""


def gate_page(document: dict[str, Any], gate: dict[str, Any], past: History) -> str:
    """Write the page of the gate.

    Parameters
    ----------
    document : dict
        The run, from :func:`sparsebound.reports.summary.summarise`.
    gate : dict
        What the gate found, as it keeps it in the folder of the run.
    past : History
        The runs beside it, from :func:`sparsebound.reports.gate.history.history`.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    benchmarks = [Benchmark(**entry) for entry in gate["benchmarks"]]
    verdicts = Counter(finding["verdict"] for finding in gate["findings"])
    passed = sum(benchmark.verdict == PASSED for benchmark in benchmarks)
    return render(
        "gate.html",
        title=f"sparsebound: gate {gate['outcome']}",
        run=document["run"],
        outcome=gate["outcome"],
        symbols=SYMBOLS,
        headline=_differences(verdicts),
        check=headline(document),
        compared=_compared(gate),
        tiles=[
            ("theorems", f"{len(document['theorems'])}"),
            ("regressions and changes", f"{verdicts['regression'] + verdicts['change']}"),
            ("not judged", f"{verdicts[NOT_JUDGED]}"),
            ("benchmarks passed", f"{passed} of {len(benchmarks)}"),
        ],
        evidence=EVIDENCE,
        findings=_findings(gate["findings"]),
        benchmarks=[(benchmark, _interval(benchmark)) for benchmark in benchmarks],
        **_history(past),
    )


def _differences(verdicts: Counter[str]) -> str:
    """Count findings in words."""
    nouns = {"regression", "change"}
    parts = [
        plural(count, name) if name in nouns else f"{count:,} {name}"
        for name, count in verdicts.items()
    ]
    return ", ".join(parts) or "nothing differs"


def _compared(gate: dict[str, Any]) -> list[tuple[str, str]]:
    """Say what the run was compared with; what is not known is left out."""
    baseline = gate["baseline"]
    origin = baseline["provenance"]
    versions = {"Python": origin.get("python"), **(origin.get("versions") or {})}
    facts = {
        "Baseline": baseline["file"],
        "Commit": origin.get("commit"),
        "Written at": origin.get("time"),
        "Command": origin.get("command"),
        "Versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "Times against": gate["base"] or "nothing: the benchmarks were not run",
        "Judged at": gate["time"],
    }
    return [(label, str(value)) for label, value in facts.items() if value]


def _findings(findings: Sequence[Found]) -> list[tuple[str, list[tuple[str, list[Found]]]]]:
    """Group findings by evidence and by what to run, in the order in which the gate gave them."""
    return [
        (evidence, _grouped(members, "look"))
        for evidence, members in _grouped(findings, "evidence")
    ]


def _grouped(findings: Sequence[Found], field: str) -> list[tuple[str, list[Found]]]:
    groups: dict[str, list[Found]] = {}
    for finding in findings:
        groups.setdefault(finding[field], []).append(finding)
    return list(groups.items())


def _interval(benchmark: Benchmark) -> Markup:
    return interval(
        benchmark.value,
        benchmark.lower,
        benchmark.upper,
        benchmark.expected,
        benchmark.limit,
        colour=_COLOURS.get(benchmark.verdict, GREY),
    )


@dataclass(frozen=True)
class _Series:
    """A number of every run: drawn, and as text."""

    name: str
    about: str
    picture: Markup
    texts: list[str]


def _measured(runs: Sequence[Past]) -> list[_Series]:
    """Follow every benchmark that some run has."""
    tables = [{(b.evidence, b.name, b.quantity): b for b in run.benchmarks} for run in runs]
    found = []
    for key in dict.fromkeys(key for table in tables for key in table):
        evidence, name, quantity = key
        entries = [table.get(key) for table in tables]
        there = [entry for entry in entries if entry]
        picture = trend(
            [entry.value if entry else None for entry in entries],
            description=f"{name}, {quantity}: {_span([entry.value for entry in there])}",
            intervals=[(entry.lower, entry.upper) if entry else None for entry in entries],
            levels=(there[-1].expected, there[-1].limit),
        )
        texts = [
            f"{entry.value:.4g} [{entry.lower:.4g}, {entry.upper:.4g}]" if entry else "-"
            for entry in entries
        ]
        last = there[-1]
        about = f"{evidence}, {quantity}: last {last.value:.4g}, limit {last.limit:.4g}"
        found.append(_Series(name, about, picture, texts))
    return found


def _ratios(runs: Sequence[Past]) -> list[_Series]:
    """Follow the largest lhs/rhs of the theorems where it is not the same in all runs."""
    found = []
    for name in dict.fromkeys(name for run in runs for name in run.ratios):
        values = [run.ratios.get(name) for run in runs]
        if all(equal(value, values[0]) for value in values):
            continue
        span = _span([value for value in values if value is not None], digits=10)
        picture = trend(values, description=f"Largest lhs/rhs of {name}: {span}")
        texts = ["-" if value is None else f"{value:.10g}" for value in values]
        found.append(_Series(name, span, picture, texts))
    return found


def _span(values: Sequence[float], digits: int = 4) -> str:
    first, last, least, most = (
        f"{value:.{digits}g}" for value in (values[0], values[-1], min(values), max(values))
    )
    return f"first {first}, last {last}, from {least} to {most}"


def _history(past: History) -> dict[str, Any]:
    runs = past.runs
    skipped: dict[str, list[str]] = {}
    for name, reason in past.skipped.items():
        skipped.setdefault(reason, []).append(name)
    found: dict[str, Any] = {"runs": runs, "skipped": skipped, "left_out": len(past.skipped)}
    if len(runs) < 2:
        return found
    totals: dict[str, list[float]] = {
        "undecided codes": [run.undecided for run in runs],
        "seconds": [run.seconds for run in runs],
    }
    return found | {
        "measured": _measured(runs),
        "ratios": _ratios(runs),
        "totals": [
            charts.lines(
                {name: values}, start=1, x="run", y=name, description=f"{name}: {_span(values)}"
            )
            for name, values in totals.items()
        ],
    }
