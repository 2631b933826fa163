r"""The Babel function grows, at least from the coherence and at most linearly.

Problem: any dictionary with at least two atoms.

Claim: ``mu <= mu1(k) <= k mu`` for ``1 <= k <= n - 1``, and ``mu1`` is nondecreasing.

Why: ``mu1(k)`` is a largest sum of ``k`` entries ``|<d_i, d_j>| <= mu`` of one row, so at most
``k mu``, and one more entry can only add to it; the row of the largest entry has ``mu1(1) = mu``.

Sharp: equiangular dictionaries attain the upper bound.

Source: Tropp 2004.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.extremal.uniqueness import equiangular_atoms
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel, coherence
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """At least two atoms."""
    yield Premise("2 <= n", 2, instance.D.shape[1], strict=False)


def claims(instance: Instance, *, fewer: int = 0) -> Iterator[Claim]:
    """Bounds on every value of the Babel function, and on every step."""
    n = instance.D.shape[1]
    mu = coherence(instance.D)
    k = np.arange(1 + fewer, n)[None, :]  # the batch, one dictionary, comes first
    yield Claim("mu1(k) <= k mu", babel(instance.D, k), (k - fewer) * mu)
    k = np.arange(1, n)[None, :]
    yield Claim("mu <= mu1(k)", mu.reshape(1, 1), babel(instance.D, k), measured=False)
    after = babel(instance.D, k + 1)
    yield Claim("mu1(k) <= mu1(k + 1)", babel(instance.D, k), after, measured=False)


THEOREM = Theorem(
    title="Growth of the Babel function",
    statement=r"\mu \le \mu_1(k) \le k \mu, \quad \mu_1(k) \le \mu_1(k + 1), "
    r"\quad 1 \le k \le n - 1",
    names=("cumulative coherence",),
    source=TROPP_2004,
    proof="proofs/dictionary/babel_growth.v:babel_growth",
    premises=premises,
    claims=claims,
    sharp=equiangular_atoms,
    mutants=(Mutant("k mu -> (k - 1) mu for k >= 2", {"fewer": 1}, smallest=(3, 3)),),
    about="dictionary",
)
