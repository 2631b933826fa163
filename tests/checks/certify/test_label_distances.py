"""Distances to another label by dual points: larger than the closed form, never too large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.certify import label_distances
from sparsebound.checks.certify.label_distances import NearestLabels, lower, nearest_labels
from sparsebound.checks.oracles.features import features_at
from sparsebound.checks.oracles.label_attack import label_changes
from sparsebound.checks.oracles.label_change import price_certificate
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.arithmetic import Ball
from sparsebound.theory.evidence import Features, Head
from sparsebound.theory.instance import Dictionary, Instance

B, LAM = 40, 0.1


def label_radius(seed: int, m: int = 12, n: int = 8) -> LabelRadius:
    rng = np.random.default_rng(seed)
    D = Dictionary(rng.standard_normal((m, n)) / np.sqrt(m))
    Z = rng.random((B, n)) * (rng.random((B, n)) < 0.4)
    Y = Z @ D.data.T + 0.05 * rng.standard_normal((B, m))
    none = np.zeros((B, n))
    like = Features(np.full((B, n), LAM), none, none, np.zeros(B, dtype=bool))
    found = features_at(Instance(D, none, Y), Y, like)
    point = FeaturePoint(D, Ball.of(Y), found)
    weights = np.broadcast_to(rng.standard_normal((3, n)), (B, 3, n))
    biases = np.broadcast_to(0.1 * rng.standard_normal(3), (B, 3))
    z = point.entries.mid
    labels = ((weights * z[:, None]).sum(axis=2) + biases).argmax(axis=1)
    certificate = price_certificate(D.data, z, np.maximum(point.gaps.mid, 0.0))
    return LabelRadius(point, Head(weights, biases, labels), certificate)


def distances(radius: LabelRadius) -> NearestLabels:
    return nearest_labels(radius, radius.prices(), np.ones(B, dtype=bool))


@pytest.mark.parametrize("seed", range(3))
def test_they_are_those_of_the_closed_form_or_larger(seed: int) -> None:
    radius = label_radius(seed)
    terms = [lower(term) for term in radius.spanned(radius.prices())]
    closed = np.sqrt(np.minimum.reduce(terms).min(axis=1))
    found = distances(radius).distances
    assert (found >= closed * (1 - 1e-9)).mean() > 0.95  # levels of prices are others
    assert (found > 1.05 * closed).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [0.0, 1e-3, 10.0])
def test_no_dual_point_proves_too_much(
    seed: int, noise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    radius, rng, whole = label_radius(seed), np.random.default_rng(seed), label_distances.label_path

    def elsewhere(*given: Any) -> Any:
        tau, h = whole(*given)
        moved = rng.standard_normal(h.shape) * np.abs(h).max(initial=0.0)
        return tau * (1 + noise * rng.standard_normal(len(tau))), h + noise * moved

    monkeypatch.setattr(label_distances, "label_path", elsewhere)
    found = distances(radius).distances
    assert (found > 0).mean() > 0.9
    D, signals = radius.point.D, radius.point.signals.mid
    hit = 0
    for share in (0.02, 0.05, 0.1, 0.2, 0.4):
        changed = label_changes(D, signals, np.full(8, LAM), radius.head, share, 12)
        apart = np.linalg.norm(changed - signals, axis=1)
        assert not (apart < found).any()
        hit += int(np.isfinite(apart).sum())
    assert hit > 50


def test_nothing_is_proved_where_it_is_said_so() -> None:
    sure, radius = np.arange(B) % 2 == 0, label_radius(1)
    found = nearest_labels(radius, radius.prices(), sure)
    assert not found.distances[~sure].any()
    np.testing.assert_array_equal(found.distances[sure], distances(radius).distances[sure])


def test_where_dual_points_prove_nothing_the_closed_form_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    radius = label_radius(2)
    monkeypatch.setattr(
        label_distances, "label_path", lambda *given: (np.zeros(len(given[1])), 0 * given[1])
    )
    terms = [lower(term) for term in radius.spanned(radius.prices())]
    closed = np.sqrt(np.minimum.reduce(terms).min(axis=1))
    found = distances(radius)
    np.testing.assert_allclose(found.distances, closed, rtol=1e-12)
    assert (found.atoms >= 0).any()
    assert (found.atoms < 0).any()
