r"""A point whose l1 norm is nearly the least one that explains the signal.

Problem: minimise ``||x||_1`` subject to ``||y - D x||_2 <= sigma``: basis pursuit for ``sigma =
0``, else basis pursuit denoising. ``z`` is any code that meets the constraint, ``w`` any point with
``|<d_j, w>| <= 1`` for all atoms. A solver returns ``x`` and states a tolerance: the residual
exceeds ``sigma`` by at most ``eps ||y||``, and the norm the least one by at most ``eps`` times the
sum of that and of ``c = ||y|| / max_j ||d_j||``, less than which explains no ``y``: the least norm
may be 0. (Here: our own works its tolerance out; of somebody else's solver it is a claim.) From
``eps = 1`` on that says nothing, since 0 has it. For basis pursuit, ``z`` is the code of the
instance, without its noise; what theorems on uniqueness promise of basis pursuit is asked of the
solver thus.

Claim: ``||y - D x|| <= sigma + eps ||y||``, ``||x||_1 <= (1 + eps) ||z||_1 + eps c``, and
``sum_j |x_j| (1 - |<d_j, w>|) <= (1 + eps) ||z||_1 + eps c - <w, y> + (sigma + eps ||y||) ||w||``.
For a minimiser ``z`` and the best ``w`` the right hand side is ``eps (||z||_1 + c + ||y|| ||w||)``,
so that little is on atoms with ``|<d_j, w>| < 1``, which no minimiser has.

Why: the least norm is at most ``||z||_1``. ``<w, D x> <= sum_j |<d_j, w>| |x_j|``, so the sum is at
most ``||x||_1 - <w, D x> = ||x||_1 - <w, y> + <w, y - D x>``. With ``x = z``,
``<w, y> - sigma ||w|| <= ||z||_1``, and a minimiser and the best ``w`` have equality: linear, or
second order cone, duality.

Sharp: an atom and half of it, and a point on both.

Source: elementary.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> evidence = {"least_norm": experiment.settings["least_norm"]}
>>> decide(THEOREM, experiment, evidence).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import LeastNorm
from sparsebound.theory.extremal.least_norms import on_both_atoms
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import ELEMENTARY
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, least_norm: LeastNorm) -> Iterator[Premise]:
    """A code that explains the signal, a dual point, and a tolerance that 0 does not meet."""
    yield Premise("0 <= sigma", 0, least_norm.sigma, strict=False)
    rest = _left(instance, least_norm, least_norm.explanation)
    excess = (rest * rest).sum(-1) - instance.lift(least_norm.sigma) ** 2
    yield Premise("||y - D z||^2 - sigma^2 <= 0", excess, 0, strict=False)
    beyond = abs(_products(instance, least_norm)).max(-1) - 1
    yield Premise("|<d_j, w>| - 1 <= 0", beyond, 0, strict=False)
    yield Premise("eps < 1", least_norm.tolerance, 1, measured=False)


def claims(
    instance: Instance,
    least_norm: LeastNorm,
    *,
    infeasible: Fraction = Fraction(1),
    off: bool = True,
) -> Iterator[Claim]:
    """The residual, the norm, and what is on atoms that no minimiser has."""
    x, z, w = (
        instance.lift(part) for part in (least_norm.points, least_norm.explanation, least_norm.dual)
    )
    eps = instance.lift(least_norm.tolerance)
    y = _left(instance, least_norm, np.zeros_like(least_norm.explanation))
    rest = _left(instance, least_norm, least_norm.points)
    size = (y * y).sum(-1).sqrt()
    room = eps * size + least_norm.sigma
    yield Claim("||y - D x|| <= sigma + eps ||y||", (rest * rest).sum(-1).sqrt(), room)
    most = (1 + eps) * abs(z).sum(-1) + eps * size / instance.D.norms.max(-1)
    yield Claim("||x||_1 <= (1 + eps) ||z||_1 + eps c", abs(x).sum(-1), most)
    beside = (abs(x) * (1 - abs(_products(instance, least_norm)))).sum(-1)
    pull = (w * y).sum(-1)
    bound = most - pull + infeasible * room * (w * w).sum(-1).sqrt()
    name = (
        "sum |x_j| (1 - |<d_j, w>|) <= "
        "(1 + eps) ||z||_1 + eps c - <w, y> + (sigma + eps ||y||) ||w||"
    )
    yield Claim(name, beside, bound if off else 0)


def _left(instance: Instance, found: LeastNorm, codes: np.ndarray) -> Number:
    """``y - D x`` of other codes, shape (B, m); exactly the noise for those of the instance."""
    noise = np.where(found.noisy[:, None], instance.E, 0.0)
    left: Number = instance.D.synthesis(instance.lift(instance.X) - codes) + noise
    return left


def _products(instance: Instance, found: LeastNorm) -> Number:
    """``<d_j, w>``, shape (B, n)."""
    products: Number = instance.lift(found.dual) @ instance.D.atoms
    return products


THEOREM = Theorem(
    title="Near the least norm of basis pursuit",
    statement=r"\|y - D x\|_2 \le \sigma + \varepsilon \|y\|_2, \; "
    r"c = \|y\|_2 / \max_j \|d_j\|_2, \; \|x\|_1 \le (1 + \varepsilon) \|z\|_1 + \varepsilon c, \; "
    r"\sum_j |x_j| (1 - |\langle d_j, w \rangle|) \le (1 + \varepsilon) \|z\|_1 + \varepsilon c - "
    r"\langle w, y \rangle + (\sigma + \varepsilon \|y\|_2) \|w\|_2, \; "
    r"\|y - D z\|_2 \le \sigma, \; \|D^T w\|_\infty \le 1",
    names=("basis pursuit solver", "BPDN solver", "least norm", "tolerance"),
    source=ELEMENTARY,
    premises=premises,
    claims=claims,
    sharp=on_both_atoms,
    mutants=(
        Mutant("0.9 (sigma + eps ||y||) ||w||", {"infeasible": Fraction(9, 10)}, smallest=(1, 2)),
        Mutant("x_j = 0 where |<d_j, w>| < 1", {"off": False}, smallest=(1, 2)),
    ),
    noisy=True,
)
