r"""ISTA, in the objective: at most ``L R^2 / (4k)`` after k steps.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given.

Algorithm: ``x^k = soft(x^{k-1} + D^T (y - D x^{k-1})/L, lam/L)`` from any start,
``L >= ||D||_2^2``.

Claim: with ``R = ||x^0 - x_hat||`` for a minimiser ``x_hat``, ``F(x^k) - F* <= L R^2 / (4k)``;
``F(x^k)`` and ``||x^k - x_hat||`` do not increase. The textbook bound is ``L R^2 / (2k)``.
(Gradient descent without a prox has ``L R^2 / (4k + 2)``: do not mix the two.)

Why: with the subgradient of the l1 norm at ``x^k`` that the step defines, ``F(x^k) - F(u)`` is at
most ``L <x^{k-1} - x^k, x^k - u> + L/2 ||x^k - x^{k-1}||^2`` for any ``u``; at ``u = x^{k-1}``, F
does not increase, and at ``u = x_hat`` nor does the distance. The rate is ``rate.momentum`` without
a momentum: there ``W_k = k``, ``X_j = 2k - j``, and
``C_j = (j - 1) (2k - j)/2`` is never negative.

Sharp for every k: one dimension, ``D = 0``, ``lam = L R / (2k)``: the iterate walks ``lam/L`` a
step. An atom of length 2^-30 comes within 2^-60 of that.

Rounding: as in :mod:`sparsebound.theory.rate.fista`, with ``lambda_j = j/(2k - j)``. Distances are
those to a minimiser of a tilted function (:mod:`sparsebound.theory.analysis.descent`). F itself
grows by at most ``L ||e|| ||x^k - x^{k-1}||`` in a step with a defect: from the optimality of
``x+``, ``F(x+) <= F(x) - L/2 ||x+ - x||^2 + L <e, x+ - x>``.

Source: Taylor, Hendrickx, Glineur 2017 (the exact worst case); Beck and Teboulle 2009 (the
textbook bound, their Theorem 3.1).

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> walk = Trajectory([[[1.0], [0.5]]], [0.5], [1.0])
>>> optimum = Optimum([[0.0]], [[0.0]])
>>> instance = Instance([[2.0**-30]], [[1]], [[-(2.0**-30)]])
>>> decide(THEOREM, instance, {"ista_run": walk, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.descent import Descent, norm, steps_of, upper_end
from sparsebound.theory.analysis.momentum import momentum_of
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import walk_of_ista
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import BECK_TEBOULLE_2009, TAYLOR_HENDRICKX_GLINEUR_2017
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, ista_run: Trajectory) -> Iterator[Premise]:
    """A positive weight, and a step that is short enough."""
    yield Premise("0 < lam", 0, ista_run.lam)
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, ista_run.L, strict=False, measured=False)


def claims(
    instance: Instance,
    ista_run: Trajectory,
    optimum: Optimum,
    *,
    constant: Fraction = Fraction(4),
) -> Iterator[Claim]:
    """The objective, and what does not increase."""
    run = Descent(instance, ista_run, optimum)
    moves = run.tilted(run.plain_errors)
    numbers = momentum_of(instance.D, 0 * run.steps)
    bound = run.worst_case(numbers) * (4 / instance.lift(constant))
    rhs = bound + run.allowance(numbers, run.plain_errors)
    yield from steps_of(run)
    lengths = norm(run.points[:, 1:] - run.points[:, :-1])
    slack = upper_end(norm(run.plain_errors) * lengths)
    yield Claim(
        "F(x^k) does not increase", run.growth, slack, measured=False, step=True, axes=STEPS
    )
    before = run.distances[:, :-1] + moves
    name = "||x^k - x_hat|| does not increase"
    yield Claim(name, run.distances[:, 1:], before, measured=False, step=True, axes=STEPS)
    yield Claim("F(x^k) - F* <= L R^2/(4k)", run.suboptimality(), rhs, axes=STEPS)


THEOREM = Theorem(
    title="ISTA, in the objective",
    statement=r"L \ge \|D\|_2^2 \implies "
    r"F(x^k) - F^\star \le \frac{L \, \|x^0 - \hat{x}\|_2^2}{4 k}, \; "
    r"F(x) = \tfrac{1}{2} \|y - D x\|_2^2 + \lambda \|x\|_1",
    names=("proximal gradient", "iterative soft thresholding"),
    source=TAYLOR_HENDRICKX_GLINEUR_2017 & BECK_TEBOULLE_2009,
    proof="proofs/rate/ista.v:ista",
    premises=premises,
    claims=claims,
    sharp=walk_of_ista,
    mutants=(Mutant("L R^2/(4k) -> L R^2/(4.4k)", {"constant": Fraction(22, 5)}, smallest=(1, 1)),),
    noisy=True,
)
