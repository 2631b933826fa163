r"""Networks that keep the largest entries: the TopK activation, layer by layer.

Problem: ``y = D x + e``, atoms as given; any weights W, ``nu >= ||W^T e||_inf``. The network:
``v^k = x^k + W^T (y - D x^k)``, and ``x^{k+1}`` keeps the ``s`` largest ``|v_i|``, ties broken in
any way. ``x`` has at most ``s`` nonzeros, and so has ``x^0``.

Claim: with ``c`` the largest sum of ``2 s`` entries of a row of ``|I - W^T D|``, its diagonal
included, ``||x^{k+1} - x||_inf <= 2 (c ||x^k - x||_inf + nu)``: linear for ``2 c < 1``. Once the
right side is below the least ``|x_i|`` on ``S``, the support of ``x^{k+1}`` contains ``S``, and
equals it if ``||x||_0 = s``.

Why: ``v - x = (I - W^T D) (x^k - x) + W^T e``, and ``x^k - x`` has at most ``2 s`` nonzeros, so
``|v - x|`` is at most ``a = c ||x^k - x||_inf + nu`` everywhere. Entries that are kept are wrong
by at most that. An index i of ``S`` is dropped only for a kept j off ``S``, so
``|v_i| <= |v_j| <= a``, and ``|x_i| <= 2 a``.

Sharp: two atoms with the inner product 1/2, ``x`` the one and ``x^0`` the other, and the tie is
broken against ``x``; for ``s = 2``, and any ``c <= 1/2``, four atoms.

Rounding: if entries are chosen from ``v`` up to ``rho_k``, ``nu + rho_k`` stands for ``nu``.

With a rectified unit before it, the same is true for ``x >= 0``.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"topk_run": experiment.settings["topk_run"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.choices import truncation_defects
from sparsebound.theory.analysis.unfolding import (
    column,
    followed,
    noise_level,
    residual,
    unexplained,
)
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import LargestKept
from sparsebound.theory.extremal import topk as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import ATOMS, STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, topk_run: LargestKept, *, sparse: bool = True
) -> Iterator[Premise]:
    """A code that is sparse enough, and a start that is."""
    s = topk_run.kept
    yield Premise("||x||_0 <= s", instance.sparsity, s, strict=False, measured=False)
    if sparse:
        first = np.count_nonzero(topk_run.iterates[:, 0], axis=1)
        yield Premise("||x^0||_0 <= s", first, s, strict=False, measured=False)
    least = -topk_run.rho.min(axis=1)
    yield Premise("0 <= rho_k", least, 0, strict=False, measured=False)


def claims(
    instance: Instance,
    topk_run: LargestKept,
    *,
    factor: Fraction = Fraction(2),
    whole: bool = False,
) -> Iterator[Claim]:
    """Steps as declared, the error after each, and supports."""
    run, s = topk_run, topk_run.kept
    states = instance.lift(run.iterates)
    errors = states - instance.X[:, None, :]
    taken = run.iterates[:, 1:] != 0
    many = taken.sum(axis=2)
    yield Claim("||x^{k+1}||_0 <= s", many, s[:, None], measured=False, axes=STEPS)
    noise = instance.lift(instance.E) @ instance.lift(run.W)
    shift = unexplained(instance.D, run.W, errors[:, :-1]) + noise.reshape(len(s), 1, -1)
    v = shift + instance.X[:, None, :]
    off = abs(truncation_defects(run.iterates[:, 1:], v, s)).max(-1)
    name = "x^{k+1} keeps the s largest |v_i|"
    yield Claim(name, off, run.rho, measured=False, step=True, axes=STEPS)
    sizes = abs(errors).max(-1)
    nu = column(noise_level(instance, run.W)) + run.rho
    c = _sums(instance, run.W)[np.minimum(2 * s, instance.D.shape[1])]
    bounds = factor * (column(c) * sizes[:, :-1] + nu)
    yield Claim(
        "||x^{k+1} - x||_inf <= 2 (c ||x^k - x||_inf + nu)", sizes[:, 1:], bounds, axes=STEPS
    )
    on = instance.support[:, None, :]
    smallest = np.where(instance.support, np.abs(instance.X), np.inf).min(axis=1)[:, None]
    smallest = np.where(np.isfinite(smallest), smallest, 0.0)
    near = np.asarray((bounds - smallest).sign == -1)[:, :, None]
    axes = (*STEPS, *ATOMS)
    yield Claim("S is kept", near & on & ~taken, False, measured=False, axes=axes)
    full = np.asarray(whole | (instance.sparsity == s))[:, None, None]
    name = "nothing is kept beside it"
    yield Claim(name, near & full & ~on & taken, False, measured=False, axes=axes)

    def after(bound: Number, k: int) -> Number:
        result: Number = factor * (c * bound + nu[:, k])
        return result

    far = followed(sizes[:, 0], many.shape[1], after)[:, 1:]
    yield Claim("||x^k - x||_inf <= b_k", sizes[:, 1:], far, measured=False, axes=STEPS)


def _sums(instance: Instance, W: FloatArray) -> Number:
    """Largest sums of k entries of a row of ``|I - W^T D|``, for k = 0..n."""
    D = instance.D
    result: Number = kept(
        D.memo, "sums of rows", W, lambda: abs(residual(D, W)).largest_sums().max(0)
    )
    return result


THEOREM = Theorem(
    title="Networks that keep the largest entries",
    statement=r"\|x\|_0 \le s, \; \|x^k\|_0 \le s, \; x^{k+1} \text{ keeps the } s \text{ largest "
    r"entries of } x^k + W^T (y - D x^k) \implies "
    r"\| x^{k+1} - x \|_\infty \le 2 \, ( c \, \| x^k - x \|_\infty + \nu )",
    names=("TopK", "sparse autoencoder", "hard thresholding", "IHT"),
    source=INDEPENDENT,
    proof="proofs/rate/topk.v:topk",
    premises=premises,
    claims=claims,
    sharp=extremal.tie_against_the_code,
    mutants=(
        Mutant("2 -> 1.9", {"factor": Fraction(19, 10)}, smallest=(2, 2)),
        Mutant(
            "the support equals S for ||x||_0 < s",
            {"whole": True},
            extremal.one_more_than_the_code,
            smallest=(2, 2),
        ),
        Mutant("||x^0||_0 <= s dropped", {"sparse": False}, extremal.dense_start, smallest=(6, 6)),
    ),
    noisy=True,
)
