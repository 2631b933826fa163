"""What the Python decided, written for Coq: a row for each statement of ``proofs/tied/``.

A row says which theorem, or which of its mutants, is decided, on what, and how its numbers are the
arguments of the Coq definition of that name. Premises and claim have to come to the same there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sparsebound.checks.evidence import gather
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.verdict import HOLDS, VACUOUS, VIOLATED, decide

BEGIN = """From Coq Require Import ZArith QArith.
From sparsebound Require Import model computed decided search certificates.
From sparsebound Require tied.{family}.
Delimit Scope Z_scope with binary.
Notation "a // b" := (Qmake a%binary b%positive) (at level 35).
"""


@dataclass(frozen=True)
class Found:
    """What a row is written from: an instance, evidence, and what a mutant changes."""

    instance: Any
    evidence: Mapping[str, Any]
    changes: Mapping[str, Any]

    @property
    def only(self) -> Any:
        """The only piece of evidence."""
        (found,) = self.evidence.values()
        return found


Writer = Callable[[Found], Iterator[list[str]]]


@dataclass(frozen=True)
class Row:
    """One statement of Coq.

    Attributes
    ----------
    tie : str
        Its definition, ``<family>.<name>``.
    theorem : str
        What the Python decides.
    write : callable
        From what was found to the arguments of the definition; several for several instances.
    posed : sequence of Posed
        What it is decided on.
    mutant : str
        The name of a mutant, where it is decided instead.
    evidence : mapping, optional
        Evidence, where it is not what a provider finds.
    """

    tie: str
    theorem: str
    write: Writer
    posed: tuple[Posed, ...]
    mutant: str = ""
    evidence: Mapping[str, Any] | None = None


def from_theorem(theorem: str, write: Writer, tie: str = "", sizes: int = 1) -> Row:
    """The extremal instances of a theorem, the smallest first."""
    found = tuple(catalogue()[theorem].extremal(size) for size in range(1, sizes + 1))
    return Row(tie or theorem, theorem, write, found)


def of_mutant(tie: str, theorem: str, write: Writer, mutant: str) -> Row:
    """The smallest instance that the catalogue names against a mutant."""
    found = catalogue()[theorem]
    refuted = found.mutant(mutant).witness or found.sharp
    assert refuted is not None
    return Row(tie, theorem, write, (refuted(1),), mutant)


@dataclass(frozen=True)
class Tie:
    """A statement about some numbers, and what the Python says of it."""

    term: str
    premises: bool
    claim: bool

    def agreed(self, name: str) -> str:
        """The same verdict in Coq; of a false statement, a proof that it is false.

        The machine of Coq computes once, while a cast is checked.
        """
        premises, claim = str(self.premises).lower(), str(self.claim).lower()
        seen, verdict = "(premises t, claim t)", f"({premises}, {claim})"
        if not self.premises:
            seen, verdict = "premises t", premises
        proof = f"(erefl {verdict} <: {seen} = {verdict})"
        if self.premises and not self.claim:
            proof = f"refuted (t := t) {proof} erefl"
        return f"Definition {name} R := let t := {self.term} in {proof}."


def unchanged(rows: Iterable[Row]) -> Iterator[Row]:
    """Theorems themselves, on what refutes their mutants: they say less, and are true there."""
    rows = tuple(rows)
    for row in rows:
        if row.mutant:
            same = (
                other.tie
                for other in rows
                if not other.mutant and other.theorem == row.theorem and other.write == row.write
            )
            if (tie := next(same, None)) is not None:
                yield replace(row, tie=tie, mutant="")


def says_nothing(row: Row) -> bool:
    """Whether the premises of a theorem fail on what a row decides."""
    theorem = catalogue()[row.theorem]
    given = ((one, row.evidence or gather(theorem, one)) for one in row.posed)
    return all(decide(theorem, one, found).status[0] == VACUOUS for one, found in given)


def ties(row: Row) -> Iterator[Tie]:
    """Decide what a row says in Python, and write it down."""
    theorem = catalogue()[row.theorem]
    changes = theorem.mutant(row.mutant).changes if row.mutant else {}
    for given in row.posed:
        evidence = gather(theorem, given) if row.evidence is None else row.evidence
        status = int(decide(theorem, given, evidence, changes).status[0])
        assert status in (HOLDS, VIOLATED) or not status, (row, status)
        for terms in row.write(Found(posed(given).instance, evidence, changes)):
            term = f"tied.{row.tie} R {' '.join(terms)}"
            yield Tie(term, status in (HOLDS, VIOLATED), status == HOLDS)
