"""What the verdicts of a theorem add up to.

Tallies of the same theorem add: counts and histograms are sums, and the most interesting code is
a maximum in a total order, so the order of adding does not matter. Seconds are kept as multiples
of ``2**-20``, whose sums are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import and_
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sparsebound.reports.codec import JsonRecord, Length, kinds_of
from sparsebound.reports.fault import Fault, gravest
from sparsebound.reports.samples import Margins, Samples
from sparsebound.reports.work import Work
from sparsebound.reports.worst import Worst, most_interesting, simplest
from sparsebound.theory.errors import InputError
from sparsebound.theory.verdict import Status, Verdict

BINS = (*(round(0.05 * i, 2) for i in range(1, 20)), 0.99, 0.999, 1.0)
"""Upper ends of the bins of lhs/rhs, each part of its bin; a last bin has what is above 1."""

NEAR_EDGE = 0.95
"""From this lhs/rhs of a premise on, an instance is near the edge of the theorem."""

UNDECIDED_CAP = 0.01
"""The largest share of verdicts, among those that are not vacuous, that may stay undecided."""

NO_WORK = Work()
_TICKS = 2.0**20

__all__ = ["BINS", "NEAR_EDGE", "UNDECIDED_CAP", "MutantTally", "Part", "Tally", "Worst"]


@dataclass(frozen=True)
class MutantTally(JsonRecord):
    """How the attempts to refute a mutant ended.

    Attributes
    ----------
    name : str
        The mutant.
    refuted : bool
        Whether a counterexample was found.
    ratio : float or None
        The largest lhs/rhs that was found.
    examples : int
        How many instances were tried.
    worst : Worst or None
        The smallest counterexample; the closest instance where there is none.

    Examples
    --------
    >>> tried = MutantTally("< -> <=", False, 0.9, 10, None)
    >>> found = MutantTally("< -> <=", True, 1.2, 3, None)
    >>> tried + found
    MutantTally(name='< -> <=', refuted=True, ratio=1.2, examples=13, worst=None)
    """

    name: str
    refuted: bool
    ratio: float | None
    examples: int
    worst: Worst | None

    def __add__(self, other: MutantTally) -> MutantTally:
        if self.name != other.name:
            raise InputError("mutant", other.name, f"{self.name!r}, as only equal ones add")
        return MutantTally(
            self.name,
            self.refuted or other.refuted,
            _larger(self.ratio, other.ratio),
            self.examples + other.examples,
            simplest(self.worst, other.worst),
        )


class Part(NamedTuple):
    """One of the batches that were decided as one.

    Attributes
    ----------
    recipe : dict
        JSON from which it is built again.
    meant : bool
        Whether it was meant to satisfy the premises.
    codes : slice
        Which codes are its own.
    """

    recipe: dict[str, Any]
    meant: bool
    codes: slice


@dataclass(frozen=True)
class Tally(JsonRecord):
    """What the verdicts of one theorem add up to, in one shard of a run or in all of it.

    Attributes
    ----------
    theorem : str
        Its identifier.
    holds, violated, vacuous, undecided : int
        Number of codes.
    instances : int
        Recipes on which at least one code held or was violated.
    meant, met : int
        Recipes that were meant to satisfy the premises, and those of them that did.
    near_edge : int
        Codes that were decided with a premise's lhs/rhs of at least ``NEAR_EDGE``, among the
        premises that have an edge: see :class:`sparsebound.theory.theorem.Premise`.
    attained, exact : int
        Codes with equality; codes that exact arithmetic had to decide.
    histogram, edges : tuple of int
        Decided codes by lhs/rhs of their claims, and of the premises that have an edge, over
        ``BINS``.
    max_ratio : float or None
        The largest lhs/rhs of a decided code.
    worst : Worst or None
        The most interesting code.
    violation : Worst or None
        The smallest violation, if there is one.
    mutants : tuple of MutantTally
        Sorted by name.
    seconds : float
        Time it took, to a millionth.
    premises : Margins
        Codes by lhs/rhs of each premise that has an edge, vacuous ones included.
    samples : Samples
        Two instances to draw.
    work : Work
        What solvers did.
    fault : Fault or None
        What broke a check, the gravest; each shard ends with the first.
    judged : mapping
        Recipes by the type of floats in which a subject's answer was judged; none without a
        subject.

    Examples
    --------
    >>> nothing = Tally.empty("uniqueness.spark")
    >>> nothing.status, (nothing + nothing == nothing)
    ('vacuous', True)
    """

    theorem: str
    holds: int = 0
    violated: int = 0
    vacuous: int = 0
    undecided: int = 0
    instances: int = 0
    meant: int = 0
    met: int = 0
    near_edge: int = 0
    attained: int = 0
    exact: int = 0
    histogram: Annotated[tuple[int, ...], Length(len(BINS) + 1)] = (0,) * (len(BINS) + 1)
    edges: Annotated[tuple[int, ...], Length(len(BINS) + 1)] = (0,) * (len(BINS) + 1)
    max_ratio: float | None = None
    worst: Worst | None = None
    violation: Worst | None = None
    mutants: tuple[MutantTally, ...] = ()
    seconds: float = 0.0
    premises: Margins = field(default_factory=Margins)
    samples: Samples = field(default_factory=Samples)
    work: Work = NO_WORK
    fault: Fault | None = None
    judged: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", round(self.seconds * _TICKS) / _TICKS)
        names = [mutant.name for mutant in self.mutants]
        if len(set(names)) != len(names):
            raise InputError(f"mutants of the tally of {self.theorem}", names, "different names")
        ordered = tuple(sorted(self.mutants, key=lambda mutant: mutant.name))
        object.__setattr__(self, "mutants", ordered)

    @classmethod
    def empty(cls, theorem: str) -> Self:
        """Return the tally of no verdicts.

        Parameters
        ----------
        theorem : str
            The identifier.

        Returns
        -------
        Tally
        """
        return cls(theorem)

    @classmethod
    def of(
        cls,
        theorem: str,
        verdict: Verdict,
        recipe: dict[str, Any],
        meant: bool,
        *,
        text: str = "",
        seconds: float = 0.0,
        work: Work = NO_WORK,
    ) -> Self:
        """Tally the verdict on one batch.

        Parameters
        ----------
        theorem : str
            The identifier.
        verdict : Verdict
            On B codes.
        recipe : dict
            JSON from which the batch is built again.
        meant : bool
            Whether the batch was meant to satisfy the premises.
        text : str
            The instance in full, where it is small.
        seconds : float
            Time it took.
        work : Work
            What solvers did for it.

        Returns
        -------
        Tally
        """
        part = Part(recipe, meant, slice(0, len(verdict)))
        found = cls.of_parts(theorem, verdict, (part,), work=work)
        worst = replace(found.worst, text=text) if found.worst else None
        return replace(found, worst=worst, seconds=seconds)

    @classmethod
    def of_parts(
        cls,
        theorem: str,
        verdict: Verdict,
        parts: Sequence[Part],
        *,
        work: Work = NO_WORK,
        judged: Iterable[str] = (),
    ) -> Self:
        """Tally the verdict on several batches that were decided as one.

        Parameters
        ----------
        theorem : str
            The identifier.
        verdict : Verdict
            On the codes of all batches.
        parts : sequence of Part
            The batches, in their order.
        work : Work
            What solvers did for them.
        judged : iterable of str
            The types of floats in which a subject's answer was judged.

        Returns
        -------
        Tally
        """
        status = verdict.status
        held = status == Status.HOLDS
        decided = held | (status == Status.VIOLATED)
        ratio = np.where(held, np.minimum(verdict.ratio, 1.0), verdict.ratio)
        edge = np.minimum(verdict.edge, 1.0)
        defined = ratio[decided & np.isfinite(ratio)]
        met = [bool(decided[part.codes].any()) for part in parts]
        meant = [part.meant for part in parts]
        return cls(
            theorem=theorem,
            holds=int(held.sum()),
            violated=verdict.count(Status.VIOLATED),
            vacuous=verdict.count(Status.VACUOUS),
            undecided=verdict.count(Status.UNDECIDED),
            instances=sum(met),
            meant=sum(meant),
            met=sum(map(and_, meant, met)),
            near_edge=int((decided & (edge >= NEAR_EDGE)).sum()),
            attained=int((decided & verdict.attained).sum()),
            exact=int(verdict.exact.sum()),
            histogram=_histogram(defined),
            edges=_histogram(edge[decided & np.isfinite(edge)]),
            max_ratio=float(defined.max()) if defined.size else None,
            worst=_worst(verdict, parts),
            premises=Margins.of(verdict.premises),
            work=work,
            judged=Counter(judged),
        )

    def __add__(self, other: Tally) -> Tally:
        if self.theorem != other.theorem:
            raise InputError("theorem", other.theorem, f"{self.theorem!r}, as only equal ones add")
        mutants = {mutant.name: mutant for mutant in self.mutants}
        for mutant in other.mutants:
            known = mutants.get(mutant.name)
            mutants[mutant.name] = known + mutant if known else mutant
        return replace(
            self,
            **{name: getattr(self, name) + getattr(other, name) for name in _COUNTS},
            histogram=_sums(self.histogram, other.histogram),
            edges=_sums(self.edges, other.edges),
            max_ratio=_larger(self.max_ratio, other.max_ratio),
            worst=most_interesting(self.worst, other.worst),
            violation=simplest(self.violation, other.violation),
            mutants=tuple(mutants.values()),
            seconds=self.seconds + other.seconds,
            premises=self.premises + other.premises,
            samples=self.samples + other.samples,
            work=self.work + other.work,
            fault=gravest(self.fault, other.fault),
            judged=Counter(self.judged) + Counter(other.judged),
        )

    @property
    def has_edge(self) -> bool:
        """Whether some premise says how near the edge of the theorem a code is.

        Returns
        -------
        bool
        """
        return any(any(counts) for counts in self.premises.counts.values())

    @property
    def status(self) -> str:
        """What the verdicts say together.

        Returns
        -------
        {"violated", "died", "timed out", "raised", "no answer", "vacuous", "mutant survived", \
"undecided", "held"}
        """
        if self.violated or self.violation:
            return "violated"
        if self.fault:
            return self.fault.kind
        if not self.holds:
            return "undecided" if self.undecided else "vacuous"
        if not all(mutant.refuted for mutant in self.mutants):
            return "mutant survived"
        if self.undecided > UNDECIDED_CAP * (self.holds + self.undecided):
            return "undecided"
        return "held"

    def check(self, where: str) -> None:
        """Refuse histograms of more codes than were decided."""
        decided = self.holds + self.violated
        for name in ("histogram", "edges"):
            if sum(getattr(self, name)) > decided:
                raise InputError(f"{where}.{name}", getattr(self, name), f"at most {decided} codes")


_COUNTS = tuple(name for name, kind in kinds_of(Tally).items() if kind is int)


def _worst(verdict: Verdict, parts: Sequence[Part]) -> Worst:
    """Keep the most interesting code, with the batch that it is in."""
    code = verdict.worst
    part = next(part for part in parts if code < part.codes.stop)
    return replace(Worst.of(verdict, part.recipe, code), code=code - part.codes.start)


def _larger(first: float | None, second: float | None) -> float | None:
    return max((value for value in (first, second) if value is not None), default=None)


def _sums(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _histogram(values: NDArray[np.float64]) -> tuple[int, ...]:
    places = np.searchsorted(BINS, values, side="left")
    return tuple(np.bincount(places, minlength=len(BINS) + 1).tolist())
