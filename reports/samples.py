"""What a report draws of a theorem: premises by lhs/rhs, and two instances out of all.

The size is bounded, whatever the number of verdicts: histograms have fixed bins, and of all
instances only the worst and a typical one are kept. Both are minima in a total order, so that
samples add like the tallies that they are part of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from sparsebound.reports.codec import JsonRecord, Length
from sparsebound.reports.curve import Curve, curve, rounded
from sparsebound.reports.worst import Worst, canonical, most_interesting
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem

EDGES = (*(round(0.1 * i, 1) for i in range(1, 11)), 1.25, 1.5, 2.0, 4.0)
"""Upper ends of the bins of a premise's lhs/rhs, each part of its bin; a last bin has the rest."""

LARGEST_PICTURED = 48
"""Most rows and columns of a dictionary that is kept as numbers."""


@dataclass(frozen=True)
class Margins(JsonRecord):
    """How far inside or outside of each premise the codes were.

    Attributes
    ----------
    counts : dict
        For each premise, by name, the number of codes in each bin of lhs/rhs over ``EDGES``. It
        holds up to 1; what lies above is beyond the theorem. All are 0 where it has no edge.

    Examples
    --------
    >>> near = Margins.of({"s < n": np.array([0.95, 0.99, 3.0])})
    >>> near.counts["s < n"][9], (near + near).counts["s < n"][9], near.counts["s < n"][13]
    (2, 4, 1)
    """

    WHOLE: ClassVar[str] = "counts"

    counts: Mapping[str, Annotated[tuple[int, ...], Length(len(EDGES) + 1)]] = field(
        default_factory=dict
    )

    @classmethod
    def of(cls, ratios: Mapping[str, FloatArray]) -> Self:
        """Count lhs/rhs of premises; what is not defined is not counted.

        Parameters
        ----------
        ratios : mapping
            Arrays of shape (B,) by the names of the premises.

        Returns
        -------
        Margins
        """
        return cls({name: _bins(values) for name, values in ratios.items()})

    def __add__(self, other: Margins) -> Margins:
        total = dict(self.counts)
        for name, counts in other.counts.items():
            known = total.get(name, (0,) * len(counts))
            total[name] = tuple(a + b for a, b in zip(known, counts, strict=True))
        return Margins(total)


@dataclass(frozen=True)
class Sample(JsonRecord):
    """One code with its dictionary, as numbers to draw.

    Attributes
    ----------
    worst : Worst
        The code, and what replays it.
    dictionary : tuple of tuple of float
        Rows, to four digits; of the first layer in a deep model; empty if it is large.
    code : tuple of float
        The code, to four digits; empty if it is large.
    curve : Curve or None
        Its trajectory, if the theorem is about one.
    """

    worst: Worst
    dictionary: tuple[tuple[float, ...], ...] = ()
    code: tuple[float, ...] = ()
    curve: Curve | None = None

    @classmethod
    def of(
        cls,
        theorem: Theorem,
        instance: Instance | DeepInstance,
        evidence: Mapping[str, Any],
        worst: Worst,
    ) -> Self:
        """Take the numbers of one code out of an instance.

        Parameters
        ----------
        theorem : Theorem
            What was decided.
        instance : Instance or DeepInstance
            The batch.
        evidence : mapping
            What the theorem needed, by name.
        worst : Worst
            The code.

        Returns
        -------
        Sample
        """
        layer = instance if isinstance(instance, Instance) else instance.layers[0]
        small = max(layer.D.shape) <= LARGEST_PICTURED
        code = layer.X[worst.code] if worst.code < len(layer) else ()
        return cls(
            worst,
            tuple(map(rounded, layer.D.data)) if small else (),
            rounded(code) if small else (),
            curve(theorem, instance, evidence, worst.code),
        )


@dataclass(frozen=True)
class Samples(JsonRecord):
    """The two instances that are kept of all.

    Attributes
    ----------
    worst : Sample or None
        The most interesting code.
    typical : Sample or None
        A code that satisfied the premises, drawn by lot: the least hash of a recipe.
    """

    worst: Sample | None = None
    typical: Sample | None = None

    def __add__(self, other: Samples) -> Samples:
        return Samples(_worse(self.worst, other.worst), _drawn(self.typical, other.typical))


def by_lot(first: Worst | None, second: Worst | None) -> Worst | None:
    """Choose the code whose recipe has the smaller hash: as good as at random, in any order.

    Parameters
    ----------
    first, second : Worst or None
        What there is to choose from.

    Returns
    -------
    Worst or None

    Examples
    --------
    >>> one, two = (Worst({"seed": i}, 0, "holds", None, "") for i in (1, 2))
    >>> by_lot(one, two) == by_lot(two, one)
    True
    """
    if first is None or second is None:
        return first or second
    one, other = _hash(first), _hash(second)
    if one == other:
        return min(first, second, key=_lot)
    return first if one < other else second


def median(ratios: FloatArray) -> int | None:
    """Choose a code of a batch that satisfied the premises: the one of median lhs/rhs.

    Parameters
    ----------
    ratios : ndarray, shape (B,)
        The lhs/rhs of the batch; nan where the premises were not satisfied.

    Returns
    -------
    int or None
        None if there is none with a ratio.
    """
    defined = np.flatnonzero(np.isfinite(ratios))
    if not defined.size:
        return None
    ordered = defined[np.argsort(ratios[defined], kind="stable")]
    return int(ordered[len(ordered) // 2])


def _lot(code: Worst) -> tuple[str, int, str]:
    return _hash(code), code.code, canonical(code.to_json())


def _hash(code: Worst) -> str:
    return hashlib.sha256(canonical(code.recipe).encode()).hexdigest()


def _order(sample: Sample) -> tuple[tuple[str, int, str], str]:
    return _lot(sample.worst), canonical(sample.to_json())


def _worse(first: Sample | None, second: Sample | None) -> Sample | None:
    if first is None or second is None:
        return first or second
    if first.worst == second.worst:
        return first if first == second else min(first, second, key=_order)
    return first if most_interesting(first.worst, second.worst) == first.worst else second


def _drawn(first: Sample | None, second: Sample | None) -> Sample | None:
    """The first in that order, most of which is needed only where hashes are equal."""
    if first is None or second is None or first == second:
        return first or second
    if _hash(first.worst) == _hash(second.worst):
        return min(first, second, key=_order)
    return min(first, second, key=lambda sample: _hash(sample.worst))


def _bins(values: FloatArray) -> tuple[int, ...]:
    places = np.searchsorted(EDGES, values[np.isfinite(values)], side="left")
    return tuple(np.bincount(places, minlength=len(EDGES) + 1).tolist())
