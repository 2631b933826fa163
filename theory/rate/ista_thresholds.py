r"""Classical steps with a schedule of thresholds converge linearly to the code.

Problem: iterative soft thresholding, ``W = D/L`` with ``L >= ||D||_2^2``, or any weights with
``0 <= <w_i, d_i> <= 1``, run with falling thresholds; ``r`` and ``p`` are its rounding.

Claim: let ``c = min_i <w_i, d_i>`` and ``G(k)`` the largest sum of ``k`` entries
``|<w_i, d_j>|``, ``j != i``, of one row. For ``theta_k = G(s) b_k + nu``, ``b_0 >= ||x||_inf`` and
``b_{k+1} = q b_k + 2 nu`` with ``q = 1 - (c - G(s-1) - G(s))``: ``||x^k - x||_inf <= b_k``, and the
support of every ``x^k`` lies in that of ``x``. For ``W = D/L`` and atoms of unit norm
``q = 1 - (1 - mu1(s-1) - mu1(s))/L``, below 1 under Tropp's condition. Rounding is covered by a
declared excess of the recursion, as in ``rate.lista_cp``.

Why: ``rate.unfolded`` with the diagonal of ``I - W^T D``, at most ``1 - c``, beside it: on ``S``,
``tau_in <= 1 - c + G(s-1)``, and off ``S`` ``tau_out <= G(s)``, which the threshold covers. So
``tau_in b_k + nu + theta_k`` is at most ``q b_k + 2 nu``.

Sharp: ``s`` atoms with inner products ``-mu`` and one at ``+mu``, equal entries, aligned noise.

Source: stated and proved independently, from ``rate.unfolded``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, classical_unfolding: Unfolding, *, share: Scalar = 1
) -> Iterator[Premise]:
    """A step that is not too long, sizes as declared, thresholds from the Babel function."""
    network = classical_unfolding
    n = instance.D.shape[1]
    own = 1 - quantities.residual(instance.D, network.W)[np.arange(n), np.arange(n)]
    yield Premise("0 <= <w_i, d_i>", -own.min(0), 0, strict=False)
    yield Premise("<w_i, d_i> <= 1", own.max(0), 1, strict=False)
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, network, instance.lift(largest))
    rate = rates.gradient_rate(instance, network.W)
    yield from rates.scheduled(instance, network, rate, share=share)


def claims(
    instance: Instance,
    classical_unfolding: Unfolding,
    *,
    noise: Scalar = 1,
    step: Scalar = 1,
    further: Callable[[IntArray], IntArray] = lambda s: s,
) -> Iterator[Claim]:
    """Steps as declared, the error of every layer, and no false positives."""
    network = classical_unfolding
    yield from quantities.steps(instance, network)
    rate = rates.gradient_rate(instance, network.W, further=further, step=step)
    bounds = rates.linear_bounds(instance, network, rate, noise=noise)
    on, off = quantities.error_sizes(instance, network)
    yield Claim("||x^k - x||_inf <= b_k", on, bounds[:, 1:], axes=STEPS)
    yield Claim("supports lie in S", off, 0, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="Classical steps with falling thresholds converge linearly",
    statement=r"W = D/L, \; \theta_k = \frac{\mu_1(s)}{L} b_k + \nu, \; "
    r"b_{k+1} = q b_k + 2 \nu, \; q = 1 - \frac{1 - \mu_1(s-1) - \mu_1(s)}{L} \implies "
    r"\| x^k - x \|_\infty \le b_k, \; \operatorname{supp} x^k \subseteq S",
    names=("LISTA", "warm thresholds"),
    source=INDEPENDENT,
    proof="proofs/rate/ista_thresholds.v:ista_thresholds",
    premises=premises,
    claims=claims,
    sharp=extremal.gradient_and_noisy,
    mutants=(
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.gradient_with_short_thresholds,
            smallest=(3, 2),
        ),
        Mutant("1/L -> 2/L in q", {"step": 2}, extremal.gradient_and_noisy, smallest=(3, 2)),
        Mutant(
            "mu1(s) -> mu1(s-1) in q",
            {"further": lambda s: s - 1},
            extremal.gradient_and_noisy,
            smallest=(3, 2),
        ),
        Mutant(
            "2 nu -> 1.8 nu",
            {"noise": Fraction(9, 10)},
            extremal.gradient_and_noisy,
            smallest=(3, 2),
        ),
    ),
    noisy=True,
)
