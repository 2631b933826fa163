r"""Orthogonal matching pursuit with unit atoms: a larger isometry constant than for any norms.

Problem: that of ``uniqueness.omp_rip``, with atoms of norm 1; ``delta`` is the restricted isometry
constant of order ``k + 1`` of the normalised atoms.

Conjecture: if ``delta < c_k``, with ``c_k = 4/(k + 4)`` for ``1 < k < 4``, ``c_k = 1/sqrt(k)`` from
there on, and ``c_1 = 1``, the pursuit recovers every code of ``k`` nonzeros in ``k`` steps. For
``k = 1`` it is true. For atoms of any norms ``1/sqrt(k + 1)`` is the best constant.

No larger number will do: ``k`` atoms at ``a`` to each other, and one at ``(1 + (k - 1) a)/k`` to
each, tie in the first step on the code of ones, at ``delta = 4/(k + 4)`` for
``a = (k - 4)/((k - 1) (k + 4))``, and at ``delta = 1/sqrt(k)`` for ``a = 0``.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.extremal(1)).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.greedy import greedy_steps, picks_on_the_support
from sparsebound.theory.extremal import isometry as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.isometry import squared_isometry
from sparsebound.theory.sources import OPEN
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, *, factor: Fraction = Fraction(1), strict: bool = True
) -> Iterator[Premise]:
    """Atoms that are nearly orthonormal together."""
    s = instance.sparsity
    limits = [_square(int(k)) * factor * factor for k in s]
    above, below = (instance.lift(np.array(part, dtype=float)) for part in _parts(limits))
    yield Premise("delta^2 < c_k^2", squared_isometry(instance.D, s + 1), above / below, strict)


def _square(k: int) -> Fraction:
    """``c_k^2``."""
    return Fraction(1, max(k, 1)) if k < 2 or k > 3 else Fraction(4, k + 4) ** 2


def _parts(numbers: list[Fraction]) -> tuple[list[int], list[int]]:
    return [one.numerator for one in numbers], [one.denominator for one in numbers]


def claims(instance: Instance) -> Iterator[Claim]:
    """The products of every step, on the support and off it."""
    yield from picks_on_the_support(greedy_steps(instance))


THEOREM = Theorem(
    title="Restricted isometry of unit atoms and orthogonal matching pursuit",
    statement=r"\|x\|_0 = k, \; \|d_i\|_2 = 1, \; \delta_{k+1} < c_k \implies "
    r"\text{orthogonal matching pursuit recovers } x \text{ in } k \text{ steps}",
    names=("RIP", "restricted isometry property", "OMP"),
    source=OPEN,
    premises=premises,
    claims=claims,
    sharp=extremal.nearly_parallel_atoms,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.an_atom_twice, smallest=(1, 2)),
        Mutant(
            "c_k times 1.02",
            {"factor": Fraction(102, 100)},
            extremal.tied_unit_atoms,
            smallest=(3, 3),
        ),
    ),
    conjecture=True,
    enumerates=True,
)
