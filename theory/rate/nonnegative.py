r"""A residual network of rectified linear units converges linearly to a nonnegative code.

Problem: as in ``rate.unfolded``, with ``x >= 0`` and ``h(v) = relu(v - theta_k)``. A code with
signs is one with ``x >= 0`` on the dictionary whose atoms have changed signs: unit ``i`` is
``sigma_i relu(sigma_i v - theta_k)`` where ``sigma_i x_i >= 0``.

Claim: the bounds of ``rate.unfolded``, inexact terms included.

Why: that of ``rate.unfolded``, where ``h`` is used twice. Off the support ``h(v) = 0`` for
``v <= theta``; on it, for ``x_i >= 0``, ``|h(v) - x_i| <= |v - theta - x_i| <= |v - x_i| + theta``,
as ``relu`` keeps ``x_i`` and moves no two numbers apart.

Sharp: ``s`` atoms with inner products ``-mu``, further ones at ``+mu``, as there.

Source: stated and proved independently.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import unfolded
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance,
    nonnegative_unfolding: Unfolding,
    *,
    share: Scalar = 1,
    one_sided: bool = True,
) -> Iterator[Premise]:
    """The code lies where the units are active; thresholds as in the master theorem."""
    sides = nonnegative_unfolding.sides
    if one_sided:
        yield Premise("x >= 0", -(instance.X * sides).min(axis=1, initial=0.0), 0, strict=False)
    least = abs(sides).min(axis=1, initial=1.0)
    yield Premise("the units are one-sided", 1, least, strict=False, measured=False)
    yield from unfolded.premises(instance, nonnegative_unfolding, share=share, sided=False)


def claims(
    instance: Instance, nonnegative_unfolding: Unfolding, *, moved: Scalar = 1, fewer: int = 0
) -> Iterator[Claim]:
    """Steps as declared, and the error of every layer on the support and off it."""
    yield from unfolded.claims(instance, nonnegative_unfolding, moved=moved, fewer=fewer)


THEOREM = Theorem(
    title="Residual networks of rectified linear units converge linearly to nonnegative codes",
    statement=r"x \ge 0, \; h_k(v) = \operatorname{relu}(v - \theta_k), \; "
    r"\theta_k \ge \tau_{out} b_k + \kappa_{out} p^0_k + \nu + \rho_k \implies "
    r"| x^k_i - x_i | \le b_k \text{ on } S, \; | x^k_i | \le p^0_k \text{ off } S",
    names=(
        "ReLU",
        "JumpReLU",
        "CRATE's ISTA block",
        "sparse autoencoder",
        "non-negative LISTA",
        "NMF",
    ),
    source=INDEPENDENT,
    proof="proofs/rate/nonnegative.v:nonnegative",
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_and_inexact,
    mutants=(
        Mutant("x >= 0 dropped", {"one_sided": False}, extremal.wrong_side, smallest=(3, 2)),
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.short_thresholds,
            smallest=(3, 2),
        ),
        Mutant(
            "2 nu -> 1.8 nu", {"moved": Fraction(4, 5)}, extremal.aligned_and_noisy, smallest=(3, 2)
        ),
        Mutant(
            "2s - 1 -> 2s - 2 in q", {"fewer": 1}, extremal.aligned_without_noise, smallest=(3, 2)
        ),
    ),
    noisy=True,
)
