r"""How far the codes of a network move when its weights are rounded or pruned.

Problem: two networks on one signal, ``x^{k+1} = soft(A x^k + W^T y, theta_k)`` and the same with
``A'``, ``W'``, ``theta_k'``, whose states are ``z^k``; any matrices, and thresholds that are not
negative.

Claim: with ``b_0 = ||x^0 - z^0||_2`` and
``b_{k+1} = ||A||_2 b_k + ||A - A'||_2 ||z^k||_2 + ||W - W'||_2 ||y||_2
+ n^{1/2} |theta_k - theta_k'|``: ``||x^k - z^k||_2 <= b_k``.

Why: ``soft`` is nonexpansive in what it is given, and moves each entry by at most the change of its
threshold; ``A x - A' z = A (x - z) + (A - A') z``. Any other activation with these two properties
will do.

Sharp for every ``k``: one unit whose states stay positive.

Rounding: what a layer misses adds up.

Source: stated and proved independently. Related: Behboodi, Rauhut and Schnoor 2022.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, experiment.settings).ratio.round(9)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.activations import soft
from sparsebound.theory.analysis.descent import norm, upper_end
from sparsebound.theory.analysis.floating_point import norms_of
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.analysis.training import rounding
from sparsebound.theory.analysis.unfolding import column
from sparsebound.theory.arithmetic import Ball, FloatArray, Number
from sparsebound.theory.arithmetic.number import smaller
from sparsebound.theory.evidence import ChangedWeights
from sparsebound.theory.extremal.networks import smaller_weights
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, changed_weights: ChangedWeights) -> Iterator[Premise]:
    """Thresholds of which ``soft`` is nonexpansive."""
    runs = changed_weights
    yield Premise("0 <= theta_k", 0, runs.thresholds, strict=False, measured=False)
    yield Premise("0 <= theta'_k", 0, runs.thresholds_changed, strict=False, measured=False)


def claims(
    instance: Instance,
    changed_weights: ChangedWeights,
    *,
    states: int = 1,
    signal: int = 1,
    thresholds: int = 1,
    before: int = 1,
) -> Iterator[Claim]:
    """Layers of both networks, and the distance of their states."""
    runs = changed_weights
    parts = (
        (runs.first, runs.A, runs.W, runs.thresholds),
        (runs.second, runs.A_changed, runs.W_changed, runs.thresholds_changed),
    )
    lost: Number | int = 0
    for points, A, W, theta in parts:
        off, allowed = _off(instance, points, A, W, theta)
        yield Claim("a layer, up to rounding", off, allowed, measured=False, step=True, axes=STEPS)
        lost = smaller(off, instance.lift(allowed)) + lost
    lift, n = instance.lift, instance.D.shape[1]
    largest, moved, read = _norms(instance, runs)
    second = lift(runs.second)
    distances, sizes = norm(lift(runs.first) - second), norm(second[:, :-1])
    raised = abs(lift(runs.thresholds) - runs.thresholds_changed) * lift(n).sqrt()
    signals = column(norm(instance.Y) * read * signal)
    added = upper_end(sizes * moved * states + signals + raised * thresholds + lost)
    bound, bounds = distances[:, 0], []
    for k in range(added.shape[1]):
        bound = largest * before * bound + added[:, k]
        bounds.append(bound)
    yield Claim("||x^k - z^k|| <= b_k", distances[:, 1:], columns(bounds), axes=STEPS)


def _norms(instance: Instance, runs: ChangedWeights) -> tuple[Number, Number, Number]:
    """Upper bounds of ``||A||``, ``||A - A'||`` and ``||W - W'||``, each of shape ()."""

    def compute() -> tuple[float, ...]:
        A, W = Ball.of(runs.A), Ball.of(runs.W)
        return tuple(map(_norm, (A, A - runs.A_changed, W - runs.W_changed)))

    A, moved, read = kept(instance.memo, "norms of changed weights", runs, compute)
    return instance.lift(A), instance.lift(moved), instance.lift(read)


def _norm(matrix: Ball) -> float:
    """Bound a spectral norm from above."""
    if not abs(matrix).upper.any():
        return 0.0
    squares = (matrix.swapaxes(0, 1) @ matrix).eigenvalues().max(-1)
    return float(Ball.of(squares.upper).sqrt().upper)


def _off(
    instance: Instance, points: FloatArray, A: FloatArray, W: FloatArray, theta: FloatArray
) -> tuple[Number, FloatArray]:
    """How far each state is from what the layer makes of the one before; what rounding explains."""
    lift, (m, n) = instance.lift, instance.D.shape
    read = (instance.Y @ lift(W)).reshape(len(instance), 1, n)
    v = lift(points[:, :-1]) @ lift(A).swapaxes(0, 1) + read
    off = norm(soft(v, lift(theta).reshape(*theta.shape, 1)) - points[:, 1:])
    sizes, atoms = np.abs(points[:, :-1]), np.abs(instance.D.data)
    signals = np.abs(instance.X) @ atoms.T + np.abs(instance.E)
    with np.errstate(over="ignore"):
        total = sizes @ np.abs(A).T + (signals @ np.abs(W))[:, None, :] + np.abs(theta)[..., None]
        wide = 1 + np.abs(A).sum() + np.abs(W).sum() + atoms.sum()
        operations = 8 * (m + n + 8) * n * wide**2 * (1 + sizes.sum(-1) + signals.sum(-1)[:, None])
        size = norms_of(total) * (1 + 2.0**-20)
    return off, rounding(m + 2 * n + 8, size, operations)


THEOREM = Theorem(
    title="Networks whose weights are rounded or pruned",
    statement=r"\theta_k, \theta'_k \ge 0, \; "
    r"b_{k+1} = \| A \|_2 b_k + \| A - A' \|_2 \| z^k \|_2 + \| W - W' \|_2 \| y \|_2 "
    r"+ \sqrt{n} \, | \theta_k - \theta'_k | \implies \| x^k - z^k \|_2 \le b_k",
    names=("quantisation", "quantization", "pruning", "compression", "perturbation"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=smaller_weights,
    mutants=(
        Mutant("||A - A'|| ||z^k|| dropped", {"states": 0}, smallest=(1, 1)),
        Mutant("||W - W'|| ||y|| dropped", {"signal": 0}, smallest=(1, 1)),
        Mutant("|theta - theta'| dropped", {"thresholds": 0}, smallest=(1, 1)),
        Mutant("||A|| b_k dropped", {"before": 0}, smallest=(1, 1)),
    ),
    noisy=True,
)
