r"""Weight decay on a product of two factors is the Lasso.

Problem: codes ``x = u o v``, entry by entry, and a misfit ``f``, here ``1/2 ||y - D x||^2``, atoms
as given, with the gradient ``f' = D^T (D x - y)``; weight decay ``lam >= 0``.

Claim: (a) ``1/2 (||u||^2 + ||v||^2) >= ||u o v||_1``, by ``1/2 || |u| - |v| ||^2``: with equality
where ``|u| = |v|`` alone. (b) One step of gradient descent of size ``gamma`` on
``f(u o v) + lam/2 (||u||^2 + ||v||^2)`` multiplies the imbalance ``u_i^2 - v_i^2`` by exactly
``(1 - gamma lam)^2 - gamma^2 f'_i^2``; it does not grow where that is between -1 and 1. This is of
plain gradient descent, without momentum or scaling. (c) A stationary point with ``lam > 0`` and
``|f'_i| <= lam`` where ``u_i = v_i = 0`` gives a minimiser ``u o v`` of ``f + lam ||.||_1``: no
other code is better. (d) ``L`` factors with the product ``x`` have
``(1/L) sum_l u_{l,i}^2 >= |x_i|^{2/L}`` in each entry, as ``L``-th powers; three factors do not
give the l1 norm.

Why: (a) expand the square of ``|u_i| - |v_i|``. (b) With ``c = 1 - gamma lam``, the step is
``u' = c u - gamma f' v`` and ``v' = c v - gamma f' u``; in ``u'^2 - v'^2`` the mixed terms
cancel. (c) ``lam u + f' v = 0 = lam v + f' u`` gives ``lam (u^2 - v^2) = 0``, so ``|u| = |v|``, and
``f'_i`` is ``-lam`` times the sign of ``x_i`` where ``x_i`` is not 0; elsewhere ``|f'_i| <= lam``.
These are the conditions of optimality, and ``f`` is convex. (d) The arithmetic mean of the
``u_{l,i}^2`` is at least the geometric one.

Sharp: factors of equal moduli; (b) is an equality.

Source: (a) Hoff 2017; stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> first = ([[1]], [[1]], [0.5], [0], [[0]], [[1]], [[1]])  # u, v, gamma, lam, f', and u', v'
>>> step = FactoredStep(*first, [[2]], [1], [[1]], [[1]], [[0]], [[[1], [1]]])
>>> decide(THEOREM, Instance([[1]], [[1]]), {"factored_step": step}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis.floating_point import extents
from sparsebound.theory.analysis.training import power, rounding
from sparsebound.theory.analysis.unfolding import column
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import FactoredStep
from sparsebound.theory.extremal.training import (
    equal_factors,
    one_factor_without_decay,
    saddle_at_zero,
    steep_misfit,
    three_factors,
)
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import HOFF_2017, INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem, equal


def premises(
    instance: Instance, factored_step: FactoredStep, *, block: bool = True
) -> Iterator[Premise]:
    """A stationary point, with a small gradient where both factors are zero."""
    lam = instance.lift(factored_step.weights)
    yield Premise("0 <= lam", 0, factored_step.lam, strict=False)
    yield Premise("0 < lam at the stationary point", 0, lam)
    u, v = instance.lift(factored_step.still_u), instance.lift(factored_step.still_v)
    gradient = _gradient(instance, u * v, factored_step.signals)
    rest = abs(u * column(lam) + gradient * v).max(-1)
    yield Premise("lam u + f' v = 0 at the stationary point", rest, 0, strict=False)
    rest = abs(v * column(lam) + gradient * u).max(-1)
    yield Premise("lam v + f' u = 0 at the stationary point", rest, 0, strict=False)
    if block:
        zero = (factored_step.still_u == 0) & (factored_step.still_v == 0)
        largest = abs(gradient).where(zero, 0).max(-1)
        yield Premise("|f'_i| <= lam where u_i = v_i = 0", largest, lam, strict=False)


def claims(
    instance: Instance,
    factored_step: FactoredStep,
    *,
    root: bool = True,
    squared: int = 1,
    contracting: bool = True,
) -> Iterator[Claim]:
    """Two factors, one step of them, a stationary point, and several factors."""
    found, lift = factored_step, instance.lift
    u, v = lift(found.u), lift(found.v)
    sizes, product = _sizes(instance, found), abs(u * v).sum(-1)
    yield Claim("||x||_1 <= 1/2 (||u||^2 + ||v||^2)", product * 2, sizes)
    apart = abs(u) - abs(v)
    name = "||u||^2 + ||v||^2 = 2 ||x||_1 + || |u| - |v| ||^2"
    yield from equal(name, sizes, product * 2 + (apart * apart).sum(-1))
    gradient = _gradient(instance, u * v, instance.Y)
    error = abs(gradient - found.gradient) - _allowed(instance, found)
    yield Claim("f' is D^T (D x - y), up to rounding", error.max(-1), 0, measured=False)
    gamma, slope = column(lift(found.gamma)), lift(found.gradient)
    keep = 1 - gamma * column(lift(found.lam))
    factor = keep * keep - (gamma * slope) * (gamma * slope) * squared
    before, after = u * u - v * v, lift(found.new_u) * found.new_u - lift(found.new_v) * found.new_v
    room = lift(_rounded(found))
    said = "u'^2 - v'^2 = ((1 - gamma lam)^2 - gamma^2 f'^2) (u^2 - v^2), up to rounding"
    yield Claim(said, (abs(after - factor * before) - room).max(-1), 0, measured=False)
    calm = abs(factor).compared(1) <= 0 if contracting else np.ones(found.u.shape, dtype=bool)
    grown = (abs(after) - abs(before) - room).where(calm, -1)
    stated = "|u'^2 - v'^2| <= |u^2 - v^2| where the factor is within [-1, 1]"
    yield Claim(stated, grown.max(-1), 0, measured=False)
    lam = lift(found.weights)
    point = lift(found.still_u) * found.still_v
    value = _objective(instance, lam, point, found.signals)
    other = _objective(instance, lam, lift(found.other), found.signals)
    yield Claim("F(x) <= F(z) at the stationary point", value, other, measured=False)
    deep, count = lift(found.deep), found.deep.shape[1]
    mean, x = _means(instance, found), deep[:, 0]
    for factors in range(1, count):
        x = x * deep[:, factors]
    least = power(abs(x), 2 if root else count)
    claimed = "|x_i|^{2/L} <= (1/L) sum_l u_{l,i}^2"
    yield Claim(claimed, least, power(mean, count), measured=False)


def _sizes(instance: Instance, found: FactoredStep) -> Number:
    """Squares of both factors, in sum, shape (B,)."""
    u, v = instance.lift(found.u), instance.lift(found.v)
    sizes: Number = u * u + v * v
    return sizes.sum(-1)


def _means(instance: Instance, found: FactoredStep) -> Number:
    """Mean squares of several factors, shape (B, n)."""
    deep = instance.lift(found.deep)
    total: Number = (deep * deep).sum(1)
    return total / int(found.deep.shape[1])


def _gradient(instance: Instance, x: Number, signals: Number | FloatArray) -> Number:
    rest: Number = instance.D.synthesis(x) - signals
    return rest @ instance.D.atoms


def _objective(instance: Instance, lam: Number, x: Number, signals: FloatArray) -> Number:
    rest = instance.D.synthesis(x) - signals
    return (rest * rest).sum(-1) / 2 + lam * abs(x).sum(-1)


def _allowed(instance: Instance, found: FactoredStep) -> FloatArray:
    """What rounding explains of a gradient, shape (B, n)."""
    atoms, (m, n) = abs(instance.D.data), instance.D.shape
    signals = (abs(instance.X) + abs(found.u * found.v)) @ atoms.T + abs(instance.E)
    wide = 1 + extents(instance.D).column
    return rounding(2 * (m + n) + 8, signals @ atoms, 4 * (m + n) * wide * (1 + wide))


def _rounded(found: FactoredStep) -> FloatArray:
    """What rounding of the new factors explains of the difference of their squares, (B, n)."""
    u, v, slope = abs(found.u), abs(found.v), abs(found.gradient)
    gamma, lam = found.gamma[:, None], found.lam[:, None]
    size = (1 + gamma * (lam + slope)) * (u + v)
    return 2 * (size + 1) * rounding(8, size, 8 * (1 + gamma) * (1 + lam + slope))


THEOREM = Theorem(
    title="Weight decay on two factors is the Lasso",
    statement=r"x_i = u_i v_i \implies \tfrac{1}{2} (\| u \|_2^2 + \| v \|_2^2) \ge \| x \|_1, "
    r"\quad u'^2 - v'^2 = ((1 - \gamma \lambda)^2 - \gamma^2 f'^2) (u^2 - v^2)",
    names=("Hadamard product", "implicit regularisation", "weight decay", "diagonal network"),
    source=HOFF_2017 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=equal_factors,
    mutants=(
        Mutant("three factors give the l1 norm", {"root": False}, three_factors, smallest=(1, 1)),
        Mutant("gamma^2 f'^2 dropped", {"squared": 0}, one_factor_without_decay, smallest=(1, 1)),
        Mutant("|f'_i| <= lam dropped", {"block": False}, saddle_at_zero, smallest=(1, 1)),
        Mutant("the imbalance never grows", {"contracting": False}, steep_misfit, smallest=(1, 1)),
    ),
    noisy=True,
)
