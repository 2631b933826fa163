r"""Two rectified linear units are a soft threshold; two leaky ones are one rectified linear unit.

Problem: ``t >= 0``, a slope ``a != +-1``, and any ``v``; networks with one hidden layer of two
units, evaluated at the pre-activations ``D^T y`` of a first layer.

Claim: ``soft(v, t) = relu(v - t) - relu(-v - t)``, and with leaky units of slope ``a``,
``relu(v) = (lrelu_a(v) + a lrelu_a(-v)) / (1 - a^2)``. The identity is decided exactly. The
computed networks agree with it up to six roundings of ``|v| + t``, and of
``(1 + a^2)/|1 - a^2| |v|``.

Why: as ``t >= 0``, at most one of ``relu(v - t)`` and ``relu(-v - t)`` is not zero: it is
``|v| - t``, taken with the sign of ``v``. And for ``v > 0`` the bracket is ``v - a^2 v``, for
``v < 0`` it is ``a v - a v``.

Sharp: an equality; how close the networks are says nothing about it.

Source: elementary.

>>> from sparsebound.theory.verdict import decide
>>> pair = Rectified([[3.0]], [[3.0]], [[2.0]], [1.0], [0.5], "leaky_relu")
>>> decide(THEOREM, Instance([[1]], [[3]]), {"relu_pair": pair}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import activations
from sparsebound.theory.analysis.activations import UNIT
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.analysis.unfolding import column
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.networks import Rectified
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem

ROUNDINGS = 6
"""Two for ``1 - a^2 = (1 - a)(1 + a)`` and one each for the slope, its product, sum, quotient."""


def premises(instance: Instance, relu_pair: Rectified) -> Iterator[Premise]:
    """A threshold that is not negative, and a slope that is not 1 or -1."""
    yield Premise("0 <= t", 0, relu_pair.thresholds, strict=False)
    slope = np.abs(relu_pair.parameters)
    yield Premise("min(|a|, 1) < max(|a|, 1)", np.minimum(slope, 1), np.maximum(slope, 1))


def claims(instance: Instance, relu_pair: Rectified, *, scaled: bool = True) -> Iterator[Claim]:
    """The identity of leaky units, and what both networks returned."""
    v, slope = instance.lift(relu_pair.points), column(instance.lift(relu_pair.parameters))
    difference, expected = 1 - slope * slope, activations.relu(v)
    leaky = activations.leaky_relu(v, slope) + activations.leaky_relu(-v, slope) * slope
    wanted = expected * difference if scaled else expected
    name = "(1 - a^2) relu(v) = lrelu_a(v) + a lrelu_a(-v)"
    yield Claim(name, abs(leaky - wanted).max(-1), 0, measured=False)
    room = (1 + slope * slope) / abs(difference) * (abs(v) * (ROUNDINGS * UNIT) + 4 * FLOAT64.tiny)
    yield _close(r"relu from leaky units", relu_pair.relu, expected, room)
    threshold = column(relu_pair.thresholds)
    room = (abs(v) + threshold) * (ROUNDINGS * UNIT) + 4 * FLOAT64.tiny
    yield _close("soft from rectified units", relu_pair.soft, activations.soft(v, threshold), room)


def _close(name: str, found: object, expected: Number, room: Number) -> Claim:
    return Claim(name, (abs(expected - found) - room).max(-1), 0, measured=False)


THEOREM = Theorem(
    title="Soft thresholds from pairs of rectified units",
    statement=r"\operatorname{soft}(v, t) = \operatorname{relu}(v - t) - "
    r"\operatorname{relu}(-v - t), \quad \operatorname{relu}(v) = "
    r"\frac{\operatorname{lrelu}_a(v) + a \operatorname{lrelu}_a(-v)}{1 - a^2}",
    names=("ReLU", "leaky ReLU"),
    source=ELEMENTARY,
    proof="proofs/network/relu_pair.v:relu_pair",
    premises=premises,
    claims=claims,
    mutants=(
        Mutant("1/(1 - a^2) dropped", {"scaled": False}, extremal.leaky_pair, smallest=(1, 1)),
    ),
    equality=True,
)
