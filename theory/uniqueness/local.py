r"""A code that is sparse everywhere is the locally sparsest one.

Problem: ``y = D x`` without noise; ``s_loc`` counts the atoms of a support that meet one atom.

Claim: if ``s_loc(x) < (1 + 1/mu)/2``, stated as ``(2 s_loc(x) - 1) mu < 1``, every ``z != x`` with
``D z = y`` has ``s_loc(z) > s_loc(x)``; and always ``s_loc(x) + s_loc(z) >= 1 + 1/mu``. The number
of nonzeros may grow with the length of the signal, and exceed that of another code.

Why: for the null vector ``h = z - x``, take ``|h_i|`` largest: ``0 = <d_i, D h>`` has at most
``s_loc(h) - 1`` further terms, so ``|h_i| <= mu (s_loc(h) - 1) |h_i|``, ``s_loc(h) >= 1 + 1/mu``,
and ``s_loc(h) <= s_loc(x) + s_loc(z)``.

Sharp: block-diagonal copies of simplexes.

Checked by exhaustive search over supports, in exact arithmetic.

Source: Papyan, Sulam and Elad 2017.

>>> from sparsebound.theory.evidence import Alternative
>>> from sparsebound.theory.verdict import decide
>>> blocks = THEOREM.sharp(1)
>>> other = Alternative([3.0], [3.0], [[0.0, -1, -1, -1]])
>>> decide(THEOREM, blocks, {"alternative": other}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.evidence import Alternative
from sparsebound.theory.extremal.uniqueness import halved_simplex_blocks, simplex_blocks
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_LOCAL, LOCALLY_UNIQUE, Promise
from sparsebound.theory.quantities import coherence, local_sparsity
from sparsebound.theory.sources import PAPYAN_SULAM_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, strict: bool = True) -> Iterator[Premise]:
    """Locally sparse enough for the coherence."""
    local = local_sparsity(instance.D, instance.support)
    yield Premise("(2 s_loc - 1) mu < 1", (2 * local - 1) * coherence(instance.D), 1, strict)


def claims(instance: Instance, alternative: Alternative) -> Iterator[Claim]:
    """Every other code is locally less sparse."""
    local, other = local_sparsity(instance.D, instance.support), alternative.local_sparsity
    yield Claim("s_loc(x) + 1 <= s_loc(z)", local + 1, other)
    exists = np.isfinite(other)
    together = (np.where(exists, local + other, 0) - 1) * coherence(instance.D)
    yield Claim("1 + 1/mu <= s_loc(x) + s_loc(z)", 1, together.where(exists, np.inf))


THEOREM = Theorem(
    title="Local uniqueness",
    statement=r"y = D x, \; s_{loc}(x) < \tfrac{1}{2} \Bigl( 1 + \frac{1}{\mu(D)} \Bigr) \implies "
    r"s_{loc}(z) > s_{loc}(x) \text{ for every } z \ne x \text{ with } D z = y",
    names=("CSC", "stripe norm"),
    source=PAPYAN_SULAM_ELAD_2017,
    proof="proofs/uniqueness/local.v:local",
    premises=premises,
    claims=claims,
    sharp=simplex_blocks,
    mutants=(Mutant("premise < -> <=", {"strict": False}, halved_simplex_blocks, smallest=(3, 4)),),
    dictionaries=("blocks", "circular", "full_length", "graph", "simplex", "orthonormal"),
    enumerates=True,
    promises=(Promise(LOCALLY_UNIQUE, {"local": BY_LOCAL}, ("(2 s_loc - 1) mu < 1",)),),
)
