r"""The Welch bound: more atoms than dimensions cannot all be nearly orthogonal.

Problem: ``n > m`` normalised atoms in ``m`` dimensions.

Claim: ``mu(D)^2 >= (n - m) / (m (n - 1))``, in squares so that rational Gram matrices stay exact.

Why: the Gram matrix has trace ``n`` and rank at most ``m``, so by Cauchy and Schwarz on its
eigenvalues ``n^2 <= m ||G||_F^2 <= m (n + n (n - 1) mu^2)``.

Sharp: equiangular tight frames and regular simplexes attain it.

Source: Welch 1974.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.extremal.uniqueness import tight_frame
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, welch_bound
from sparsebound.theory.sources import WELCH_1974
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """More atoms than dimensions."""
    m, n = instance.D.shape
    yield Premise("m < n", m, n)


def claims(instance: Instance, *, factor: Fraction = Fraction(1)) -> Iterator[Claim]:
    """Coherence is at least the Welch bound."""
    m, n = instance.D.shape
    bound = factor**2 * welch_bound(m, n)
    yield Claim("squared Welch bound <= mu^2", bound, coherence(instance.D) ** 2)


THEOREM = Theorem(
    title="Welch bound",
    statement=r"n > m \implies \mu(D) \ge \sqrt{\frac{n - m}{m (n - 1)}}",
    names=("ETF", "Grassmannian frame", "Levenshtein", "orthoplex"),
    source=WELCH_1974,
    proof="proofs/dictionary/welch.v:welch",
    premises=premises,
    claims=claims,
    sharp=tight_frame,
    mutants=(Mutant("right side times 1.01", {"factor": Fraction(101, 100)}, smallest=(2, 3)),),
    about="dictionary",
    dictionaries=(
        "simplex",
        "tight_frame",
        "union_of_bases",
        "mutually_unbiased",
        "near_duplicate",
        "low_coherence",
    ),
)
