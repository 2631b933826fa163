r"""A long filter is a stack of short ones.

Problem: a filter with ``S + 1`` taps, the first and the last not zero, ``S >= 1``; here the longest
atom of a dictionary. Short filters have ``p >= 3`` taps.

Claim: it is the convolution of ``ceil(S/(p-1))`` filters with ``p`` taps if ``p`` is odd, and of at
most ``ceil(S/(p-2))`` if ``p`` is even. Stored in floating point, each tap correctly rounded, the
exact product of ``F`` of them is within ``gamma_F |f_1| * ... * |f_F|`` of the filter, tap by tap,
and what is lost below the range (:mod:`sparsebound.theory.analysis.floating_point`).

Why: a real polynomial of degree ``S`` factors into linear and quadratic ones, and two linear ones
make a quadratic one, so ``ceil(S/2)`` factors of degree at most 2 are enough. A short filter has
room for ``(p - 1)/2`` of them if ``p`` is odd, and for ``(p - 2)/2`` if it is even.

Sharp: an equality for odd ``p``, as the degrees show.

Source: Zhou 2020.

>>> from sparsebound.theory.verdict import decide
>>> short = Factors(np.array([[1.0, 0, 1]]))
>>> decide(THEOREM, Instance([[1], [0], [1]], [[0]]), {"factors": short}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.filters import longest_filter, product, quotient_up
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.networks import Factors
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ZHOU_2020
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, factors: Factors) -> Iterator[Premise]:
    """A filter of at least two taps, and short ones of at least three."""
    yield Premise("1 <= S", 1, len(longest_filter(instance.D.data)) - 1, strict=False)
    yield Premise("3 <= p", 3, factors.filters.shape[1], strict=False)


def claims(
    instance: Instance, factors: Factors, *, fewer: int = 0, full: bool = False
) -> Iterator[Claim]:
    """The number of short filters, and their exact product."""
    wanted = longest_filter(instance.D.data)
    count, p = factors.filters.shape
    packed = p - 1 if p % 2 or full else p - 2
    most = quotient_up(len(wanted) - 1, packed) - (fewer if p % 2 else 0)
    yield Claim("filters <= ceil(S/(p-1)), for even p ceil(S/(p-2))", count, most)
    padded = np.concatenate([np.zeros(count * (p - 1) + 1 - len(wanted)), wanted])
    filters = instance.lift(factors.filters)
    room = product(abs(filters)) * FLOAT64.gamma(count) + _flushed(factors.filters)
    error = abs(product(filters) - padded)
    yield Claim("f_1 * ... * f_F = f", error.reshape(1, -1), room.reshape(1, -1), measured=False)


def _flushed(filters: FloatArray) -> float:
    """Bound what taps that are flushed to zero are, in sum: each times the other filters.

    Unknown where that leaves the range.
    """
    count, p = filters.shape
    with np.errstate(over="ignore"):
        sums = np.abs(filters).sum(axis=1) + p * FLOAT64.tiny
        others = sum(np.prod(np.delete(sums, i)) for i in range(count))
        found = float(FLOAT64.error(count, 0.0, others))
    return found if np.isfinite(found) else np.nan


THEOREM = Theorem(
    title="A long filter as a stack of short ones",
    statement=r"f = f_1 * \cdots * f_F, \quad F = \lceil S/(p-1) \rceil \text{ (odd } p), \; "
    r"F \le \lceil S/(p-2) \rceil \text{ (even } p)",
    names=("CNN", "deep filters"),
    source=ZHOU_2020,
    premises=premises,
    claims=claims,
    sharp=extremal.cyclotomic_filter,
    mutants=(
        Mutant("one filter fewer, for odd p", {"fewer": 1}, smallest=(3, 1)),
        Mutant(
            "ceil(S/(p-1)) for even p", {"full": True}, extremal.without_real_roots, smallest=(7, 1)
        ),
    ),
    about="dictionary",
    dictionaries=(  # those with atoms of more than one tap
        "cycle",
        "full_length",
        "gaussian",
        "graph",
        "low_coherence",
        "mutually_unbiased",
        "near_duplicate",
        "simplex",
        "tight_frame",
        "transversal_design",
        "union_of_bases",
    ),
)
