r"""Lipschitz constants, in the Euclidean norm, of the functions between layers.

Claim: ``||psi(u) - psi(v)||_2 <= l ||u - v||_2`` for all ``u`` and ``v`` with ``l = 1`` for the
ReLU, soft thresholds, subsampling and orthogonal transforms, ``l = max(1, |a|)`` for the leaky
ReLU of slope ``a``, ``l = 1/sqrt(w)`` for averages of disjoint windows of length ``w``, and
``l = 1`` for maxima of disjoint windows. Maxima of overlapping windows, of stride ``t``, have
``l = sqrt(ceil(w/t))``: an entry lies in so many windows at most.

Why: pointwise functions have slopes at most ``l``; subsampling drops terms; orthogonal transforms
keep norms; an average of ``w`` numbers is at most ``1/sqrt(w)`` times their norm; a maximum changes
by no more than the entry of its window that changes most. The squares add up over windows, where an
entry counts once if they are disjoint, and at most ``ceil(w/t)`` times otherwise.

Sharp: constants in a window, or a single entry.

Source: stated and proved independently; the constants are well known.

>>> from sparsebound.theory.evidence.layers import Displacement, LayerDisplacements
>>> from sparsebound.theory.verdict import decide
>>> ones = LayerDisplacements((Displacement([[1.0] * 4], [[0.0] * 4]),))
>>> decide(THEOREM, THEOREM.sharp(1), {"displacements": ones}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from sparsebound.theory.evidence.layers import LayerDisplacements
from sparsebound.theory.extremal.maps import (
    averages,
    each_map,
    maxima,
    overlapping_maxima,
)
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.maps import Map
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Theorem

Square = Callable[[Map], Fraction]


def claims(
    instance: DeepInstance,
    displacements: LayerDisplacements,
    *,
    square: Square = lambda psi: psi.square,
) -> Iterator[Claim]:
    """Outputs of each function are no farther from each other than its constant allows."""
    lift = instance.layers[0].lift
    for psi, pair in zip(instance.maps, displacements.layers, strict=True):
        first, second = lift(pair.first), lift(pair.second)
        moved = ((psi(first) - psi(second)) ** 2).sum(-1)
        allowed = ((first - second) ** 2).sum(-1) * square(psi)
        yield Claim("||psi(u) - psi(v)||^2 <= l^2 ||u - v||^2", moved, allowed)


def _narrow_maxima(psi: Map) -> Fraction:
    return psi.square / psi.window if psi.kind == "max pooling" else psi.square


def _disjoint_maxima(psi: Map) -> Fraction:
    return Fraction(1) if psi.kind == "max pooling" else psi.square


def _smaller_averages(psi: Map) -> Fraction:
    factor = Fraction(95, 100) ** 2 if psi.kind == "average pooling" else 1
    return psi.square * factor


THEOREM = Theorem(
    title="Lipschitz constants of the functions between layers",
    statement=r"\|\psi(u) - \psi(v)\|_2 \le l \, \|u - v\|_2, \; "
    r"l = 1 \text{ (ReLU, soft threshold, subsampling, orthogonal, disjoint maxima)}, \; "
    r"\max \{1, |a|\} \text{ (leaky ReLU)}, \; 1/\sqrt{w} \text{ (disjoint averages)}",
    names=("ReLU", "pooling"),
    source=INDEPENDENT,
    claims=claims,
    sharp=each_map,
    mutants=(
        Mutant(
            "disjoint maxima: 1 -> 1/sqrt(w)", {"square": _narrow_maxima}, maxima, smallest=(1, 1)
        ),
        Mutant(
            "overlapping maxima: 1",
            {"square": _disjoint_maxima},
            overlapping_maxima,
            smallest=(2, 2),
        ),
        Mutant("averages: times 0.95", {"square": _smaller_averages}, averages, smallest=(1, 1)),
    ),
    about="layers",
)
