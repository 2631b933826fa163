r"""The units of an overcomplete layer disturb each other: the graph of a layer has strong nodes.

Problem: ``n > m`` normalised atoms in ``m`` dimensions. A layer ``x + D^T (y - D x)`` of an
unfolded network is the weighted graph ``I - D^T D`` on its units; the strength of node ``i`` is the
sum of ``|<d_i, d_j>|`` over the other atoms.

Claim: the mean strength is at least ``(n - m)/(m mu)``, and so is the largest one, ``mu1(n-1)``. It
is never weaker than Welch's bound, which follows from it: a mean is at most ``(n - 1) mu``.

Why: the Gram matrix has trace ``n`` and rank at most ``m``, so by Cauchy and Schwarz on its
eigenvalues ``||G||_F^2 >= n^2/m``. Its diagonal is 1, and ``|<d_i, d_j>| >= <d_i, d_j>^2/mu``.

Sharp: tight frames whose inner products have size ``mu``, or are 0: equiangular tight frames,
mutually unbiased bases, and copies of them that are orthogonal to each other.

Source: stated and proved independently; Welch 1974 for the first step.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.extremal.graphs import atom_beside_a_repeated_one, tight_frame_or_bases
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel, coherence
from sparsebound.theory.sources import INDEPENDENT, WELCH_1974
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """More atoms than dimensions."""
    m, n = instance.D.shape
    yield Premise("m < n", m, n)


def claims(
    instance: Instance, *, factor: Fraction = Fraction(1), every: bool = False
) -> Iterator[Claim]:
    """Nodes are strong in the mean, and one of them is."""
    m, n = instance.D.shape
    mu, strengths = coherence(instance.D), instance.D.gram_rows().sum(-1)
    total = strengths.min(-1) * n if every else strengths.sum(-1)
    most = babel(instance.D, n - 1)
    yield Claim("n (n - m) <= m mu sum_{i != j} |<d_i, d_j>|", factor * n * (n - m), m * mu * total)
    yield Claim("n - m <= m mu mu1(n - 1)", factor * (n - m), m * mu * most)


THEOREM = Theorem(
    title="An overcomplete layer has strong nodes",
    statement=r"n > m \implies \frac{1}{n} \sum_{i \ne j} | \langle d_i, d_j \rangle | "
    r"\ge \frac{n - m}{m \mu}, \; \mu_1(n - 1) \ge \frac{n - m}{m \mu}",
    names=("node strength", "complex network", "Welch bound", "ETF", "lateral inhibition"),
    source=INDEPENDENT & WELCH_1974,
    premises=premises,
    claims=claims,
    sharp=tight_frame_or_bases,
    mutants=(
        Mutant("left side times 1.01", {"factor": Fraction(101, 100)}, smallest=(2, 3)),
        Mutant(
            "the mean -> the least strength",
            {"every": True},
            atom_beside_a_repeated_one,
            smallest=(2, 3),
        ),
    ),
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
