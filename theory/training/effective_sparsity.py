r"""The ratio of two norms bounds the number of nonzeros from below, and the rest of a code.

Problem: a code ``x != 0``; ``x_s`` keeps its ``s`` entries of largest modulus, ``s >= 1``.

Claim: ``||x||_0 >= (||x||_1/||x||_2)^2``, and ``||x - x_s||_2 <= ||x||_1/(2 sqrt s)`` for every
``s``. From above, the Hoyer measure bounds no number of nonzeros.

Why: the first is Cauchy and Schwarz on the support. For the second (Stechkin), let ``t`` be the
``s``-th largest modulus, ``a = ||x_s||_1 >= s t`` and ``b = ||x - x_s||_1``. Entries of ``x - x_s``
are at most ``t``, so ``||x - x_s||_2^2 <= t b <= a b/s <= (a + b)^2/(4 s)``.

Sharp: entries of one modulus for the first; ``2 s`` of them for the second.

Source: Foucart and Rauhut 2013, Theorem 2.5.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, Instance([[1, 0], [0, 1]], [[1, 1], [2, 1]])).ratio
array([1. , 0.9])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.extremal.training import flat_code, uneven_code
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import FOUCART_RAUHUT_2013
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """Something to measure."""
    yield Premise("x != 0", 0, instance.sparsity)


def claims(
    instance: Instance, *, turned: bool = False, constant: Fraction = Fraction(1, 2)
) -> Iterator[Claim]:
    """The number of nonzeros, and what is left beyond each number of entries."""
    x = instance.lift(instance.X)
    squares, norm = x * x, _norm(instance)
    least, most = norm * norm, squares.sum(-1) * instance.sparsity
    if turned:
        least, most = most, least
    yield Claim("||x||_1^2 <= ||x||_0 ||x||_2^2", least, most)
    sums = squares.largest_sums()[:, 1:]
    n = x.shape[1]
    rest = (sums[:, -1:] - sums) * np.arange(1, n + 1)
    name = "s ||x - x_s||_2^2 <= ||x||_1^2/4"
    yield Claim(name, rest, (norm * norm * constant * constant).reshape(-1, 1), axes=NUMBERS)


def _norm(instance: Instance) -> Number:
    """``||x||_1``, shape (B,)."""
    return abs(instance.lift(instance.X)).sum(-1)


NUMBERS = (("nonzeros", 1),)
"""Of what is claimed for each s."""

THEOREM = Theorem(
    title="What the Hoyer measure bounds",
    statement=r"\| x \|_0 \ge \frac{\| x \|_1^2}{\| x \|_2^2}, \quad "
    r"\| x - x_s \|_2 \le \frac{\| x \|_1}{2 \sqrt{s}}",
    names=("Hoyer measure", "effective sparsity", "compressible", "Stechkin"),
    source=FOUCART_RAUHUT_2013,
    proof="proofs/training/effective_sparsity.v:effective_sparsity",
    premises=premises,
    claims=claims,
    sharp=flat_code,
    mutants=(
        Mutant("turned round", {"turned": True}, uneven_code, smallest=(2, 2)),
        Mutant("1/2 -> 0.45", {"constant": Fraction(45, 100)}, smallest=(2, 2)),
    ),
)
