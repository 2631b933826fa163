r"""Codes that are only nearly sparse: how far another code of the same signal may be.

Problem: any code ``x``, dense or not, and another one, ``z``, with ``D z = D x``; above all one of
the least l1 norm, as basis pursuit finds it. ``sigma_s(x)`` is the sum of all but the ``s`` largest
``|x_i|``, and ``rho`` the null space constant: the largest ``||h_S||_1 / ||h_{S^c}||_1`` over
``|S| = s`` and null vectors ``h``. Codes are coordinates with respect to the normalised atoms.

Claim: if ``rho < 1``, ``||z - x||_1 <= (1 + rho)/(1 - rho) (2 sigma_s(x) + ||z||_1 - ||x||_1)``. So
for a minimiser it is at most ``2 (1 + rho)/(1 - rho) sigma_s(x)``, and basis pursuit is nearly
right where a code is nearly sparse. By the coherence alone, with ``theta = s mu/(1 + mu)``:
``(1 - 2 theta) ||z - x||_1 <= 2 sigma_s(x) + ||z||_1 - ||x||_1``.

Why: let ``h = z - x``, and ``S`` the places of the ``s`` largest entries of ``x``. Then
``||x + h||_1 >= ||x_S||_1 - ||h_S||_1 + ||h_{S^c}||_1 - ||x_{S^c}||_1``, so
``||h_{S^c}||_1 - ||h_S||_1 <= 2 sigma_s(x) + ||z||_1 - ||x||_1``. The left side is at least
``(1 - rho) ||h_{S^c}||_1``, and ``||h||_1 <= (1 + rho) ||h_{S^c}||_1``. By the coherence,
``(1 + mu) |h_i| <= mu ||h||_1`` for null vectors, so ``||h_S||_1 <= theta ||h||_1``.

Sharp: a simplex of ``m + 1`` atoms, m odd, and ``s < (m + 1)/2``: a code of -1 on half of the atoms
and one of 1 on the other half, both minimisers.

Source: Cohen, Dahmen and DeVore 2009; Foucart and Rauhut 2013.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"compressible": experiment.settings["compressible"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.compressible import Compressible
from sparsebound.theory.extremal.compressible import two_halves_of_a_simplex
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities import coherence, null_space_constant, spark
from sparsebound.theory.quantities.recovery import null_vectors
from sparsebound.theory.sources import COHEN_DAHMEN_DEVORE_2009, FOUCART_RAUHUT_BOOK_2013
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance) -> Iterator[Premise]:
    """Null vectors that are not concentrated on as many places as the code has."""
    yield Premise("rho < 1", _constant(instance), 1)


def claims(
    instance: Instance,
    compressible: Compressible,
    *,
    twice: Fraction = Fraction(2),
    outside: int = 1,
) -> Iterator[Claim]:
    """The distance to another code, by the null space constant and by the coherence."""
    norms = instance.D.relative_norms
    code = instance.lift(instance.X + compressible.tail) * norms
    null = null_vectors(instance, compressible.null)
    rest = all_but_the_largest(abs(code))[np.arange(len(instance)), instance.sparsity]
    moves = np.asarray(null.sign != 0)
    longer = (abs(code + null) - abs(code)).where(moves, 0).sum(-1)
    allowed = twice * rest + longer
    distance = abs(null).sum(-1)
    rho = _constant(instance)
    yield Claim(
        "(1 - rho) ||z - x||_1 <= (1 + rho) (2 sigma_s(x) + ||z||_1 - ||x||_1)",
        (1 - rho) * distance,
        (1 + outside * rho) * allowed,
    )
    name = "(1 - 2 theta) ||z - x||_1 <= 2 sigma_s(x) + ||z||_1 - ||x||_1"
    yield Claim(name, room(instance.sparsity, coherence(instance.D)) * distance, allowed)


def all_but_the_largest(sizes: Number) -> Number:
    """``sigma_s`` of sizes (..., n), the sum of all but the ``s`` largest, for ``s = 0, ..., n``.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> all_but_the_largest(Ball([1.0, 4, 2])).mid
    array([7., 3., 1., 0.])
    """
    return (0 - (-sizes).largest_sums())[..., ::-1]


def room(s: Any, mu: Number) -> Number:
    """``1 - 2 theta``, ``theta = s mu/(1 + mu)``: the share of a null vector that is left over.

    Examples
    --------
    >>> room(1, Fraction(1, 3))
    Fraction(1, 2)
    """
    left: Number = 1 - 2 * (s * mu / (1 + mu))
    return left


def _constant(instance: Instance) -> Number:
    """The null space constant of each code's sparsity, infinite where atoms are dependent."""
    s = instance.sparsity
    return null_space_constant(instance.D, s).where(s < spark(instance.D).mid, np.inf)


THEOREM = Theorem(
    title="Codes that are only nearly sparse",
    statement=r"\rho = \max\limits_{|S| = s, \, h \in \ker D \setminus 0} "
    r"\frac{\| h_S \|_1}{\| h_{S^c} \|_1} < 1, \; D z = D x, \; \|z\|_1 \le \|x\|_1 \implies "
    r"\| z - x \|_1 \le 2 \, \frac{1 + \rho}{1 - \rho} \, \sigma_s(x)",
    names=("compressible signals", "NSP", "null space property", "instance optimality"),
    source=COHEN_DAHMEN_DEVORE_2009 & FOUCART_RAUHUT_BOOK_2013,
    premises=premises,
    claims=claims,
    sharp=two_halves_of_a_simplex,
    mutants=(
        Mutant("2 -> 1.9", {"twice": Fraction(19, 10)}, smallest=(3, 4)),
        Mutant("1 + rho -> 1", {"outside": 0}, smallest=(3, 4)),
    ),
    enumerates=True,
)
