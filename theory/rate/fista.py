r"""FISTA: at most ``L R^2 / (2 t_k^2)`` after k steps.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given.

Algorithm: ``t_1 = 1``, ``t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2``, ``v^1 = x^0``,
``x^k = soft(v^k + D^T (y - D v^k)/L, lam/L)``,
``v^{k+1} = x^k + (t_k - 1)/t_{k+1} (x^k - x^{k-1})``, ``L >= ||D||_2^2``.

Claim: with ``R = ||x^0 - x_hat||``,
``F(x^k) - F* <= L R^2/(2 t_k^2) <= 2 L R^2/(k + 1)^2``.

Why: for any ``u``, ``(2/L) (F(u) - F(x^k)) >= ||x^k - v^k||^2 + 2 <x^k - v^k, v^k - u>``, by
convexity and ``L >= ||D||_2^2``. Used at ``u = x^{k-1}`` with the weight
``t_k (t_k - 1) = t_{k-1}^2`` and at ``u = x_hat`` with ``t_k``, it shows that
``(2/L) t_k^2 (F(x^k) - F*) + ||w_k||^2``, with ``w_k`` as below, does not increase; it begins with
at most ``R^2``. And ``t_{k+1} >= t_k + 1/2``, so ``t_k >= (k + 1)/2``.

Not sharp: the largest value known is ``L R^2 t_k^2 / (4 sum_{i<=k} t_i^3)``
(:mod:`sparsebound.theory.conjecture.fista_exact`). ``2 L R^2/(k^2 + 5k + 2)`` belongs to the
momentum ``(k - 1)/(k + 2)``.

Rounding: with the defect ``e_k`` of step k (:mod:`sparsebound.theory.analysis.descent`), any point
``z``, and ``w_k = t_k x^k - (t_k - 1) x^{k-1} - z``, ``w_0 = x^0 - z``, the argument of Beck and
Teboulle gives ``(2/L) t_k^2 (F(x^k) - F(z)) + ||w_k||^2`` at most its value at ``k - 1`` plus ``2
t_k <e_k, w_k>``: a step that is the exact one for a gradient shifted by ``-L e_k`` satisfies
``(2/L) (F(u) - F(x^k)) >= ||x^k - v||^2 + 2 <x^k - v, v - u> + 2 <e_k, u - x^k>`` for every u, used
at ``u = x^{k-1}`` with weight ``t_k (t_k - 1) = t_{k-1}^2`` and at ``u = z`` with weight ``t_k``.
So the allowance is ``(L/t_k^2) sum_{j<=k} t_j ||e_j|| ||w_j||``: nothing is amplified.

Source: Beck and Teboulle 2009.

>>> from sparsebound.theory.evidence import Optimum, Trajectory
>>> from sparsebound.theory.verdict import decide
>>> walk = Trajectory([[[1.0], [0.5]]], [0.5], [1.0])
>>> optimum = Optimum([[0.0]], [[0.0]])
>>> instance = Instance([[2.0**-30]], [[1]], [[-(2.0**-30)]])
>>> decide(THEOREM, instance, {"fista_run": walk, "optimum": optimum}).ratio
array([0.5])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.descent import Descent, norm, running, steps_of, upper_end
from sparsebound.theory.analysis.momentum import momentum
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import walk_of_fista
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import BECK_TEBOULLE_2009
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
    attained: Fraction | None = None,
) -> Iterator[Claim]:
    """The objective; with ``attained``, against that share of the largest value known."""
    run = Descent(instance, fista_run, optimum)
    t = momentum(instance.D, len(run.steps)).t
    bound = run.L * run.radius_squared / (2 * t * t)
    if attained is not None:
        bound = run.L * run.radius_squared * largest_known(t) * instance.lift(attained)
    batch, n = run.reference.shape
    weight = t.reshape(1, -1, 1)
    ahead = weight * run.points[:, 1:] - (weight - 1) * run.points[:, :-1]
    reach = norm(ahead - run.reference.reshape(batch, 1, n))
    yield from steps_of(run, momentum=True)
    allowance = running(t * norm(run.momentum_errors) * reach) / (t * t)
    rhs = bound + upper_end(allowance)
    yield Claim("F(x^k) - F* <= L R^2/(2 t_k^2)", run.suboptimality(), rhs, axes=STEPS)
    halves, numbers = (run.steps[None] + 1) / 2, t.reshape(1, -1)
    yield Claim("(k + 1)/2 <= t_k", halves, numbers, measured=False, shared=True)


def largest_known(t: Number) -> Number:
    """The numbers ``t_k^2 / (4 sum_{i<=k} t_i^3)``, shape (K,)."""
    cubes = (t * t * t).reshape(1, -1)
    return t * t / (4 * running(cubes))[0]


THEOREM = Theorem(
    title="FISTA, in the objective",
    statement=r"L \ge \|D\|_2^2 \implies "
    r"F(x^k) - F^\star \le \frac{L \, \|x^0 - \hat{x}\|_2^2}{2 t_k^2} "
    r"\le \frac{2 L \, \|x^0 - \hat{x}\|_2^2}{(k + 1)^2}",
    names=("Nesterov", "momentum", "accelerated proximal gradient"),
    source=BECK_TEBOULLE_2009,
    premises=premises,
    claims=claims,
    mutants=(
        Mutant(
            "the largest value known times 0.95",
            {"attained": Fraction(19, 20)},
            walk_of_fista,
            smallest=(1, 1),
        ),
    ),
    noisy=True,
    dictionaries=(
        "one_atom",
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "graph",  # cycles among them
        "integer",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "blocks",
        "transversal_design",
        "circular",
        "full_length",
        "near_duplicate",
        "low_coherence",
        "gaussian",
    ),
)
