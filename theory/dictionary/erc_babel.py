r"""The Babel function bounds Tropp's exact recovery coefficient.

Problem: a support ``S`` with ``|S| = k`` and ``mu1(k-1) < 1``.

Claim: ``ERC(S) <= mu1(k) / (1 - mu1(k-1))``.

Why: for ``j`` off ``S``, ``pinv(D_S) d_j = (D_S^T D_S)^{-1} D_S^T d_j``, and
``||D_S^T d_j||_1 <= mu1(k)``. With ``D_S^T D_S = I - A`` and ``||A||_{1->1} <= mu1(k-1) < 1``, the
Neumann series gives ``||(D_S^T D_S)^{-1}||_{1->1} <= 1 / (1 - mu1(k-1))``.

Sharp for every ``k``: ``k`` atoms with inner products ``-mu`` and one further atom at ``+mu``.

Source: Tropp 2004.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.extremal.uniqueness import equiangular_and_further
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel, exact_recovery_coefficient
from sparsebound.theory.quantities.recovery import recovery_bound
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, fewer: int = 1) -> Iterator[Premise]:
    """The atoms of the support are independent by Gershgorin's theorem."""
    yield Premise("mu1(k - 1) < 1", babel(instance.D, instance.sparsity - 1), 1)
    yield Premise("fewer <= k", fewer, instance.sparsity, strict=False, measured=False)


def claims(
    instance: Instance, *, fewer: int = 1, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """The coefficient is at most what the Babel function says."""
    k = instance.sparsity
    bound = recovery_bound(instance.D, k, fewer=fewer, factor=factor)
    yield Claim("ERC(S) <= mu1(k) / (1 - mu1(k-1))", exact_recovery_coefficient(instance), bound)


THEOREM = Theorem(
    title="Exact recovery coefficient and Babel function",
    statement=r"\mu_1(k - 1) < 1, \; |S| = k \implies "
    r"\operatorname{ERC}(S) \le \frac{\mu_1(k)}{1 - \mu_1(k - 1)}",
    names=("ERC", "exact recovery coefficient", "exact recovery condition"),
    source=TROPP_2004,
    premises=premises,
    claims=claims,
    sharp=equiangular_and_further,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(4, 2)),
        Mutant("mu1(k-1) -> mu1(k-2) for k >= 2", {"fewer": 2}, smallest=(4, 3)),
    ),
)
