"""ISTA and FISTA for nonnegative features: how far the fits of iterates are from that of features.

``F(x) = 1/2 ||y - D x||^2 + sum_j lam_j x_j`` over ``x >= 0``, atoms as given. Defects of steps,
and what rounding explains of them, are those of :mod:`sparsebound.theory.analysis.descent`, with
all numbers up to ``lam_j`` as subgradients at 0. The minimiser is exact here: there is no tilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sparsebound.theory.analysis.descent import Descent, norm, running, steps_of, upper_end
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.analysis.momentum import momentum
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import STEPS, Claim, Comparison


@dataclass(frozen=True)
class FeatureDescent(Descent):
    """A run on a signal, held against its features; sizes B, K and n.

    Attributes
    ----------
    minimiser : FeaturePoint
        The features.
    """

    minimiser: FeaturePoint = field(kw_only=True)

    @cached_property
    def reference(self) -> Number:
        """The features, shape (B, n)."""
        return self.minimiser.entries

    @property
    def _weights(self) -> FloatArray:
        thresholds: FloatArray = self.minimiser.features.thresholds[:, None]
        return thresholds

    def _subgradients(self, slopes: Number) -> Number:
        """The least subgradients of F at the iterates, up to rounding, from these; (B, K, n)."""
        found = slopes + self._weights
        return found.where((self._stored[:, 1:] > 0) | (found.sign != 1), 0)

    def defects(self, start: Number, slope: Number) -> Number:
        """``L e_k`` of steps from ``start``, where c is ``slope``, to the iterates; (B, K, n)."""
        moved = self.L.reshape(-1, 1, 1) * (self.points[:, 1:] - start)
        return self._subgradients(moved + slope)

    def compared(self, momentum: bool = False) -> Comparison:
        """What each step makes of the point before, in float64, and what is there."""
        plain = self.points[:, :-1], self.slopes[:, :-1]
        start, slope = self._extrapolated if momentum else plain
        with np.errstate(over="ignore", invalid="ignore"):
            v = start.mid - (slope.mid + self._weights) / self.run.L[:, None, None]
            wanted = np.maximum(v, 0.0)
        return Comparison(wanted, wanted, self.run.points[:, 1:])

    def steps_of(self, momentum: bool) -> Iterator[Claim]:
        """Claim that every step is the algorithm's, and that nothing is negative."""
        lowest = self._stored[:, 1:].min(axis=-1, initial=0.0)
        yield Claim("0 <= x^k", -lowest, 0, measured=False, step=True, axes=STEPS)
        yield from steps_of(self, momentum)

    def ista_fit(self) -> Number:
        """Bound ``||D (x^k - z)||^2 = L R^2/(2k)`` for k = 1..K, and what rounding adds; (B, K).

        Computed iterates are within the sum of their defects of exact ones, whose objective is
        lower by at most that times a subgradient.
        """
        drift = running(norm(self.plain_errors) / self.L)
        added = norm(self._subgradients(self.slopes[:, 1:])) * drift
        return self.L * self.radius_squared / (2 * self.steps) + upper_end(2 * added)

    def fista_fit(self, layers: int) -> Number:
        """Bound ``||D (x^k - z)||^2 = 4 L R^2/(k + 1)^2``, with ``layers`` times k + 1; (B, K).

        What rounding adds is that of ``rate.fista``.
        """
        t = momentum(self.instance.D, len(self.steps)).t
        weight = t.reshape(1, -1, 1)
        ahead = weight * self.points[:, 1:] - (weight - 1) * self.points[:, :-1]
        reach = norm(ahead - self.reference.reshape(len(self.instance), 1, -1))
        added = running(t * norm(self.momentum_errors) * reach) / (t * t)
        count = layers * (self.steps + 1)
        return 4 * self.L * self.radius_squared / (count * count) + upper_end(2 * added)


def feature_descent(
    instance: Instance,
    minimiser: FeaturePoint,
    signals: FloatArray,
    points: FloatArray,
    L: FloatArray,
) -> FeatureDescent:
    """Hold iterates on signals against the features of these.

    Parameters
    ----------
    instance : Instance
        For the dictionary and the arithmetic.
    minimiser : FeaturePoint
        The features.
    signals : ndarray, shape (B, m)
        The signals.
    points : ndarray, shape (B, K + 1, n)
        The start and the iterates.
    L : ndarray, shape (B,)
        The step is 1/L.
    """
    there = Instance(instance.D, np.zeros(points[:, 0].shape), signals)
    largest = minimiser.features.thresholds.max(axis=1)
    none = np.zeros(points[:, 0].shape)
    run, optimum = Trajectory(points, largest, L), Optimum(none, signals)
    return FeatureDescent(there, run, optimum, minimiser=minimiser)
