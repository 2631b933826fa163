r"""A code sparse enough for the coherence is the sparsest one.

Problem: ``y = D x`` without noise.

Claim: if ``||x||_0 < (1 + 1/mu)/2``, stated as ``(2 ||x||_0 - 1) mu < 1``, every ``z != x`` with
``D z = y`` has ``||z||_0 > ||x||_0``; and always ``||x||_0 + ||z||_0 >= 1 + 1/mu``, stated as
``1 <= (||x||_0 + ||z||_0 - 1) mu``.

Why: ``z - x`` is a null vector with at most ``||x||_0 + ||z||_0`` nonzeros, and a null vector has
at least ``1 + 1/mu`` of them (``dictionary.spark_coherence``).

Sharp: the regular simplex; at equality of the premise uniqueness fails there for odd ``m``.

Checked by exhaustive search over supports, in exact arithmetic.

Source: Donoho and Elad 2003; Gribonval and Nielsen 2003.

>>> from sparsebound.theory.evidence import Alternative
>>> from sparsebound.theory.verdict import decide
>>> frame = Instance([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]], [[1, 0, 0]])
>>> other = Alternative([2.0], [2.0], [[0.0, -1, -1]])
>>> decide(THEOREM, frame, {"alternative": other}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.evidence import Alternative
from sparsebound.theory.extremal.uniqueness import halved_simplex, regular_simplex
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_COHERENCE, UNIQUE, Promise
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import DONOHO_ELAD_2003, GRIBONVAL_NIELSEN_2003
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, strict: bool = True) -> Iterator[Premise]:
    """Sparse enough for the coherence."""
    s = instance.sparsity
    yield Premise("(2 ||x||_0 - 1) mu < 1", (2 * s - 1) * coherence(instance.D), 1, strict)


def claims(instance: Instance, alternative: Alternative) -> Iterator[Claim]:
    """Every other code has more nonzeros."""
    s, other = instance.sparsity, alternative.sparsity
    yield Claim("||x||_0 + 1 <= ||z||_0", s + 1, other)
    exists = np.isfinite(other)
    together = (np.where(exists, s + other, 0) - 1) * coherence(instance.D)
    yield Claim("1 + 1/mu <= ||x||_0 + ||z||_0", 1, together.where(exists, np.inf))


THEOREM = Theorem(
    title="Uniqueness by coherence",
    statement=r"y = D x, \; \|x\|_0 < \tfrac{1}{2} \Bigl( 1 + \frac{1}{\mu(D)} \Bigr) \implies "
    r"\|z\|_0 > \|x\|_0 \text{ for every } z \ne x \text{ with } D z = y",
    names=("sparsest code",),
    source=DONOHO_ELAD_2003 & GRIBONVAL_NIELSEN_2003,
    proof="proofs/uniqueness/coherence.v:coherence",
    premises=premises,
    claims=claims,
    sharp=regular_simplex,
    mutants=(Mutant("premise < -> <=", {"strict": False}, halved_simplex, smallest=(3, 4)),),
    enumerates=True,
    promises=(Promise(UNIQUE, {"coherence": BY_COHERENCE}, ("(2 ||x||_0 - 1) mu < 1",)),),
)
