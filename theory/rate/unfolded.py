r"""The master theorem: an unfolded network converges linearly to the true code.

Problem: ``y = D x + e`` with a sparse code ``x`` of support ``S``, any weights ``W``, ``x^0 = 0``,
and layers ``v^k = x^k + W^T (y - D x^k) + r^k``, ``x^{k+1} = h_k(v^k) + p^{k+1}`` with
``|r^k| <= rho_k``, ``|p^k| <= pS_k`` on ``S`` and ``<= p0_k`` off it. Each ``h_k`` is any
``theta_k``-thresholding function: ``h(v) = 0`` for ``|v| <= theta``, ``|h(v) - v| <= theta``.

Claim: let ``tau_in, tau_out, kappa_in, kappa_out`` be the largest row sums of ``|I - W^T D|``,
its diagonal included, over the blocks ``(S, S)``, ``(not S, S)``, ``(S, not S)`` and
``(not S, not S)``. With ``B >= ||x||_inf``, ``nu >= ||W^T e||_inf``, ``b_0 = B``, ``p0_0 = 0``,
``theta_k >= tau_out b_k + kappa_out p0_k + nu + rho_k`` and
``b_{k+1} = tau_in b_k + kappa_in p0_k + nu + rho_k + theta_k + pS_{k+1}``: for all ``k``,
``|x^k_i - x_i| <= b_k`` on ``S`` and ``|x^k_i| <= p0_k`` off ``S``. For ``r = p = 0`` no layer has
a false positive. The rounding of a computed network is a ``rho`` and a ``pS``, with ``p0 = 0``.

Why: by induction. ``v - x = (I - W^T D)(x^k - x) + W^T e + r``. Off ``S`` this is at most
``tau_out b_k + kappa_out p0_k + nu + rho_k <= theta_k``, so ``h`` returns 0, and ``p`` is all that
remains. On ``S`` it is at most ``tau_in b_k + kappa_in p0_k + nu + rho_k``; ``h`` moves ``v`` by at
most ``theta_k``, and ``p`` moves it by at most ``pS_{k+1}``.

That each state follows from the one before, within what the network declares, is claimed as well:
a network that is not what it says violates this theorem.

Sharp, for every ``k`` at once: ``s`` atoms with inner products ``-mu``, further ones at ``+mu`` to
each of them, equal entries, and noise and perturbations of the worst signs.

Source: the mechanism is that of Chen, Liu, Wang and Yin 2018 (Theorem 2); this local and inexact
form in the maximum norm is stated and proved independently.

>>> from sparsebound.theory.evidence import Unfolding
>>> from sparsebound.theory.verdict import decide
>>> zero, none = [[0.0]], [0.0]
>>> network = Unfolding([[[0, 0], [1.5, 0]]], [[0.5]], [2.0], none, zero, zero, zero, zero,
...                     [[0.0, 0]], [np.inf], np.array([[1.0, -0.25], [0, 1]]))
>>> instance = Instance([[1, 0.25], [0, 1]], [[2, 0]])
>>> decide(THEOREM, instance, {"unfolding": network}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018, INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Consequence, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    unfolding: Unfolding,
    *,
    share: Scalar = 1,
    noise: Scalar = 1,
    false_positives: bool = True,
    sided: bool = True,
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds that cover everything off the support."""
    if sided:
        yield from quantities.sided(instance, unfolding)
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, unfolding, instance.lift(largest))
    needed = quantities.needed_thresholds(
        instance, unfolding, noise=noise, false_positives=false_positives
    )
    name = "tau_out b_k + kappa_out p0_k + nu + rho_k <= theta_k"
    yield Premise(name, needed * share, unfolding.thresholds, strict=False, measured=False)


def claims(
    instance: Instance, unfolding: Unfolding, *, moved: Scalar = 1, fewer: int = 0
) -> Iterator[Claim]:
    """Steps as declared, and the error of every layer on the support and off it."""
    yield from quantities.steps(instance, unfolding)
    bounds = quantities.unfolded_bounds(instance, unfolding, noise=moved, fewer=fewer)
    on, off = quantities.error_sizes(instance, unfolding)
    yield Claim("|x^k - x| <= b_k on S", on, bounds[:, 1:], axes=STEPS)
    yield Claim("|x^k| <= p0_k off S", off, unfolding.p_out, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="Unfolded networks converge linearly to the code",
    statement=r"\theta_k \ge \tau_{out} b_k + \kappa_{out} p^0_k + \nu + \rho_k, \; "
    r"b_{k+1} = \tau_{in} b_k + \kappa_{in} p^0_k + \nu + \rho_k + \theta_k + p^S_{k+1} \implies "
    r"| x^k_i - x_i | \le b_k \text{ on } S, \; | x^k_i | \le p^0_k \text{ off } S",
    names=("LISTA", "LISTA-CPSS", "unrolled network", "deep unfolding", "master theorem"),
    source=CHEN_LIU_WANG_YIN_2018 & INDEPENDENT,
    proof="proofs/rate/unfolded.v:unfolded",
    implies=(
        Consequence(
            "rate.alista",
            "its rate: weights of least cross coherence; what that is, says another theorem",
        ),
        Consequence("rate.local", "sums of rows that meet ``s_loc`` atoms of the support"),
        Consequence(
            "rate.ista_thresholds", "sums of rows, and beside them the diagonal of ``I - W^T D``"
        ),
        Consequence("rate.depth", "the number of layers after which ``b_k`` is within a tolerance"),
    ),
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_and_inexact,
    mutants=(
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.short_thresholds,
            smallest=(3, 2),
        ),
        Mutant(
            "nu dropped from theta_k",
            {"noise": 0},
            extremal.thresholds_below_noise,
            smallest=(3, 2),
        ),
        Mutant(
            "kappa_out p0 dropped",
            {"false_positives": False},
            extremal.thresholds_below_false_positives,
            smallest=(9, 3),
        ),
        Mutant(
            "2 nu -> 1.8 nu", {"moved": Fraction(4, 5)}, extremal.aligned_and_noisy, smallest=(3, 2)
        ),
        Mutant(
            "2s - 1 -> 2s - 2 in q", {"fewer": 1}, extremal.aligned_without_noise, smallest=(3, 2)
        ),
    ),
    noisy=True,
)
