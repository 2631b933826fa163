r"""A smooth penalty on inner products, and what it says of the coherence.

Problem: unit atoms, ``Phi_p(D) = (sum_{i != j} |<d_i, d_j>|^{2p})^{1/(2p)}`` over ordered pairs, 0
for one atom; checked for ``p = 1, 2, 4`` by ``2p``-th powers.

Claim: ``2^{1/(2p)} mu <= Phi_p <= (n(n - 1))^{1/(2p)} mu``. Hence ``Phi_p < 2^{1/(2p)}/(2s - 1)``
switches the certificate of ``s`` nonzeros on, ``(2s - 1) mu < 1``; for ``p = 1`` this is
``||D^T D - I||_F < sqrt 2/(2s - 1)``, the usual orthogonality penalty. Trained atoms have to be
normalised first.

Why: the largest term occurs at least twice, as ``(i, j)`` and ``(j, i)``, and none of the
``n(n - 1)`` terms is larger. So ``(2s - 1) mu <= (2s - 1) Phi_p / 2^{1/(2p)} < 1``.

Sharp: on the left one coherent pair among orthogonal atoms; on the right equiangular ones; on both
sides two atoms.

Source: frame potentials are Benedetto and Fickus 2003; stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> decide(THEOREM, THEOREM.sharp(1)).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.training import power
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.extremal.training import coherent_pair, equal_angles, equal_atoms
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.sources import BENEDETTO_FICKUS_2003, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Theorem

EXPONENTS = (1, 2, 4)
"""The numbers p that are tried."""


def claims(
    instance: Instance,
    *,
    share: Fraction = Fraction(1),
    halved: bool = False,
    strict: bool = True,
) -> Iterator[Claim]:
    """Both sides for each exponent, and the certificates that the penalty switches on."""
    n = instance.D.shape[1]
    squares = _squares(instance.D)
    largest = squares.max(-1).max(-1).reshape(1)
    odd = instance.lift((2 * np.arange(1, n + 2) - 1) ** 2)
    for p in EXPONENTS:
        top, total = power(largest, p), power(squares, p).sum(-1).sum(-1).reshape(1)
        yield Claim("2^{1/(2p)} mu <= Phi_p", top * 2, total * share ** (2 * p))
        both = (total * total, top * top) if halved else (total, top)
        yield Claim("Phi_p <= (n(n - 1))^{1/(2p)} mu", both[0], both[1] * (n * (n - 1)))
        penalty = (power(odd, p) * total).compared(2)
        on = (penalty != 1) & ((penalty != 0) | (not strict))
        name = "(2s - 1) mu < 1 where Phi_p < 2^{1/(2p)}/(2s - 1)"
        yield Claim(
            name, (odd * largest).where(on, 0).reshape(1, -1), 1, strict=True, measured=False
        )


def _squares(D: Dictionary) -> Number:
    """Squared inner products of normalised atoms, rational, without the diagonal; (n, n)."""
    n, sizes = D.shape[1], D.scaled_squares
    inner = D.scaled_gram * D.scaled_gram / (sizes.reshape(n, 1) * sizes.reshape(1, n))
    return inner.where(~np.eye(n, dtype=bool), 0)


THEOREM = Theorem(
    title="A penalty on inner products bounds the coherence",
    statement=r"\Phi_p = \bigl( \sum\limits_{i \ne j} | \langle d_i, d_j \rangle |^{2p} "
    r"\bigr)^{1/(2p)} \implies 2^{1/(2p)} \mu \le \Phi_p \le (n (n - 1))^{1/(2p)} \mu; \quad "
    r"\Phi_p < \frac{2^{1/(2p)}}{2 s - 1} \implies (2 s - 1) \mu < 1",
    names=("orthogonality penalty", "frame potential", "decorrelation loss"),
    source=BENEDETTO_FICKUS_2003 & INDEPENDENT,
    claims=claims,
    sharp=coherent_pair,
    mutants=(
        Mutant("mu <= 0.95 * 2^{-1/(2p)} Phi_p", {"share": Fraction(95, 100)}, smallest=(2, 2)),
        Mutant("exponent on the right halved", {"halved": True}, equal_angles, smallest=(2, 2)),
        Mutant("certificate at equality as well", {"strict": False}, equal_atoms, smallest=(1, 2)),
    ),
    about="dictionary",
)
