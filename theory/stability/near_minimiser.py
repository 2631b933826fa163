r"""A point whose value is nearly the least one: what it shares with the minimisers.

Problem: ``P(x) = 1/2 ||y - D x||^2 + lam ||x||_1`` over all ``x``, or over ``x >= 0``; ``z`` is a
minimiser, ``r = y - D z``. A solver returns ``x`` and states a tolerance: ``P(x)`` exceeds the
least value by at most ``eps P(0)``. (Here: our own states its duality gap; of somebody else's
solver it is a claim.) From ``eps = 1`` on that says nothing, since 0 has it.

Claim: ``P(x) - P(z) = 1/2 ||D (x - z)||^2 + sum_j (lam |x_j| - <d_j, r> x_j)``, of which no term
is negative. So ``||D (x - z)||^2 <= 2 eps P(0)``, and entries on atoms with ``|<d_j, r>| < lam``,
which no minimiser has, have ``sum_j |x_j| (lam - |<d_j, r>|) <= eps P(0)``.

Why: with ``u = x - z``, ``P(x) - P(z) = 1/2 ||D u||^2 - <r, D u> + lam ||x||_1 - lam ||z||_1``, and
``<r, D z> = lam ||z||_1`` for a minimiser.

Sharp: a multiple of the minimiser; and a null vector added to it.

Source: elementary.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"solution": experiment.settings["solution"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.features import features_of
from sparsebound.theory.evidence import SolverResult
from sparsebound.theory.extremal.features import more_than_the_feature, on_a_shorter_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, solution: SolverResult) -> Iterator[Premise]:
    """An exact minimiser beside it, and a tolerance that 0 does not meet already."""
    yield from features_of(instance, solution.features).premises("z")
    yield Premise("eps < 1", solution.returned.tolerance, 1, measured=False)


def claims(
    instance: Instance,
    solution: SolverResult,
    *,
    factor: Fraction = Fraction(2),
    off: bool = True,
) -> Iterator[Claim]:
    """The value, the fit, and what is on atoms that no minimiser has."""
    point, D = features_of(instance, solution.features), instance.D
    x, lam = instance.lift(solution.returned.points), solution.features.thresholds
    signed = solution.features.signed
    negative = np.where(signed, 0, -solution.returned.points.min(axis=1))
    yield Claim("0 <= x", negative, 0, measured=False)
    room = (instance.Y**2).sum(-1) / 2 * solution.returned.tolerance
    moved = ((D.synthesis(x) - point.fit) ** 2).sum(-1)
    cost = abs(x) * lam - point.correlations * x
    yield Claim("P(x) - P(z) <= eps P(0)", moved / 2 + cost.sum(-1), room)
    yield Claim("||D (x - z)||^2 <= 2 eps P(0)", moved, factor * room)
    size = abs(point.correlations)
    size = size.where(np.broadcast_to(signed[:, None], size.shape), point.correlations)
    beside = (abs(x) * (lam - size)).where(~solution.features.support, 0).sum(-1)
    yield Claim("sum |x_j| (lam - |<d_j, r>|) <= eps P(0)", beside, room if off else 0)


THEOREM = Theorem(
    title="Near the least value of the Lasso",
    statement=r"P(x) - P(z) = \tfrac{1}{2} \|D (x - z)\|_2^2 + "
    r"\sum_j (\lambda |x_j| - \langle d_j, r \rangle x_j) \le \varepsilon P(0), \; "
    r"z \in \arg\min P, \; r = y - D z",
    names=("Lasso solver", "minimiser", "duality gap", "tolerance"),
    source=ELEMENTARY,
    premises=premises,
    claims=claims,
    sharp=more_than_the_feature,
    mutants=(
        Mutant("2 eps -> 1.9 eps", {"factor": Fraction(19, 10)}, smallest=(1, 1)),
        Mutant("x_j = 0 where z has a gap", {"off": False}, on_a_shorter_atom, smallest=(1, 2)),
    ),
    noisy=True,
)
