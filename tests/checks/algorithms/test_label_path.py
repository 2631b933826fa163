"""Paths to another label: dual points that are as large as points that have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.label_path import FAR, label_path, solved_on


def problem(seed: int, m: int = 9, n: int = 8, count: int = 200) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((m, n))
    z = rng.random((count, n)) * (rng.random((count, n)) < 0.4)
    gaps = np.where(z > 0, 0.0, 0.2 * rng.random((count, n)))
    return {
        "gram": D.T @ D,
        "z": z,
        "gaps": gaps,
        "v": rng.standard_normal((count, n)),
        "margins": 0.1 + rng.random(count),
        "inside": (z > 0) | (rng.random((count, n)) < 0.5),
    }


def bounds(given: dict[str, Any], tau: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a dual point proves, and the least entry that it must not have below 0."""
    pulled = h @ given["gram"]
    q = pulled + given["gaps"] + tau[:, None] * given["v"]
    value = 2 * tau * given["margins"] - (h * pulled).sum(axis=1) - 2 * (given["z"] * q).sum(axis=1)
    return value, np.where(given["inside"], q, np.inf).min(axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_a_path_ends_at_the_nearest_features_with_another_label(seed: int) -> None:
    given = problem(seed)
    tau, h = label_path(**given, enough=np.full(200, FAR))
    value, least = bounds(given, tau, h)
    assert (least > 0).all()
    x = given["z"] + h
    margin = given["margins"] + (given["v"] * h).sum(axis=1)
    cost = ((h @ given["gram"]) * h).sum(axis=1) + 2 * (given["gaps"] * x).sum(axis=1)
    ends = value < FAR / 2
    assert 100 < ends.sum() < 200  # elsewhere no features on these atoms have another label
    assert (x[ends] > -1e-9).all()
    assert not x[~given["inside"]].any()
    assert np.abs(margin[ends]).max() < 1e-9
    np.testing.assert_allclose(cost[ends], value[ends], rtol=1e-9)  # so that both are optimal


def test_a_path_ends_early_where_that_is_enough() -> None:
    given = problem(5)
    whole, _ = bounds(given, *label_path(**given, enough=np.full(200, FAR)))
    early, least = bounds(given, *label_path(**given, enough=whole / 2))
    assert (least > 0).all()
    assert (early >= 0.49 * whole).all()
    assert (early < 0.99 * whole).any()


def test_atoms_that_are_dependent_are_no_accident() -> None:
    given = problem(6, m=3)
    given["inside"] = np.ones_like(given["inside"])
    tau, h = label_path(**given, enough=np.full(200, 10.0))
    assert np.isfinite(tau).all()
    assert np.isfinite(h).all()


def test_systems_of_no_atoms_and_of_singular_blocks_are_solved() -> None:
    none = np.zeros((2, 3), dtype=bool)
    assert not solved_on(np.eye(3), np.ones((2, 3)), none).any()
    np.testing.assert_allclose(solved_on(np.ones((2, 2)), np.ones((1, 2)), ~none[:1, :2]), 0.5)


def test_a_singular_neighbour_and_the_scale_change_nothing() -> None:
    gram = np.array([[4.0, 4.0, 1.0], [4.0, 4.0, 1.0], [1.0, 1.0, 2.0]])
    right = np.array([[1.0, 1.0, 3.0], [1.0, 2.0, 3.0]])
    on = np.array([[True, True, False], [True, False, True]])
    alone = solved_on(gram, right[1:], on[1:])
    for scale in (1.0, 2.0**-80):
        both = solved_on(gram * scale, right * scale, on)
        assert np.array_equal(both[1], alone[0])
