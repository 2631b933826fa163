r"""Analysis weights can only lower the coherence.

Problem: weights ``W`` with ``<w_i, d_i> = 1`` for every atom, of least ``mu(W, D)``.

Claim: ``min_W mu(W, D) <= mu(D)``. The minimum separates into one linear program a column; its
value is enclosed by the weights from above and by the dual of one column from below.

Why: ``W = D`` is admissible, as ``<d_i, d_i> = 1``. The largest entry of column ``i`` depends on
``w_i`` alone. Dual: if ``g d_i = sum_{j != i} a_j d_j`` with ``sum |a_j| <= 1``, then
``g = <w_i, g d_i> <= max_j |<w_i, d_j>|`` for every admissible ``w_i``.

Sharp: equality for every equiangular tight frame.

Source: Chen, Liu, Wang, Yin 2018; Liu, Chen, Wang, Yin 2019.

>>> from sparsebound.theory.evidence import Weights
>>> from sparsebound.theory.verdict import decide
>>> simplex = THEOREM.sharp(2)
>>> decide(THEOREM, simplex, {"weights": Weights(simplex.D.data, 0, [1, 2, 3])}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.evidence import Weights
from sparsebound.theory.extremal.uniqueness import tight_frame
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, least_cross_coherence
from sparsebound.theory.sources import CHEN_LIU_WANG_YIN_2018, LIU_CHEN_WANG_YIN_2019
from sparsebound.theory.theorem import Claim, Mutant, Theorem


def claims(
    instance: Instance, weights: Weights, *, factor: Fraction = Fraction(1)
) -> Iterator[Claim]:
    """The least cross coherence is at most the coherence."""
    least = least_cross_coherence(instance, weights)
    yield Claim("min_W mu(W, D) <= mu(D)", least, factor * coherence(instance.D))


THEOREM = Theorem(
    title="Least cross coherence",
    statement=r"\min\limits_{\langle w_i, d_i \rangle = 1} \mu(W, D) \le \mu(D)",
    names=("ALISTA", "analytic weights"),
    source=CHEN_LIU_WANG_YIN_2018 & LIU_CHEN_WANG_YIN_2019,
    proof="proofs/dictionary/cross_coherence.v:cross_coherence",
    claims=claims,
    sharp=tight_frame,
    mutants=(Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(2, 3)),),
    about="dictionary",
)
