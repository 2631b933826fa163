r"""One-step thresholding: the largest products with the atoms tell the support, if codes are even.

Problem: ``y = D x + e``, atoms of norm 1, ``x`` with ``s >= 1`` nonzeros, between ``|x|_min`` and
``|x|_max`` in modulus; ``nu = ||D^T e||_inf``.

Claim: if ``(mu1(s-1) + mu1(s)) |x|_max + 2 nu < |x|_min``, then the s largest ``|<d_i, y>|`` are
those of the support.

Why: on ``S``, ``|<d_i, y>| >= |x|_min - mu1(s-1) |x|_max - nu``, and off ``S`` it is at most
``mu1(s) |x|_max + nu``.

Unlike pursuits, which fit again, this needs entries of nearly the same size.

Sharp, for every s: s atoms at ``-mu`` to each other, one further at ``mu`` to each, ones for the
code, and noise that moves all products by ``nu``: at equality the further atom ties with them.

Source: Tropp 2004.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(2)
>>> decide(THEOREM, experiment, {"even_code": experiment.settings["even_code"]}).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.analysis.lasso import relative_correlations
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.pursuits import EvenCode
from sparsebound.theory.extremal import thresholding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    even_code: EvenCode,
    *,
    strict: bool = True,
    smallest: bool = False,
    noise: int = 2,
) -> Iterator[Premise]:
    """Atoms that are incoherent enough, and entries of nearly the same size."""
    s = instance.sparsity
    yield Premise("x != 0", 0, s)
    sums = babel(instance.D, s - 1) + babel(instance.D, s)
    yield Premise("mu1(s-1) + mu1(s) < 1", sums, 1, strict)
    elsewhere = ((even_code.codes != 0) != instance.support).any(axis=1)
    yield Premise("S is the support of x", elsewhere, False, strict=False, measured=False)
    sizes = abs(instance.lift(even_code.codes) * instance.D.relative_norms)
    largest = sizes.max(-1)
    least = sizes.where(instance.support, largest.reshape(-1, 1)).min(-1)
    clean = instance.D.synthesis(instance.lift(even_code.codes))
    nu = abs(_products(instance, instance.lift(even_code.signals) - clean)).max(-1)
    left = sums * (least if smallest else largest) + noise * nu
    yield Premise("(mu1(s-1) + mu1(s)) |x|_max + 2 nu < |x|_min", left, least, strict)


def claims(instance: Instance, even_code: EvenCode) -> Iterator[Claim]:
    """All products on the support exceed all those off it."""
    sizes = abs(_products(instance, instance.lift(even_code.signals)))
    most = sizes.max(-1).reshape(-1, 1)
    off = sizes.where(~instance.support, 0).max(-1)
    on = sizes.where(instance.support, most).min(-1)
    name = "|<d_j, y>| < |<d_i, y>| for all i in S, j off S"
    yield Claim(name, off, on, strict=True)


def _products(instance: Instance, signals: Number) -> Number:
    """Products with the atoms, in the unit of entries: atoms have the norm of the first one."""
    return relative_correlations(instance.D, signals) / instance.D.raw_gram[0, 0]


THEOREM = Theorem(
    title="One-step thresholding",
    statement=r"s = \|x\|_0, \; \nu = \| D^T e \|_\infty, \; "
    r"(\mu_1(s-1) + \mu_1(s)) |x|_{max} + 2 \nu < |x|_{\min} \implies "
    r"\max\limits_{j \notin S} |\langle d_j, y \rangle| < "
    r"\min\limits_{i \in S} |\langle d_i, y \rangle|",
    names=("thresholding algorithm", "support recovery", "matched filter"),
    source=TROPP_2004,
    premises=premises,
    claims=claims,
    sharp=extremal.nearly_a_tie,
    mutants=(
        Mutant("< -> <=", {"strict": False}, extremal.tied_with_itself, smallest=(1, 2)),
        Mutant(
            "|x|_max -> |x|_min",
            {"smallest": True},
            extremal.one_entry_hides_another,
            smallest=(3, 3),
        ),
        Mutant("2 nu -> nu", {"noise": 1}, extremal.noise_moves_the_code, smallest=(2, 2)),
    ),
)
