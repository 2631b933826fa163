"""Premises and claims of a theorem, judged on each code of a batch in one arithmetic.

What balls settle is settled: exact arithmetic computes a theorem's premises, and its claims, as far
as the last one that they left open on some code, and takes the others from what balls found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.compared import compare
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Claim, Premise, Theorem

BEYOND = 1 + 2.0**-52
"""The least lhs/rhs of a premise that fails."""


class Status(IntEnum):
    """What became of a theorem on one code; a batch is as bad as its worst code."""

    VACUOUS = 0
    HOLDS = 1
    UNDECIDED = 2
    VIOLATED = 3

    def __str__(self) -> str:
        return self.name.lower()


# plain integers: looking a member up costs more than the comparison that it is for
VACUOUS, HOLDS, UNDECIDED, VIOLATED = (int(status) for status in Status)


class JudgedPremise(NamedTuple):
    """A premise on each code: ``HOLDS``, ``UNDECIDED``, or ``VACUOUS`` where it fails.

    ``ratio``: its largest lhs/rhs; -inf without an edge.
    """

    name: str
    status: NDArray[np.int8]
    ratio: FloatArray

    def select(self, codes: NDArray[np.intp]) -> JudgedPremise:
        """Keep some codes."""
        return JudgedPremise(self.name, self.status[codes], self.ratio[codes])


class JudgedClaim(NamedTuple):
    """A claim on each code: ``HOLDS``, ``UNDECIDED`` or ``VIOLATED``, whatever the premises are.

    ``VACUOUS`` is one that ranges over nothing. ``ratio``: its largest lhs/rhs, among what violates
    it where something does; -inf where it is not defined or not measured. ``equal``: whether it
    holds with equality, if it is measured.
    """

    name: str
    status: NDArray[np.int8]
    ratio: FloatArray
    equal: Mask

    def select(self, codes: NDArray[np.intp]) -> JudgedClaim:
        """Keep some codes."""
        return JudgedClaim(self.name, self.status[codes], self.ratio[codes], self.equal[codes])


J = TypeVar("J", JudgedPremise, JudgedClaim)


@dataclass(frozen=True)
class Judgement:
    """All premises and claims on each code; no claims where the premises fail on all of them.

    Attributes
    ----------
    premised : ndarray of int8, shape (B,)
        What became of the premises together: ``HOLDS``, ``UNDECIDED`` or ``VACUOUS``.
    premises, claims : tuple
        Each of them, in the order in which the theorem yields them.
    """

    premised: NDArray[np.int8]
    premises: tuple[JudgedPremise, ...]
    claims: tuple[JudgedClaim, ...]

    def select(self, codes: NDArray[np.intp]) -> Judgement:
        """Keep some codes."""
        return Judgement(
            self.premised[codes],
            tuple(premise.select(codes) for premise in self.premises),
            tuple(claim.select(codes) for claim in self.claims),
        )

    def edges(self) -> dict[str, FloatArray]:
        """Give the largest lhs/rhs of premises by name, shape (B,) each; -inf without an edge."""
        found: dict[str, FloatArray] = {}
        for premise in self.premises:
            known = found.get(premise.name, premise.ratio)
            found[premise.name] = np.fmax(known, premise.ratio)
        return found

    def settled(self) -> tuple[NDArray[np.int8], FloatArray, Mask, tuple[str, ...]]:
        """Give status, ratio, equality and the claim with that ratio of each code.

        The first violated claim is the cause of the others: its name and its own ratio count.
        """
        codes, met = len(self.premised), self.premised == HOLDS
        status = np.where(met, VACUOUS, self.premised)
        ratio, names = np.full(codes, -np.inf), [""] * codes
        equal, settled = np.zeros(codes, dtype=bool), np.zeros(codes, dtype=bool)
        for claim in self.claims:
            status = np.where(met, np.maximum(status, claim.status), status)
            cause = met & (claim.status == VIOLATED) & ~settled
            found = cause | (met & ~settled & (claim.ratio > ratio))
            ratio = np.where(found, claim.ratio, ratio)
            settled = settled | cause
            for code in np.flatnonzero(found):
                names[code] = claim.name
            equal = equal | (met & claim.equal)
        return status.astype(np.int8), ratio, equal, tuple(names)


def judge(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    evidence: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    attained: bool = False,
    known: Judgement | None = None,
) -> Judgement:
    """Judge a theorem in the arithmetic of the instance.

    Parameters
    ----------
    theorem : Theorem
        What is to be judged.
    instance : Instance or DeepInstance
        The codes.
    evidence, changes : mapping
        What it needs, and the changes of a mutant.
    attained : bool
        Whether sides that nothing separates are taken to be equal.
    known : Judgement, optional
        What another arithmetic found on these codes: what it settled is not computed again.
    """
    codes = 1 if theorem.about == "dictionary" else len(instance)

    def premises() -> Iterator[JudgedPremise]:
        for premise in theorem.premises_of(instance, evidence, changes):
            yield _judged_premise(theorem, instance, premise, codes)

    def claims() -> Iterator[JudgedClaim]:
        for claim in theorem.claims_of(instance, evidence, changes):
            yield _judged_claim(theorem, instance, claim, codes, attained)

    given = _as_far_as_open(premises, known.premises if known else ())
    premised = _together(given, codes)
    if not (premised != VACUOUS).any():
        return Judgement(premised, given, ())
    return Judgement(premised, given, _as_far_as_open(claims, known.claims if known else ()))


def judged_premises(
    theorem: Theorem, instance: Instance | DeepInstance, premises: Iterable[Premise]
) -> NDArray[np.int8]:
    """Judge some premises of a theorem together, shape (B,)."""
    codes = 1 if theorem.about == "dictionary" else len(instance)
    given = [_judged_premise(theorem, instance, premise, codes) for premise in premises]
    return _together(given, codes)


def _as_far_as_open(judged: Callable[[], Iterator[J]], known: tuple[J, ...]) -> tuple[J, ...]:
    """Judge as many as there are up to the last that is open; all if they are other ones."""
    if not known:
        return tuple(judged())
    open_ = [place for place, one in enumerate(known) if (one.status > HOLDS).any()]
    count = open_[-1] + 1 if open_ else 0
    found = tuple(islice(judged(), count))
    if [one.name for one in found] != [one.name for one in known[:count]]:
        return tuple(judged())
    return found + known[count:]


def _together(premises: Sequence[JudgedPremise], codes: int) -> NDArray[np.int8]:
    """What becomes of premises together: one that fails for sure is enough."""
    premised = np.full(codes, HOLDS, dtype=np.int8)
    for premise in premises:
        fails = (premise.status == VACUOUS) | (premised == VACUOUS)
        premised = np.where(fails, np.int8(VACUOUS), np.maximum(premised, premise.status))
    return premised


def _judged_premise(
    theorem: Theorem, instance: Instance | DeepInstance, premise: Premise, codes: int
) -> JudgedPremise:
    compared = compare(theorem, instance, premise, codes)
    # a premise about many numbers holds if it holds for all
    holds = compared.surely(premise.strict).all(axis=1)
    fails, status = ~holds, np.full(holds.shape, HOLDS, dtype=np.int8)
    if fails.any():
        fails = compared.never(premise.strict).any(axis=1)
        status = np.where(fails, VACUOUS, np.where(holds, HOLDS, UNDECIDED)).astype(np.int8)
    ratio = np.full(codes, -np.inf)
    if premise.has_edge:
        ratio = np.maximum(ratio, _largest(compared.ratio))
        # equal sides, or a quotient that is rounded, are on the side that was decided
        ratio[holds & (ratio > 1)] = 1
        ratio[fails & (ratio <= 1) & (ratio >= 0)] = BEYOND
    return JudgedPremise(premise.name, _each(status, codes), ratio)


def _judged_claim(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    claim: Claim,
    codes: int,
    attained: bool,
) -> JudgedClaim:
    compared = compare(theorem, instance, claim, codes)
    nothing = JudgedClaim(
        claim.name,
        np.full(codes, VACUOUS, dtype=np.int8),
        np.full(codes, -np.inf),
        np.zeros(codes, dtype=bool),
    )
    if not compared.hold.size:
        return nothing
    holds = compared.surely(claim.strict)
    if attained and not claim.strict:
        holds = holds | compared.close
    violated = ~holds & compared.never(claim.strict)
    broken, every = np.asarray(violated.any(axis=1)), holds.all(axis=1)
    found = np.where(broken, VIOLATED, np.where(every, HOLDS, UNDECIDED)).astype(np.int8)
    status = _each(found, codes)
    measured, some = claim.measured and not theorem.equality, broken.any()
    if not (measured or some):
        return nothing._replace(status=status)
    ratio = _largest(compared.ratio) if measured else np.full(broken.shape, -np.inf)
    if some:
        ratio = np.where(broken, _largest(np.where(violated, compared.ratio, np.nan)), ratio)
    same = compared.equal if measured else compared.equal & violated
    if not attained:
        same = same & (compared.hold == 0)
    return JudgedClaim(
        claim.name, status, _each(ratio, codes), _each(np.asarray(same.any(axis=1)), codes)
    )


def _largest(entries: FloatArray) -> FloatArray:
    """Largest ratio of each code; -inf where none is defined."""
    return np.asarray(np.fmax.reduce(entries, axis=1, initial=-np.inf))


def _each(values: NDArray[Any], codes: int) -> NDArray[Any]:
    """Repeat what is the same for all codes."""
    return values if len(values) == codes else np.broadcast_to(values, (codes,))
