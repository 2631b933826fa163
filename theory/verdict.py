"""The one place that decides whether a theorem held.

For each code and each claim, in this order: a premise that fails makes it *vacuous*; a premise
that rounding or an oracle's gap leaves open makes it *undecided*; then the claim *holds*, is
*violated*, or is *undecided*. What float64 does not settle, and every violation, is decided again
in exact arithmetic: rationals, and irrational numbers to 150 digits. Two sides that even this does
not separate, and that agree to 30 digits, are equal as far as anyone can tell: such a claim holds,
and is marked *attained*. Sides whose order is known are never taken to be equal, however near they
are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import (
    Exact,
    FloatArray,
    Mask,
    precision,
)
from sparsebound.theory.distinct import distinct
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.judged import (
    BEYOND,
    HOLDS,
    UNDECIDED,
    VACUOUS,
    VIOLATED,
    Judgement,
    Status,
    judge,
    judged_premises,
)
from sparsebound.theory.theorem import Theorem, lift

__all__ = [
    "AT_ONCE",
    "BEYOND",
    "BITS",
    "HOLDS",
    "LARGEST_DECIDED_EXACTLY",
    "MANY",
    "UNDECIDED",
    "VACUOUS",
    "VIOLATED",
    "Status",
    "Verdict",
    "atoms_of",
    "decide",
    "within_reach",
]

BITS = 512
"""Precision of irrational numbers in exact arithmetic."""
LARGEST_DECIDED_EXACTLY = 256
"""Atoms of a dictionary up to which exact arithmetic is used; larger ones stay undecided."""
MANY = 1024
"""Codes from which on rough numbers come first."""
AT_ONCE = 1024
"""Codes that are then decided at once."""
FIRST = np.arange(64)
"""Codes on which it is tried whether they decide anything."""


@dataclass(frozen=True)
class Verdict:
    """What became of a theorem on each code of a batch.

    Attributes
    ----------
    status : ndarray of int8, shape (B,)
        Values of :class:`Status`.
    ratio : ndarray, shape (B,)
        The largest lhs/rhs of the claims that are measured, or that of the first violated one; nan
        where vacuous or not defined.
    edge : ndarray, shape (B,)
        The largest lhs/rhs of the premises that have an edge: near 1 is near it. nan without any.
    attained : ndarray of bool, shape (B,)
        Where a claim that is measured holds with equality.
    exact : ndarray of bool, shape (B,)
        Where exact arithmetic had to decide.
    claim : tuple of str
        For each code, the claim with that ratio: the first violated one, if there is one. Theorems
        claim causes before their consequences.
    premises : mapping
        The premises' lhs/rhs, by name: arrays of shape (B,), in float64; nan without an edge. At
        most 1 where a premise holds and more where it fails, as a strict one does at 1.

    Examples
    --------
    >>> from sparsebound.theory.dictionary.welch import THEOREM
    >>> verdict = decide(THEOREM, THEOREM.extremal(2))
    >>> verdict.count(Status.HOLDS), verdict.attained
    (1, array([ True]))
    """

    status: NDArray[np.int8]
    ratio: FloatArray
    edge: FloatArray
    attained: Mask
    exact: Mask
    claim: tuple[str, ...]
    premises: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def unknown(cls, codes: int) -> Verdict:
        """Nothing is known of any of them.

        Examples
        --------
        >>> Verdict.unknown(2).count(Status.UNDECIDED)
        2
        """
        none, never = np.full(codes, np.nan), np.zeros(codes, dtype=bool)
        status = np.full(codes, Status.UNDECIDED, dtype=np.int8)
        return cls(status, none, none.copy(), never, never.copy(), ("",) * codes)

    def __len__(self) -> int:
        return len(self.status)

    def count(self, status: Status) -> int:
        """Count the codes with a status."""
        return int((self.status == status).sum())

    @property
    def worst(self) -> int:
        """Index of the most interesting code: the worst status, then the largest ratio."""
        ratio = np.where(np.isnan(self.ratio), -np.inf, self.ratio)
        return int(np.lexsort((ratio, self.status))[-1])


def decide(
    theorem: Theorem,
    given: Posed,
    evidence: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Verdict:
    """Decide a theorem, or one of its mutants, on an instance.

    Parameters
    ----------
    theorem : Theorem
        What is to be decided.
    given : Instance, DeepInstance or Experiment
        A batch of B codes. A theorem about dictionaries gives one verdict (B = 1).
    evidence : mapping, optional
        What ``theorem.needs`` asks for, by name.
    changes : mapping, optional
        The changes of a mutant.

    Returns
    -------
    Verdict
        One entry a code.

    Examples
    --------
    >>> from sparsebound.theory.dictionary.welch import THEOREM
    >>> verdict = decide(THEOREM, Instance([[1, 0, 1], [0, 1, 1]], [[0, 0, 0]]))
    >>> str(Status(verdict.status[0])), round(float(verdict.ratio[0]), 3)
    ('holds', 0.5)
    """
    instance, evidence, changes = posed(given).instance, evidence or {}, changes or {}
    verdict, found = _filtered(theorem, instance, evidence, changes)
    open_ = _open(verdict)
    if not open_.size or atoms_of(instance) > LARGEST_DECIDED_EXACTLY:
        return verdict
    part, chosen = _part(theorem, instance, evidence, open_)
    known = found.select(open_) if found else None
    with precision(BITS):
        if theorem.about == "dictionary":
            exactly = judge(theorem, part.exact(), chosen, changes, attained=True, known=known)
            again = _verdict(exactly, exact=True)
        else:
            codes, same = distinct(part, chosen)
            part, chosen = _part(theorem, part, chosen, codes)
            known = known.select(codes) if known else None
            exactly = judge(theorem, part.exact(), chosen, changes, attained=True, known=known)
            again = _taken(_verdict(exactly, exact=True), same)
    return _replace(verdict, open_, again)


def _filtered(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    evidence: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> tuple[Verdict, Judgement | None]:
    """Decide in float64, and say how, if that is kept.

    Many codes are decided in parts, which stay in the cache of the processor: what is far from the
    edge by rough numbers, and the rest in balls; unless most of the first codes are too near to the
    edge for these: they would cost time, and save none.
    """
    if theorem.about == "dictionary" or len(instance) < MANY:
        found = judge(theorem, instance, evidence, changes)
        return _verdict(found, exact=isinstance(lift(instance, 0), Exact)), found
    rough = _rough_numbers_help(theorem, *_part(theorem, instance, evidence, FIRST), changes)
    parts = []
    for first in range(0, len(instance), AT_ONCE):
        codes = np.arange(first, min(first + AT_ONCE, len(instance)))
        part = _part(theorem, instance, evidence, codes)
        verdict = _roughly(theorem, *part, changes) if rough else None
        if verdict is None:
            verdict = _verdict(judge(theorem, *part, changes))
        elif (open_ := _open(verdict)).size:
            again = _verdict(judge(theorem, *_part(theorem, *part, open_), changes))
            verdict = _replace(verdict, open_, again)
        parts.append(verdict)
    return _joined(parts), None


def _roughly(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    evidence: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> Verdict | None:
    """Decide by rough numbers; nothing after an underflow, of which they know no bound."""
    try:
        with np.errstate(all="ignore", under="raise"):
            return _verdict(judge(theorem, instance.rough(), evidence, changes))
    except FloatingPointError:
        return None


def _rough_numbers_help(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    evidence: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> bool:
    """Whether rough numbers decide most of these codes."""
    verdict = _roughly(theorem, instance, evidence, changes)
    return verdict is not None and 2 * len(_open(verdict)) < len(verdict)


def _open(verdict: Verdict) -> NDArray[np.intp]:
    """Say which codes are decided again."""
    return np.flatnonzero((verdict.status == UNDECIDED) | (verdict.status == VIOLATED))


def _part(
    theorem: Theorem,
    instance: Instance | DeepInstance,
    evidence: Mapping[str, Any],
    codes: NDArray[np.intp],
) -> tuple[Instance | DeepInstance, Mapping[str, Any]]:
    """Keep some codes, and the evidence on them; everything if it is about the dictionary."""
    if theorem.about == "dictionary" or len(codes) == len(instance):
        return instance, evidence
    return instance.select(codes), {name: x.select(codes) for name, x in evidence.items()}


def atoms_of(instance: Instance | DeepInstance) -> int:
    """Count the atoms of the largest dictionary."""
    layers = (instance,) if isinstance(instance, Instance) else instance.layers
    return max(layer.D.shape[1] for layer in layers)


PER_CODE = ("status", "ratio", "edge", "attained", "exact")
"""What a verdict has an array of, but for its premises."""


def _joined(parts: Sequence[Verdict]) -> Verdict:
    """Put the verdicts on the parts of a batch together."""
    names = dict.fromkeys(name for part in parts for name in part.premises)
    rows = [
        {**{name: np.full(len(part), np.nan) for name in names}, **part.premises} for part in parts
    ]
    return Verdict(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in PER_CODE},
        claim=tuple(claim for part in parts for claim in part.claim),
        premises={name: np.concatenate([row[name] for row in rows]) for name in names},
    )


def _taken(verdict: Verdict, codes: NDArray[np.intp]) -> Verdict:
    """Take the verdicts on some codes, each as often as it is named."""
    return replace(
        verdict,
        **{name: getattr(verdict, name)[codes] for name in PER_CODE},
        claim=tuple(verdict.claim[code] for code in codes),
        premises={name: values[codes] for name, values in verdict.premises.items()},
    )


def _replace(verdict: Verdict, codes: NDArray[np.intp], again: Verdict) -> Verdict:
    status, ratio, edge = verdict.status.copy(), verdict.ratio.copy(), verdict.edge.copy()
    attained, exact = verdict.attained.copy(), verdict.exact.copy()
    claim = list(verdict.claim)
    status[codes], ratio[codes], edge[codes] = again.status, again.ratio, again.edge
    attained[codes], exact[codes] = again.attained, again.exact
    for position, code in enumerate(codes):
        claim[code] = again.claim[position]
    premises = {name: values.copy() for name, values in verdict.premises.items()}
    for name, values in again.premises.items():
        premises[name][codes] = values
    return replace(
        verdict,
        status=status,
        ratio=ratio,
        edge=edge,
        attained=attained,
        exact=exact,
        claim=tuple(claim),
        premises=premises,
    )


def _verdict(judged: Judgement, *, exact: bool = False) -> Verdict:
    """Put what became of premises and claims together."""
    edges = judged.edges()
    status, ratio, equal, names = judged.settled()
    codes = len(status)

    def defined(values: FloatArray) -> FloatArray:
        return np.where(np.isneginf(values), np.nan, values)

    return Verdict(
        status,
        defined(ratio),
        defined(np.fmax.reduce([np.full(codes, -np.inf), *edges.values()])),
        equal,
        np.full(codes, exact),
        names,
        {name: defined(values) for name, values in edges.items()},
    )


def within_reach(theorem: Theorem, instance: Instance | DeepInstance) -> Mask:
    """Say which codes satisfy the premises, as far as float64 tells without evidence; shape (B,).

    For the choice of instances, not for verdicts. Premises that look at evidence, and those
    after them, are taken to hold.

    Examples
    --------
    >>> from sparsebound.theory.uniqueness.coherence import THEOREM
    >>> within_reach(THEOREM, Instance([[1, 0, 1], [0, 1, 1]], [[1, 0, 0], [1, 1, 0]]))
    array([ True, False])
    """
    premised = judged_premises(theorem, instance, theorem.premises_without_evidence(instance))
    return np.asarray(premised == HOLDS)
