r"""FISTA: its exact worst case after k steps, ``L R^2 t_k^2 / (4 sum_{i<=k} t_i^3)``.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given.

Algorithm: ``t_1 = 1``, ``t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2``, ``v^1 = x^0``,
``x^k = soft(v^k + D^T (y - D v^k)/L, lam/L)``,
``v^{k+1} = x^k + (t_k - 1)/t_{k+1} (x^k - x^{k-1})``, ``L >= ||D||_2^2``.

Claim: for every k and any point z, with ``R = ||x^0 - z||``,
``F(x^k) - F(z) <= L R^2 t_k^2 / (4 sum_{i<=k} t_i^3)``. (Here z is a minimiser.) Behind it, and
behind the textbook bound ``L R^2/(2 t_k^2) <= 2 L R^2/(k + 1)^2``: ``(k + 1)/2 <= t_k``, and
``t_k^2 <= 2 W_k`` for ``W_k = t_k^{-2} sum_{i<=k} t_i^3``, the length of the walk.

Why: this is the momentum of ``rate.momentum`` with ``beta_{j+1} = (t_j - 1)/t_{j+1}``. By
``t_{j+1}^2 - t_{j+1} = t_j^2``, the number ``W_k`` there is ``t_k^{-2} sum_{i<=k} t_i^3``, which is
``(t_k^2 + m_k)/2`` with ``m_k = t_k^{-2} sum_{i<=k} t_i^2``, and its
``sigma_j`` is ``t_j^2 - t_j^2 (t_j^2 - m_j)/(2 t_k^2)``. The numbers ``C_j`` remain. As
``beta_2 = 0``, ``C_1 = 0``; ``C_k = W_k (W_k - 1)/2``. For ``1 < j < k``, write t for ``t_j``, r
for ``t_{j+1}``, m for ``m_j``, p for ``1/t_k^2``; ``2 C_j`` is at least a function of p that is
affine in it (``sigma_{j+1} <= p r^2 Y_{j+1}``, and what multiplies ``Y_{j+1}`` is positive), so it
is enough to look at ``p = 0`` and at ``p = 1/r^2``, where k is gone. With ``h = 2 (r - t) - 1``,
which is between 0 and ``19/125`` for ``j >= 2``, and
``m = (2 t + 3/4)/3 + n``, ``0 <= n <= 1/12`` by induction, both are positive multiples of
polynomials in h and n. That at ``p = 0`` is
``3 - 7 h - 32 h^2 - 11 h^3 - h^4 + 12 h (1 - h) (3 + h) n``; that at ``p = 1/r^2`` begins with
``9 + 225 h - 27 h^2 - 2964 h^3``, is of degree 10 in h for ``n = 0``, and rises with n. Each has
one change of sign among its coefficients, so one positive root, which is beyond ``19/125``.

Sharp for every k: one dimension, ``D = 0``, ``lam = L R / (2 W_k)``, so that the iterate walks
half of the way. An atom of length 2^-30 comes within 2^-60 of that. The momentum
``(k - 1)/(k + 2)`` has another worst case, ``2 L R^2/(k^2 + 5k + 2)``.

Rounding: with the defects ``e_j`` of :mod:`sparsebound.theory.analysis.descent`, the bound grows by
``L sum_{j<=k} ||e_j|| ||lambda_j (x^j - z) - lambda_{j-1} (x^{j-1} - z)||``, with numbers
``lambda_j <= 1`` that rise with j: nothing is amplified. See
:mod:`sparsebound.theory.rate.momentum`.

Source: proved independently; the textbook bound: Beck and Teboulle 2009. For ``k <= 8`` the value
agrees with performance estimation (Taylor, Hendrickx and Glineur 2017).

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

from sparsebound.theory.analysis.descent import Descent, steps_of
from sparsebound.theory.analysis.momentum import momentum
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.extremal.rates import walk_of_fista
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import (
    BECK_TEBOULLE_2009,
    INDEPENDENT,
    TAYLOR_HENDRICKX_GLINEUR_2017,
)
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
    """The objective, after every step; and why it is below the textbook's bound."""
    run = Descent(instance, fista_run, optimum)
    numbers = momentum(instance.D, len(run.steps))
    allowance = run.allowance(numbers, run.momentum_errors)
    rhs = run.worst_case(numbers) * instance.lift(factor) + allowance
    yield from steps_of(run, momentum=True)
    yield Claim("F(x^k) - F* <= L R^2 t_k^2/(4 sum t_i^3)", run.suboptimality(), rhs, axes=STEPS)
    halves, t = (run.steps[None] + 1) / 2, numbers.t.reshape(1, -1)
    yield Claim("(k + 1)/2 <= t_k", halves, t, measured=False, shared=True)
    walk = numbers.walk.reshape(1, -1)
    yield Claim("t_k^2 <= 2 W_k", t * t, 2 * walk, measured=False, shared=True)


THEOREM = Theorem(
    title="FISTA, in the objective",
    statement=r"L \ge \|D\|_2^2 \implies "
    r"F(x^k) - F^\star \le \frac{L \, \|x^0 - \hat{x}\|_2^2 \, t_k^2}{4 \sum_{i \le k} t_i^3} "
    r"\le \frac{L \, \|x^0 - \hat{x}\|_2^2}{2 t_k^2} "
    r"\le \frac{2 L \, \|x^0 - \hat{x}\|_2^2}{(k + 1)^2}",
    names=("Nesterov", "momentum", "accelerated proximal gradient", "performance estimation"),
    source=INDEPENDENT & BECK_TEBOULLE_2009 & TAYLOR_HENDRICKX_GLINEUR_2017,
    proof="proofs/rate/fista.v:fista",
    premises=premises,
    claims=claims,
    sharp=walk_of_fista,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),),
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
