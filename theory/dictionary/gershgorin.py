r"""A few atoms of an incoherent dictionary are nearly orthonormal.

Problem: the atoms of a support ``S`` with ``|S| = k``.

Claim: the eigenvalues of ``D_S^T D_S`` lie in ``[1 - mu1(k-1), 1 + mu1(k-1)]``; as one norm,
``||D_S^T D_S - I|| <= mu1(k-1)``, hence ``delta_k <= mu1(k-1)``.

Why: an eigenvalue lies within the off-diagonal sum of some row of its diagonal entry, 1, and the
sums of ``|D_S^T D_S - I|`` are at most ``mu1(k-1)``.

Sharp: ``k`` atoms with all inner products ``-mu``, whose least eigenvalue is ``1 - (k-1) mu``.

Source: Gershgorin 1931; Tropp 2004.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.extremal.uniqueness import equiangular_atoms_and_a_pair
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel, support_isometry
from sparsebound.theory.sources import GERSHGORIN_1931, TROPP_2004
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, fewer: int = 1) -> Iterator[Premise]:
    """At least one atom, and two for the mutant."""
    yield Premise("fewer <= |S|", fewer, instance.sparsity, strict=False, measured=False)


def claims(instance: Instance, *, fewer: int = 1) -> Iterator[Claim]:
    """The spectrum of a few atoms is near 1."""
    bound = babel(instance.D, instance.sparsity - fewer)
    yield Claim("||D_S^T D_S - I|| <= mu1(k - 1)", support_isometry(instance), bound)


THEOREM = Theorem(
    title="Gershgorin discs of a support",
    statement=r"|S| = k \implies \| D_S^T D_S - I \|_{2 \to 2} \le \mu_1(k - 1)",
    names=("RIP", "restricted isometry"),
    source=GERSHGORIN_1931 & TROPP_2004,
    proof="proofs/dictionary/gershgorin.v:gershgorin",
    premises=premises,
    claims=claims,
    sharp=equiangular_atoms_and_a_pair,
    mutants=(Mutant("mu1(k-1) -> mu1(k-2) for k >= 2", {"fewer": 2}, smallest=(4, 2)),),
)
