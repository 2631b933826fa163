r"""Iterative hard thresholding, step by step.

Problem: ``y = D x + e``; atoms normalised, ``s = ||x||_0 >= 1``.

Algorithm: ``x^{k+1} = H_s(x^k + D^T (y - D x^k))``, the s largest entries, ties broken in any way;
``x^k`` any s-sparse point. Points are coordinates with respect to the normalised atoms.

Claim: with ``phi = (1 + sqrt 5)/2`` and the restricted isometry constants ``delta = delta_{3s}``
(``delta_n`` if ``3s > n``) and ``delta_{2s}``, if ``delta < 1/phi``,
``||x^{k+1} - x|| <= phi (delta ||x^k - x|| + sqrt(1 + delta_{2s}) ||e||)``.

Why: let ``u = x^k + D^T (y - D x^k)`` and ``T`` the union of ``supp x`` and ``supp x^{k+1}``. Pair
each index i of ``supp x`` that was dropped with one j of ``supp x^{k+1}`` that displaced it, so
that ``|u_i| <= |u_j|``; then ``x_i^2 + u_j^2 <= phi^2 ((x_i - u_i)^2 + u_j^2)``: for
``|x_i| <= |u_j|`` because ``2 <= phi^2``, otherwise worst at ``u_i = +-u_j``, where
``phi^2 [[1, -1], [-1, 2]] - I`` is positive semidefinite. Other indices cost nothing, so
``||x^{k+1} - x|| <= phi ||(u - x)_T||``. Here ``(u - x)_T = ((I - D^T D) (x^k - x))_T + D_T^T e``,
which involves ``3s`` atoms at most, and ``T`` has ``2s`` at most.

Sharp as ``delta`` tends to ``1/phi``: two atoms with the inner product ``delta``, ``x = e_1``,
``x^k = ((1 - delta)/delta) e_2``: then u ties, and the ratio of the sides is
``sqrt(1 + delta^2) / (phi sqrt(delta^2 + (1 - delta)^2))``, 0.9995 at ``delta = 3/5``.

Rounding: a computed step is the exact one for ``u + eta``, where eta moves u onto ``x^{k+1}`` on
its support and into ``[-least, least]`` off it, ``least`` the smallest entry of ``x^{k+1}`` in
modulus; so ``phi ||eta||`` is added to the bound. That eta is no larger than rounding is a claim
too: what is no step of this algorithm is refuted.

Source: Blumensath and Davies 2009 with the constant 2; the constant of hard thresholding is that of
Shen and Li 2017, and the statement with it is proved above.

>>> from sparsebound.theory.evidence import Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[0.0, 10 / 3], [0.0, 3.0]]], [0.0], [1.0])
>>> decide(THEOREM, Instance([[5, 3], [0, 4]], [[1, 0]]), {"iht_run": run}).ratio.round(4)
array([0.9995])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import comb

import numpy as np

from sparsebound.theory.analysis.choices import truncation_defects
from sparsebound.theory.analysis.descent import norm, upper_end
from sparsebound.theory.analysis.floating_point import Allowance, extents_of, gradient_step
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.analysis.refitting import golden
from sparsebound.theory.arithmetic import Exact, FloatArray, IntArray, Number
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.extremal.rates import swapped_atoms
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import babel, restricted_isometry
from sparsebound.theory.quantities.memo import of_dictionary
from sparsebound.theory.sources import BLUMENSATH_DAVIES_2009, SHEN_LI_2017
from sparsebound.theory.theorem import STEPS, Claim, Comparison, Mutant, Premise, Theorem

ENUMERATED = {"ball": 1000, "exact": 20}
"""Most supports whose isometry is computed one by one, by arithmetic."""


def premises(instance: Instance) -> Iterator[Premise]:
    """Something to find, and atoms that are nearly orthonormal together."""
    yield Premise("x != 0", 0, instance.sparsity)
    delta = _isometry(instance, 3)
    yield Premise("delta_{3s} < 1/phi", delta * golden(instance.D), 1)


def claims(
    instance: Instance, iht_run: Trajectory, *, constant: Fraction | None = None
) -> Iterator[Claim]:
    """Every step, from whatever sparse point it starts."""
    D, s = instance.D, instance.sparsity
    finite, given = np.asarray(np.isfinite(iht_run.points).all(axis=-1)), iht_run.points
    if not finite.all():  # a claim below; what follows is about steps between finite points
        iht_run = replace(iht_run, points=np.where(finite[..., None], iht_run.points, 0))
    points, codes = instance.lift(iht_run.points), instance.unit_codes
    batch, length, n = points.shape
    away = points - codes.reshape(batch, 1, n)
    pull = ((instance.lift(instance.E) @ D.atoms) / D.norms).reshape(batch, 1, n)
    u = points - (away.reshape(-1, n) @ D.gram).reshape(batch, length, n) + pull
    sparse = (iht_run.points != 0).sum(axis=-1) <= s[:, None]
    denser = ~sparse[:, 1:] & sparse[:, :-1]
    yield Claim("||x^{k+1}||_0 <= s", denser, False, measured=False, axes=STEPS)
    rounding = _rounding(instance, iht_run)
    lost = rounding.against(instance.lift((finite[:, :-1] & ~finite[:, 1:]) * 1.0))
    compared = partial(_compared, u[:, :-1], s, given[:, 1:])
    name = "iterates are finite"
    yield Claim(name, lost, 0, measured=False, axes=STEPS, comparison=compared)
    usable = sparse[:, 1:] & sparse[:, :-1]  # elsewhere the point before is not sparse
    usable &= finite[:, 1:] & finite[:, :-1]
    moved = truncation_defects(iht_run.points[:, 1:], u[:, :-1], s)
    eta = norm(moved.where(usable[..., None], 0))
    name = "a step, up to rounding"
    yield Claim(
        name,
        rounding.against(eta),
        rounding.size,
        measured=False,
        step=True,
        axes=STEPS,
        comparison=compared,
    )
    eta = eta.where(~rounding.exceeded(eta), rounding.size)  # nothing else is allowed for
    distances = norm(away)
    noise = (_isometry(instance, 2) + 1).sqrt() * norm(instance.lift(instance.E))
    moved = _isometry(instance, 3).reshape(-1, 1) * distances[:, :-1] + noise.reshape(-1, 1)
    phi = golden(D) if constant is None else instance.lift(constant)
    rhs = (phi * (moved + upper_end(eta))).where(usable, 0)
    lhs = distances[:, 1:].where(usable, 0)
    yield Claim("||x^{k+1} - x|| <= phi (delta ||x^k - x|| + ...)", lhs, rhs, axes=STEPS)


def _isometry(instance: Instance, factor: int) -> Number:
    """``delta_{min(factor s, n)}``, or an upper bound of it, for each code, shape (B,)."""
    D, orders = instance.D, np.minimum(factor * instance.sparsity, instance.D.shape[1])
    distinct, index = np.unique(orders, return_inverse=True)
    return columns([_order(D, max(int(order), 1)).reshape(1) for order in distinct])[0][index]


@of_dictionary
def _order(D: Dictionary, k: int) -> Number:
    supports = comb(D.shape[1], k)
    if supports > ENUMERATED["ball"]:  # the theorem holds with any upper bound as well
        return babel(D, k - 1)
    if D.arithmetic is Exact and supports > ENUMERATED["exact"]:
        plain = restricted_isometry(Dictionary(D.data), k)
        return upper_end(Exact.of(plain.mid) + Exact.of(plain.rad))
    return restricted_isometry(D, k)


def _compared(u: Number, s: IntArray, found: FloatArray) -> Comparison:
    """The s largest entries of ``u``, in float64, and what is there; (B, K, n)."""
    values = u.mid
    ranks = np.argsort(np.argsort(-np.abs(values), axis=-1, kind="stable"), axis=-1)
    wanted = np.where(ranks < s[:, None, None], values, 0.0)
    return Comparison(wanted, wanted, found.astype(np.float64))


def _rounding(instance: Instance, run: Trajectory) -> Allowance:
    """Forward error of a step, and of the check of it, in their norm; shape (B, K).

    The run's own roundings are those of ISTA with ``L = 1``. In float64, atoms are divided by
    computed norms, ``m/2 + 4`` roundings at each of two places, and the signal has ``n + 1``; the
    check meets ``2 m + n + 16``.
    """
    m, n = instance.D.shape
    atoms = np.abs(instance.D.data) / instance.D.norms.mid
    signals = np.abs(instance.unit_codes.mid) @ atoms.T + np.abs(instance.E)
    same = np.ones(len(instance))
    return gradient_step(
        run.points.dtype,
        atoms,
        extents_of(atoms),
        np.abs(run.points[:, :-1].astype(np.float64)),
        signals,
        0 * same,
        same,
        roundings=m + n + 8,
        checked=3 * m + 2 * n + 25,
    )


THEOREM = Theorem(
    title="Iterative hard thresholding",
    statement=r"x^{k+1} = H_s \bigl( x^k + D^{\mathsf{T}} (y - D x^k) \bigr), \; "
    r"\delta_{3s} < \tfrac{1}{\varphi} \implies \|x^{k+1} - x\|_2 \le \varphi \bigl( "
    r"\delta_{3s} \|x^k - x\|_2 + \sqrt{1 + \delta_{2s}} \, \|e\|_2 \bigr), \; "
    r"\varphi = \tfrac{1}{2} (1 + \sqrt{5})",
    names=("IHT", "TopK", "RIP", "hard thresholding", "restricted isometry"),
    source=BLUMENSATH_DAVIES_2009 & SHEN_LI_2017,
    premises=premises,
    claims=claims,
    sharp=swapped_atoms,
    mutants=(Mutant("phi -> 1.5", {"constant": Fraction(3, 2)}, smallest=(2, 2)),),
    enumerates=True,
    noisy=True,
    # nearly orthonormal ones: elsewhere no sparsity is within the premise
    dictionaries=(
        "one_atom",
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "transversal_design",
    ),
)
