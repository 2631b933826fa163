r"""Training of a wide network, in discrete time: how fast the loss falls, how far weights move.

Problem: gradient descent ``theta^{k+1} = theta^k - eta J_k^T r_k`` on ``|r|^2/2``, ``r = f - y``,
with the Jacobian ``J_k``; ``alpha^2 <= lambda_min(J_0 J_0^T)``, and ``J`` is ``M``-Lipschitz in the
operator norm. Here ``f(u, v) = D (u o u - v o v)``: a two-layer network whose output weights are
the atoms, and whose code is ``u o u - v o v``; ``M = 2 max |d_i|``. Checked with
``4 min_i (u_i^2 + v_i^2) lambda_min(D D^T)`` for ``alpha^2``, and with the largest ones instead of
the least for ``|J_k|^2``.

Claim: let ``eta > 0`` and ``eta |J_k|^2 <= 1`` along the run, ``s_k`` be the length of its path,
``2 M |r_0| < alpha^2``, ``R = 2 |r_0|/(alpha + (alpha^2 - 2 M |r_0|)^{1/2})``,
``q = 1 - eta (alpha^2 - 2 M |r_0|)`` and ``beta = |J_0| + M R``. Then
``|r_k| + alpha s_k - M s_k^2/2 <= |r_0|``, ``s_k <= R``, ``|r_k| <= q^k |r_0|``, and
``|r_k - (I - eta J_0 J_0^T)^k r_0| <= 2 beta M R eta k q^{k-1} |r_0|``: training is that of a
linear model, up to this. The first inequality holds without the condition on ``|r_0|``.

Why: with ``sigma = sigma_min(J) >= alpha - M s`` and the step ``h``,
``|(I - eta J J^T) r| + sigma |h| <= |r|``: in singular coordinates, with ``c_i`` in ``[m, 1]`` for
``eta sigma_i^2`` and their weighted mean ``a``, the left side is at most
``((1-m)(1-a))^{1/2} + (m a)^{1/2} <= 1`` times ``|r|``. With
``|r(theta + h) - r - J h| <= M |h|^2/2`` this gives
``|r_{k+1}| <= |r_k| - |h| (alpha - M s_k - M |h|/2)``, and what is subtracted is the increase of
``alpha s - M s^2/2``. It holds along the whole segment, so ``s`` cannot jump over ``R``. Then
``sigma >= (alpha^2 - 2 M |r_0|)^{1/2}`` all along, and ``|h|`` is at least ``eta |r|`` times that.
Last, ``r_{k+1} = (I - eta K_k) r_k`` with ``|K_k - J_0 J_0^T| <= 2 beta M R``; sum up.

Sharp: the first inequality, for every ``k``, on one weight; the second and the factor of the third
in the limit. The fourth is not.

Rounding: an error ``e`` of a step adds ``2 |J_k| |e|`` to ``|r_0|`` in the first two, and at most
``3 |J_k| |e|`` and ``beta |e|`` to a step of the others.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, experiment.settings).ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.descent import norm, upper_end
from sparsebound.theory.analysis.lazy import Training, row_determinant
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import ParameterRun
from sparsebound.theory.extremal.lazy import one_weight_shrinks, one_weight_vanishes
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, training_run: ParameterRun, *, twice: int = 2
) -> Iterator[Premise]:
    """Independent rows, a step that is short enough, and a small residual at the start."""
    yield Premise("0 < det(D D^T)", 0, row_determinant(instance.D), shared=True)
    yield Premise("0 < eta", 0, training_run.eta)
    found = Training.of(instance, training_run)
    largest = (found.largest_squared[:, :-1] * found.eta).max(-1)
    yield Premise("eta |J_k|^2 <= 1", largest, 1, strict=False, measured=False)
    yield Premise("2 M |r_0| < alpha^2", _curved(found, twice)[:, 0], found.alpha_squared[:, 0])


def claims(
    instance: Instance,
    training_run: ParameterRun,
    *,
    twice: int = 2,
    in_rate: int = 2,
    curved: int = 1,
    length: Fraction = Fraction(1),
    apart: int = 1,
) -> Iterator[Claim]:
    """Steps, the residual against the path, the path, the residual, and the linear model."""
    found = Training.of(instance, training_run)
    yield Claim(
        "a step, up to rounding", found.off, found.allowed, measured=False, step=True, axes=STEPS
    )
    M, eta, start = found.curvature, found.eta, found.sizes[:, :1]
    alpha, paths = found.alpha_squared.sqrt(), found.paths
    lost = found.lost @ found.lost.of(np.triu(np.ones((found.lost.shape[1],) * 2)))
    spent = found.sizes[:, 1:] + alpha * paths - M * paths * paths / 2 * curved
    yield Claim("|r_k| + alpha s_k - M s_k^2/2 <= |r_0|", spent, start + lost, axes=STEPS)
    room = found.alpha_squared - _curved(found, twice)
    radius = upper_end(2 * _started(found) / (alpha + room.sqrt()))
    yield Claim("s_k <= R", paths, radius * length, axes=STEPS)
    rate = upper_end(1 - eta * (found.alpha_squared - _curved(found, min(twice, in_rate))))
    beta = upper_end(found.largest_squared[:, :1].sqrt() + M * radius)
    bounds, gaps = [start], [0 * start]
    for k in range(paths.shape[1]):
        lag = 2 * beta * M * radius * eta * bounds[-1]
        gaps.append(rate * gaps[-1] + lag + beta * found.errors[:, k : k + 1])
        bounds.append(rate * bounds[-1] + found.lost[:, k : k + 1] * 3 / 2)
    falling = columns([bound[:, 0] for bound in bounds[1:]])
    yield Claim("|r_k| <= q^k |r_0|", found.sizes[:, 1:], falling, axes=STEPS)
    linear = columns([gap[:, 0] for gap in gaps[1:]]) * apart
    name = "|r_k - (I - eta J_0 J_0^T)^k r_0| <= 2 beta M R eta k q^{k-1} |r_0|"
    yield Claim(name, linear_distance(instance, training_run), linear, measured=False, axes=STEPS)


def _started(found: Training) -> Number:
    """``|r_0|`` and what rounding adds to it on the way, (B, 1)."""
    return found.sizes[:, :1] + found.lost.sum(-1).reshape(-1, 1)


def _curved(found: Training, twice: int) -> Number:
    """``2 M |r_0|``, shape (B, 1)."""
    return found.curvature * _started(found) * twice


def linear_distance(instance: Instance, run: ParameterRun) -> Number:
    """Distance of the residuals from those of the linear model, shape (B, K)."""
    found, atoms = Training.of(instance, run), instance.D.atoms
    n = instance.D.shape[1]
    start = found.parameters[:, 0]
    weights = start[:, :n] * start[:, :n] + start[:, n:] * start[:, n:]
    linear, distances = found.residuals[:, 0], []
    for k in range(1, found.parameters.shape[1]):
        pulled = (linear @ atoms) * weights * found.eta * 4
        linear = linear - pulled @ atoms.swapaxes(0, 1)
        distances.append(norm(found.residuals[:, k] - linear))
    return columns(distances)


THEOREM = Theorem(
    title="Lazy training, in discrete time",
    statement=r"\eta > 0, \; \alpha^2 \le \lambda_{\min}(J_0 J_0^T), \; "
    r"\eta |J_k|^2 \le 1, \; 2 M |r_0| < \alpha^2 \implies "
    r"|r_k| + \alpha s_k - \tfrac{1}{2} M s_k^2 \le |r_0|, \; "
    r"s_k \le R, \; |r_k| \le q^k |r_0|, \; q = 1 - \eta (\alpha^2 - 2 M |r_0|), \; "
    r"| r_k - (I - \eta J_0 J_0^T)^k r_0 | \le 2 \beta M R \eta k q^{k-1} |r_0|",
    names=("neural tangent kernel", "NTK", "overparameterised", "gradient descent", "wide network"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=one_weight_shrinks,
    mutants=(
        Mutant("M s_k^2/2 dropped: the kernel does not move", {"curved": 0}, smallest=(1, 1)),
        Mutant("R times 0.95", {"length": Fraction(19, 20)}, smallest=(1, 1)),
        Mutant("2 M |r_0| -> M |r_0| in q", {"in_rate": 1}, smallest=(1, 1)),
        Mutant("2 M |r_0| -> M |r_0|", {"twice": 1}, one_weight_vanishes, smallest=(1, 1)),
        Mutant("the linear model itself", {"apart": 0}, smallest=(1, 1)),
    ),
    noisy=True,
    dictionaries=(
        "orthonormal",
        "integer",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "low_coherence",
    ),
)
