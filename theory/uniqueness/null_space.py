r"""The null space property: exactly when basis pursuit recovers every sparse code.

Problem: ``c(s) = max ||h_S||_1 / ||h_{S^c}||_1`` over ``|S| = s`` and null vectors ``h != 0``.

Claim: basis pursuit recovers every ``s``-sparse code, as the unique minimiser, if and only if
``c(s) < 1``. Forwards: the value that decides recovery of a code with ``s`` nonzeros is at most
``c(s)``. Backwards: where ``c(s) >= 1``, the circuit that attains it splits into an ``s``-sparse
code and another representation of the same signal with an l1 norm that is not larger.

Why: ``||x + h||_1 >= ||x||_1 - ||h_S||_1 + ||h_{S^c}||_1``, which exceeds ``||x||_1`` for all null
vectors if ``c(s) < 1``. If not, ``x = h_S`` and ``z = -h_{S^c}`` have the same signal and
``||z||_1 <= ||x||_1``. The maximum is attained at a circuit: a null vector of minimal support.

Sharp: the value of the hardest code equals ``c(s)``.

The constant comes from the circuits, the value from a linear program: two independent ways.

Source: Gribonval and Nielsen 2003.

>>> from sparsebound.theory.evidence import RecoveryCertificate
>>> from sparsebound.theory.verdict import decide
>>> frame = THEOREM.sharp(1)
>>> certificate = RecoveryCertificate([[0, 0, 0]], [[1, 1, 1]])
>>> decide(THEOREM, frame, {"linear_program": certificate}).attained
array([ True])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Number
from sparsebound.theory.evidence import RecoveryCertificate
from sparsebound.theory.extremal.uniqueness import any_atom_of_a_frame, one_more_than_recovered
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities import (
    circuits,
    independence,
    null_space_constant,
    recovery_value,
    spark,
    worst_codes,
)
from sparsebound.theory.sources import GRIBONVAL_NIELSEN_2003
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, *, extra: int = 0) -> Iterator[Premise]:
    """A code whose atoms are independent; others cannot be unique."""
    yield Premise("D_S has full column rank", 0, independence(instance.D, instance.support))
    yield Premise("extra <= ||x||_0", extra, instance.sparsity, strict=False)


def claims(
    instance: Instance, linear_program: RecoveryCertificate, *, extra: int = 0
) -> Iterator[Claim]:
    """Recovery of every code, or a code that is not recovered."""
    s = instance.sparsity - extra
    constant = null_space_constant(instance.D, s)
    constant = constant.where(s < spark(instance.D).mid, np.inf)
    below = (1 - constant).sign == 1
    value = recovery_value(instance, linear_program)
    yield Claim("recovered where c(s) < 1", value.where(below, 0), 1, strict=True)
    yield Claim("value <= c(s)", value, constant)
    if not below.all():
        rival = _rivals(instance.D, s).where(~below, 0)
        yield Claim("a code not recovered where c(s) >= 1", rival, 1)


def _rivals(D: Dictionary, s: IntArray) -> Number:
    """Least l1 norm of the rest of a circuit, relative to its s largest entries; shape of s.

    Those entries are an s-sparse code, the rest represents the same signal with the other sign.
    """
    vectors = circuits(D) * D.relative_norms
    rivals = D.arithmetic.of(np.zeros(len(s)))
    for sparsity in np.unique(s):
        inside = worst_codes(D, int(sparsity)) != 0
        code = abs(vectors.where(inside, 0)).sum(-1)
        rest = abs(vectors.where(~inside, 0)).sum(-1)
        present = code.sign == 1
        least = (rest / code.where(present, 1)).where(present, np.inf).min(0)
        rivals = rivals.where(s != sparsity, least)
    return rivals


THEOREM = Theorem(
    title="Null space property",
    statement=r"\text{basis pursuit recovers every } s\text{-sparse code} \iff "
    r"\max\limits_{|S| = s, \, h \in \ker D \setminus 0} "
    r"\frac{\| h_S \|_1}{\| h_{S^c} \|_1} < 1",
    names=("NSP", "null space property", "instance optimality"),
    source=GRIBONVAL_NIELSEN_2003,
    proof="proofs/uniqueness/null_space.v:null_space",
    premises=premises,
    claims=claims,
    sharp=any_atom_of_a_frame,
    mutants=(Mutant("s -> s + 1", {"extra": 1}, one_more_than_recovered, smallest=(3, 3)),),
    enumerates=True,
    effort=3,
    # not the tight frames: with irrational entries their many optima differ by rounding alone,
    # and no solver's certificate can tell which of them is largest
    dictionaries=(
        "orthonormal",
        "simplex",
        "equiangular",
        "equiangular_plus",
        "cycle",
        "graph",
        "integer",
        "union_of_bases",
        "blocks",
        "circular",
        "full_length",
        "near_duplicate",
        "low_coherence",
        "gaussian",
    ),
)
