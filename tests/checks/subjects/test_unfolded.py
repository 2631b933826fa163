"""Unfolded networks, held against a loop; activations, against their definition."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, relu, soft
from sparsebound.checks.subjects.unfolded import NETWORKS, unfolded_network, unfolding
from sparsebound.checks.subjects.unfolding_schedules import WEIGHTS, weights
from sparsebound.theory.analysis.activations import activation_error
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.analysis.unfolding import rounding
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.instance import Instance

KINDS = ["float64", "float32"]


def instance(seed: int = 0, m: int = 6, n: int = 9, s: int = 2, noise: float = 0.1) -> Instance:
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(n), (5, 1)), axis=1)
    X = np.where(order < s, rng.standard_normal((5, n)), 0.0)
    return Instance(rng.standard_normal((m, n)), X, noise * rng.standard_normal((5, m)))


def by_a_loop(D: np.ndarray, W: np.ndarray, y: np.ndarray, thresholds: np.ndarray) -> list:
    states = [np.zeros(D.shape[1])]
    for theta in thresholds:
        v = states[-1] + W.T @ (y - D @ states[-1])
        states.append(np.array([np.sign(u) * max(abs(u) - theta, 0) for u in v]))
    return states


def test_agrees_with_a_loop() -> None:
    rng = np.random.default_rng(2)
    D, W = rng.standard_normal((2, 4, 7)) / 3
    Y, thresholds = rng.standard_normal((3, 4)), rng.uniform(0, 0.5, (3, 5))
    states = unfolded_network(D, W, Y, thresholds, soft)
    for code in range(3):
        np.testing.assert_allclose(states[code], by_a_loop(D, W, Y[code], thresholds[code]))


def test_perturbations_and_sides() -> None:
    theta, one = np.array([[1.0]]), np.array([[[0.5, -0.5]]])
    D, Y = np.eye(2), np.array([[3.0, -3.0]])
    states = unfolded_network(D, D, Y, theta, soft, r=one, p=2 * one)
    np.testing.assert_array_equal(states[0, 1], [3.5, -3.5])
    sides = np.array([[1.0, -1.0]])
    np.testing.assert_array_equal(
        unfolded_network(D, D, Y, theta, relu, sides=sides)[0, 1], [2, -2]
    )
    np.testing.assert_array_equal(
        unfolded_network(D, D, Y, theta, relu, sides=-sides)[0, 1], [0, 0]
    )


def test_single_precision_is_single_precision() -> None:
    found = instance()
    states = unfolded_network(
        found.D.data, found.D.data, found.Y.mid, np.full((5, 2), 0.1), soft, dtype="float32"
    )
    np.testing.assert_array_equal(states, states.astype(np.float32))


def test_thresholds_beyond_single_precision_let_nothing_through() -> None:
    thresholds = np.array([[0.1, 1e300]])
    states = unfolded_network(
        np.eye(2), np.eye(2), np.ones((1, 2)), thresholds, soft, dtype="float32"
    )
    assert states[0].any(axis=1).tolist() == [False, True, False]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", KINDS)
def test_activations_are_thresholding_functions(name: str, dtype: str) -> None:
    h, kind = ACTIVATIONS[name], np.dtype(dtype).type
    rng = np.random.default_rng(0)
    for theta in kind([0.0, 1e-30, 0.3, 1.0, 7.3, 1e20]):
        v = kind(theta) * np.concatenate([rng.uniform(-6, 6, 2000), np.arange(-5, 6)]).astype(dtype)
        v = np.concatenate([v, np.nextafter(theta, kind([0, np.inf])), rng.normal(size=9)])
        v = v.astype(dtype)
        found = h(v, theta)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found[np.abs(v) <= theta], 0)
        moved = np.abs(found.astype(float) - v.astype(float))
        room = activation_error(FloatingPoint.of(dtype), np.abs(v).astype(float), float(theta))
        assert (moved <= float(theta) + room).all()
        np.testing.assert_array_equal(h(-v, theta), -found)


def test_relu_is_one_sided() -> None:
    v = np.linspace(-3, 3, 25)
    np.testing.assert_array_equal(relu(v, 1.0), np.where(v > 1, v - 1, 0))


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("shape", [(1, 1), (6, 9), (30, 12)])
def test_rounding_of_a_step_is_within_its_bound(dtype: str, shape: tuple[int, int]) -> None:
    """Against rational arithmetic, for states whose distance from the code is known."""
    m, n = shape
    found = instance(3, m, n, s=min(2, n))
    W = weights(found, "normalised", dtype)
    bound = rounding(found, W, dtype)
    unit = np.finfo(dtype).eps / 2
    D = [[Fraction(v) for v in row] for row in found.D.data]
    for code in range(2):
        x = np.where(found.support[code], found.X[code] * 1.5, 0.25).astype(dtype).astype(float)
        first = x.astype(dtype)
        kind = np.dtype(dtype)
        computed = first + (
            found.Y.mid[code].astype(kind) - first @ found.D.data.T.astype(kind)
        ) @ W.astype(kind)
        y = [
            sum(D[i][j] * Fraction(found.X[code, j]) for j in range(n)) + Fraction(found.E[code, i])
            for i in range(m)
        ]
        rest = [y[i] - sum(D[i][j] * Fraction(x[j]) for j in range(n)) for i in range(m)]
        error = max(
            abs(
                Fraction(float(computed[j]))
                - Fraction(x[j])
                - sum(Fraction(W[i, j]) * rest[i] for i in range(m))
            )
            for j in range(n)
        )
        distance = np.abs(x - found.X[code])
        on = distance[found.support[code]].max(initial=0.0)
        allowed = bound.base[code] + bound.on[code] * on + bound.off[code] * 0.25
        assert 0 <= float(error) <= allowed
        assert allowed < 1e4 * unit * (1 + np.abs(x).max()) * (1 + np.abs(W).max()) * n


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_are_scaled(kind: str) -> None:
    found = instance(4)
    own = (weights(found, kind) * found.D.data).sum(axis=0)
    if kind == "gradient":
        assert (own > 0).all()
        assert (own <= 1).all()
        assert (
            np.linalg.norm(found.D.data, 2) ** 2 <= found.D.data[0, 0] / weights(found, kind)[0, 0]
        )
    else:
        np.testing.assert_allclose(own, 1)


def test_weights_that_do_not_exist() -> None:
    with pytest.raises(InputError, match="weights is 'best'; expected one of"):
        weights(instance(), "best")


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_depend_on_the_data_alone(name: str) -> None:
    one, two = (NETWORKS[name](instance(5)) for _ in range(2))
    np.testing.assert_array_equal(one.iterates, two.iterates)
    assert one.activation == two.activation
    assert one.iterates.shape == (5, one.thresholds.shape[1] + 1, 9)


def test_evidence_of_some_codes() -> None:
    network = unfolding(instance(6))
    some = network.select([3, 1])
    assert len(some.iterates) == 2
    assert some.W is network.W
    np.testing.assert_array_equal(some.thresholds, network.thresholds[[3, 1]])


def test_evidence_that_does_not_fit() -> None:
    network = unfolding(instance(7))
    parts = {item.name: getattr(network, item.name) for item in fields(network)}
    with pytest.raises(InputError, match=r"iterates\.shape"):
        Unfolding(**{**parts, "iterates": network.iterates[:, 1:]})
    with pytest.raises(InputError, match="lengths of the fields of Unfolding"):
        Unfolding(**{**parts, "nu": network.nu[:1]})
    with pytest.raises(InputError, match="rho"):
        Unfolding(**{**parts, "rho": np.full_like(network.rho, np.nan)})
