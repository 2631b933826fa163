r"""Smooth activations, scaled, are within ``c/beta`` of the rectified linear unit.

Problem: softplus, GELU (exact, by the normal distribution), SiLU and ELU at an inverse temperature
``beta > 0``; any ``v`` and ``t >= 0``; evaluated at the pre-activations ``D^T y`` of a first layer.

Claim: ``|sigma(beta v)/beta - relu(v)| <= c/beta`` and
``|(sigma(beta (v - t)) - sigma(beta (-v - t)))/beta - soft(v, t)| <= c/beta``, with ``c = log 2``
(softplus), ``max t Phi(-t) = 0.16997...`` (GELU), ``W(1/e) = 0.27846...`` (SiLU), 1 (ELU).
So a smooth network is an inexact one, ``pS = p0 = c/beta`` in ``rate.unfolded``.

Why: by scaling it suffices to take ``beta = 1``. With ``r = |v|``, ``sigma - relu`` is
``log(1 + e^-r)`` for softplus, which falls, ``-r Phi(-r)`` for GELU, and ``-r/(1 + e^r)`` for SiLU,
least where ``(r - 1) e^r = 1``, that is, ``r = 1 + W(1/e)``. For ELU it is 0 above 0, and
``e^v - 1`` below. Each has one sign, so that the errors of the two sides, of which one is
subtracted from the other, do not add.

Sharp: at ``beta v = 0``, ``-0.75179``, ``-1.27846``, and far below 0; for the two-sided form if
``beta t`` is at least about 5.

Source: elementary; stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> pair = Rectified([[0.0]], [[0.6931471805599453]], [[0.0]], [5.0], [1.0], "softplus")
>>> decide(THEOREM, Instance([[1]], [[0]]), {"smooth_pair": pair}).ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.activations import DISTANCES, SMOOTH_ROUNDINGS
from sparsebound.theory.analysis.floating_point import FLOAT64, Allowance
from sparsebound.theory.analysis.unfolding import Scalar, column
from sparsebound.theory.arithmetic import Enclosure, FloatArray, Number
from sparsebound.theory.evidence.networks import Rectified
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, smooth_pair: Rectified) -> Iterator[Premise]:
    """A positive inverse temperature, and a threshold that is not negative."""
    yield Premise("0 < beta", 0, smooth_pair.parameters)
    yield Premise("0 <= t", 0, smooth_pair.thresholds, strict=False)


def claims(instance: Instance, smooth_pair: Rectified, *, share: Scalar = 1) -> Iterator[Claim]:
    """The distance of one unit from a rectified one, and of two from a soft threshold."""
    v, t = instance.lift(smooth_pair.points), column(smooth_pair.thresholds)
    warmth = 1 / instance.lift(smooth_pair.parameters)
    room = _rounding(smooth_pair)
    bound = warmth * (DISTANCES[smooth_pair.activation] * share)

    def distance(found: FloatArray, expected: Number) -> Number | Enclosure:
        return room.against((abs(expected - found) - room.size).max(-1))

    one, two = activations.relu(v), activations.soft(v, t)
    yield Claim("|sigma(beta v)/beta - relu(v)| <= c/beta", distance(smooth_pair.relu, one), bound)
    yield Claim("two-sided: within c/beta of soft", distance(smooth_pair.soft, two), bound)


def _rounding(pair: Rectified) -> Allowance:
    """Bound the rounding of computed units, shape (B, n), where ``beta v`` stays in the range.

    Of what is flushed to zero, the argument and what the unit returns are divided by ``beta``, and
    a factor is multiplied by ``v``; two units for a threshold have no more than eight of each.
    """
    with np.errstate(all="ignore"):
        sizes, warmth = np.abs(pair.points) + column(pair.thresholds), 1 / column(pair.parameters)
        size = FLOAT64.error(SMOOTH_ROUNDINGS, sizes + warmth, 8 * (1 + sizes + warmth))
        known = (np.maximum(column(pair.parameters), 1) * sizes <= FLOAT64.largest / 4).all(axis=1)
    known = known & np.isfinite(size).all(axis=1)
    return Allowance(np.where(known[:, None], size, 0.0), known)


THEOREM = Theorem(
    title="Smooth activations near the rectified linear unit",
    statement=r"\left| \frac{\sigma(\beta v)}{\beta} - \operatorname{relu}(v) \right| \le "
    r"\frac{c}{\beta}",
    names=("GELU", "SiLU", "softplus"),
    source=ELEMENTARY & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.smooth_extremum,
    mutants=(Mutant("0.9 c", {"share": Fraction(9, 10)}, smallest=(1, 1)),),
)
