r"""What merging two atoms does to the coherence.

Problem: at least three atoms. Two of them, with ``c = |<d_i, d_j>|``, are replaced by their
normalised sum ``d'``, with signs aligned, so that their product is ``+c``; if it is 0, by either.

Claim: ``|<d_l, d'>| <= sqrt(2/(1 + c)) mu`` for every other atom, so that the coherence is at most
that number. (Removing an atom is free: the coherence, the Babel function and ``delta_k`` become
maxima over fewer atoms, and the spark the least size of fewer dependent sets.)

Why: ``|<d_l, d_i +- d_j>| <= 2 mu``, over ``||d_i +- d_j|| = sqrt(2 + 2 c)``. The factor is at
least 1, and so no other pair needs a case.

Sharp: three atoms whose inner products are all equal, and positive.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(2)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.extremal.selection import three_equal_products
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.selection import merged_products
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """An atom beside the two."""
    yield Premise("3 <= n", 3, instance.D.shape[1], strict=False)


def claims(instance: Instance, *, free: bool = False) -> Iterator[Claim]:
    """Merging costs a factor."""
    D = instance.D
    if D.shape[1] < 3:
        return
    products, c = merged_products(D)
    square = coherence(D) * coherence(D)
    bound = square + 0 * c if free else square * 2 / (1 + c)
    name = "|<d_l, d'>|^2 <= 2 mu^2/(1 + c)"
    yield Claim(name, products.reshape(1, -1), bound.reshape(1, -1))


THEOREM = Theorem(
    title="The cost of merging two atoms",
    statement=r"c = | \langle d_i, d_j \rangle | \implies | \langle d_l, d' \rangle | \le "
    r"\sqrt{\frac{2}{1 + c}} \, \mu(D) \text{ for } l \ne i, j",
    names=("pruning", "merging features", "feature splitting"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=three_equal_products,
    mutants=(Mutant("merging is free", {"free": True}, smallest=(4, 3)),),
    about="dictionary",
)
