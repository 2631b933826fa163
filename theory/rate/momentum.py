r"""Any momentum: a certificate that is computed from it, and then its exact worst case.

Problem: minimise ``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, ``lam > 0``, atoms as given.

Algorithm: numbers ``beta_j >= 0``, ``v^j = x^{j-1} + beta_j (x^{j-1} - x^{j-2})``,
``x^j = soft(v^j + D^T (y - D v^j)/L, lam/L)``, ``L >= ||D||_2^2``; ``v^1 = x^0``.

Numbers of the momentum: ``omega_1 = 1``, ``omega_j = 1 + beta_j omega_{j-1}``,
``W_j = omega_1 + ... + omega_j``; for each k, ``w_k = 1``, ``w_j = 1 + beta_{j+1} w_{j+1}``,
``sigma_j = w_1 + ... + w_j``, ``X_j = 2 W_k - W_j``, ``Y_j = X_j + 1``, and
``C_j = W_k + sigma_{j-1} X_j - sigma_j Y_j / 2 - beta_{j+1}^2 sigma_{j+1} X_{j-1}^2/(2 Y_{j+1})``,
without the last term for ``j = k``.

Claim: if ``beta_2 = 0`` and ``C_j >= 0`` for ``1 < j < k`` and all k up to the number of steps,
``F(x^k) - F(z) <= L ||x^0 - z||^2 / (4 W_k)`` for any z. (Here z is a minimiser.) So a momentum of
one's own has its exact worst case, or it is told that this certificate does not apply to it.

Why: take ``L = 1`` and ``z = 0``; let f be the misfit, g the l1 part of F, ``r_j = v^j - x^j``, and
add, with weights that are not negative, convexity of g between ``x^j`` and ``x^{j-1}``, and between
``x^j`` and 0, the same of f at ``x^j`` and at ``v^j``, and smoothness of f between ``x^j`` and
``v^j``. With ``lam_j = sigma_j / X_j``, which rises to ``lam_k = 1``, and
``sigma_j / Y_j`` between ``lam_{j-1}`` and ``lam_j``, the left sides add up to
``F(x^k) - F(0)``. With ``z_j = x^j / X_j`` the right sides are at most the sum of
``<r_j, sigma_j z_j - sigma_{j-1} z_{j-1}> + sigma_j ||r_j - z_j||^2 / (2 Y_j)``. As
``r_j - z_j = beta_j X_{j-2} (z_{j-1} - z_{j-2}) - Y_j (z_j - z_{j-1})``, and
``w_j (omega_j - 1) + W_{j-1} = sigma_{j-1}``, all products of different differences cancel, and
``||x^0||^2 / (4 W_k) - sum C_j ||z_j - z_{j-1}||^2`` is left. ``C_k = W_k (W_k - 1)/2``, and
``C_1 = 0`` if ``beta_2 = 0``.

Sharp for every momentum: one dimension, ``D = 0``, ``lam = L R / (2 W_k)``, so that the iterate
walks half of the way. An atom of length 2^-30 comes within 2^-60 of that. So the worst case is
never less. It may be more: a momentum that carries the iterate beyond 0 has no certificate.

For ``beta = 0`` and for that of FISTA the certificate exists for every k (``rate.ista``,
``rate.fista``), and for ``beta_{j+1} = (j - 1)/(j + a)``, ``a = 2..6``, with
``W_k = (k^2 + (2 a + 1) k + 2)/(2 (a + 2))``.

Rounding: if the step j is exact for a gradient shifted by ``-L e_j``
(:mod:`sparsebound.theory.analysis.descent`), the sum gains
``L <e_j, lambda_j (x^j - z) - lambda_{j-1} (x^{j-1} - z)>``, and nothing else changes.

Source: proved independently. The values for ``(k - 1)/(k + 2)`` are those that performance
estimation finds (Taylor, Hendrickx and Glineur 2017).

>>> import numpy as np
>>> from sparsebound.theory.evidence import MomentumRun, Optimum
>>> from sparsebound.theory.verdict import decide
>>> walk = MomentumRun([[[2.0], [1.5], [1.0]]], [0.5], [1.0], np.zeros(2))
>>> optimum = Optimum([[0.0]], [[0.0]])
>>> instance = Instance([[2.0**-30]], [[2]], [[-(2.0**-29)]])
>>> decide(THEOREM, instance, {"momentum_run": walk, "optimum": optimum}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.descent import Descent, steps_of
from sparsebound.theory.analysis.momentum import momentum_of
from sparsebound.theory.analysis.spectrum import spectrum
from sparsebound.theory.evidence import MomentumRun, Optimum
from sparsebound.theory.extremal.rates import overshooting_momentum, walk_with_momentum
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT, TAYLOR_HENDRICKX_GLINEUR_2017
from sparsebound.theory.theorem import STEPS, Claim, Consequence, Mutant, Premise, Theorem


def premises(
    instance: Instance, momentum_run: MomentumRun, *, certified: bool = True
) -> Iterator[Premise]:
    """A positive weight, a step that is short enough, and a momentum with a certificate."""
    yield Premise("0 < lam", 0, momentum_run.lam)
    largest = spectrum(instance.D).max(-1)
    yield Premise("||D||^2 <= L", largest, momentum_run.L, strict=False, measured=False)
    beta = momentum_run.beta
    yield Premise("0 <= beta_j", float(-beta.min()), 0, strict=False, measured=False)
    yield Premise(
        "beta_1 = beta_2 = 0", float(abs(beta[:2]).max()), 0, strict=False, measured=False
    )
    if certified:
        left, right = momentum_of(instance.D, beta).certificate
        yield Premise("0 <= C_j", left, right, strict=False, shared=True)


def claims(
    instance: Instance,
    momentum_run: MomentumRun,
    optimum: Optimum,
    *,
    factor: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """The objective, after every step."""
    numbers = momentum_of(instance.D, momentum_run.beta)
    run = Descent(instance, momentum_run, optimum, numbers)
    allowance = run.allowance(numbers, run.momentum_errors)
    rhs = run.worst_case(numbers) * instance.lift(factor) + allowance
    yield from steps_of(run, momentum=True)
    yield Claim("F(x^k) - F* <= L R^2/(4 W_k)", run.suboptimality(), rhs, axes=STEPS)


THEOREM = Theorem(
    title="Any momentum, in the objective",
    statement=r"L \ge \|D\|_2^2, \; \beta_j \ge 0, \; \beta_2 = 0, \; C_j \ge 0 \implies "
    r"F(x^k) - F^\star \le \frac{L \, \|x^0 - \hat{x}\|_2^2}{4 W_k}",
    names=("accelerated proximal gradient", "Nesterov", "performance estimation"),
    source=INDEPENDENT & TAYLOR_HENDRICKX_GLINEUR_2017,
    proof="proofs/rate/momentum.v:momentum",
    implies=(
        Consequence("rate.ista", "its rate: no momentum, ``beta = 0``, so that ``W_k = k``"),
        Consequence("rate.fista", "the momentum of FISTA, once ``C_j >= 0`` is shown for it"),
    ),
    premises=premises,
    claims=claims,
    sharp=walk_with_momentum,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(19, 20)}, smallest=(1, 1)),
        Mutant(
            "the certificate dropped", {"certified": False}, overshooting_momentum, smallest=(1, 1)
        ),
    ),
    noisy=True,
)
