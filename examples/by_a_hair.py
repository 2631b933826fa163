"""A conjecture that is false by a hair: uniqueness up to (1.02 + 1/mu)/2 nonzeros.

The theorem says: a code with fewer than (1 + 1/mu)/2 nonzeros is the sparsest one. Is there room?

    sparsebound check --load examples/by_a_hair.py

There is none. The answer comes within seconds, as a simplex small enough to check by hand, with a
code and another one that is as sparse and represents the same signal.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.sources import Source
from sparsebound.theory.theorem import Premise, Theorem
from sparsebound.theory.uniqueness.coherence import claims


def premises(instance: Instance) -> Iterator[Premise]:
    """Sparse enough, by a little less than the theorem asks for."""
    s, mu = instance.sparsity, coherence(instance.D)
    yield Premise("||x||_0 < (1.02 + 1/mu)/2", (2 * s - Fraction(102, 100)) * mu, 1)


THEOREM = Theorem(
    title="Uniqueness by coherence, with a little more",
    statement=r"\|x\|_0 < \tfrac{1}{2} (1.02 + 1/\mu) \implies x \text{ is the sparsest code}",
    source=Source("A conjecture, for the sake of the example"),
    premises=premises,
    claims=claims,
    enumerates=True,
    conjecture=True,
)
