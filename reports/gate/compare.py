"""A run against its baseline: truth without a threshold, sharpness and work as they were.

On the machine, or one that rounds alike, a seed determines everything, so counts are compared
exactly. Elsewhere the last digits of float data differ. Then only ratios that were attained are
judged (theorems that the extremal constructions make equalities), and all else is said to be not
judged. Ratios are equal within ``ALLOWANCE``.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sparsebound.reports.gate.baseline import Baseline, Record
from sparsebound.reports.summary import HELD, subject_options
from sparsebound.reports.work import COSTS, FALLBACK, Work

ALLOWANCE = float(np.sqrt(np.finfo(np.float64).eps))
"""Relative. An instance is found by maximising lhs/rhs, or by a solver, from float data; where a
function is flat, an error of eps in its value leaves its argument open by sqrt(eps), and double
eigenvalues move by as much. So sqrt(eps) is what data that are right to eps determine."""

REGRESSION, CHANGE, NOT_JUDGED, SKIPPED = "regression", "change", "not judged", "skipped"
UPDATE = "sparsebound gate RUN_DIR --update-baseline"
"""Puts what changed on purpose into the baseline."""


@dataclass(frozen=True)
class Finding:
    """One difference.

    Attributes
    ----------
    evidence : str
        Of which kind: "truth", "coverage", "sharpness", "work", "shares" of what was trained,
        "time", "instructions" or "growth".
    subject : str
        The theorem, the theorem and its mutant, or the benchmark.
    quantity : str
        What was compared.
    baseline, now : str
        Its values.
    verdict : {"regression", "change", "not judged", "skipped"}
        A change fails as a regression does: improvements are put into the baseline on purpose. What
        was skipped cannot be had here, and nobody expects it.
    look : str
        What to run to look closer.
    """

    evidence: str
    subject: str
    quantity: str
    baseline: str
    now: str
    verdict: str
    look: str


def compare(document: dict[str, Any], baseline: Baseline) -> list[Finding]:
    """Compare a run with a baseline.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.
    baseline : Baseline
        What was reviewed.

    Returns
    -------
    list of Finding
        Strongest evidence first.

    Raises
    ------
    InputError
        If the run is not finished, or checked nothing.
    """
    run = Baseline.of(document)
    found = list(truth(document))
    if run.settings != baseline.settings:
        names = [n for n in run.settings if run.settings[n] != baseline.settings.get(n)]
        was = ", ".join(f"{name} {baseline.settings.get(name)!r}" for name in names)
        now = ", ".join(f"{name} {run.settings[name]!r}" for name in names)
        look = str(baseline.provenance.get("command"))
        return [*found, Finding("coverage", "run", "settings", was, now, NOT_JUDGED, look)]
    found += membership(
        "theorem",
        run.theorems,
        baseline.theorems,
        gone="sparsebound list",
        new=lambda name: _look(name, document),
    )
    alike = _rounding(run) == _rounding(baseline)
    if not alike:
        was, now = (_describe(side) for side in (baseline, run))
        found.append(Finding("work", "run", "machine", was, now, NOT_JUDGED, UPDATE))
    for name in run.theorems.keys() & baseline.theorems.keys():
        found += _theorem(name, run.theorems[name], baseline.theorems[name], document, alike)
    order = ("truth", "coverage", "sharpness", "work")
    return sorted(found, key=lambda f: (order.index(f.evidence), f.subject, f.quantity))


def truth(document: dict[str, Any]) -> Iterator[Finding]:
    """Find what is wrong whatever the baseline says.

    Parameters
    ----------
    document : dict
        From :func:`sparsebound.reports.summary.summarise`.

    Yields
    ------
    Finding
        A theorem that was violated, vacuous, undecided too often or not run; a mutant that
        survived.
    """
    became = {entry["id"]: entry["status"] for entry in document["theorems"]}
    became |= {entry["id"]: "not run" for entry in document["not_run"]}
    for name, status in became.items():
        if status != HELD:
            look = _look(name, document)
            yield Finding("truth", name, "status", HELD, status, REGRESSION, look)


def membership(
    what: str,
    now: Collection[str],
    was: Collection[str],
    *,
    gone: str,
    new: Callable[[str], str],
    of: str = "",
) -> Iterator[Finding]:
    """Find what only one side has.

    Parameters
    ----------
    what : str
        What the names are of.
    now, was : collection of str
        The names.
    gone : str
        What to run to look closer at what is gone.
    new : callable
        Takes the name of what is new to what to run.
    of : str
        Goes before a name, if it is part of something.

    Yields
    ------
    Finding
        Gone: a regression. New: a change, to be put into the baseline on purpose. What is renamed
        is gone and new.

    Examples
    --------
    >>> found = membership("kernel", ["b", "c"], ["a", "b"], gone="list", new="explain {}".format)
    >>> [(f.subject, f.now, f.verdict, f.look) for f in found]
    [('a', 'gone', 'regression', 'list'), ('c', 'new', 'change', 'explain c')]
    """
    for name in sorted(set(now) ^ set(was)):
        if name in was:
            change = "there", "gone", REGRESSION, gone
        else:
            change = "none", "new", CHANGE, new(name)
        yield Finding("coverage", f"{of}{name}", what, *change)


def status(findings: list[Finding]) -> int:
    """Say how the gate ends.

    Parameters
    ----------
    findings : list of Finding
        From :func:`compare`.

    Returns
    -------
    int
        0: nothing was found. 1: a regression or a change. 2: something could not be judged, and
        nothing worse.

    Examples
    --------
    >>> status([])
    0
    """
    verdicts = {finding.verdict for finding in findings} - {SKIPPED}
    return 1 if verdicts - {NOT_JUDGED} else 2 if verdicts else 0


def equal(now: float | None, was: float | None) -> bool:
    """Whether two ratios differ by no more than what the data determine.

    Parameters
    ----------
    now, was : float or None
        Largest ratios; None where no code had one.

    Returns
    -------
    bool

    Examples
    --------
    >>> equal(1.0, 1.0 + 1e-9), equal(1.0, 1.0 + 1e-7), equal(None, 1.0), equal(None, None)
    (True, False, False, True)
    """
    if now is None or was is None:
        return now is was
    return abs(now - was) <= ALLOWANCE * max(abs(now), abs(was))


def _theorem(
    name: str, now: Record, was: Record, document: dict[str, Any], alike: bool
) -> Iterator[Finding]:
    look = _look(name, document)
    mutants = now.mutants, was.mutants
    yield from membership(
        "mutant", *mutants, gone="sparsebound list", new=lambda mutant: look, of=f"{name}: "
    )
    if (alike or was.counts["attained"]) and not equal(now.max_ratio, was.max_ratio):
        less = (now.max_ratio or 0.0) < (was.max_ratio or 0.0)
        verdict = REGRESSION if less else CHANGE
        values = f"{was.max_ratio}", f"{now.max_ratio}"
        yield Finding("sharpness", name, "largest ratio", *values, verdict, look)
    if not alike:
        return
    for quantity, count in was.counts.items():
        if now.counts[quantity] != count:
            values = f"{count}", f"{now.counts[quantity]}"
            yield Finding("work", name, quantity, *values, CHANGE, look)
    yield from _solvers(name, now.work, was.work, look)
    for mutant in sorted(now.mutants.keys() & was.mutants.keys()):
        before, after = was.mutants[mutant], now.mutants[mutant]
        if before != after:
            verdict = REGRESSION if after > before else CHANGE
            subject, quantity = f"{name}: {mutant}", "examples to refute"
            yield Finding("work", subject, quantity, f"{before}", f"{after}", verdict, look)


def _solvers(name: str, now: Work, was: Work, look: str) -> Iterator[Finding]:
    for solver in sorted(now.counts.keys() | was.counts.keys()):
        sides = was.counts.get(solver, {}), now.counts.get(solver, {})
        for quantity in sorted(sides[0].keys() | sides[1].keys()):
            before, after = (side.get(quantity, 0) for side in sides)
            if before == after:
                continue
            shown = f"{before:,}", f"{after:,}"
            if quantity == FALLBACK:
                shares = was.fallback(solver), now.fallback(solver)
                shown = f"{before:,} ({shares[0]:.2%})", f"{after:,} ({shares[1]:.2%})"
            verdict = REGRESSION if quantity in COSTS and after > before else CHANGE
            yield Finding("work", name, f"{solver}: {quantity}", *shown, verdict, look)


def _rounding(side: Baseline) -> tuple[Any, ...]:
    python = str(side.provenance.get("python")).rpartition(".")[0]
    return python, side.provenance.get("versions"), side.provenance.get("arithmetic")


def _describe(side: Baseline) -> str:
    python, versions, arithmetic = _rounding(side)
    shown = ", ".join(f"{name} {version}" for name, version in (versions or {}).items())
    return f"Python {python}, {shown}, arithmetic {arithmetic}"


def _look(name: str, document: dict[str, Any]) -> str:
    settings = document["run"]["settings"]
    words = ["sparsebound", "check", name, "--profile", settings["profile"]]
    if settings.get("examples") is not None:
        words += ["--examples", str(settings["examples"])]
    words += ["--seed", str(settings["seed"]), *subject_options(settings)]
    for file in settings["load"]:
        words += ["--load", file]
    return shlex.join(words)
