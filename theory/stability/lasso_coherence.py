r"""The Lasso finds no wrong atoms of an incoherent dictionary, and entries near the true ones.

Problem: as for the primal-dual witness (:mod:`sparsebound.theory.stability.lasso_witness`), with
``s = ||x||_0`` and ``a = max(||D_S^T e||_inf, max_{j not in S} |<d_j, (I - P_S) e>|)``, which is
at most ``||e||_2``.

Claim: if ``(2s - 1) mu < 1`` and ``lam > a (1 - (s-1) mu) / (1 - (2s-1) mu)``, the Lasso has one
minimiser ``x_hat``, its support lies in ``S``, and
``||x_hat - x||_inf <= (a + lam) / (1 - (s-1) mu)``. If every ``|x_i|`` on ``S`` exceeds that
bound, the signs are recovered as well.

Why: ``stability.lasso_witness`` with ``ERC(S) <= s mu / (1 - (s-1) mu)`` and
``||(D_S^T D_S)^{-1}||_{inf->inf} <= 1 / (1 - (s-1) mu)``, both from the Neumann series of
``D_S^T D_S``, and ``pinv(D_S) e = (D_S^T D_S)^{-1} D_S^T e``.

Sharp for every ``s``: atoms with equal negative inner products and noise against the code, in the
bound; one further atom and noise along what is new of it, in the premise.

Source: Fuchs 2005; Tropp 2006.

>>> from sparsebound.theory.evidence import Minimiser
>>> from sparsebound.theory.verdict import decide
>>> found = Minimiser([2], [[True, False]], [[1, 0]], [[True, False]])
>>> instance = Instance([[1, 0], [0, 1]], [[5, 0]], [[-1, 0.5]])
>>> decide(THEOREM, instance, {"coherent_witness": found}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.extremal.stability import (
    noise_against_the_code,
    noise_beside_the_code,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_COHERENCE, LASSO, Constant, Promise
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import FUCHS_2005, TROPP_2006
from sparsebound.theory.stability.lasso_witness import error, minimal, noise, point, recovered
from sparsebound.theory.theorem import Claim, Consequence, Mutant, Premise, Theorem


def premises(
    instance: Instance, coherent_witness: Minimiser, *, share: Fraction = Fraction(1)
) -> Iterator[Premise]:
    """Incoherent enough, a large enough weight, and a minimiser."""
    s, mu = instance.sparsity, coherence(instance.D)
    yield Premise("(2s - 1) mu < 1", (2 * s - 1) * mu, 1)
    within, room = _rooms(instance)
    least = share * _largest_noise(instance) * within
    yield Premise(
        "a (1 - (s-1) mu) < lam (1 - (2s-1) mu)", least, instance.lift(coherent_witness.lam) * room
    )
    yield from minimal(instance, coherent_witness)


def claims(
    instance: Instance, coherent_witness: Minimiser, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """No wrong atoms, one minimiser, entries near the true ones, and signs of large ones."""
    found = point(instance, coherent_witness)
    yield from recovered(instance, coherent_witness, found)
    within, _ = _rooms(instance)
    scale = instance.D.raw_gram[0, 0]  # atoms have this squared norm, not 1
    bound = (_largest_noise(instance) + coherent_witness.lam) / (within * scale)
    name = "||x_hat - x||_inf <= (a + lam) / (1 - (s-1) mu)"
    yield Claim(name, error(instance, found), factor * bound)
    sizes = instance.D.relative_norms * np.abs(instance.X)
    large = ((sizes - bound.reshape(-1, 1)).sign == 1) | ~instance.support
    different = (coherent_witness.signs != instance.signs).sum(axis=1)
    missed = np.where(large.all(axis=1), different, 0)
    yield Claim("signs of large entries that differ", missed, 0, measured=False)


def _rooms(instance: Instance) -> tuple[Number, Number]:
    """``1 - (s-1) mu`` and ``1 - (2s-1) mu``, each of shape (B,)."""
    s, mu = instance.sparsity, coherence(instance.D)
    return 1 - (s - 1) * mu, 1 - (2 * s - 1) * mu


def _least_weight(codes: Instance) -> Number:
    within, room = _rooms(codes)
    return within / room


def _largest_noise(instance: Instance) -> Number:
    """The least ``a`` that the theorem allows, shape (B,)."""
    projected = noise(instance)
    return abs(projected.on + projected.off).max(-1)


THEOREM = Theorem(
    title="Lasso and coherence",
    statement=r"s = \|x\|_0, \; (2s - 1) \mu(D) < 1, \; "
    r"a = \max \{ \|D_S^T e\|_\infty, \|D_{S^c}^T (I - P_S) e\|_\infty \}, \; "
    r"\lambda > a \, \frac{1 - (s-1) \mu(D)}{1 - (2s-1) \mu(D)} \implies "
    r"\operatorname{supp} \hat{x} \subseteq S, \; "
    r"\|\hat{x} - x\|_\infty \le \frac{a + \lambda}{1 - (s-1) \mu(D)}",
    names=("LASSO",),
    source=FUCHS_2005 & TROPP_2006,
    implies=(
        Consequence(
            "stability.layered_basis_pursuit",
            "layer by layer, where the noise is the error of the layer below",
        ),
    ),
    premises=premises,
    claims=claims,
    sharp=noise_against_the_code,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(3, 2)),
        Mutant(
            "lam > ... times 0.95",
            {"share": Fraction(95, 100)},
            noise_beside_the_code,
            smallest=(3, 2),
        ),
    ),
    promises=(
        Promise(
            LASSO,
            {"coherence": BY_COHERENCE},
            ("(2s - 1) mu < 1",),
            (
                Constant("lam / a", "(1 - (s-1) mu) / (1 - v)", _least_weight),
                Constant(
                    "||x_hat - x||_inf / (a + lam)",
                    "1 / (1 - (s-1) mu)",
                    lambda codes: 1 / _rooms(codes)[0],
                ),
            ),
        ),
    ),
    noisy=True,
    # nearly parallel atoms leave no room for noise
    dictionaries=(
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "cycle",
        "graph",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "blocks",
        "transversal_design",
        "circular",
        "full_length",
        "low_coherence",
    ),
)
