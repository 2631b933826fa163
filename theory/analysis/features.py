"""Features of signals, worked out from where they live; atoms as given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.theory.analysis.lasso import LassoPoint, stationary_point
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import FeaturePair, Features
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.memo import of_evidence
from sparsebound.theory.theorem import Premise


@dataclass(frozen=True, eq=False)
class FeaturePoint:
    """The solution of the optimality conditions for one signal each.

    Attributes
    ----------
    D : Dictionary
        The dictionary.
    signals : Number, shape (B, m)
        The signals ``y``.
    features : Features
        Where the features live.
    """

    D: Dictionary
    signals: Number
    features: Features

    @cached_property
    def _stationary(self) -> LassoPoint:
        found, gram = self.features, self.D.raw_gram
        data = self.signals @ self.D.atoms
        if found.given.any():
            data = data - self.D.arithmetic.of(found.given) @ gram
        return stationary_point(gram, data, found.basis, found.signs, found.thresholds)

    @cached_property
    def entries(self) -> Number:
        """The features ``z``, shape (B, n)."""
        return self._stationary.entries + self.features.given

    @property
    def correlations(self) -> Number:
        """``<d_j, y - D z>``, shape (B, n)."""
        return self._stationary.correlations

    @cached_property
    def fit(self) -> Number:
        """``D z``, shape (B, m)."""
        return self.D.synthesis(self.entries)

    @cached_property
    def residual(self) -> Number:
        """``r = y - D z``, shape (B, m)."""
        return self.signals - self.fit

    @cached_property
    def signs(self) -> Any:
        """Signs of the features, shape (B, n)."""
        return self.features.signs + np.sign(self.features.given)

    @cached_property
    def gaps(self) -> Number:
        """``lam_j - <d_j, r>``, with the size of the product if signed; 0 on the support."""
        found, c = self.features, self.correlations
        size = abs(c).where(np.broadcast_to(found.signed[:, None], c.shape), c)
        return (self.D.arithmetic.of(found.thresholds) - size).where(~found.support, 0)

    def cost_of(self, other: FeaturePoint) -> Number:
        """``2 sum_j |x_j| (lam_j - sign(x_j) <d_j, r>)`` for other features x, shape (B,).

        That is ``2 g^T x`` where nothing is signed.
        """
        weights = other.signs * self.features.thresholds
        cost: Number = 2 * (other.entries * (weights - self.correlations)).sum(-1)
        return cost

    def premises(self, name: str) -> Iterator[Premise]:
        """Yield what makes them features: the optimality conditions, of a point by that name."""
        found = self.features
        yield Premise("0 < lam_j", 0, found.thresholds.min(axis=1))
        yield Premise(f"{name} has its signs", 0, self._stationary.signed.min(-1))
        negative = np.where(found.signed[:, None], 0, self.signs).min(axis=1)
        yield Premise(f"0 <= {name}", -negative, 0, strict=False)
        c = self.correlations
        size = abs(c).where(np.broadcast_to(found.signed[:, None], c.shape), c)
        beyond = (size - found.thresholds).where(~found.basis, 0).max(-1)
        yield Premise(f"<d_j, y - D {name}> <= lam_j", beyond, 0, strict=False)
        if found.given.any():
            short = found.thresholds - np.sign(found.given) * c
            short = short.where(found.given != 0, 0).max(-1)
            yield Premise(f"lam_j <= <d_j, y - D {name}> on supp {name}", short, 0, strict=False)


@of_evidence
def features_of(instance: Instance, features: Features) -> FeaturePoint:
    """Work out the features of the signals of an instance.

    Examples
    --------
    >>> found = Features([[1.0, 1.0]], [[1.0, 0.0]], [[0.0, 0.0]], [False])
    >>> point = features_of(Instance([[1, 0], [0, 1]], [[3.0, 0.5]]), found)
    >>> point.entries.mid, point.gaps.mid
    (array([[2., 0.]]), array([[0. , 0.5]]))
    """
    return FeaturePoint(instance.D, instance.Y, features)


@of_evidence
def moved_features(instance: Instance, pair: FeaturePair) -> FeaturePoint:
    """Work out the features of the other signals of a pair."""
    return FeaturePoint(instance.D, instance.lift(pair.signals.values), pair.moved)


def paired(instance: Instance, pair: FeaturePair) -> Iterator[Premise]:
    """Both are features, with the same thresholds."""
    yield from features_of(instance, pair.features).premises("z")
    yield from moved_features(instance, pair).premises("z'")
    differ = (pair.features.thresholds != pair.moved.thresholds).any(axis=1)
    differ |= pair.features.signed != pair.moved.signed
    yield Premise("lam' = lam", differ.astype(float), 0, strict=False)
