r"""The restricted isometry with the sharp constant: basis pursuit recovers, and is stable.

Problem: atoms as given, of any norms; ``x`` with at most ``k`` nonzeros. ``delta`` is the least
number with ``(1 - delta) ||u||^2 <= ||D u||^2 <= (1 + delta) ||u||^2`` for all u of at most ``2 k``
nonzeros, after any common factor of all atoms, of which minimisers know nothing.

Claim: if ``delta < 1/sqrt(2)``, ``x`` is the only minimiser of ``||z||_1`` over ``D z = D x``: the
null space constant ``c(k)`` of the atoms as given is below 1. And if ``||y - D x|| <= eps``,
``||y - D z|| <= eps`` and ``||z||_1 <= ||x||_1``, then ``||z - x||_2`` is at most
``2 sqrt(2) sqrt(1 + delta) eps / (1 - sqrt(2) delta)``, over the norm that atoms are divided by.

Why: let ``h = z - x``, ``S`` the places of its k largest entries, and ``X = ||h_S||_2``. Then
``||h_{S^c}||_1 <= ||h_S||_1``, so ``h_{S^c}`` is an average, with weights ``l_i``, of ``u_i`` with
k nonzeros off ``S`` and ``||u_i||_2 <= X`` (Cai and Zhang). With ``t = sqrt(2) - 1`` and
``b_i = h_S + t u_i``, ``sum_i l_i ||D (sum_j l_j b_j - b_i / 2)||^2`` equals
``sum_i l_i ||D b_i||^2 / 4``; all these vectors have ``2 k`` nonzeros, but for ``t h``, so
``(1 - sqrt(2) delta) X^2 <= ||D h_S|| ||D h||``, where ``||D h_S|| <= sqrt(1 + delta) X`` and
``||D h||`` is at most ``2 eps``, or 0. And ``||h||_2 <= sqrt(2) X``.

Sharp, for every k: ``k`` atoms of squared norm 1/2 and ``3 k`` of 3/2, orthogonal but for products
``1/(2 k)`` of each of the one with each of the other, have ``delta = 1/sqrt(2)`` and a code that is
not the only minimiser. Just below, ``c(k)`` is just below 1. The second bound is not sharp.

Source: Cai and Zhang 2014.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"shorter_code": experiment.settings["shorter_code"]}
>>> decide(THEOREM, experiment, evidence).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.extremal import isometry as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import null_space_constant, spark
from sparsebound.theory.quantities.isometry import common_square, squared_isometry
from sparsebound.theory.quantities.memo import of_instance
from sparsebound.theory.sources import CAI_ZHANG_2014
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

HALF = Fraction(1, 2)
"""The square of the constant."""


def premises(
    instance: Instance,
    shorter_code: Estimate,
    *,
    square: Fraction = HALF,
    strict: bool = True,
) -> Iterator[Premise]:
    """Atoms that are nearly orthonormal together, and another code that is as short."""
    yield Premise("delta^2 < 1/2", _squares(instance), square, strict)
    signals, eps = instance.lift(shorter_code.signals), instance.lift(shorter_code.eps)
    for name, code in (("x", instance.X), ("z", shorter_code.points)):
        rest = signals - instance.lift(code) @ instance.D.atoms.swapaxes(0, 1)
        short = (rest * rest).sum(-1) - eps * eps
        yield Premise(f"||y - D {name}|| <= eps", short, 0, strict=False, measured=False)
    longer = (abs(instance.lift(shorter_code.points)) - abs(instance.lift(instance.X))).sum(-1)
    yield Premise("||z||_1 <= ||x||_1", longer, 0, strict=False, measured=False)


def claims(
    instance: Instance,
    shorter_code: Estimate,
    *,
    square: Fraction = HALF,
    factor: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """Recovery of every code as sparse as this one, and the distance to another code."""
    yield Claim("c(k) < 1", _constant(instance), 1, strict=True)
    if square != HALF:
        return
    delta, scale = _squares(instance).sqrt(), _factors(instance)
    h = instance.lift(shorter_code.points) - instance.lift(instance.X)
    room = 1 - instance.lift(2).sqrt() * delta
    eps = instance.lift(shorter_code.eps) * factor
    bound = 8 * (1 + delta) * eps * eps / (room * room * scale)
    name = "||z - x||^2 <= 8 (1 + delta) eps^2/(1 - 2^{1/2} delta)^2"
    yield Claim(name, (h * h).sum(-1), bound)


def _constant(instance: Instance) -> Number:
    """The null space constant of each code's sparsity, infinite where atoms are dependent."""
    s = instance.sparsity
    found = null_space_constant(instance.D, s, normalised=False)
    return found.where(s < spark(instance.D).mid, np.inf)


@of_instance
def _squares(instance: Instance) -> Number:
    """``delta^2`` of each code, shape (B,)."""
    return squared_isometry(instance.D, np.maximum(2 * instance.sparsity, 1), plain=True)


def _factors(instance: Instance) -> FloatArray:
    """The squared norm that atoms are divided by for it, shape (B,)."""
    orders = np.minimum(np.maximum(2 * instance.sparsity, 1), instance.D.shape[1])
    return np.array([common_square(instance.D, int(order)) for order in orders])


THEOREM = Theorem(
    title="Restricted isometry and basis pursuit",
    statement=r"\delta_{2k} < \tfrac{1}{\sqrt{2}}, \; \|x\|_0 \le k \implies "
    r"x \text{ is the unique solution of basis pursuit}, \; "
    r"\|z - x\|_2 \le \frac{2 \sqrt{2} \sqrt{1 + \delta_{2k}}}{1 - \sqrt{2} \, \delta_{2k}} "
    r"\, \varepsilon",
    names=("RIP", "restricted isometry property", "compressed sensing"),
    source=CAI_ZHANG_2014,
    premises=premises,
    claims=claims,
    sharp=extremal.just_recovered,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.just_not_recovered, smallest=(3, 4)),
        Mutant(
            "1/sqrt(2) -> 0.72",
            {"square": Fraction(72, 100) ** 2},
            extremal.lost_below_a_larger_constant,
            smallest=(3, 4),
        ),
        Mutant(
            "second bound times 0.7",
            {"factor": Fraction(7, 10)},
            extremal.halfway_to_a_shorter_code,
            smallest=(1, 1),
        ),
    ),
    enumerates=True,
)
