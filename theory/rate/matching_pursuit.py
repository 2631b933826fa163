r"""Plain matching pursuit: it stays on the support, and converges linearly.

Problem: ``y = D x`` without noise, normalised atoms, ``S`` the support of ``x``, s atoms that are
independent; Tropp's coefficient ``ERC(S) < 1``.

Algorithm: with ``r = y - D x^k``, add ``<d_i, r>`` to entry i of ``x^k``, i that of the largest
``|<d_i, r>|``, ties broken in any way. Unlike the orthogonal pursuit, it picks atoms again.

Claim: from a point on ``S``, every atom picked is from ``S``, and
``||r^{k+1}||^2 <= (1 - sigma_min(D_S)^2 / s) ||r^k||^2``, until the residual is 0.

Why: r lies in the range of ``D_S``, so ``|<d_j, r>| <= ERC(S) max_i |<d_i, r>|`` off ``S``, the
maximum over ``S``. A step takes ``<d_i, r>^2`` away from ``||r||^2``; the largest of these is at
least ``||D_S^T r||^2 / s >= sigma_min(D_S)^2 ||r||^2 / s``.

Sharp: the first step on atoms at ``-mu`` to each other, for the code of ones. A further atom at
``mu`` to each nearly ties if ``(2s - 1) mu`` is nearly 1.

Rounding: a computed step picks an atom whose product is behind no other by more than eta, at most
twice what rounding explains, and adds it up to eta; then ``(2 max_i |<d_i, r>| + eta) eta`` is
added to the bound, and where other entries move, by b in all,
``(4 max_i |<d_i, r>| + 2 eta + b) b``. That eta is no larger is a claim too. Once products are of
the size of rounding, nothing more is claimed.

Source: Gribonval and Vandergheynst 2006.

>>> from sparsebound.theory.evidence import Trajectory
>>> from sparsebound.theory.verdict import decide
>>> instance = Instance([[1, 0, 0.6], [0, 1, 0.8]], [[0, 4, 0]])
>>> run = Trajectory([[[0.0, 0, 0], [0, 4, 0]]], [0.0], [1.0])
>>> decide(THEOREM, instance, {"matching_run": run}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sparsebound.theory.analysis.choices import Choice
from sparsebound.theory.analysis.descent import upper_end
from sparsebound.theory.analysis.floating_point import Allowance, extents_of, gradient_step
from sparsebound.theory.arithmetic import Number, larger
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.extremal.greedy import sum_that_nearly_ties
from sparsebound.theory.extremal.uniqueness import diagonal_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import exact_recovery_coefficient
from sparsebound.theory.quantities.supports import support_gram, support_independence
from sparsebound.theory.sources import GRIBONVAL_VANDERGHEYNST_2006
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem

FAR_ABOVE = 16
"""Products of so many times the size of rounding are clear of it."""


def premises(instance: Instance, *, limit: float = 1.0) -> Iterator[Premise]:
    """No noise, independent atoms, and Tropp's coefficient below 1."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    yield Premise("ERC(S) < 1", exact_recovery_coefficient(instance), limit)


def claims(instance: Instance, matching_run: Trajectory, *, fewer: int = 0) -> Iterator[Claim]:
    """Every step, from whatever point on the support it starts."""
    finite = np.asarray(np.isfinite(matching_run.points).all(axis=-1))
    run = replace(matching_run, points=np.where(finite[..., None], matching_run.points, 0))
    rounding = _rounding(instance, run)
    lost = rounding.against(instance.lift((finite[:, :-1] & ~finite[:, 1:]) * 1.0))
    yield Claim("iterates are finite", lost, 0, measured=False, axes=STEPS)
    points = instance.lift(run.points)
    batch, length, n = points.shape
    away = instance.unit_codes.reshape(batch, 1, n) - points
    products = (away.reshape(-1, n) @ instance.D.gram).reshape(batch, length, n)
    energies = (away * products).sum(-1)
    moves, sizes = points[:, 1:] - points[:, :-1], abs(products[:, :-1])
    picked = _picked(moves.mid, sizes.mid)
    taken = finite[:, :-1] & finite[:, 1:]
    moved = abs(moves - products[:, :-1].where(picked, 0)).max(-1).where(taken, 0)
    ahead = Choice.of(sizes, picked, 1, rounding).ahead.where(taken, 0)
    eta, off = larger(moved, ahead), larger(moved, ahead * 0.5)
    name = "a step, up to rounding"
    yield Claim(name, rounding.against(off), rounding.size, measured=False, step=True, axes=STEPS)
    on, inside = (
        instance.support[:, None, :],
        (run.points[:, :-1] != 0) <= instance.support[:, None],
    )
    ahead, beside = sizes.where(on, 0).max(-1), sizes.where(~on, 0).max(-1)
    above = ahead.mid > FAR_ABOVE * rounding.size
    usable = taken & rounding.known & above & inside.all(axis=-1)
    largest = "|<d_j, r>| < |<d_i, r>| for some i in S, all j off S"
    yield Claim(largest, beside.where(usable, 0), ahead.where(usable, 1), strict=True, axes=STEPS)
    clear = np.asarray((abs(ahead - beside) - 2 * rounding.size).sign == 1)
    astray = (picked & ~on).any(axis=-1) & usable & clear
    yield Claim("picked off S", astray, False, measured=False, axes=STEPS)
    exceeded = rounding.exceeded(off)
    beside_it = upper_end(abs(moves).where(~picked, 0).sum(-1).where(taken & ~exceeded, 0))
    eta = upper_end(eta.where(~exceeded, 2 * rounding.size))
    atoms = np.maximum(instance.sparsity - fewer, 1)
    rate = (1 - _least_eigenvalue(instance) / atoms).reshape(batch, 1)
    most = sizes.max(-1)
    bound = rate * energies[:, :-1] + (2 * most + eta) * eta
    bound = bound + (4 * most + 2 * eta + beside_it) * beside_it
    decrease = "||r^{k+1}||^2 <= (1 - sigma_min(D_S)^2 / s) ||r^k||^2 + ..."
    yield Claim(decrease, energies[:, 1:].where(usable, 0), bound.where(usable, 0), axes=STEPS)


def _picked(moves: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The entry that a step changes most, or may have changed by less than rounding; (B, K, n)."""
    moved = np.abs(moves)
    chosen = np.where(moved.any(axis=-1, keepdims=True), moved, sizes).argmax(axis=-1)
    return np.asarray(np.arange(moves.shape[-1]) == chosen[..., None])


def _least_eigenvalue(instance: Instance) -> Number:
    """``sigma_min(D_S)^2`` of normalised atoms, at most 1; shape (B,)."""
    inner = support_gram(instance.D.spectral_gram, instance.support).inner
    away = np.asarray((inner - np.eye(inner.shape[-1])).sign != 0)
    apart = np.asarray(away.any(axis=(1, 2)))
    least = instance.lift(np.ones(len(instance)))
    return least if not apart.any() else inner.eigenvalues().min(-1).where(apart, 1)


def _rounding(instance: Instance, run: Trajectory) -> Allowance:
    """Forward error of products with the residual, in their norm; shape (B, K).

    The residual may be updated step by step: then what was added meets a rounding for each of the
    steps, in it and in the point. All else is as in a step of hard thresholding.
    """
    m, n = instance.D.shape
    atoms = np.abs(instance.D.data) / instance.D.norms.mid
    signals = np.abs(instance.unit_codes.mid) @ atoms.T + np.abs(instance.E)
    points = run.points.astype(np.float64)
    added = np.abs(np.diff(points, axis=1, prepend=0.0)).cumsum(axis=1)[:, :-1]
    same, steps = np.ones(len(instance)), points.shape[1] - 1
    return gradient_step(
        run.points.dtype,
        atoms,
        extents_of(atoms),
        added,
        signals,
        0 * same,
        same,
        roundings=2 * m + n + 4 * steps + 16,
        checked=3 * m + 2 * n + 25,
    )


THEOREM = Theorem(
    title="Matching pursuit",
    statement=r"\operatorname{rank} D_S = |S| = s, \; \operatorname{ERC}(S) < 1, \; "
    r"r^k = y - D x^k, \; \operatorname{supp} x^k \subseteq S \implies "
    r"\text{matching pursuit picks from } S, \; "
    r"\|r^{k+1}\|_2^2 \le \bigl( 1 - \tfrac{1}{s} \sigma_{\min}(D_S)^2 \bigr) \|r^k\|_2^2",
    names=("MP", "greedy pursuit", "pure greedy algorithm", "ERC", "exact recovery condition"),
    source=GRIBONVAL_VANDERGHEYNST_2006,
    premises=premises,
    claims=claims,
    sharp=sum_that_nearly_ties,
    mutants=(
        Mutant("s -> s - 1", {"fewer": 1}, smallest=(3, 3)),
        Mutant("ERC(S) < 1 -> ERC(S) < 1.5", {"limit": 1.5}, diagonal_atom, smallest=(2, 3)),
    ),
)
