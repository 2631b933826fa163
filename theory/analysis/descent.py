r"""What a run on the Lasso is measured by: defects of its steps, drift, and how far F is from F*.

``F(x) = 1/2 ||y - D x||^2 + lam ||x||_1``, atoms as given; ``c(x) = D^T (D x - y)``.

Theorems speak of exact iterations, but a computed iterate is exact data too, and each step is
checked as one step. For any ``s`` in the subdifferential of the l1 norm at ``x+``,

    x+ = prox(v - c(v)/L + e),    L e = L (x+ - v) + lam s + c(v),

so the step from ``v`` is the exact one up to a *defect* of at most ``||e||``: prox is nonexpansive.
The step itself, ``v -> prox(v - c(v)/L)``, is nonexpansive too for ``L >= ||D||_2^2``, so iterates
``x_k`` of ISTA stay within the *drift* ``Delta_k = ||e_1|| + ... + ||e_k||`` of the exact ones.

The reference point ``z`` comes from an oracle and is no exact minimiser either. But for any
subgradient ``r`` of F at ``z`` (the *tilt*) it is an exact minimiser of ``F - <r, .>``, which has
the same form, and whose steps have the defects ``e - r/L``. So what a theorem says of minimisers
holds with ``z`` for that function, and

    ||x_k - z|| <= bound(||x_0 - z||) + sum_{j <= k} ||e_j - r/L||.

Subgradients are chosen by float64, which cannot make them wrong: any choice is one. What is proved
of the objective (:mod:`sparsebound.theory.rate.momentum`) holds for any point ``z`` as it is, and
has a place for defects in the sum that it comes from; there they are not amplified.

Allowances enter with their upper ends, and vanish for exact data. That the defects are no larger
than rounding is a claim of the theorems: what is no step of an algorithm is refuted, not forgiven.
Nor does it earn an allowance: in bounds, a defect counts up to the rounding of a step (an *error*),
so that a run which is not of the algorithm can be held against its rate alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from flint import arb

from sparsebound.theory.analysis.floating_point import Allowance, extents, gradient_step
from sparsebound.theory.analysis.momentum import Momentum, momentum
from sparsebound.theory.arithmetic import Ball, Enclosure, Exact, FloatArray, IntArray, Mask, Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.theorem import STEPS, Claim, Comparison


def upper_end(number: Number) -> Number:
    """An upper bound: allowances need not be enclosed from below.

    Of what is unknown there is none, and no infinite one: with that, any claim would hold.

    Examples
    --------
    >>> bool(upper_end(Ball.of(1) / 3).rad == 0), float(upper_end(Ball.of(1) / 0).rad)
    (True, inf)
    """
    if isinstance(number, Exact):
        upper: Number = Exact(np.asarray(_upper(number.values)))
    else:
        upper = number.of(Ball.of(number).upper)
    return upper.where(np.isfinite(number.rad), number)


_upper = np.frompyfunc(lambda value: value.upper() if isinstance(value, arb) else value, 1, 1)


def norm(vectors: Number) -> Number:
    """Euclidean norm along the last axis."""
    return (vectors * vectors).sum(-1).sqrt()


def running(values: Number, weights: Any = None) -> Number:
    """Sums of the first 1, 2, ... entries along the last axis of (B, K), or by (K, K) weights."""
    if weights is None:
        weights = np.triu(np.ones((values.shape[-1],) * 2))
    return values @ values.of(weights)


@dataclass(frozen=True)
class Descent:
    """A run on the Lasso, held against a reference point; sizes B, K and n.

    Attributes
    ----------
    instance : Instance
        For the dictionary, the signals, and the arithmetic.
    run : Trajectory
        Points, weight and step.
    optimum : Optimum
        The reference point ``z`` and a dual vector.
    carried : Momentum, optional
        The momentum of its steps, where they have one; that of FISTA by default.
    """

    instance: Instance
    run: Trajectory
    optimum: Optimum
    carried: Momentum | None = None

    @property
    def steps(self) -> FloatArray:
        """The numbers 1, ..., K."""
        return np.arange(1.0, self.run.points.shape[1])

    @cached_property
    def lam(self) -> Number:
        """Weights, shape (B, 1)."""
        return self.instance.lift(self.run.lam[:, None])

    @cached_property
    def L(self) -> Number:
        """Inverse steps, shape (B, 1)."""
        return self.instance.lift(self.run.L[:, None])

    @cached_property
    def points(self) -> Number:
        """The start and the iterates, shape (B, K + 1, n); 0 for what is not finite."""
        return self.instance.lift(self._stored)

    @cached_property
    def _stored(self) -> FloatArray:
        points = self.run.points.astype(np.float64)
        return points if self.finite.all() else np.where(self.finite[..., None], points, 0.0)

    @cached_property
    def finite(self) -> Mask:
        """Which points are finite, shape (B, K + 1)."""
        return np.asarray(np.isfinite(self.run.points).all(axis=-1))

    @cached_property
    def slopes(self) -> Number:
        """``c(x_k)``, shape (B, K + 1, n)."""
        return self.slopes_at(self.points)

    def slopes_at(self, points: Number) -> Number:
        """``c`` at other points, of any number of each signal, shape (B, ?, n)."""
        batch, length, n = points.shape
        y = self.instance.Y[np.repeat(np.arange(batch), length)]
        return _slopes(self.instance.D, points.reshape(-1, n), y).reshape(batch, length, n)

    @cached_property
    def reference(self) -> Number:
        """The point ``z``, shape (B, n)."""
        return self.instance.lift(self.optimum.point)

    @cached_property
    def reference_slope(self) -> Number:
        """``c(z)``, shape (B, n)."""
        return _slopes(self.instance.D, self.reference, self.instance.Y)

    @cached_property
    def tilt(self) -> Number:
        """A subgradient ``r`` of F at ``z``, as small as float64 can choose, shape (B, n)."""
        signs = _signs(self.optimum.point, -self.reference_slope.mid, self.run.lam[:, None])
        return self.reference_slope + self.lam * signs

    @cached_property
    def distances(self) -> Number:
        """``||x_k - z||``, shape (B, K + 1)."""
        return norm(self._away)

    @cached_property
    def radius_squared(self) -> Number:
        """``R^2 = ||x_0 - z||^2``, shape (B, 1)."""
        away = self._away[:, 0]
        return (away * away).sum(-1).reshape(-1, 1)

    @cached_property
    def _away(self) -> Number:
        batch, n = self.reference.shape
        return self.points - self.reference.reshape(batch, 1, n)

    @cached_property
    def excess(self) -> Number:
        """``F(x_k) - F(z)`` for k = 0..K, shape (B, K + 1); by differences, so near 0 where F is.

        It equals ``<(c(x_k) + c(z))/2, x_k - z> + lam (||x_k||_1 - ||z||_1)``.
        """
        batch, n = self.reference.shape
        mean = (self.slopes + self.reference_slope.reshape(batch, 1, n)) / 2
        sizes = abs(self.points) - abs(self.reference).reshape(batch, 1, n)
        return (mean * self._away + self.lam.reshape(batch, 1, 1) * sizes).sum(-1)

    @cached_property
    def growth(self) -> Number:
        """``F(x_k) - F(x_{k-1})`` for k = 1..K, by differences, shape (B, K)."""
        mean = (self.slopes[:, 1:] + self.slopes[:, :-1]) / 2
        moved = self.points[:, 1:] - self.points[:, :-1]
        sizes = abs(self.points[:, 1:]) - abs(self.points[:, :-1])
        return (mean * moved + self.lam.reshape(-1, 1, 1) * sizes).sum(-1)

    @cached_property
    def gap(self) -> Number:
        """Duality gap at ``z``, shape (B, 1).

        For a feasible dual vector ``p`` and ``u = y - D z`` it is
        ``||u - p||^2 / 2 + sum_i (lam |z_i| - <d_i, p> z_i)``.
        """
        D, batch = self.instance.D, len(self.instance)
        dual = self.instance.lift(self.optimum.dual)
        largest = abs(dual @ D.atoms).max(-1).reshape(batch, 1)
        inside = (largest - self.lam).sign <= 0
        scale = (self.lam / largest.where(~inside, 1)).where(~inside, 1)
        dual = dual * scale
        rest = self.instance.Y - self.reference @ D.atoms.swapaxes(0, 1) - dual
        fit = (rest * rest).sum(-1) / 2
        slack = abs(self.reference) * self.lam - self.reference * (dual @ D.atoms)
        return (fit + slack.sum(-1)).reshape(batch, 1)

    def suboptimality(self) -> Enclosure:
        """Enclose ``F(x_k) - F*`` for k = 1..K, shape (B, K); F* is F(z) or less, by the gap."""
        excess = self.excess[:, 1:]
        return Enclosure(excess, excess + self.gap)

    def defects(self, start: Number, slope: Number) -> Number:
        """``L e_k`` of steps from ``start``, where c is ``slope``, to the iterates; (B, K, n)."""
        L, lam = self.L.reshape(-1, 1, 1), self.lam.reshape(-1, 1, 1)
        plain = L * (self.points[:, 1:] - start) + slope
        return plain + lam * _signs(self._stored[:, 1:], -plain.mid, self.run.lam[:, None, None])

    @cached_property
    def numbers(self) -> Momentum:
        """The numbers of the momentum of its steps."""
        if self.carried is None:
            return momentum(self.instance.D, len(self.steps))
        return self.carried

    @cached_property
    def plain_defects(self) -> Number:
        """``L e_k`` of steps from one iterate to the next, shape (B, K, n)."""
        return self.defects(self.points[:, :-1], self.slopes[:, :-1])

    @cached_property
    def plain_errors(self) -> Number:
        """The part of ``plain_defects`` that rounding explains, shape (B, K, n)."""
        return _explained(self.plain_defects, self.plain_rounding)

    @cached_property
    def momentum_errors(self) -> Number:
        """The part of ``momentum_defects`` that rounding explains, shape (B, K, n)."""
        return _explained(self.momentum_defects, self.momentum_rounding)

    @cached_property
    def momentum_defects(self) -> Number:
        """``L e_k`` of steps with momentum, shape (B, K, n)."""
        return self.defects(*self._extrapolated)

    @cached_property
    def _extrapolated(self) -> tuple[Number, Number]:
        """Where steps with momentum begin, and c there; each of shape (B, K, n)."""
        length = self.points.shape[1]
        weight = self.numbers.weight.reshape(1, -1, 1)
        last = np.arange(length - 1)
        before = np.maximum(last - 1, 0)
        start, slope = (
            values[:, last] + weight * (values[:, last] - values[:, before])
            for values in (self.points, self.slopes)
        )
        return start, slope

    def compared(self, momentum: bool = False) -> Comparison:
        """What each step makes of the point before, in float64, and what is there."""
        plain = self.points[:, :-1], self.slopes[:, :-1]
        start, slope = self._extrapolated if momentum else plain
        L, lam = self.run.L[:, None, None], self.run.lam[:, None, None]
        with np.errstate(over="ignore", invalid="ignore"):
            v = start.mid - slope.mid / L
            wanted = np.sign(v) * np.maximum(np.abs(v) - lam / L, 0.0)
        return Comparison(wanted, wanted, self.run.points[:, 1:].astype(np.float64))

    @cached_property
    def plain_rounding(self) -> Allowance:
        """What rounding explains of ``plain_defects``, in their norm; shape (B, K)."""
        return self._rounding(np.abs(self._stored[:, :-1]), 0)

    @cached_property
    def momentum_rounding(self) -> Allowance:
        """What rounding explains of ``momentum_defects``, in their norm; shape (B, K)."""
        last = np.abs(self._stored[:, :-1])
        before = np.concatenate([last[:, :1], last[:, :-1]], axis=1)
        weight = np.maximum(np.abs(self.numbers.weight.mid), 1.0)[:, None]
        further = 4 if self.carried is not None else 6 * self.steps.astype(np.int64) + 3
        return self._rounding((1 + weight) * last + weight * before, further)

    def _rounding(self, start: FloatArray, further: IntArray | int) -> Allowance:
        """Forward error of ``L x_k`` from points of these sizes, and of the check of it.

        A datum meets at most ``m + n + 9`` roundings in a step of ISTA, with inner products in any
        order: 2 conversions of the atoms, ``n`` and ``m`` in inner products, 1 in the residual, 3
        for L, 1/L and the product with it, 1 in the sum with x and 1 in the threshold; as many by
        the Gram matrix, with 1 for the difference from the identity instead of the residual. The
        signal meets ``n + 1`` where it is made, in float64, and ``m + 8`` then. 3 are to spare for
        how a threshold is written. With momentum, a point meets 3 more, and the numbers
        ``beta_{k-1}`` are wrong by less than ``6 k u``; by ``u`` where they are declared.
        """
        D, run = self.instance.D, self.run
        m, n = D.shape
        atoms = np.abs(D.data)
        signals = np.abs(self.instance.X) @ atoms.T + np.abs(self.instance.E)
        roundings = m + n + 12 + further
        allowed = gradient_step(
            run.points.dtype,
            atoms,
            extents(D),
            start,
            signals,
            run.lam,
            run.L,
            roundings=roundings,
            checked=roundings,
        )
        if self.finite.all():
            return allowed
        before = np.logical_and.accumulate(self.finite, axis=1)[:, :-1]
        return replace(allowed, known=allowed.known & before)  # what follows is no step

    def tilted(self, defects: Number) -> Number:
        """``||e_k - r/L||``, upper ends, for ``L e_k``; shape (B, K)."""
        batch, n = self.reference.shape
        return upper_end(norm(defects - self.tilt.reshape(batch, 1, n)) / self.L)

    def worst_case(self, found: Momentum) -> Number:
        """``L R^2 / (4 W_k)``, shape (B, K)."""
        return self.L * self.radius_squared / (4 * found.walk)

    def allowance(self, found: Momentum, errors: Number) -> Number:
        """What errors ``L e_j`` add to that, upper ends, for k = 1..K; shape (B, K).

        With ``a_j = x_j - z`` it is at most ``sum_{j<=k} ||L e_j|| (lambda_{j-1} ||a_j - a_{j-1}||
        + (lambda_j - lambda_{j-1}) ||a_j||)``, the ``lambda_j`` those of k.
        """
        before, rises = found.before_and_rises
        sizes = norm(errors)
        moved = sizes * norm(self.points[:, 1:] - self.points[:, :-1])
        return upper_end(running(moved, before) + running(sizes * self.distances[:, 1:], rises))


def steps_of(run: Descent, momentum: bool = False) -> Iterator[Claim]:
    """Claim that every step is the algorithm's: all of its defect is explained by rounding.

    So no iterate is infinite, unless the step may have left the range of the type.
    """
    allowed = run.momentum_rounding if momentum else run.plain_rounding
    sizes = norm(run.momentum_defects if momentum else run.plain_defects)
    compared = partial(run.compared, momentum)
    if not run.finite.all():
        lost = run.instance.lift(np.asarray(~run.finite[:, 1:], dtype=np.float64))
        name = "iterates are finite"
        yield Claim(name, allowed.against(lost), 0, measured=False, axes=STEPS, comparison=compared)
    yield Claim(
        "a step, up to rounding",
        allowed.against(sizes),
        allowed.size,
        measured=False,
        step=True,
        axes=STEPS,
        comparison=compared,
    )


def _explained(defects: Number, rounding: Allowance) -> Number:
    """Shorten defects (B, K, n) to the size that rounding (B, K) explains."""
    sizes = norm(defects)
    beyond = rounding.exceeded(sizes)
    if not beyond.any():
        return defects
    share = sizes.of(rounding.size) / sizes.where(beyond, 1)
    return (defects * share.reshape(*share.shape, 1)).where(beyond[..., None], defects)


def _slopes(D: Dictionary, points: Number, y: Number) -> Number:
    return (points @ D.atoms.swapaxes(0, 1) - y) @ D.atoms


def _signs(points: FloatArray, pull: FloatArray, lam: FloatArray) -> FloatArray:
    """Subgradients of the l1 norm; where an entry is 0, as near to ``pull / lam`` as possible."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        free = np.nan_to_num(np.clip(pull / lam, -1.0, 1.0))
    return np.where(points == 0, free, np.sign(points))
