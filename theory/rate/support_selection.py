r"""LISTA with coupled weights, in which entries above the threshold keep their value.

Problem: as in ``rate.lista_cp``, ``s >= 1``, but in layer ``k`` any ``s_k`` entries of ``v^k`` that
exceed ``theta_k`` keep their value, and the others are soft thresholded. In LISTA-CPSS they are the
``p_k`` largest; what counts is how many are in fact kept.

Claim: for ``theta_k = mu a_k + nu``, ``a_0 >= ||x||_1`` and
``a_{k+1} = (2s - 1 - s_k) mu a_k + (2s - s_k) nu``: ``||x^k - x||_1 <= a_k``, and the support of
every ``x^k`` lies in that of ``x``.

Why: off ``S``, ``|v_i| <= mu a_k + nu = theta_k``, so nothing is kept there, and ``x^{k+1}`` is 0.
On ``S`` the errors of ``v`` sum to at most ``(s-1) mu a_k + s nu``, and thresholding adds
``theta_k`` for each of the ``s - s_k`` others.

Rounding: thresholds are at least ``mu a_k + nu + rho_k``, what is kept is above
``theta_k + rho_k``, and with the thresholds as they are
``a_{k+1} = ((s-1) mu + max_i |1 - <w_i, d_i>|) a_k + s (nu + rho_k + pS_{k+1})
+ (s - s_k) theta_k``; this is the recursion above in exact arithmetic.

Sharp, whatever is kept: ``s`` atoms with inner products ``-mu`` and one at ``+mu``, equal entries,
aligned noise.

Source: Chen, Liu, Wang and Yin 2018 (LISTA-CPSS), with other constants; proved independently.

>>> from sparsebound.theory.evidence import SelectiveUnfolding
>>> from sparsebound.theory.verdict import decide
>>> zero = [[0.0]]
>>> kept = SelectiveUnfolding([[[0, 0], [2, 0]]], [[1.0]], [2.0], [0.0], zero, zero, zero,
...                           [[[True, False]]], np.array([[1, 0.5], [0, 0.75]]))
>>> decide(THEOREM, Instance([[1, 0.5], [0, 1]], [[2, 0]]), {"selective_unfolding": kept}).status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.activations import soft
from sparsebound.theory.analysis.unfolding import column
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import SelectiveUnfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import memo
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018, INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, selective_unfolding: SelectiveUnfolding, *, above: bool = True
) -> Iterator[Premise]:
    """Sizes as declared, thresholds from the cross coherence, and kept entries above them."""
    run = selective_unfolding
    size = abs(instance.lift(instance.X)).sum(-1)
    yield from quantities.declared(instance, run, size)
    yield Premise("nothing is added off S", run.p_out, 0, strict=False, measured=False)
    mu, _ = quantities.off_and_on_diagonal(instance.D, run.W)
    needed = _bounds(instance, run)[:, :-1] * mu + column(instance.lift(run.nu)) + run.rho
    name = "mu a_k + nu + rho_k <= theta_k"
    yield Premise(name, needed, run.thresholds, strict=False, measured=False)
    if above:
        level = instance.lift(run.thresholds) + run.rho
        least = abs(_seen(instance, run)).where(run.kept, level.reshape(*level.shape, 1) + 1)
        name = "theta_k + rho_k < |v_i| where it is kept"
        yield Premise(name, level, least.min(-1), measured=False)


def claims(
    instance: Instance, selective_unfolding: SelectiveUnfolding, *, more: int = 0
) -> Iterator[Claim]:
    """Steps as declared, the l1 error of every layer, and no false positives."""
    run = selective_unfolding
    v = _seen(instance, run)
    on = instance.support[:, None, :]
    p = np.where(on, run.p_in[:, :, None], run.p_out[:, :, None])
    states = instance.lift(run.iterates[:, 1:])
    off = (abs(states - v.where(run.kept, soft(v, run.thresholds[:, :, None]))) - p).max(-1)
    name = "x^{k+1} is v where it is kept, else soft(v, theta_k)"
    yield Claim(name, off, run.rho, measured=False, step=True, axes=STEPS)
    errors = abs(states - instance.X[:, None, :])
    bounds = _bounds(instance, run, more)
    yield Claim("||x^k - x||_1 <= a_k", errors.sum(-1), bounds[:, 1:], axes=STEPS)
    false = errors.where(~on, 0).max(-1)
    yield Claim("supports lie in S", false, 0, measured=False, axes=STEPS)


def _seen(instance: Instance, run: SelectiveUnfolding) -> Number:
    """``x^k + W^T (y - D x^k)``, shape (B, K, n)."""

    def compute() -> Number:
        errors = instance.lift(run.iterates[:, :-1]) - instance.X[:, None, :]
        noise = instance.lift(instance.E) @ instance.lift(run.W)
        change = quantities.unexplained(instance.D, run.W, errors)
        return change + noise.reshape(len(instance), 1, -1) + instance.X[:, None, :]

    found: Number = memo.kept(instance.memo, "seen", run, compute)
    return found


def _bounds(instance: Instance, run: SelectiveUnfolding, more: int = 0) -> Number:
    """``a_0, ..., a_K``, shape (B, K + 1), with the thresholds as they are."""
    mu, defect = quantities.off_and_on_diagonal(instance.D, run.W)
    s, kept = instance.sparsity, run.kept.sum(axis=2) + more
    factor = mu * np.maximum(s - 1, 0) + defect
    missed = column(instance.lift(run.nu)) + run.rho + run.p_in
    added = missed * s[:, None] + instance.lift(run.thresholds) * (s[:, None] - kept)
    return quantities.recursion(instance.lift(run.B), factor, added)


THEOREM = Theorem(
    title="LISTA with support selection converges linearly",
    statement=r"s \ge 1, \; \theta_k = \mu(W, D) a_k + \nu, \; a_0 \ge \| x \|_1, \; "
    r"a_{k+1} = (2s - 1 - s_k) \mu(W, D) a_k + (2 s - s_k) \nu \implies "
    r"\| x^k - x \|_1 \le a_k, \; \operatorname{supp} x^k \subseteq S",
    names=("LISTA-CPSS", "LISTA-SS", "support selection"),
    source=CHEN_LIU_WANG_YIN_2018 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_and_kept,
    mutants=(
        Mutant("s_k -> s_k + 1", {"more": 1}, extremal.all_kept_without_noise, smallest=(3, 2)),
        Mutant(
            "kept below the threshold as well",
            {"above": False},
            extremal.kept_below_the_threshold,
            smallest=(3, 2),
        ),
    ),
    noisy=True,
)
