r"""A code with fewer nonzeros than half the spark is the sparsest one.

Problem: ``y = D x`` without noise.

Claim: if ``2 ||x||_0 < spark(D)``, every ``z != x`` with ``D z = y`` has ``||z||_0 > ||x||_0``;
and always ``||x||_0 + ||z||_0 >= spark(D)``, since ``z - x`` is a null vector.

Why: if ``D z = D x``, ``z - x`` is a null vector, so ``||z||_0 + ||x||_0 >= spark(D)``.

Sharp: split a null vector of minimal support into two halves.

Checked by exhaustive search over supports, in exact arithmetic.

Source: Donoho and Elad 2003.

>>> from sparsebound.theory.evidence import Alternative
>>> from sparsebound.theory.verdict import decide
>>> frame = Instance([[2, -1, -1], [0, 1, -1]], [[1, 0, 0]])
>>> other = Alternative([2.0], [2.0], [[0.0, -1, -1]])
>>> decide(THEOREM, frame, {"alternative": other}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.evidence import Alternative
from sparsebound.theory.extremal.uniqueness import halved_simplex, regular_simplex_and_a_pair
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_PAIRS, UNIQUE, Promise
from sparsebound.theory.quantities import spark
from sparsebound.theory.sources import DONOHO_ELAD_2003
from sparsebound.theory.theorem import Claim, Consequence, Mutant, Premise, Theorem


def premises(instance: Instance, *, strict: bool = True) -> Iterator[Premise]:
    """Fewer nonzeros than half the spark."""
    yield Premise("2 ||x||_0 < spark", 2 * instance.sparsity, spark(instance.D), strict)


def claims(instance: Instance, alternative: Alternative) -> Iterator[Claim]:
    """Every other code has more nonzeros."""
    s, other = instance.sparsity, alternative.sparsity
    yield Claim("||x||_0 + 1 <= ||z||_0", s + 1, other)
    yield Claim("spark <= ||x||_0 + ||z||_0", spark(instance.D), s + other)


THEOREM = Theorem(
    title="Uniqueness by spark",
    statement=r"y = D x, \; \|x\|_0 < \tfrac{1}{2} \operatorname{spark}(D) \implies "
    r"\|z\|_0 > \|x\|_0 \text{ for every } z \ne x \text{ with } D z = y",
    names=("sparsest code", "Kruskal rank"),
    source=DONOHO_ELAD_2003,
    proof="proofs/uniqueness/spark.v:spark",
    implies=(Consequence("uniqueness.deep", "layer by layer"),),
    premises=premises,
    claims=claims,
    sharp=regular_simplex_and_a_pair,
    mutants=(Mutant("premise < -> <=", {"strict": False}, halved_simplex, smallest=(3, 4)),),
    enumerates=True,
    promises=(Promise(UNIQUE, {"babel": BY_PAIRS}, ("2 ||x||_0 < spark",)),),
    effort=2,
    dictionaries=(
        "simplex",
        "cycle",
        "equiangular_plus",
        "graph",
        "integer",
        "tight_frame",
        "union_of_bases",
        "near_duplicate",
        "low_coherence",
        "gaussian",
    ),
)
