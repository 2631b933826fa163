r"""FISTA: that ``L R^2 t_k^2 / (4 sum_{i<=k} t_i^3)`` is its exact worst case.

Problem and algorithm: those of :mod:`sparsebound.theory.rate.fista`.

Conjecture: ``F(x^k) - F* <= L R^2 t_k^2 / (4 sum_{i<=k} t_i^3)`` for every k.

Attained for every k: one dimension, ``D = 0``, ``lam = L R t_k^2 / (2 sum_{i<=k} t_i^3)``. For
``k <= 8`` it agrees to 3e-7 with the exact worst case, computed by performance estimation. It is
open for larger k; what is proved is ``L R^2 / (2 t_k^2)``.

Checked with an allowance for rounding that follows the iterates: the momentum lets a defect grow
by at most a factor ``1 + 2 beta_k`` a step (:mod:`sparsebound.theory.analysis.descent`), so long
runs, and runs in float32, say little.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> walk = Trajectory([[[1.0], [0.5]]], [0.5], [1.0])
>>> optimum = Optimum([[0.0]], [[0.0]])
>>> instance = Instance([[2.0**-30]], [[1]], [[-(2.0**-30)]])
>>> decide(THEOREM, instance, {"fista_run": walk, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.descent import Descent, running, steps_of, upper_end
from sparsebound.theory.analysis.momentum import momentum
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import walk_of_fista
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate.fista import largest_known
from sparsebound.theory.sources import OPEN, TAYLOR_HENDRICKX_GLINEUR_2017
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(instance: Instance, fista_run: Trajectory) -> Iterator[Premise]:
    """A positive weight, and a step that is short enough."""
    yield Premise("0 < lam", 0, fista_run.lam)
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, fista_run.L, strict=False, measured=False)


def claims(
    instance: Instance,
    fista_run: Trajectory,
    optimum: Optimum,
    *,
    factor: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """The objective, after every step."""
    run = Descent(instance, fista_run, optimum)
    numbers = momentum(instance.D, len(run.steps))
    drift = running(run.tilted(run.momentum_errors), numbers.spread)
    bound = run.L * run.radius_squared * largest_known(numbers.t) * instance.lift(factor)
    rhs = bound + run.allowance(upper_end(drift))
    yield from steps_of(run, momentum=True)
    yield Claim("F(x^k) - F* <= L R^2 t_k^2/(4 sum t_i^3)", run.suboptimality(), rhs, axes=STEPS)


THEOREM = Theorem(
    title="The exact rate of FISTA",
    statement=r"L \ge \|D\|_2^2 \implies "
    r"F(x^k) - F^\star \le \frac{L \, \|x^0 - \hat{x}\|_2^2 \, t_k^2}{4 \sum_{i \le k} t_i^3}",
    names=("FISTA", "Nesterov", "performance estimation"),
    source=OPEN & TAYLOR_HENDRICKX_GLINEUR_2017,
    premises=premises,
    claims=claims,
    sharp=walk_of_fista,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),),
    conjecture=True,
    noisy=True,
)
