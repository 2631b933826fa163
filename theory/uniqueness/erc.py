r"""Tropp's condition: basis pursuit and orthogonal matching pursuit find the code.

Problem: ``y = D x`` without noise, ``x`` with support ``S``.

Claim: if the atoms of ``S`` are independent and ``ERC(S) < 1``, then ``x`` is the unique solution
of basis pursuit (the value that decides this is at most ``ERC(S)``), and orthogonal matching
pursuit selects the atoms of ``S`` and no others, in exactly ``|S|`` steps.

A pursuit in floating point may pick any atom of which no other one is ahead by more than rounding
explains, as :func:`sparsebound.theory.analysis.floating_point.pursuit` bounds it: this is claimed
of every pick, along the picks before. That picks are the support is claimed where they are clear of
rounding: a residual within ``span(D_S)`` has a correlation of at least
``lambda_min(D_S^T D_S) |x|_min / sqrt(s)`` with some atom of ``S``, those off ``S`` are smaller by
the factor ``ERC(S)``, and the difference has to exceed the rounding of both. A set of atoms without
an order is undecided elsewhere, unless it is right.

Where picks are clear of rounding, the points are held against the signals, to the tolerance that a
pursuit states.

Why: for a null vector ``h``, ``h_S = -sum_{j not in S} h_j pinv(D_S) d_j``, so
``||h_S||_1 <= ERC(S) ||h_{S^c}||_1``. And for a residual ``r`` in ``span(D_S)``,
``r = pinv(D_S)^T D_S^T r``, so ``|<d_j, r>| <= ERC(S) ||D_S^T r||_inf`` off ``S``: the pursuit
picks within ``S``, each atom once, as the residual is orthogonal to those it has.

Sharp: regular simplexes, where the value equals ``ERC(S)``.

Source: Tropp 2004.

>>> from sparsebound.theory.evidence import Pursuit, no_certificate
>>> from sparsebound.theory.verdict import decide
>>> instance = Instance([[1, 0, 1], [0, 1, 2]], [[1, 0, 0]])
>>> run = Pursuit([[0]], [[1.0, 0, 0]], [1e-6])
>>> verdict = decide(THEOREM, instance, {"certificate": no_certificate(1, 2, 3), "pursuit": run})
>>> verdict.status
array([1], dtype=int8)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.analysis import floating_point
from sparsebound.theory.analysis.floating_point import norms_of, told
from sparsebound.theory.analysis.greedy import along
from sparsebound.theory.arithmetic import Ball, Enclosure, Mask, Number
from sparsebound.theory.evidence import Pursuit, RecoveryCertificate
from sparsebound.theory.extremal.uniqueness import (
    diagonal_atom,
    halved_simplex,
    regular_simplex_and_a_pair,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_BABEL, BY_COHERENCE, GREEDY, PURSUIT, Promise
from sparsebound.theory.quantities import exact_recovery_coefficient, recovery_value
from sparsebound.theory.quantities.supports import (
    astray,
    selected,
    support_gram,
    support_independence,
)
from sparsebound.theory.sources import TROPP_2004
from sparsebound.theory.theorem import (
    ATOMS,
    STEPS,
    Claim,
    Consequence,
    Mutant,
    Premise,
    Theorem,
)


def premises(
    instance: Instance, *, limit: Fraction = Fraction(1), strict: bool = True
) -> Iterator[Premise]:
    """No noise, independent atoms, and Tropp's coefficient below 1."""
    yield Premise("e = 0", np.abs(instance.E).max(axis=1, initial=0), 0, strict=False)
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    yield Premise("ERC(S) < 1", exact_recovery_coefficient(instance), limit, strict)


def claims(
    instance: Instance, certificate: RecoveryCertificate, pursuit: Pursuit
) -> Iterator[Claim]:
    """Both algorithms recover the code."""
    value = recovery_value(instance, certificate)
    yield Claim("unique minimiser of the l1 norm", value, 1, strict=True)
    yield Claim("value <= ERC(S)", value, exact_recovery_coefficient(instance))
    s, (clear, ended) = instance.sparsity, _clear_of_rounding(instance, pursuit)
    if pursuit.ordered:
        seen = along(instance, instance.Y, pursuit, int(s.max(initial=0)))
        yield from seen.choices()
        yield from seen.ends(pursuit.tolerance * norms_of(instance.Y.mid))

    def where(sure: Mask, found: NDArray[Any]) -> Number | Enclosure:
        """What is surely wrong; where rounding may be the cause, picks in their order are right."""
        number = instance.lift(found * 1.0)
        return number.where(sure, 0) if pursuit.ordered else told(number, sure)

    chosen, taken = selected(pursuit.picks, instance.D.shape[1]), (pursuit.picks >= 0).sum(axis=1)
    wrong, missed = astray(pursuit.picks, instance.support), (instance.support & ~chosen)
    early = (np.arange(pursuit.picks.shape[1]) < s[:, None]) & pursuit.ordered
    off = where((early & clear[:, None]) | ended[:, None], wrong)
    left_out = where(clear[:, None], missed)
    yield Claim("greedy picks off the support", off, 0, measured=False, axes=STEPS)
    yield Claim("missed by greedy picks", left_out, 0, measured=False, axes=ATOMS)
    more, fewer = where(ended, np.maximum(taken - s, 0)), where(clear, np.maximum(s - taken, 0))
    yield Claim("greedy steps beyond |S|", more, 0, measured=False)
    yield Claim("greedy steps short of |S|", fewer, 0, measured=False)
    left = instance.Y - instance.D.synthesis(instance.lift(pursuit.points))
    left_over = told((left**2).sum(-1), clear)
    room = pursuit.tolerance**2 * (instance.Y**2).sum(-1)
    yield Claim("||y - D x_hat||^2 <= eps^2 ||y||^2", left_over, room, measured=False)


def _clear_of_rounding(instance: Instance, run: Pursuit) -> tuple[Mask, Mask]:
    """Where no greedy selection on the support can be turned by rounding, and none after it."""
    s = np.maximum(instance.sparsity, 1)
    inner = support_gram(instance.D.gram, instance.support).inner
    least = Ball.of(inner.eigenvalues()).lower.min(axis=1) if inner.shape[-1] else np.ones(len(s))
    entries = Ball.of(abs(instance.unit_codes))
    smallest = np.where(instance.support, entries.lower, np.inf).min(axis=1)
    smallest = np.where(instance.sparsity > 0, smallest, 0.0)
    beaten = 1 - Ball.of(exact_recovery_coefficient(instance)).upper
    signals = entries.upper.sum(axis=1)
    with np.errstate(invalid="ignore"):  # what is unknown is infinite, and not clear
        gap = beaten * least * smallest / np.sqrt(s)
        sized = least, signals, run.dtype, run.power
        lost = [floating_point.pursuit(instance.D, k, *sized) for k in (s - 1, s)]
        clear, ended = (part.known & (gap > 2 * floating_point.UP * part.size) for part in lost)
    return np.asarray(clear), np.asarray(ended)


THEOREM = Theorem(
    title="Exact recovery coefficient",
    statement=r"\operatorname{rank} D_S = |S|, \; \operatorname{ERC}(S) < 1 \implies "
    r"\text{basis pursuit, and orthogonal matching pursuit in } |S| \text{ steps, recover } x",
    names=("ERC", "exact recovery condition", "OMP", "orthogonal matching pursuit"),
    source=TROPP_2004,
    implies=(
        Consequence(
            "uniqueness.basis_pursuit", "``ERC(S) <= s mu / (1 - (s-1) mu)``, which is below 1"
        ),
    ),
    premises=premises,
    claims=claims,
    sharp=regular_simplex_and_a_pair,
    proof="proofs/uniqueness/erc.v:erc",
    mutants=(
        Mutant(
            "ERC(S) < 1 -> ERC(S) < 1.5", {"limit": Fraction(3, 2)}, diagonal_atom, smallest=(2, 3)
        ),
        Mutant("ERC(S) < 1 -> ERC(S) <= 1", {"strict": False}, halved_simplex, smallest=(3, 4)),
    ),
    promises=(
        Promise(PURSUIT, {"babel": BY_BABEL}, ("D_S has full column rank", "ERC(S) < 1")),
        Promise(
            GREEDY,
            {"coherence": BY_COHERENCE, "babel": BY_BABEL},
            ("D_S has full column rank", "ERC(S) < 1"),
        ),
    ),
)
