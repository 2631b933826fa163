r"""LISTA with coupled weights converges linearly in the l1 norm.

Problem: as in ``rate.unfolded`` with ``p0 = 0``, and ``<w_i, d_i> = 1``. ``mu = mu(W, D)`` is the
largest ``|<w_i, d_j>|``, ``i != j``, and ``s = ||x||_0``.

Claim: for ``theta_k = mu a_k + nu``, ``a_0 >= ||x||_1`` and ``a_{k+1} = (2s-1) mu a_k + 2 s nu``:
``||x^k - x||_1 <= a_k``, and the support of every ``x^k`` lies in that of ``x``.

Why: ``v - x = (I - W^T D)(x^k - x) + W^T e`` has zeros on the diagonal. Off ``S`` it is at most
``mu a_k + nu = theta_k``, so ``x^{k+1}`` is 0 there; each of the ``s`` entries on ``S`` misses its
own error, and their sum is at most ``(s-1) mu a_k + s (nu + theta_k)``.

Rounding is covered by a declared excess of the recursion: thresholds are at least
``mu a_k + nu + rho_k``, and ``s (nu + theta_k + rho_k + pS_{k+1}) + max_i |1 - <w_i, d_i>| a_k``
is at most ``s (mu a_k + 2 nu) + slack_k``; the excess is zero in exact arithmetic.

Sharp: ``s`` atoms with inner products ``-mu`` and one at ``+mu``, equal entries, aligned noise.

Source: Chen, Liu, Wang and Yin 2018 (Theorem 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, coupled_unfolding: Unfolding, *, share: Scalar = 1
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds from the cross coherence."""
    size = abs(instance.lift(instance.X)).sum(-1)
    yield from quantities.declared(instance, coupled_unfolding, size)
    rate = rates.l1_rate(instance, coupled_unfolding.W)
    yield from rates.scheduled(instance, coupled_unfolding, rate, share=share)


def claims(
    instance: Instance,
    coupled_unfolding: Unfolding,
    *,
    noise: Scalar = 1,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Iterator[Claim]:
    """Steps as declared, the l1 error of every layer, and no false positives."""
    network = coupled_unfolding
    yield from quantities.steps(instance, network)
    rate = rates.l1_rate(instance, network.W, atoms=atoms)
    bounds = rates.linear_bounds(instance, network, rate, noise=noise)
    sizes = abs(quantities.errors(instance, network)[:, 1:])
    yield Claim("||x^k - x||_1 <= a_k", sizes.sum(-1), bounds[:, 1:], axes=STEPS)
    _, off = quantities.error_sizes(instance, network)
    yield Claim("supports lie in S", off, 0, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="LISTA with coupled weights converges linearly",
    statement=r"\theta_k = \mu(W, D) a_k + \nu, \; a_0 \ge \| x \|_1, \; "
    r"a_{k+1} = (2s - 1) \mu(W, D) a_k + 2 s \nu \implies \| x^k - x \|_1 \le a_k, \; "
    r"\operatorname{supp} x^k \subseteq S",
    names=("LISTA", "LISTA-CP", "LISTA-CPSS"),
    source=CHEN_LIU_WANG_YIN_2018,
    proof="proofs/rate/lista_cp.v:lista_cp",
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_and_noisy,
    mutants=(
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.short_thresholds,
            smallest=(3, 2),
        ),
        Mutant(
            "2s - 1 -> 2s - 2 in q",
            {"atoms": lambda s: 2 * s - 2},
            extremal.aligned_without_noise,
            smallest=(3, 2),
        ),
        Mutant(
            "2 s nu -> 1.8 s nu",
            {"noise": Fraction(9, 10)},
            extremal.aligned_and_noisy,
            smallest=(3, 2),
        ),
    ),
    noisy=True,
)
