r"""Basis pursuit denoising comes near a sparse code.

Problem: a signal ``y`` with ``||y - D x|| <= eps``, ``k = ||x||_0``, and ``z`` a minimiser of
``||z||_1`` subject to ``||y - D z|| <= eps``.

Claim: if ``(4k - 1) mu < 1``, then ``||x - z||_2^2 <= 4 eps^2 / (1 - (4k - 1) mu)``.

Of the minimality of ``z`` the proof uses ``||z||_1 <= ||x||_1`` and nothing else, and so this is
the premise: it is computed for whatever point is given, the theorem is the stronger for it, and
no solver has to be trusted.

Why: ``h = x - z`` has ``||h||_1 <= 2 ||h_S||_1 <= 2 sqrt(k) ||h||``, and
``4 eps^2 >= ||D h||^2 >= (1 + mu) ||h||^2 - mu ||h||_1^2``.

Sharp at ``mu = 0``: the identity, a large code, noise against its signs.

Source: Donoho, Elad and Temlyakov 2006.

>>> from sparsebound.theory.evidence import Estimate
>>> from sparsebound.theory.verdict import decide
>>> found = Estimate(signals=[[63]], points=[[62]], eps=[1])
>>> verdict = decide(THEOREM, THEOREM.sharp(1), {"denoised": found})
>>> verdict.ratio, verdict.attained
(array([1.]), array([ True]))
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.extremal.stability import shrunk_identity
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import DENOISING, Constant, Promise
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.distances import code_energy
from sparsebound.theory.sources import DONOHO_ELAD_TEMLYAKOV_2006
from sparsebound.theory.stability.p0 import explained
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, denoised: Estimate) -> Iterator[Premise]:
    """Incoherent enough, and a code of no larger l1 norm that explains the signal as well."""
    k = instance.sparsity
    yield Premise("(4k - 1) mu < 1", (4 * k - 1) * coherence(instance.D), 1)
    norms = instance.D.relative_norms
    found, planted = ((norms * np.abs(codes)).sum(-1) for codes in (denoised.points, instance.X))
    yield Premise("||z||_1 - ||x||_1 <= 0", found - planted, 0, strict=False)
    yield from explained(instance, denoised)


def claims(
    instance: Instance, denoised: Estimate, *, constant: Fraction = Fraction(4)
) -> Iterator[Claim]:
    """The codes differ by no more than the noise allows."""
    distance = code_energy(instance.D, instance.lift(instance.X) - denoised.points)
    bound = _bound(instance, instance.lift(denoised.eps), constant)
    yield Claim("||x - z||^2 <= 4 eps^2 / (1 - (4k - 1) mu)", distance, bound)


def _bound(instance: Instance, eps: Number, constant: Fraction = Fraction(4)) -> Number:
    """Bound of the squared distance, shape (B,)."""
    return constant * eps**2 / (1 - (4 * instance.sparsity - 1) * coherence(instance.D))


def _factor(codes: Instance) -> Number:
    return _bound(codes, codes.lift(1)).sqrt()


THEOREM = Theorem(
    title="Stability of basis pursuit denoising",
    statement=r"\|y - D x\|_2 \le \varepsilon, \; k = \|x\|_0, \; (4k - 1) \mu(D) < 1, \; "
    r"z \in \operatorname{arg\,min} \{ \|z\|_1 : \|y - D z\|_2 \le \varepsilon \} \implies "
    r"\|x - z\|_2^2 \le \frac{4 \varepsilon^2}{1 - (4k - 1) \mu(D)}",
    names=("BPDN", "basis pursuit denoising"),
    source=DONOHO_ELAD_TEMLYAKOV_2006,
    proof="proofs/stability/bpdn.v:bpdn",
    premises=premises,
    claims=claims,
    sharp=shrunk_identity,
    mutants=(Mutant("4 -> 3.6", {"constant": Fraction(36, 10)}, smallest=(1, 1)),),
    promises=(
        Promise(
            DENOISING,
            {"coherence": "(4s - 1) mu < 1"},
            ("(4k - 1) mu < 1",),
            (Constant("||x - z||_2 / eps", "2 / sqrt(1 - v)", _factor),),
        ),
    ),
    # one atom needs a coherence below 1/3
    dictionaries=(
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "blocks",
        "transversal_design",
        "full_length",
    ),
)
