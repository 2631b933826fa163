r"""A one-sided dual certificate: what other explanations of a nonnegative code have beside it.

Problem: ``y = D x + r``, atoms normalised, ``x >= 0`` on ``S``, and ``w`` with ``<d_j, w> = 1`` on
``S`` and ``<d_j, w> <= 1 - delta`` off ``S``, ``delta > 0``. (Here: the sizes of the entries of
a code.)

Claim: every ``z >= 0`` with ``sum z <= sum x`` and ``||y - D z|| <= eps`` has
``sum z off S <= (eps ||w|| - <w, r>) / delta``; and if ``D_S`` has full column rank,
``sigma_min(D_S) ||z_S - x_S|| <= eps + ||r|| + sum z off S``. So for ``eps = r = 0`` it is ``x``.

Why: ``<w, D z> <= sum z - delta sum z_off <= sum x - delta sum z_off``, ``<w, D x> = sum x``, and
``<w, D x - D z> = <w, y - D z> - <w, r>``. And ``D_S (z_S - x_S) = (D z - y) + r - D_off z_off``.

That is so for every such ``w``. Here it is the shortest one, the one-sided form of the certificate
of Fuchs; ``certify`` tries others.

Sharp: one atom and its negative, for every ``r`` and every ``eps`` from ``|r|`` on.

Source: stated and proved independently, the one-sided form of Fuchs 2004.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"one_sided_rival": experiment.settings["one_sided_rival"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import OneSidedRival
from sparsebound.theory.extremal.nonnegative import (
    more_of_both,
    opposite_atom,
    opposite_atom_and_noise,
    rest_against_the_code,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.one_sided import absolute, largest_beside, moved_dual
from sparsebound.theory.quantities.supports import support_gram, support_independence
from sparsebound.theory.sources import FUCHS_2004, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    one_sided_rival: OneSidedRival,
    *,
    factor: Fraction = Fraction(1),
    residual: int = 1,
    sums: bool = True,
    rest: int = 1,
) -> Iterator[Premise]:
    """A strict certificate, and another code that explains the signal with no larger sum."""
    instance, found = absolute(instance), one_sided_rival
    yield Premise("D_S has full column rank", 0, support_independence(instance))
    yield Premise("<d_j, w> < 1 off S", largest_beside(instance, _shortest(instance)), 1)
    yield Premise("0 <= eps", 0, found.eps, strict=False, measured=False)
    z = _rival(instance, found)
    yield Premise("z >= 0", -z.min(-1), 0, strict=False, measured=False)
    if sums:
        change = instance.lift(found.point) - instance.lift(instance.X)
        excess = (instance.D.relative_norms * change).sum(-1)
        yield Premise("sum z <= sum x", excess, 0, strict=False, measured=False)
    left = instance.Y - instance.D.synthesis(instance.lift(found.point))
    excess = (left**2).sum(-1) - instance.lift(found.eps) ** 2
    yield Premise("||y - D z|| <= eps", excess, 0, strict=False, measured=False)


def claims(
    instance: Instance,
    one_sided_rival: OneSidedRival,
    *,
    factor: Fraction = Fraction(1),
    residual: int = 1,
    sums: bool = True,
    rest: int = 1,
) -> Iterator[Claim]:
    """What the other code has off the support, and how far it is on it."""
    instance, found = absolute(instance), one_sided_rival
    shortest, ones = _shortest(instance), np.ones(instance.X.shape)
    w, eps = moved_dual(instance, shortest, ones), instance.lift(found.eps)
    room = 1 - largest_beside(instance, shortest)
    z, r = _rival(instance, found), instance.lift(instance.E)
    off = z.where(~instance.support, 0).sum(-1)
    bound = factor * (eps * (w**2).sum(-1).sqrt() - residual * (w * r).sum(-1))
    yield Claim("delta sum z off S <= eps ||w|| - <w, r>", room * off, bound)
    gram = support_gram(instance.D.gram, instance.support)
    if not gram.inner.shape[-1]:
        return
    least = gram.inner.eigenvalues().min(-1)
    moved = (z - instance.unit_codes).where(instance.support, 0)
    most = eps + rest * (r**2).sum(-1).sqrt() + off
    name = "sigma_min^2 ||z_S - x_S||^2 <= (eps + ||r|| + sum z off S)^2"
    yield Claim(name, least * (moved**2).sum(-1), most**2)


def _shortest(instance: Instance) -> FloatArray:
    """What is moved onto the equations of the shortest vector: nothing, shape (B, m)."""
    return np.zeros((len(instance), instance.D.shape[0]))


def _rival(instance: Instance, found: OneSidedRival) -> Number:
    return instance.D.norms * instance.lift(found.point)


THEOREM = Theorem(
    title="One-sided dual certificate of a nonnegative code",
    statement=r"x \ge 0, \; \langle d_j, w \rangle = 1 \text{ on } S, \; "
    r"\langle d_j, w \rangle \le 1 - \delta \text{ off } S \implies "
    r"\sum_{j \notin S} z_j \le \frac{\varepsilon \|w\|_2 - \langle w, r \rangle}{\delta} "
    r"\text{ for } z \ge 0, \; \sum z \le \sum x, \; \|y - D z\|_2 \le \varepsilon",
    names=(
        "sparse autoencoder",
        "dual certificate",
        "NMF",
        "TopK",
        "SAE",
        "encoder.one_step",
        "amortisation",
    ),
    source=INDEPENDENT & FUCHS_2004,
    premises=premises,
    claims=claims,
    sharp=opposite_atom,
    mutants=(
        Mutant("right side times 0.95", {"factor": Fraction(95, 100)}, smallest=(1, 2)),
        Mutant("<w, r> left out", {"residual": 0}, opposite_atom_and_noise, smallest=(1, 2)),
        Mutant("sum z <= sum x dropped", {"sums": False}, more_of_both, smallest=(1, 2)),
        Mutant("||r|| left out", {"rest": 0}, rest_against_the_code, smallest=(1, 1)),
    ),
    noisy=True,
)
