"""Features of signals: against other solvers, hand calculations, and searches on a grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import nnls

from sparsebound.checks.evidence import gather
from sparsebound.checks.oracles.features import feature_pair, features
from sparsebound.checks.oracles.label_change import label_change
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.evidence import LabelChange
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal import label_changes
from sparsebound.theory.instance import Instance
from sparsebound.theory.stability.features import THEOREM as MOVES
from sparsebound.theory.theorem import Mutant
from sparsebound.theory.training.certified_radius import THEOREM as RADIUS
from sparsebound.theory.uniqueness.features import THEOREM as UNIQUE
from sparsebound.theory.verdict import Status, decide


def instance_of(seed: int, m: int = 9, n: int = 6) -> Instance:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 5, (12, n)) * (rng.random((12, n)) < 0.4)
    return Instance(rng.standard_normal((m, n)), X, rng.integers(-8, 9, (12, m)) / 16)


def by_nnls(D: np.ndarray, y: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Nonnegative features of a signal, for independent atoms."""
    return nnls(D, y - np.linalg.lstsq(D.T, lam, rcond=None)[0])[0]


@pytest.mark.parametrize("seed", range(4))
def test_features_are_those_of_scipy_and_the_equality_is_theirs(seed: int) -> None:
    instance = instance_of(seed)
    pair = feature_pair(Experiment(instance))
    D, z = instance.D.data, FeaturePoint(instance.D, instance.Y, pair.features).entries.mid
    for code in np.flatnonzero(~pair.features.signed):
        lam, y = pair.features.thresholds[code], instance.Y.mid[code]
        other = pair.signals.values[code]
        first, second = by_nnls(D, y, lam), by_nnls(D, other, lam)
        np.testing.assert_allclose(first, z[code], atol=1e-9)
        r, s = y - D @ first, other - D @ second
        parts = [
            ((D @ (first - second)) ** 2).sum(),
            ((r - s) ** 2).sum(),
            2 * (lam - D.T @ r) @ second,
            2 * (lam - D.T @ s) @ first,
        ]
        assert ((y - other) ** 2).sum() == pytest.approx(sum(parts), rel=1e-9)
    verdict = decide(MOVES, instance, {"feature_pair": pair})
    assert (verdict.status == Status.HOLDS).all()


def test_what_is_no_minimiser_is_vacuous() -> None:
    instance = instance_of(0)
    found = features(instance)
    for wrong in (
        replace(found, signs=-found.signs),
        replace(found, thresholds=found.thresholds * 0),
        replace(found, given=found.given + 1.0),
    ):
        verdict = decide(UNIQUE, instance, {"features": wrong})
        assert (verdict.status[found.support.any(axis=1)] == Status.VACUOUS).all()


def radius_of(experiment: Experiment) -> LabelRadius:
    """In exact arithmetic."""
    instance = experiment.codes.exact()
    change: LabelChange = experiment.settings["label_change"]
    point = FeaturePoint(instance.D, instance.Y, change.pair.features)
    return LabelRadius(point, change.head, change.certificate)


@pytest.mark.parametrize(
    ("construction", "size", "square"),
    [
        # by hand: z = (k, 0), gap g = 1/8: h = (-(k + g)/2, (k - g)/2), and the price g^2
        (label_changes.enters_or_stays, 1, 2 * (15 / 16) ** 2 + 4 * 0.125),
        (label_changes.larger_margin, 1, 2 * (2 - 1 / 16) ** 2 + 1.0),
        (label_changes.idle_atom, 1, 1.0),
        (label_changes.seen_nearer, 2, 16.0),
    ],
)
def test_radii_are_those_that_one_finds_by_hand(
    construction: object, size: int, square: float
) -> None:
    found = radius_of(construction(size)).squared_radius()  # type: ignore[operator]
    assert found.mid == pytest.approx(square, rel=1e-15)


@pytest.mark.parametrize("seed", range(6))
def test_no_label_changes_within_the_radius_on_a_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = rng.integers(-3, 4, (2, 2)) + 4 * np.eye(2)
    X = rng.integers(0, 4, (6, 2)).astype(float)
    instance = Instance(D, X, rng.integers(-8, 9, (6, 2)) / 16)
    change = label_change(Experiment(instance))
    point = FeaturePoint(instance.D, instance.Y, change.pair.features)
    squares = LabelRadius(point, change.head, change.certificate).squared_radius().mid
    turns = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    for code in range(6):
        radius, lam = np.sqrt(squares[code]), change.pair.features.thresholds[code]
        if not radius < 1e6:
            continue
        V, b = change.head.weights[code], change.head.biases[code]
        for share in (0.5, 0.9, 0.999):
            for turn in turns:
                step = share * radius * np.array([np.cos(turn), np.sin(turn)])
                z = by_nnls(D, instance.Y.mid[code] + step, lam)
                assert (V @ z + b).argmax() == 0


@pytest.mark.parametrize("seed", range(4))
def test_certificates_are_nearly_as_large_as_what_is_attacked(seed: int) -> None:
    instance = instance_of(seed)
    verdict = decide(RADIUS, instance, {"label_change": label_change(Experiment(instance))})
    assert (verdict.status[verdict.status != Status.VACUOUS] == Status.HOLDS).all()
    assert np.nanmedian(verdict.ratio) > 0.99


@pytest.mark.parametrize("mutant", RADIUS.mutants, ids=lambda mutant: mutant.name)
def test_mutants_of_the_radius_are_decided_where_all_atoms_are_used(mutant: Mutant) -> None:
    one = Instance([[1.0]], [[1.0]], [[0.125]])
    verdict = decide(RADIUS, one, gather(RADIUS, one), mutant.changes)
    assert verdict.status.tolist() != [Status.UNDECIDED]
