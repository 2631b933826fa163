"""Rows for ``proofs/tied/stability.v``: stability, and training."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from sparsebound.theory.analysis.features import FeaturePoint, features_of, moved_features
from sparsebound.theory.analysis.lasso import lasso_point
from sparsebound.theory.evidence import Estimate, Minimiser
from sparsebound.theory.instance import Dictionary, Instance
from tests.quality.coq_data import (
    Rows,
    exact,
    flags,
    fraction,
    fractions,
    number,
    rows,
    shape,
    unit_atoms,
    vector,
)
from tests.quality.ties import Found, Row, from_theorem, of_mutant


def raw(found: Found) -> tuple[Rows, list[Fraction]]:
    """Atoms and signal as they are."""
    (y,) = exact(found.instance.exact().Y)
    return [fractions(row) for row in found.instance.D.data], y


def of_pair(found: Found) -> Iterator[list[str]]:
    """Two codes of one signal; what a mutant has in the place of 4, and how much less than 2k."""
    D, norms = unit_atoms(found.instance.D)
    pair = found.only
    codes = [
        vector(norm * fraction(value) for norm, value in zip(norms, code, strict=True))
        for code in (found.instance.X[0], pair.points[0])
    ]
    terms = [*shape(D), rows(D), vector(pair.signals[0]), *codes]
    yield [*terms, str(int(found.instance.sparsity[0])), number(pair.eps[0])]


def of_changed_pair(found: Found) -> Iterator[list[str]]:
    (terms,) = of_pair(found)
    yield [number(found.changes.get("constant", 4)), str(found.changes.get("fewer", 1)), *terms]


def of_local_changed_pair(found: Found) -> Iterator[list[str]]:
    (terms,) = of_pair(found)
    yield [number(found.changes["constant"]), *terms]


def of_denoised(found: Found) -> Iterator[list[str]]:
    (terms,) = of_pair(found)
    changed = [number(value) for value in found.changes.values()]
    yield [*changed, *terms[:-2], terms[-1]]


def entries(point: FeaturePoint) -> str:
    (z,) = exact(point.entries)
    return vector(z)


def thresholds(features: Any) -> list[str]:
    """Thresholds, and whether entries may be negative."""
    return [vector(features.thresholds[0]), str(bool(features.signed[0])).lower()]


def of_feature_pair(found: Found) -> Iterator[list[str]]:
    instance, pair = found.instance.exact(), found.only
    D, y = raw(found)
    points = (features_of(instance, pair.features), moved_features(instance, pair))
    changed = []
    if found.changes:
        crossed = found.changes.get("crossed", 1)
        changed = [number(crossed * found.changes.get("entering", 2)), number(crossed * 2)]
    yield [
        *changed, *shape(D), rows(D), *thresholds(pair.features), vector(y),
        vector(pair.signals.values[0]), *map(entries, points),
    ]  # fmt: skip


def of_gap(found: Found) -> Iterator[list[str]]:
    instance, gap = found.instance.exact(), found.only
    D, y = raw(found)
    changed = [number(value) for value in found.changes.values()]
    yield [
        *changed, *shape(D), rows(D), vector(y), *thresholds(gap.features),
        entries(features_of(instance, gap.features)), vector(gap.points.values[0]),
        vector(gap.duals.values[0]),
    ]  # fmt: skip


def of_drift(found: Found) -> Iterator[list[str]]:
    instance, drift = found.instance.exact(), found.only
    D, y = raw(found)
    other = Dictionary(drift.atoms, arithmetic=instance.D.arithmetic)
    moved = [
        [fraction(b) - a for a, b in zip(*pair, strict=True)]
        for pair in zip(D, drift.atoms.tolist(), strict=True)
    ]
    points = (
        features_of(instance, drift.features),
        FeaturePoint(other, instance.Y, drift.drifted),
    )
    changed = []
    if found.changes:
        changed = [number(found.changes.get("share", 1)), number(found.changes.get("squares", 1))]
    yield [
        *changed, *shape(D), rows(D), rows(moved), vector(y), *thresholds(drift.features),
        *map(entries, points),
    ]  # fmt: skip


def of_code(found: Found) -> Iterator[list[str]]:
    code = found.instance.X[0]
    yield [str(len(code)), vector(code)]


def of_rest(found: Found) -> Iterator[list[str]]:
    """The code without its first entries: they are the largest."""
    code = found.instance.X[0]
    changed = [number(value) for value in found.changes.values()]
    for kept in range(1, len(code) if not changed else 2):
        yield [*changed, str(len(code)), vector(code), flags(np.arange(len(code)) < kept)]


def of_path(found: Found) -> Iterator[list[str]]:
    """Minimisers for two weights: the first and the last, or where a nonzero comes in."""
    instance, path = found.instance.exact(), found.only
    D, y = raw(found)
    pair = (1, 2) if found.changes.get("counted") else (0, path.lam.shape[1] - 1)
    codes, data = [], instance.Y @ instance.D.atoms
    for p in pair:
        support, signs = path.support[:, p], path.signs[:, p]
        point = lasso_point(
            instance.D.raw_gram, data, Minimiser(path.lam[:, p], support, signs, support)
        )
        codes += exact(point.entries)
    changed = [number(found.changes["share"])] if "share" in found.changes else []
    weights = [number(path.lam[0, p]) for p in pair]
    yield [*changed, *shape(D), rows(D), vector(y), *weights, *map(vector, codes)]


OPPOSITE = Instance([[3, 3], [4, -4]], [[1, 0]])
"""Two codes of opposite halves, in the norm 5."""
MIDDLE = Estimate(np.array([[0.0, 4]]), np.array([[0.0, -1]]), np.array([3.0]))
PAIR, LOCAL = {"pair": MIDDLE}, {"local_pair": MIDDLE}
DECREASING = Instance(np.eye(4), [[5, -3, 2, 0.5]])
ROWS = (
    Row("stability.p0", "stability.p0", of_pair, (OPPOSITE,), evidence=PAIR),
    Row("stability.p0_with", "stability.p0", of_changed_pair, (OPPOSITE,), "4 -> 3.6", PAIR),
    Row("stability.p0_with", "stability.p0", of_changed_pair, (OPPOSITE,), "2k-1 -> 2k-2", PAIR),
    Row("stability.local", "stability.local", of_pair, (OPPOSITE,), evidence=LOCAL),
    Row("stability.local_with", "stability.local", of_local_changed_pair, (OPPOSITE,),
        "4 -> 3.6", LOCAL),
    from_theorem("stability.bpdn", of_denoised),
    of_mutant("stability.bpdn_with", "stability.bpdn", of_denoised, "4 -> 3.6"),
    from_theorem("stability.features", of_feature_pair),
    from_theorem("stability.features", of_feature_pair, "stability.features_enters"),
    of_mutant("stability.features_with", "stability.features", of_feature_pair,
              "2 g^T z' -> 2.2 g^T z'"),
    of_mutant("stability.features_with", "stability.features", of_feature_pair,
              "the gaps dropped"),
    from_theorem("stability.gap_safe", of_gap),
    of_mutant("stability.gap_safe_with", "stability.gap_safe", of_gap, "2 G -> 1.9 G"),
    from_theorem("training.code_drift", of_drift, "stability.code_drift"),
    of_mutant("stability.code_drift_with", "training.code_drift", of_drift,
              "right side times 0.95"),
    of_mutant("stability.code_drift_with", "training.code_drift", of_drift,
              "||E z||^2 + ||E z'||^2 dropped"),
    from_theorem("training.effective_sparsity", of_code, "stability.effective_sparsity"),
    Row("stability.effective_sparsity", "training.effective_sparsity", of_code, (DECREASING,)),
    Row("stability.rest", "training.effective_sparsity", of_rest, (DECREASING,)),
    of_mutant("stability.effective_sparsity_turned", "training.effective_sparsity", of_code,
              "turned round"),
    of_mutant("stability.rest_with", "training.effective_sparsity", of_rest, "1/2 -> 0.45"),
    from_theorem("training.path_monotone", of_path, "stability.path_distance"),
    from_theorem("training.path_monotone", of_path, "stability.path_sides"),
    of_mutant("stability.path_distance_times", "training.path_monotone", of_path,
              "right side times 0.95"),
    of_mutant("stability.path_counted", "training.path_monotone", of_path,
              "||x(lam)||_0 does not rise"),
)  # fmt: skip
