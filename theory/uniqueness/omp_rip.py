r"""The restricted isometry with the sharp constant: orthogonal matching pursuit finds the code.

Problem: ``y = D x`` without noise, ``x`` with ``k`` nonzeros; atoms as given, of any norms, and the
pursuit picks the largest ``|<d_i, r>|`` as it is. ``delta`` is the restricted isometry constant of
order ``k + 1``, after any common factor of all atoms: the pursuit does not see that.

Claim: if ``delta < 1/sqrt(k + 1)``, every pick is from the support: in each step some product on it
exceeds all products off it. So the pursuit recovers ``x`` in exactly ``k`` steps.

Why: let u be the error of a step, on ``S``, ``||u|| = 1``, and ``b = |<d_j, D u>|`` the product of
an atom off ``S``, at least as large as all on ``S``, so that ``||D u||^2 <= sqrt(k) b``. With
``t > 0``, ``1 - t^2 = 2 t / sqrt(k)``, and the sign of ``d_j`` that makes its product negative,
``||D (u + t e_j)||^2 - ||D (t^2 u - t e_j)||^2`` is
``(1 + t^2) ((1 - t^2) ||D u||^2 - 2 t b) <= 0``, and at least
``(1 + t^2) ((1 - delta) - (1 + delta) t^2)``. So ``delta >= (1 - t^2)/(1 + t^2)``, which is
``1/sqrt(k + 1)``.

Sharp, for every k: ``k`` orthogonal atoms of squared norm ``k/(k + 1)`` and one of
``(k + 2)/(k + 1)`` at ``1/(k + 1)`` to each have ``delta = 1/sqrt(k + 1)``, and all products with
their sum are equal. Just below, those off the support are just smaller.

Source: Mo 2015; Mo and Shen 2012. That no larger constant will do: Wen, Zhou, Wang, Tang and Mo
2017. For unit atoms a larger one may: :mod:`sparsebound.theory.conjecture.omp_unit_atoms`.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.extremal(1)).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.greedy import picks_on_the_support, plain_greedy_steps
from sparsebound.theory.extremal import isometry as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.isometry import squared_isometry
from sparsebound.theory.sources import MO_2015, MO_SHEN_2012, WEN_ZHOU_WANG_TANG_MO_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, *, factor: Fraction = Fraction(1), strict: bool = True
) -> Iterator[Premise]:
    """Atoms that are nearly orthonormal together."""
    k = instance.sparsity
    squares = squared_isometry(instance.D, k + 1, plain=True)
    yield Premise("(k + 1) delta^2 < 1", squares * (k + 1), factor * factor, strict)


def claims(instance: Instance) -> Iterator[Claim]:
    """The products of every step, on the support and off it."""
    yield from picks_on_the_support(plain_greedy_steps(instance))


THEOREM = Theorem(
    title="Restricted isometry and orthogonal matching pursuit",
    statement=r"\|x\|_0 = k, \; \delta_{k+1} < \frac{1}{\sqrt{k + 1}} \implies "
    r"\text{orthogonal matching pursuit recovers } x \text{ in } k \text{ steps}",
    names=("RIP", "restricted isometry property", "OMP"),
    source=MO_2015 & MO_SHEN_2012 & WEN_ZHOU_WANG_TANG_MO_2017,
    premises=premises,
    claims=claims,
    sharp=extremal.just_ahead,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.tied_with_a_longer_atom, smallest=(3, 2)),
        Mutant(
            "1/sqrt(k + 1) times 1.02",
            {"factor": Fraction(102, 100)},
            extremal.just_behind_a_longer_atom,
            smallest=(2, 2),
        ),
    ),
    enumerates=True,
)
