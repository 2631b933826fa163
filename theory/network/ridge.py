r"""One layer of rectified units approximates sums of functions of features, at the best rate.

Problem: ``phi(y) = sum_j g(<d_j, y>)`` over ``n`` features of a signal of length ``d``, with a
convex ``g`` whose slope grows by at most ``M`` a unit of length, ``0 <= g'' <= M``; ``N`` pieces of
equal length of ``[-R, R]``, where ``R >= |<d_j, y>|`` for all features. A network is the encoder of
``network.dense_encoder``, a layer of ``N`` rectified units for each feature, which interpolates
``g`` at the ends of the pieces, and an output that takes ``n M R^2/(4 N^2)`` off.

Claim: it returns ``phi(y)`` up to ``n M R^2/(4 N^2)``, with ``max(1, ceil(log_p d)) + 2`` layers
that have weights, and ``n N`` units after the encoder. No function with ``N`` linear pieces,
continuous or not, is nearer to ``M u^2/2`` on ``[-R, R]`` than ``M R^2/(4 N^2)``: the constant is
the best.

Why: on a piece of length ``h = 2R/N`` the interpolant of a convex function is above it, by
``M h^2/8`` at most; half of that is taken off. From below: a piece has at least the length ``h``,
and the second difference of the error over its ends and its middle is that of ``M u^2/2``, at least
``M h^2/4``, and at most four times the largest error.

Sharp: squares at ``y = 0``, a knot for even ``N`` and the middle of a piece for odd ones; and from
below, the interpolant.

Source: stated and proved independently; related: Li, Feng and Zhou 2022.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.filters import encoder_layers
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.analysis.ridges import convex, interpolant, rounding_of_units
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.ridges import RidgeNetwork
from sparsebound.theory.extremal import networks as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT, LI_FENG_ZHOU_2022
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal


def premises(instance: Instance, ridge_network: RidgeNetwork) -> Iterator[Premise]:
    """Features within reach, and pieces from one end to the other."""
    network = ridge_network
    features = abs(instance.lift(network.signals) @ instance.D.atoms)
    yield Premise("|<d_j, y>| <= R", features, network.reach, strict=False)
    yield Premise("2 <= p", 2, network.kernel, strict=False)
    falls = float(-np.diff(network.knots).min())
    yield Premise("the ends of pieces are in order", falls, 0, strict=False)
    off = max(network.knots[0] + network.reach, network.reach - network.knots[-1])
    yield Premise("pieces cover [-R, R]", off, 0, strict=False)


def worst_error(instance: Instance, network: RidgeNetwork) -> Number:
    """The largest distance from ``M u^2/2`` at the ends and in the middle of all pieces."""
    u, values = instance.lift(network.knots), instance.lift(network.ends)
    both = np.array([[1.0, 0, 0.5], [0, 1, 0.5]])  # one end, the other, and half of both
    places = u[:-1].reshape(-1, 1) * both[0] + u[1:].reshape(-1, 1) * both[1]
    half = Fraction(convex(network.function).curvature, 2)
    result: Number = abs(places * places * half - values @ both).max(-1).max(-1)
    return result


def claims(
    instance: Instance,
    ridge_network: RidgeNetwork,
    *,
    factor: Fraction = Fraction(1),
    promised: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """The size of the network, what it returns, and what no other function of its kind does."""
    network, (d, n) = ridge_network, instance.D.shape
    N, function = network.pieces, convex(network.function)
    layers = encoder_layers(d, network.kernel) + 2
    yield from equal("layers = max(1, ceil(log_p d)) + 2", network.layers, layers)
    yield from equal("rectified units after the encoder = n N", network.units, n * N)
    least = instance.lift(function.curvature) * network.reach * network.reach / (4 * N * N)
    wanted = function.value(instance.lift(network.signals) @ instance.D.atoms).sum(-1)
    sizes = (np.abs(network.signals) @ np.abs(instance.D.data)).max(axis=1)
    found = interpolant(network.function, network.reach, N)
    sums = rounding_of_units(found, n, sizes, network.reach)
    room = FLOAT64.error(d + n * N + 8, sums, 2 * d + 4 * n * N + 8)
    error = abs(wanted - network.outputs)
    yield Claim("|Phi(y) - phi(y)| <= n M R^2/(4 N^2)", error, factor * n * least + room)
    name = "M R^2/(4 N^2) <= max |s(u) - M u^2/2| for N linear pieces"
    yield Claim(name, promised * least, worst_error(instance, network))


THEOREM = Theorem(
    title="Sums of functions of features by rectified units",
    statement=r"0 \le g'' \le M, \; | \langle d_j, y \rangle | \le R \implies "
    r"\left| \Phi(y) - \sum_j g(\langle d_j, y \rangle) \right| \le n \frac{M R^2}{4 N^2}; \quad "
    r"\max\limits_{|u| \le R} | s(u) - M u^2/2 | \ge \frac{M R^2}{4 N^2}",
    names=("CNN", "feature extraction", "ridge function", "additive model", "spline"),
    source=INDEPENDENT & LI_FENG_ZHOU_2022,
    premises=premises,
    claims=claims,
    sharp=extremal.squares_of_nothing,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),
        Mutant("the promised error times 1.05", {"promised": Fraction(21, 20)}, smallest=(1, 1)),
    ),
    noisy=True,
)
