r"""Six activations are thresholding functions, which is all that ``rate.unfolded`` asks of one.

Problem: soft, hard and firm thresholds, the nonnegative garrote, and the thresholds of SCAD
(``a > 2``) and MCP (``gamma > 1``) at any ``theta >= 0``, evaluated at the pre-activations
``D^T y`` of a first layer.

Claim: ``h(v) = 0`` for ``|v| <= theta``, and ``|h(v) - v| <= theta`` for all ``v``, up to a few
roundings of the computed values (:func:`sparsebound.theory.analysis.activations.activation_error`).
What is declared to be the soft or the hard threshold, or the garrote, is that.

Why: each is odd, 0 up to ``theta``, and between ``v - theta`` and ``v`` above it.

Sharp: the soft threshold above ``theta``.

Source: Gao and Bruce 1997 (firm), Breiman 1995 (garrote), Fan and Li 2001 (SCAD), Zhang 2010
(MCP) define them; that they are thresholding functions is elementary.

>>> from sparsebound.theory.verdict import decide
>>> soft = Activated([[3.0, 0.5]], [[2.0, 0]], [1.0], [1.0], "soft", "float64")
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[3, 0.5]]), {"activated": soft}).ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.activations import (
    DECLARED_KINDS,
    LEAST_SHAPE,
    activation_error,
    off_the_kind,
)
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.evidence.networks import Activated
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import BREIMAN_1995, FAN_LI_2001, GAO_BRUCE_1997, ZHANG_2010
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, activated: Activated) -> Iterator[Premise]:
    """A threshold that is not negative, and a parameter in its range."""
    yield Premise("0 <= theta", 0, activated.thresholds, strict=False)
    least = LEAST_SHAPE.get(activated.activation, 0)
    yield Premise("2 < a (SCAD), 1 < gamma (MCP, firm)", least, activated.shapes)


def claims(instance: Instance, activated: Activated, *, share: Scalar = 1) -> Iterator[Claim]:
    """Zeros up to the threshold, and nothing moved by more."""
    v, h = activated.points, activated.values
    theta = activated.thresholds[:, None]
    below = np.where(np.abs(v) <= theta, np.abs(h), 0.0).max(axis=1, initial=0.0)
    yield Claim("h(v) = 0 for |v| <= theta", below, 0, measured=False)
    kind = FloatingPoint.of(activated.dtype)
    rounding = activation_error(kind, np.abs(v), theta)
    moved = abs(instance.lift(h) - v) - rounding
    if activated.activation in DECLARED_KINDS:
        values, reach = instance.lift(h), instance.lift(rounding)
        if activated.activation == "garrote":  # theta^2 may be too small for the type
            reach = reach + kind.tiny / np.maximum(np.abs(v), kind.tiny)
        off = off_the_kind(activated.activation, instance.lift(v), theta, 0.0, values) - reach
        yield Claim("h is of the kind declared", off.max(-1), 0, measured=False)
    yield Claim("|h(v) - v| <= theta", moved.max(-1), instance.lift(activated.thresholds) * share)


THEOREM = Theorem(
    title="Activations that are thresholding functions",
    statement=r"| v | \le \theta \implies h(v) = 0, \quad | h(v) - v | \le \theta",
    names=("JumpReLU", "SCAD", "MCP", "firm threshold", "hard threshold", "sparse autoencoder"),
    source=GAO_BRUCE_1997 & BREIMAN_1995 & FAN_LI_2001 & ZHANG_2010,
    premises=premises,
    claims=claims,
    sharp=extremal.soft_threshold,
    mutants=(
        Mutant("theta -> 0.9 theta in the distance", {"share": Fraction(9, 10)}, smallest=(1, 1)),
    ),
)
