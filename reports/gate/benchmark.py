"""One benchmark against its baseline: what every kind of measured evidence ends in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sparsebound.reports.fields import Fields
from sparsebound.reports.gate.compare import (
    CHANGE,
    NOT_JUDGED,
    REGRESSION,
    UPDATE,
    Finding,
    membership,
)

PASSED = "passed"
CONFIRMED, RUNS = 2, 3
"""How many runs have to say that it is a regression, and how many there are at most."""
NTH = "first", "second"
KERNELS = "the module of kernels, see [tool.sparsebound]"
"""Where a tree says what is measured."""


@dataclass(frozen=True)
class Benchmark:
    """What was measured of one benchmark, and what that says.

    Attributes
    ----------
    evidence : {"time", "instructions", "growth"}
        Of which kind.
    name : str
        The benchmark.
    quantity : str
        What ``value`` is: a ratio to the baseline, or an exponent.
    baseline, now : str
        What was expected and what was found, with units, for people.
    value, lower, upper : float
        The compared number, and its interval; both ends equal it where it is exact.
    expected, limit : float
        What ``value`` should be, and the largest that passes.
    verdict : {"passed", "regression", "not judged"}
        What is decided.
    look : str
        What to run to look closer.
    note : str
        Anything else: what earlier runs said.
    """

    evidence: str
    name: str
    quantity: str
    baseline: str
    now: str
    value: float
    lower: float
    upper: float
    expected: float
    limit: float
    verdict: str
    look: str
    note: str = ""

    @classmethod
    def from_json(cls, value: Any, where: str) -> Self:
        """Read what an earlier gate kept.

        Parameters
        ----------
        value : object
            From JSON.
        where : str
            What it is called in messages.

        Returns
        -------
        Benchmark

        Raises
        ------
        InputError
            If a field is missing or not what it should be.
        """
        fields = Fields(where, value)
        return cls(
            evidence=fields.text("evidence"),
            name=fields.text("name"),
            quantity=fields.text("quantity"),
            baseline=fields.text("baseline"),
            now=fields.text("now"),
            value=fields.number("value"),
            lower=fields.number("lower"),
            upper=fields.number("upper"),
            expected=fields.number("expected"),
            limit=fields.number("limit"),
            verdict=fields.text("verdict"),
            look=fields.text("look"),
            note=fields.text("note"),
        )

    @property
    def findings(self) -> list[Finding]:
        """What the gate has to say of it: nothing if it passed.

        Examples
        --------
        >>> times = "1 ms", "2 ms", 2, 1.9, 2.1, 1, 1.1
        >>> slow = Benchmark("time", "k", "head/base", *times, "regression", "")
        >>> [finding.now for finding in slow.findings]
        ['2 ms, head/base 2 [1.9, 2.1]']
        """
        if self.verdict == PASSED:
            return []
        now = f"{self.now}, {self.measured}"
        now += f"; {self.note}" if self.note else ""
        what = Finding(
            self.evidence, self.name, self.quantity, self.baseline, now, self.verdict, self.look
        )
        return [what]

    @property
    def measured(self) -> str:
        """The compared number with its interval."""
        return f"{self.quantity} {self.value:.4g} [{self.lower:.4g}, {self.upper:.4g}]"

    def __str__(self) -> str:
        shown = f"{self.evidence}: {self.name}: baseline {self.baseline}, now {self.now}, "
        shown += f"{self.measured}, limit {self.limit:.4g}: {self.verdict}"
        return f"{shown} ({self.note})" if self.note else shown


def coverage(what: str, now: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[Finding]:
    """Find benchmarks that are gone, new, or held against something else than before.

    Parameters
    ----------
    what : str
        What the benchmarks are.
    now, was : mapping
        What each is held against.

    Yields
    ------
    Finding

    Examples
    --------
    >>> found = coverage("growth", {"a": "exponent 2", "c": ""}, {"a": "exponent 1", "b": ""})
    >>> [(f.subject, f.quantity, f.now, f.verdict) for f in found]  # doctest: +NORMALIZE_WHITESPACE
    [('b', 'growth', 'gone', 'regression'), ('c', 'growth', 'new', 'change'),
     ('a', 'growth, held against', 'exponent 2', 'change')]
    """
    yield from membership(what, now, was, gone=KERNELS, new=lambda name: UPDATE)
    for name in sorted(now.keys() & was.keys()):
        if now[name] != was[name]:
            sides = f"{was[name]}", f"{now[name]}"
            yield Finding("coverage", name, f"{what}, held against", *sides, CHANGE, UPDATE)


def decided(runs: Sequence[Benchmark]) -> Benchmark | None:
    """Decide on a benchmark from the runs that measured it so far.

    Parameters
    ----------
    runs : sequence of Benchmark
        What each said, in order.

    Returns
    -------
    Benchmark or None
        The last: passed if it passed, a regression if two runs said so, not judged after ``RUNS``
        runs without either. None if another run has to say.

    Examples
    --------
    >>> times = "1 ms", "2 ms", 2, 1.9, 2.1, 1, 1.1
    >>> slow = Benchmark("time", "k", "head/base", *times, "regression", "")
    >>> decided([slow]), decided([slow, slow]).verdict
    (None, 'regression')
    >>> decided([slow, replace(slow, verdict="passed")]).verdict
    'passed'
    """
    *before, last = runs
    if last.verdict == PASSED:
        verdict = PASSED
    elif [one.verdict for one in runs].count(REGRESSION) == CONFIRMED:
        verdict = REGRESSION
    elif len(runs) == RUNS:
        verdict = NOT_JUDGED
    else:
        return None
    said = (f"{nth} {one.measured}: {one.verdict}" for nth, one in zip(NTH, before, strict=False))
    return replace(last, verdict=verdict, note="; ".join(said))
