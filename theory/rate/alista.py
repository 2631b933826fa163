r"""Weights of least cross coherence: the best rate that coherence can give.

Problem: as in ``rate.unfolded``, the weights from ``dictionary.cross_coherence`` scaled to
``<w_i, d_i> = 1``; ``p0 = 0``, and ``r`` and ``pS`` are the rounding.

Claim: for ``theta_k = s mu(W, D) b_k + nu``, ``b_0 >= ||x||_inf`` and ``b_{k+1} = q b_k + 2 nu``
with ``q = (2s-1) mu(W, D)``: ``||x^k - x||_inf <= b_k``, and the support of every ``x^k`` lies in
that of ``x``. And ``mu(W, D) <= mu(D)`` for normalised atoms, so that ``q <= (2s-1) mu(D)``. The
noise enters as ``nu >= ||W^T e||_inf``, which grows with ``||w_i||``. Rounding, and the rounding of
the weights, is covered by a declared excess of the recursion, as in ``rate.lista_cp``.

Why: ``rate.unfolded`` with ``tau_in <= (s-1) mu(W, D)`` and ``tau_out <= s mu(W, D)``: the
threshold covers ``tau_out b_k + nu``, and ``tau_in b_k + nu + theta_k`` is at most
``q b_k + 2 nu``. That ``mu(W, D) <= mu(D)`` is ``dictionary.cross_coherence``.

Sharp: the regular simplex, the 120-degree frame first, where no weights are better than ``D``.

Source: Liu, Chen, Wang and Yin 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import FloatArray, IntArray, Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, cross_coherence
from sparsebound.theory.sources import LIU_CHEN_WANG_YIN_2019
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, analytic_unfolding: Unfolding, *, share: Scalar = 1
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds from the cross coherence."""
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, analytic_unfolding, instance.lift(largest))
    rate = rates.coherence_rate(instance, analytic_unfolding.W)
    yield from rates.scheduled(instance, analytic_unfolding, rate, share=share)


def claims(
    instance: Instance,
    analytic_unfolding: Unfolding,
    *,
    rate: Scalar = 1,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Iterator[Claim]:
    """Steps as declared, the error of every layer, and a cross coherence below the coherence."""
    network = analytic_unfolding
    yield from quantities.steps(instance, network)
    found = rates.coherence_rate(instance, network.W, atoms=atoms)
    bounds = rates.linear_bounds(instance, network, found.times(rate))
    on, off = quantities.error_sizes(instance, network)
    yield Claim("||x^k - x||_inf <= b_k", on, bounds[:, 1:], axes=STEPS)
    yield Claim("supports lie in S", off, 0, measured=False, axes=STEPS)
    weights, kind = matrix_of(network.W), FloatingPoint.of(network.dtype)
    lost = kind.error(4 * sum(weights.shape), np.abs(weights), 1)
    stored = _spread(instance, weights, lost)
    batch = instance.lift(np.ones(len(instance)))
    least = batch * cross_coherence(instance.D, network.W)
    yield Claim(
        "mu(W, D) <= mu(D)", least, batch * (coherence(instance.D) + stored), measured=False
    )


def _spread(instance: Instance, W: FloatArray, errors: FloatArray) -> Number:
    """How much the cross coherence may grow for errors of the weights, shape ().

    With errors of at most ``e_i`` it is twice ``max e_i^T |d_j|`` over all ``i``, ``j``, for
    weights and atoms scaled to ``<w_i, d_i> = 1`` and to unit norm.
    """
    D = instance.D
    sizes = instance.lift(errors).swapaxes(0, 1) @ abs(D.atoms)
    n = D.shape[1]
    own = 1 - quantities.residual(D, W)[np.arange(n), np.arange(n)]
    scale = (D.norms / own).reshape(n, 1) / D.norms
    return abs(sizes * scale).max(-1).max(-1) * 2


THEOREM = Theorem(
    title="Analytic weights of least cross coherence",
    statement=r"W \in \operatorname{arg\,min} \mu(W, D), \; \theta_k = s \mu(W, D) b_k + \nu, \; "
    r"b_{k+1} = q b_k + 2 \nu \implies \| x^k - x \|_\infty \le b_k, \; "
    r"q = (2s - 1) \mu(W, D) \le (2s - 1) \mu(D)",
    names=("ALISTA", "LISTA"),
    source=LIU_CHEN_WANG_YIN_2019,
    proof="proofs/rate/alista.v:alista",
    premises=premises,
    claims=claims,
    sharp=extremal.simplex_for_least_weights,
    mutants=(
        Mutant("q times 0.95", {"rate": Fraction(19, 20)}, smallest=(3, 3)),
        Mutant("2s - 1 -> 2s - 2 in q", {"atoms": lambda s: 2 * s - 2}, smallest=(3, 3)),
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.simplex_with_short_thresholds,
            smallest=(3, 3),
        ),
    ),
    noisy=True,
)
