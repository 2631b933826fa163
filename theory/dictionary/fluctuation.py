r"""How unequal the nodes of a layer are: the fluctuation of their strengths.

Problem: ``n`` normalised atoms. The signed strength of a unit of the layer ``x + D^T (y - D x)`` is
``c_i``, the sum of ``<d_i, d_j>`` over the other atoms; ``Y`` is the standard deviation of all of
them. It depends on the signs of atoms, which the coherence does not.

Claim: ``Y <= (lam_max - lam_min)/2 <= mu1(n-1)``, with the extreme eigenvalues of ``D^T D``. The
mean strength is ``||sum_j d_j||^2/n - 1``, which is at least -1.

Why: ``1 + c_i`` are the entries of ``D^T D`` applied to ones, so ``Y^2`` is the variance of the
spectrum of ``D^T D``, weighted by the squares of the coordinates of the unit vector of equal
entries; and a distribution on an interval has a standard deviation of half its length at most
(Popoviciu). All eigenvalues are within ``mu1(n-1)`` of 1 (``dictionary.gershgorin``).

Sharp: pairs of atoms at ``+mu``, and as many at ``-mu``, orthogonal to each other.

Source: stated and proved independently; Gershgorin 1931 for the last inequality.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(1)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.extremal.graphs import (
    one_opposite_atom,
    opposite_atoms,
    pairs_of_either_sign,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.sources import GERSHGORIN_1931, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Theorem


def claims(
    instance: Instance, *, factor: Fraction = Fraction(1), single: bool = False, least: int = -1
) -> Iterator[Claim]:
    """Strengths fluctuate no more than the spectrum is wide, and this is bounded by Babel sums."""
    n, gram = instance.D.shape[1], instance.D.gram
    strengths = gram.where(~np.eye(n, dtype=bool), 0).sum(-1)
    total = strengths.sum(-1)
    variance = (strengths * strengths).sum(-1) / n - total * total / n**2
    spectrum = instance.D.spectral_gram.eigenvalues()
    half = (spectrum[..., -1] - spectrum[..., 0]) / 2
    most = babel(instance.D, 1 if single else n - 1)
    yield Claim("4 Y^2 <= (lam_max - lam_min)^2", 4 * variance, 4 * half**2 * factor**2)
    yield Claim("Y^2 <= mu1(n - 1)^2", variance, most**2 * factor**2)
    yield Claim("lam_max - lam_min <= 2 mu1(n - 1)", 2 * half, 2 * most * factor)
    yield Claim("-n <= sum_i c_i", least * n, total, measured=False)


THEOREM = Theorem(
    title="The fluctuation of the nodes of a layer",
    statement=r"c_i = \sum_{j \ne i} \langle d_i, d_j \rangle \implies "
    r"Y = \left(\frac{1}{n} \sum_i c_i^2 - \left(\frac{1}{n} \sum_i c_i\right)^2\right)^{1/2} "
    r"\le \frac{\lambda_{\max} - \lambda_{\min}}{2} \le \mu_1(n - 1)",
    names=("node strength", "complex network", "layer fluctuation", "Popoviciu"),
    source=INDEPENDENT & GERSHGORIN_1931,
    claims=claims,
    sharp=pairs_of_either_sign,
    mutants=(
        Mutant("right sides times 0.95", {"factor": Fraction(19, 20)}, smallest=(4, 4)),
        Mutant("-n -> 0", {"least": 0}, opposite_atoms, smallest=(1, 2)),
        Mutant("mu1(n-1) -> mu", {"single": True}, one_opposite_atom, smallest=(1, 4)),
    ),
    about="dictionary",
    dictionaries=(
        "circular",
        "cycle",
        "equiangular_plus",
        "full_length",
        "gaussian",
        "graph",
        "integer",
        "low_coherence",
        "mutually_unbiased",
        "near_duplicate",
        "union_of_bases",
    ),
)
