r"""Hard thresholding pursuit, step by step.

Problem: ``y = D x`` without noise, ``x`` with ``s >= 1`` nonzeros; atoms of any norms. ``L`` is
about halfway between the largest and the smallest ``||d_i||^2``, and ``delta_k`` is the restricted
isometry constant of ``D / sqrt(L)``, with ``delta_n`` for all orders from n on.

Algorithm: let ``T`` be the s largest entries of ``x^k + D^T (y - D x^k)/L``, ties broken in any
way; ``x^{k+1}`` is least squares on ``T``. ``x^k`` is any s-sparse point.

Claim: if ``3 delta_{3s}^2 < 1``, then ``||x^{k+1} - x|| <= rho ||x^k - x||`` with
``rho^2 = 2 delta_{3s}^2 / (1 - delta_{2s}^2) < 1``.

Why: let v be what ``T`` is taken from. As the entries of v that were dropped are no larger than
those that displaced them, the part of x off ``T`` is at most ``sqrt(2)`` times ``v - x`` on both
supports, where ``v - x = (I - D^T D/L) (x^k - x)`` involves 3s atoms. Least squares is orthogonal
to the atoms of ``T``, so on ``T`` the error is at most ``delta_{2s} ||x^{k+1} - x||``; so
``(1 - delta_{2s}^2) ||x^{k+1} - x||^2`` is at most the squared norm of x off ``T``.

Sharp: two atoms of squared norms 11 and 9 with the product 3, ``x = e_1`` and ``x^k = 2 e_2``: then
v ties, and ``x^{k+1} = e_2/3``.

Rounding: any ``T`` is allowed of which no entry of v is behind one that was dropped by more than
rounding explains. If it is by t, then ``||x_{S - T}||`` is larger by ``sqrt(s) t`` at most, and
``sqrt(s) t / sqrt(1 - delta_{2s}^2)`` is added to the bound; and so is the distance eta of a
computed step from least squares on the ``T`` that it took. That t and eta are no larger than
rounding are claims too.

Source: Foucart 2011.

>>> from sparsebound.theory.evidence import Trajectory
>>> from sparsebound.theory.verdict import decide
>>> run = Trajectory([[[0.0, 2.0 + 2**-20], [0.0, 1 / 3]]], [0.0], [10.0])
>>> decide(THEOREM, THEOREM.extremal(1), {"htp_run": run}).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.choices import Choice
from sparsebound.theory.analysis.descent import norm
from sparsebound.theory.analysis.floating_point import told
from sparsebound.theory.analysis.refitting import Refitting, held
from sparsebound.theory.arithmetic import Ball, Number
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.extremal.refitting import longer_and_shorter_atom
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.isometry import squared_isometry
from sparsebound.theory.sources import FOUCART_2011
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """No noise, something to find, and atoms that are nearly orthonormal together."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("x != 0", 0, instance.sparsity)
    yield Premise("3 delta_{3s}^2 < 1", _isometry(instance, 3) * 3, 1)


def claims(
    instance: Instance, htp_run: Trajectory, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """Every step, from whatever sparse point it starts."""
    steps, s = Refitting.of(instance, htp_run), instance.sparsity
    sparse, finite = steps.sparse(), steps.finite
    denser = finite[:, 1:] & ~sparse[:, 1:] & sparse[:, :-1]
    yield Claim("||x^{k+1}||_0 <= s", denser, False, measured=False, axes=STEPS)
    squares = _isometry(instance, 2)
    delta = np.sqrt(np.minimum(Ball.of(squares).upper, 1.0))
    room, allowed = steps.product_rounding(), steps.fit_rounding(s, steps.L * (1 - delta), delta)
    known = room.known & allowed.known
    lost = known & sparse[:, :-1] & ~finite[:, 1:]
    yield Claim("iterates are finite", lost, False, measured=False, axes=STEPS)
    away, points = steps.away(), instance.lift(steps.run.points)
    usable, found = sparse[:, :-1] & sparse[:, 1:], steps.run.points[:, 1:] != 0
    v = steps.products(away) + points[:, :-1] * steps.L
    choice = Choice.of(abs(v), found, s[:, None], room)
    yield from choice.claimed("T is the s largest, up to rounding", usable)
    missed = (instance.support[:, None, :] & ~choice.sure).sum(axis=-1)
    settled = choice.settled | (missed == 0)  # whatever else is in T, least squares is x
    nearest = steps.fitted(choice.taken & usable[..., None])
    eta = norm((points[:, 1:] - nearest).where(usable[..., None], 0))
    step, eta = held(eta, settled, allowed)
    yield step
    rho = (2 * _isometry(instance, 3) / (1 - squares)).sqrt().reshape(-1, 1)
    behind = choice.behind(missed) / (steps.L * (1 - squares).sqrt()).reshape(-1, 1)
    sizes = norm(away)
    bound = (factor * rho * sizes[:, :-1] + behind + eta).where(usable, 0)
    contraction = "||x^{k+1} - x|| <= rho ||x^k - x|| + ..."
    left = told(sizes[:, 1:].where(usable, 0), known | settled)
    yield Claim(contraction, left, bound, axes=STEPS)


def _isometry(instance: Instance, factor: int) -> Number:
    """``delta_{factor s}^2``, shape (B,)."""
    orders = np.maximum(factor * instance.sparsity, 1)
    return squared_isometry(instance.D, orders, plain=True, by_norms=True)


THEOREM = Theorem(
    title="Hard thresholding pursuit",
    statement=r"\delta_k \text{ the isometry constants of } \tfrac{1}{\sqrt{L}} D, \; "
    r"T \text{ the } s \text{ largest of } x^k + \tfrac{1}{L} D^T (y - D x^k), \; "
    r"x^{k+1} \text{ least squares on } T, \; \delta_{3s} < \tfrac{1}{\sqrt{3}} "
    r"\implies \|x^{k+1} - x\|_2^2 \le \frac{2 \delta_{3s}^2}{1 - \delta_{2s}^2} \|x^k - x\|_2^2",
    names=("HTP", "RIP", "restricted isometry", "hard thresholding"),
    source=FOUCART_2011,
    premises=premises,
    claims=claims,
    sharp=longer_and_shorter_atom,
    mutants=(Mutant("rho times 0.95", {"factor": Fraction(95, 100)}, smallest=(3, 2)),),
    enumerates=True,
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
