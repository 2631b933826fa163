r"""A code sparse enough for the coherence is what basis pursuit finds.

Problem: minimise ``||z||_1`` subject to ``D z = D x``.

Claim: if ``||x||_0 < (1 + 1/mu)/2``, then ``x`` is the unique minimiser: the value of ``max
<sign(x_S), h_S>`` over ``D h = 0``, ``||h_{S^c}||_1 <= 1`` is below 1. It is at most
``theta / (1 - theta)`` with ``theta = s mu / (1 + mu)``.

Why: for a null vector ``h``, ``|h_i| <= mu (||h||_1 - |h_i|)`` from ``0 = <d_i, D h>``, so
``|h_i| <= mu / (1 + mu) ||h||_1`` and ``||h_S||_1 <= theta ||h||_1``; for ``theta < 1/2`` that is
less than ``||h_{S^c}||_1``, and ``||x + h||_1 > ||x||_1``.

Sharp: equiangular tight frames and regular simplexes.

Checked by a dual certificate from above and a null vector from below.

Source: Donoho and Elad 2003; Gribonval and Nielsen 2003; the certificate, Fuchs 2004.

>>> from sparsebound.theory.evidence import RecoveryCertificate
>>> from sparsebound.theory.verdict import decide
>>> simplex = THEOREM.sharp(2)
>>> certificate = RecoveryCertificate([[0, 0, 0]], [[1, 1, 1, 1]])
>>> decide(THEOREM, simplex, {"certificate": certificate}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

from sparsebound.theory.evidence import RecoveryCertificate
from sparsebound.theory.extremal.uniqueness import halved_simplex, regular_simplex
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_COHERENCE, PURSUIT, Promise
from sparsebound.theory.quantities import coherence, recovery_value
from sparsebound.theory.sources import DONOHO_ELAD_2003, FUCHS_2004, GRIBONVAL_NIELSEN_2003
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, strict: bool = True) -> Iterator[Premise]:
    """Sparse enough for the coherence."""
    s = instance.sparsity
    yield Premise("(2 ||x||_0 - 1) mu < 1", (2 * s - 1) * coherence(instance.D), 1, strict)


def claims(instance: Instance, certificate: RecoveryCertificate) -> Iterator[Claim]:
    """The code is the unique minimiser, with a margin."""
    value = recovery_value(instance, certificate)
    mu = coherence(instance.D)
    theta = instance.sparsity * mu / (1 + mu)
    yield Claim("unique minimiser of the l1 norm", value, 1, strict=True)
    yield Claim("value <= theta / (1 - theta)", value, theta / (1 - theta))


THEOREM = Theorem(
    title="Basis pursuit by coherence",
    statement=r"\|x\|_0 < \tfrac{1}{2} \Bigl( 1 + \frac{1}{\mu(D)} \Bigr) \implies "
    r"x = \operatorname{arg\,min} \{ \|z\|_1 : D z = D x \}, \text{ uniquely}",
    names=("BP", "l1 minimisation", "dual certificate"),
    source=DONOHO_ELAD_2003 & GRIBONVAL_NIELSEN_2003 & FUCHS_2004,
    proof="proofs/uniqueness/basis_pursuit.v:basis_pursuit",
    premises=premises,
    claims=claims,
    sharp=regular_simplex,
    mutants=(Mutant("premise < -> <=", {"strict": False}, halved_simplex, smallest=(3, 4)),),
    promises=(Promise(PURSUIT, {"coherence": BY_COHERENCE}, ("(2 ||x||_0 - 1) mu < 1",)),),
)
