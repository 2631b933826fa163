r"""A network finds the features of any signal: no sparse model of it, and no noise that remains.

Problem: any dictionary, any weights ``W``, any signal ``y``, and a fixed point ``z`` of
``x -> soft(x + W^T (y - D x), lam)``, ``lam > 0``, with the support ``S``; or of the same with
``relu(. - lam)``, for nonnegative entries. For ``W = D``, or ``D`` times a number for each atom,
``z`` are *features*: a minimiser of ``1/2 ||y - D z||^2 + sum_j lam_j |z_j|``, where ``lam_j`` is
``lam`` divided by that number.

Algorithm: ``x^0 = 0``, ``x^{k+1} = soft(x^k + W^T (y - D x^k) + r^k, theta_k)``, or with ``relu``,
where ``|r^k| <= rho_k`` is what rounding does.

Claim: let ``tau_in, tau_out`` be the largest row sums of ``|I - W^T D|``, its diagonal included,
over the blocks ``(S, S)`` and ``(not S, S)``, and ``c`` the largest ``|<w_j, y - D z>|`` off ``S``,
without the modulus for nonnegative entries; so ``c <= lam``. With ``b_0 >= ||z||_inf``,
``theta_k >= max(lam, c + tau_out b_k + rho_k)`` and
``b_{k+1} = tau_in b_k + theta_k - lam + rho_k``: for all ``k``, ``x^k`` is zero off ``S``, and
``||x^k - z||_inf <= b_k``. With the lowest such thresholds and ``rho = 0``, ``b_k <= q^k b_0`` for
``q = tau_in + tau_out``; and once ``tau_out b_k <= lam - c``, all further thresholds are ``lam``,
and ``b_{k+1} = tau_in b_k``.

Why: by induction. ``v^k = z + W^T (y - D z) + (I - W^T D)(x^k - z)``. Off ``S`` this is at most
``c + tau_out b_k``, so that ``theta_k`` makes it zero. On ``S``, ``soft(., lam)`` takes
``z + W^T (y - D z)`` to ``z`` and moves no two numbers apart, and ``soft(., theta_k)`` differs from
it by at most ``theta_k - lam``. Likewise for ``relu``.

That each state follows from the one before, within what the network declares, is claimed as well.

Sharp, for every ``k`` at once: ``s`` atoms with inner products ``-mu`` and equal features, and a
further atom at ``+mu`` to each of them whose product with what is left is ``lam``.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> network = experiment.settings["unfolded_features"]
>>> decide(THEOREM, experiment, {"unfolded_features": network}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.feature_rates import feature_run
from sparsebound.theory.evidence import UnfoldedFeatures
from sparsebound.theory.extremal import feature_rates as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    unfolded_features: UnfoldedFeatures,
    *,
    outside: int = 1,
    share: Fraction = Fraction(1),
    diagonal: int = 1,
) -> Iterator[Premise]:
    """A fixed point, a start at 0, and thresholds that cover everything off the support."""
    run = feature_run(instance, unfolded_features)
    yield from run.premises()
    yield from run.thresholds(outside=outside, bounds=run.bounds(share=share, diagonal=diagonal))


def claims(
    instance: Instance,
    unfolded_features: UnfoldedFeatures,
    *,
    share: Fraction = Fraction(1),
    diagonal: int = 1,
) -> Iterator[Claim]:
    """Steps as declared, and the distance of every state on the support and off it."""
    run = feature_run(instance, unfolded_features)
    yield from run.steps()
    on, off = run.distances()
    bounds = run.bounds(share=share, diagonal=diagonal)
    yield Claim("|x^k - z| <= b_k on S", on, bounds[:, 1:], axes=STEPS)
    yield Claim("x^k = 0 off S", off, 0, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="Networks find the features of a signal",
    statement=r"z = \operatorname{soft}(z + W^T (y - D z), \lambda), \; "
    r"\theta_k \ge \max ( \lambda, \; c + \tau_{out} b_k ), \; "
    r"b_{k+1} = \tau_{in} b_k + \theta_k - \lambda \implies "
    r"\operatorname{supp} x^k \subseteq S, \; \| x^k - z \|_\infty \le b_k",
    names=("LISTA", "unrolled network", "deep unfolding", "sparse autoencoder", "encoder"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_features,
    mutants=(
        Mutant(
            "tau_out b_k dropped from theta_k",
            {"outside": 0},
            extremal.thresholds_as_at_the_end,
            smallest=(3, 2),
        ),
        Mutant(
            "tau_in -> 0.95 tau_in",
            {"share": Fraction(19, 20)},
            extremal.two_or_more_aligned_features,
            smallest=(9, 3),
        ),
        Mutant(
            "the diagonal of I - W^T D left out",
            {"diagonal": 0},
            extremal.short_weights,
            smallest=(1, 1),
        ),
    ),
    noisy=True,
)
