r"""Weight decay is a group lasso.

Problem: a layer of rectified linear units ``sum_k a_k relu(<w_k, y>)``, and all weights that
compute the same function by ``(a_k, w_k) -> (a_k t_k, w_k/t_k)``, ``t_k > 0``. A bias of a unit
belongs to ``w_k``. Here ``w_k`` are the atoms as given, and ``a`` is the code.

Claim: the function stays the same, and ``1/2 sum_k (a_k^2 + ||w_k||^2) >= sum_k |a_k| ||w_k||``,
which no rescaling changes. The right side is attained by ``t_k^2 = ||w_k||/|a_k|`` where no product
has exactly one factor zero; otherwise it is an infimum: the other factor is scaled away, to any
``eps > 0`` in sum; here to ``2^-40`` of its square.

Why: ``relu(<w, y>/t) t = relu(<w, y>)`` for ``t > 0``; and ``a^2 + b^2 - 2 a b = (a - b)^2`` with
``a = |a_k|``, ``b = ||w_k||``, which is zero if both are ``(|a_k| ||w_k||)^{1/2}``.

Sharp: ``|a_k| = ||w_k||``.

Source: Neyshabur, Tomioka and Srebro 2015.

>>> from sparsebound.theory.verdict import decide
>>> units = RescaledUnits([[1.0]], [25.0], [25.0])
>>> decide(THEOREM, Instance([[3], [4]], [[5]]), {"rescaled_units": units}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import RescaledUnits
from sparsebound.theory.extremal.training import balanced_units
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import NEYSHABUR_TOMIOKA_SREBRO_2015
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

SCALED = 2.0**-40
"""What is left of the square of weights that no output reads, for one of all factors t."""


def premises(instance: Instance, rescaled_units: RescaledUnits) -> Iterator[Premise]:
    """Positive factors."""
    yield Premise("0 < t", 0, rescaled_units.factors.min(axis=1, initial=1.0))


def claims(
    instance: Instance, rescaled_units: RescaledUnits, *, l1_norm: bool = False
) -> Iterator[Claim]:
    """One function, whose weights are never shorter than the sum of the products of norms."""
    change = abs(instance.lift(rescaled_units.outputs) - rescaled_units.rescaled)
    room = abs(rescaled_units.outputs) * (8 * FLOAT64.unit * instance.D.shape[1])
    yield Claim("the function is the same", change - room, 0, measured=False)
    product = _product(instance, l1_norm)
    a, t = instance.lift(instance.X), instance.lift(rescaled_units.factors)
    moved = (a * t * (a * t) + instance.D.squares / (t * t)).sum(-1)
    name = "sum_k |a_k| ||w_k|| <= 1/2 sum_k ((a_k t_k)^2 + ||w_k/t_k||^2)"
    yield Claim(name, product, moved)
    alone = (instance.D.squares * SCALED).where(~instance.support, 0).sum(-1)
    said = "1/2 sum_k ((a_k t_k)^2 + ||w_k/t_k||^2) <= sum_k |a_k| ||w_k|| + eps for the best t"
    yield Claim(said, _balanced(instance), product + alone, measured=False)


def _product(instance: Instance, l1_norm: bool) -> Number:
    """Twice the sum of the products of norms, shape (B,)."""
    norms = abs(instance.D.atoms).sum(0) if l1_norm else instance.D.norms
    return (abs(instance.lift(instance.X)) * norms).sum(-1) * 2


def _balanced(instance: Instance) -> Number:
    """Squares of all weights after the best rescaling; units without output weight fall; (B,)."""
    a, norms = abs(instance.lift(instance.X)), instance.D.norms
    squared = norms / a.where(instance.support, 1)  # of the factors
    weights = a * a * squared + instance.D.squares / squared
    return weights.where(instance.support, instance.D.squares * SCALED).sum(-1)


THEOREM = Theorem(
    title="Weight decay is a group lasso",
    statement=r"\tfrac{1}{2} \sum\limits_k (a_k^2 + \| w_k \|_2^2) \ge "
    r"\sum\limits_k | a_k | \| w_k \|_2 = \min\limits_{t > 0} \tfrac{1}{2} \sum\limits_k "
    r"(a_k^2 t_k^2 + \| w_k / t_k \|_2^2)",
    names=("weight decay", "path norm", "homogeneous network"),
    source=NEYSHABUR_TOMIOKA_SREBRO_2015,
    premises=premises,
    claims=claims,
    sharp=balanced_units,
    mutants=(Mutant("||w_k||_2 -> ||w_k||_1", {"l1_norm": True}, smallest=(2, 1)),),
)
