"""One benchmark against its baseline: what every kind of measured evidence ends in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from reports.fields import Fields
from reports.gate.compare import NOT_JUDGED, Finding

PASSED = "passed"


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
        Anything else: a second run, or why it is not judged.
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


def confirmed(first: Benchmark, second: Benchmark) -> Benchmark:
    """Decide on a benchmark that did not pass and was measured again.

    Parameters
    ----------
    first, second : Benchmark
        The two measurements.

    Returns
    -------
    Benchmark
        The second: passed if it passed, a regression if both were, else not judged.

    Examples
    --------
    >>> times = "1 ms", "2 ms", 2, 1.9, 2.1, 1, 1.1
    >>> slow = Benchmark("time", "k", "head/base", *times, "regression", "")
    >>> confirmed(slow, slow).verdict, confirmed(slow, replace(slow, verdict="passed")).verdict
    ('regression', 'passed')
    """
    agreed = second.verdict in (PASSED, first.verdict)
    return replace(
        second,
        verdict=second.verdict if agreed else NOT_JUDGED,
        note=f"first {first.measured}: {first.verdict}",
    )
