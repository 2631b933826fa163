r"""The nonnegative code of least sum is found, by one-sided coherence.

Problem: ``y = D x``, atoms normalised, ``x >= 0`` with at most ``s`` nonzeros. (Here:
the sizes of the entries of a code.) ``alpha`` is the largest positive inner product of two atoms,
``beta`` the largest size of a negative one.

Claim: if ``s (alpha + beta) < 1 + beta``, then ``x`` is the only minimiser of the sum over
``z >= 0`` with ``D z = D x``: the value that decides this is at most
``s alpha / (1 + beta - s beta)``, which is below 1.

Why: let ``D (z - x) = 0``, ``z - x = v - u`` with ``u, v >= 0`` on different atoms, so that ``u``
lives on ``supp x``. Row ``i`` of ``D^T D (v - u) = 0`` with ``u_i > 0`` says
``(1 + beta) u_i <= alpha ||v||_1 + beta ||u||_1``; summed over at most ``s`` of them,
``(1 + beta - s beta) ||u||_1 <= s alpha ||v||_1``. So ``||u||_1 < ||v||_1`` unless both are zero.

``alpha = beta`` is the classical ``s < (1 + 1/mu)/2``; dictionaries without negative products reach
``s < 1/alpha``, twice as far. On atoms that are not of unit norm the sum weighs entries by norms.

Sharp for every ``s``: a simplex with ``s`` of its atoms negated, and the code on them.

Source: stated and proved independently; Bruckstein, Elad and Zibulevsky 2008 have a two-sided form.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"one_sided_certificate": experiment.settings["one_sided_certificate"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.evidence import OneSidedCertificate
from sparsebound.theory.extremal.nonnegative import (
    half_of_a_doubled_atom,
    opposite_and_doubled,
    turned_simplex,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.one_sided import absolute, one_sided_coherences, one_sided_value
from sparsebound.theory.sources import BRUCKSTEIN_ELAD_ZIBULEVSKY_2008, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, *, strict: bool = True, again: int = 1, positive: int = 1
) -> Iterator[Premise]:
    """Few enough entries."""
    plus, minus = one_sided_coherences(instance.D)
    s = instance.sparsity
    left, right = s * (positive * plus + minus), 1 + again * minus
    yield Premise("s (alpha + beta) < 1 + beta", left, right, strict)


def claims(
    instance: Instance,
    one_sided_certificate: OneSidedCertificate,
    *,
    strict: bool = True,
    again: int = 1,
    positive: int = 1,
) -> Iterator[Claim]:
    """The code is the only one of its sum, with a margin."""
    value = one_sided_value(absolute(instance), one_sided_certificate)
    yield Claim("x is the only minimiser of the sum", value, 1, strict=True)
    plus, minus = one_sided_coherences(instance.D)
    s = instance.sparsity
    bound = s * positive * plus / (1 + again * minus - s * minus)
    yield Claim("value <= s alpha / (1 + beta - s beta)", value, bound)


THEOREM = Theorem(
    title="Nonnegative codes by one-sided coherence",
    statement=r"x \ge 0, \; \|x\|_0 \, (\alpha + \beta) < 1 + \beta \implies "
    r"x = \operatorname{arg\,min} \{ \|z\|_1 : z \ge 0, D z = D x \}, \text{ uniquely}",
    names=("sparse autoencoder", "NMF", "ReLU", "one-sided coherence"),
    source=INDEPENDENT & BRUCKSTEIN_ELAD_ZIBULEVSKY_2008,
    proof="proofs/uniqueness/nonnegative_coherence.v:nonnegative_coherence",
    premises=premises,
    claims=claims,
    sharp=turned_simplex,
    mutants=(
        Mutant("< -> <=", {"strict": False}, half_of_a_doubled_atom, smallest=(1, 2)),
        Mutant("1 + beta -> 1 + 2 beta", {"again": 2}, opposite_and_doubled, smallest=(1, 3)),
        Mutant("alpha left out", {"positive": 0}, half_of_a_doubled_atom, smallest=(1, 2)),
    ),
)
