r"""OptISTA: no first-order method has a smaller worst case over all composite problems.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given;
``L >= ||D||_2^2``. The number N of steps is fixed in advance.

Algorithm: ``theta_0 = 1``, ``theta_i = (1 + sqrt(1 + 4 theta_{i-1}^2))/2`` for ``i < N``, and
``theta_N = (1 + sqrt(1 + 8 theta_{N-1}^2))/2``;
``gamma_i = (2 theta_i/theta_N^2) (theta_N^2 - 2 theta_i^2 + theta_i)``. From ``y_0 = z_0 = x_0``,
the start: ``y_{i+1} = soft(y_i + (gamma_i/L) D^T (y - D x_i), gamma_i lam/L)``,
``z_{i+1} = x_i + (y_{i+1} - y_i)/gamma_i``, and
``x_{i+1} = z_{i+1} + ((theta_i - 1) (z_{i+1} - z_i) + theta_i (z_{i+1} - x_i))/theta_{i+1}``.

Claim: ``F(y_N) - F(z) <= L R^2/(2 (theta_N^2 - 1))`` for any z, ``R = ||y_0 - z||``. (Here z is a
minimiser.) Of the iterates before, nothing is claimed. The bound is half of the exact one of
``rate.fista`` in the limit. "Optimal" is over all composite problems in many dimensions, not over
Lassos.

Why: the proof is that of the source, and was not done again. That the steps add up to
``(theta_N^2 - 1)/2`` was; so the bound is attained, and none smaller is true.

Sharp for every N: one dimension, ``D = 0``, ``lam = L R/(theta_N^2 - 1)``, so that the iterate goes
half of the way. An atom of length 2^-30 comes within 2^-60 of that.

Rounding: with defects of the steps, ``y_N`` is within some distance of where exact steps lead, as
no step expands distances but by the numbers above; F is convex, so that distance, times the norm of
a subgradient at ``y_N``, is added to the bound.

Source: Jang, Das Gupta and Ryu 2025.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> walk = Trajectory([[[1.5], [0.75]]], [0.5], [1.0])
>>> optimum = Optimum([[0.0]], [[0.0]])
>>> instance = Instance([[2.0**-30]], [[1.5]], [[-(2.0**-30) * 1.5]])
>>> decide(THEOREM, instance, {"optista_run": walk, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from sparsebound.theory.analysis.descent import Descent
from sparsebound.theory.analysis.optista import Optista, numbers
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.arithmetic import Enclosure, Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import first_of_two_steps, walk_of_optista
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import JANG_DAS_GUPTA_RYU_2025
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, optista_run: Trajectory) -> Iterator[Premise]:
    """A positive weight, and a step that is short enough."""
    steps = optista_run.points.shape[1] - 1
    yield Premise("1 <= N", 1, steps, strict=False, measured=False)
    yield Premise("0 < lam", 0, optista_run.lam)
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, optista_run.L, strict=False, measured=False)


def claims(
    instance: Instance,
    optista_run: Trajectory,
    optimum: Optimum,
    *,
    factor: Fraction = Fraction(1),
    every: bool = False,
) -> Iterator[Claim]:
    """The steps, and the objective after the last one."""
    descent = Descent(instance, optista_run, optimum)
    run = Optista(descent)
    lost = instance.lift((~descent.finite[:, 1:]) * 1.0)
    yield Claim("iterates are finite", run.rounding.against(lost), 0, measured=False, axes=STEPS)
    found, size = run.rounding.against(run.defects), run.rounding.size
    yield Claim("a step, up to rounding", found, size, measured=False, step=True, axes=STEPS)
    bound = partial(_bound, descent, factor)
    last = descent.suboptimality()
    for i in range(1, run.steps) if every else ():
        part = Enclosure(last.lower[:, i - 1 : i], last.upper[:, i - 1 : i])
        yield Claim("F(y_N) - F* <= L R^2/(2 (theta_N^2 - 1))", part, bound(i))
    part = Enclosure(last.lower[:, -1:], last.upper[:, -1:])
    rhs = bound(run.steps) + run.allowance()
    yield Claim("F(y_N) - F* <= L R^2/(2 (theta_N^2 - 1))", part, rhs)


def _bound(run: Descent, factor: Fraction, N: int) -> Number:
    theta = numbers(run.instance.D, N).theta[-1]
    result: Number = factor * run.L * run.radius_squared / (2 * (theta * theta - 1))
    return result


THEOREM = Theorem(
    title="OptISTA, in the objective",
    statement=r"y_N \text{ from } N \text{ steps of OptISTA, with its } \theta_N, \; "
    r"L \ge \|D\|_2^2 \implies "
    r"F(y_N) - F^\star \le \frac{L \, \|y_0 - \hat{x}\|_2^2}{2 (\theta_N^2 - 1)}",
    names=("OptISTA", "optimal method", "accelerated proximal gradient", "performance estimation"),
    source=JANG_DAS_GUPTA_RYU_2025,
    premises=premises,
    claims=claims,
    sharp=walk_of_optista,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),
        Mutant(
            "y_i obeys the bound of i steps", {"every": True}, first_of_two_steps, smallest=(1, 1)
        ),
    ),
    noisy=True,
)
