r"""What it costs to remove atoms that are used.

Problem: a code ``x``, with respect to normalised atoms; atoms ``R`` of its support, ``r`` of them,
are removed. Another code ``z`` has zeros there, and differs from ``x`` on ``k`` further atoms at
most, of the support or not.

Claim: if ``(k + r - 1) mu < 1``, every such ``z`` misses the signal by
``||D (x - z)||^2 >= (1 + mu) (1 - (k+r-1) mu)/(1 - (k-1) mu) ||x_R||^2``. The one that is ``x`` off
``R`` misses it by ``||D_R x_R||^2 <= (1 + (r-1) mu) ||x_R||^2``, and the best one by no more.

Why: for ``u = x - z``, ``||D u||^2 >= (1 + mu) ||u||^2 - mu ||u||_1^2``. With ``a = ||x_R||_1`` and
``c = ||u||_1 - a``, that of the entries off ``R``, whose squares sum to at least ``c^2/k``, this is
least for ``c = k mu a/(1 - (k-1) mu)``; then ``a^2 <= r ||x_R||^2``. From above,
``||D_R x_R||^2 <= (1 - mu) ||x_R||^2 + mu a^2``.

Sharp: atoms with all inner products ``-mu``, constant codes; from above, with ``+mu``.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, {"removal": experiment.settings["removal"]}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.evidence.selection import Removal
from sparsebound.theory.extremal.selection import equal_codes, two_atoms_removed
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.distances import code_energy
from sparsebound.theory.quantities.selection import signal_energy
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, removal: Removal) -> Iterator[Premise]:
    """Few atoms, of the support, are removed, and few entries beside them are changed."""
    beyond = (removal.removed & ~instance.support).sum(axis=1)
    yield Premise("R is within S", beyond, 0, strict=False, measured=False)
    inside = np.where(removal.removed, abs(removal.points), 0.0).max(axis=1)
    yield Premise("z = 0 on R", inside, 0, strict=False, measured=False)
    k, r = removal.sizes(instance.X)
    yield Premise("(k + r - 1) mu < 1", (k + r - 1) * coherence(instance.D), 1)


def claims(
    instance: Instance, removal: Removal, *, fewer: int = 1, above: int = 1
) -> Iterator[Claim]:
    """What every code misses, and what one of them does not."""
    mu, (k, r) = coherence(instance.D), removal.sizes(instance.X)
    on = instance.lift(np.where(removal.removed, instance.X, 0.0))
    size = code_energy(instance.D, on)
    room = 1 - (k - 1) * mu
    least = (1 + mu) * (1 - (k + r - fewer) * mu) / room * size
    missed = signal_energy(instance, instance.lift(instance.X) - removal.points)
    name = "(1 + mu) (1 - (k+r-1) mu)/(1 - (k-1) mu) ||x_R||^2 <= ||D (x - z)||^2"
    yield Claim(name, least, missed)
    most = (1 + above * np.maximum(r - 1, 0) * mu) * size
    yield Claim("||D_R x_R||^2 <= (1 + (r-1) mu) ||x_R||^2", signal_energy(instance, on), most)


THEOREM = Theorem(
    title="The cost of removing atoms",
    statement=r"z_R = 0, \; |R| = r, \; \| x - z \|_0 \le k + r, \; (k + r - 1) \mu < 1 \implies "
    r"\| D (x - z) \|_2^2 \ge (1 + \mu) \frac{1 - (k + r - 1) \mu}{1 - (k - 1) \mu} \| x_R \|_2^2; "
    r"\quad \| D_R x_R \|_2^2 \le (1 + (r - 1) \mu) \| x_R \|_2^2",
    names=("pruning", "feature ablation", "reconstruction error"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=equal_codes,
    mutants=(
        Mutant("k + r - 1 -> k + r - 2", {"fewer": 2}, smallest=(3, 2)),
        Mutant("(r - 1) mu dropped", {"above": 0}, two_atoms_removed, smallest=(4, 3)),
    ),
)
