"""The bound of every layer of a network, against all supports and signs, in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.guarantees.network import Network, network
from sparsebound.theory.instance import Dictionary

Rationals = NDArray[np.object_]


def rational(values: FloatArray) -> Rationals:
    made = np.empty(np.shape(values), dtype=object)
    made.flat[:] = [Fraction(float(v)) for v in np.ravel(values)]
    return made


def vertices(n: int, sparsity: int, amplitude: float) -> list[FloatArray]:
    """Codes of at most so many nonzeros whose entries are all as large as they may be."""
    codes = []
    for s in range(1, sparsity + 1):
        for support in combinations(range(n), s):
            for signs in product((-amplitude, amplitude), repeat=s):
                x = np.zeros(n)
                x[list(support)] = signs
                codes.append(x)
    return codes


def worst_errors(
    D: FloatArray, weights: list[FloatArray], theta: FloatArray, codes: list[FloatArray]
) -> list[Fraction]:
    """The largest error after each layer, exactly; without noise."""
    worst = [Fraction(0)] * len(weights)
    exact = rational(D)
    for code in codes:
        x = rational(code)
        signal, state = exact @ x, rational(np.zeros(len(code)))
        for k, (W, limits) in enumerate(zip(weights, theta, strict=True)):
            v = state + rational(W).T @ (signal - exact @ state)
            cut = [Fraction(float(t)) for t in limits]
            state = np.array(
                [
                    a - t if a > t else a + t if a < -t else Fraction(0)
                    for a, t in zip(v, cut, strict=True)
                ],
                dtype=object,
            )
            worst[k] = max(worst[k], *(abs(a - b) for a, b in zip(state, x, strict=True)))
    return worst


def certified(
    D: FloatArray, weights: list[FloatArray], theta: FloatArray | None, s: int, **changes: float
) -> tuple[FloatArray, Network]:
    return network(Dictionary(D), weights, theta, s, **{"amplitude": 1.0, "noise": 0.0, **changes})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_no_code_errs_by_more_than_the_bound_of_any_layer(seed: int) -> None:
    """Weights of any diagonal, one matrix a layer; thresholds that let false positives pass."""
    rng = np.random.default_rng(seed)
    m, n, layers = 3, 4, 3
    D = rng.integers(-4, 5, (m, n)) / 4.0
    D[0, ~D.any(axis=0)] = 1.0
    weights = [rng.integers(-4, 5, (m, n)) / 4.0 for _ in range(layers)]
    theta = rng.integers(0, 9, (layers, n)) / 8.0
    sparsity = int(rng.integers(1, 3))
    _, found = certified(D, weights, theta, sparsity)
    worst = worst_errors(D, weights, theta, vertices(n, sparsity, 1.0))
    for layer, true in zip(found.layers, worst, strict=True):
        assert true <= Fraction(layer.bound.value)


def test_a_diagonal_that_is_not_one_is_in_the_bound_which_is_attained() -> None:
    """One atom, the weight 1/2: a code of 1 is half found, and the threshold is lost as well."""
    D, W = np.array([[1.0]]), np.array([[0.5]])
    _, found = certified(D, [W, W], np.full((2, 1), 0.25), 1)
    assert [layer.bound.value for layer in found.layers] == [0.75, 0.625]
    assert worst_errors(D, [W, W], np.full((2, 1), 0.25), [np.ones(1)]) == [
        Fraction(3, 4),
        Fraction(5, 8),
    ]
    assert found.diagonal.value == 0.5


@pytest.mark.parametrize(
    ("residuals", "thresholds", "worst"),
    [
        # what is wrong off the support comes back on it, where a threshold is added
        ([[[0.0, 1.0], [1.0, 0.0]]] * 2, [0.0, 0.5], [1, 1]),
        # or it stays, three times as large
        ([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 3.0]]], [0.0, 0.0], [1, 3]),
    ],
)
def test_false_positives_are_errors_that_enter_the_next_layer(
    residuals: list[list[list[float]]], thresholds: list[float], worst: list[int]
) -> None:
    """Without thresholds the error is multiplied by ``I - W^T D`` in each layer."""
    D, weights = np.eye(2), [np.eye(2) - np.array(residual).T for residual in residuals]
    theta = np.outer(thresholds, np.ones(2))
    _, found = certified(D, weights, theta, 1)
    assert not found.certified
    assert worst_errors(D, weights, theta, vertices(2, 1, 1.0)) == worst
    bounds = [layer.bound.value for layer in found.layers]
    assert all(true <= bound for true, bound in zip(worst, bounds, strict=True))


@pytest.mark.parametrize("units", [0, 1, 6, 1000])
def test_a_threshold_short_by_units_in_the_last_place_is_not_certified(units: int) -> None:
    """Integers times powers of two: what is needed is known exactly, and is 1/2."""
    D = np.array([[1.0, 0.5], [0.0, 1.0]])
    W = np.array([[1.0, 0.5], [-0.5, 1.0]])  # <w_0, d_1> = 0, <w_1, d_0> = 1/2
    theta = np.full((1, 2), 0.5 - units * 2.0**-54)
    _, found = certified(D, [W], theta, 1)
    assert found.layers[0].certified == (units == 0)
    assert units * 2.0**-54 <= found.layers[0].short <= units * 2.0**-53


@pytest.mark.parametrize("units", [1, 6])
def test_an_unknown_sign_is_no_certificate(units: int) -> None:
    """Irrational data: six units in the last place cannot be told from rounding."""
    rng = np.random.default_rng(0)
    D = rng.standard_normal((6, 8))
    D /= np.linalg.norm(D, axis=0)
    chosen, found = certified(D, [D], None, 1)
    assert found.layers[0].certified  # what was chosen surely suffices
    short = chosen * (1 - units * 2.0**-53)
    _, found = certified(D, [D], short, 1)
    assert not found.layers[0].certified
    assert 0 < found.layers[0].short < 1e-14
    assert found.reason is not None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_chosen_thresholds_leave_no_false_positive(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = rng.standard_normal((5, 5)) * 0.2 + np.eye(5)
    weights = [np.eye(5) + 0.1 * rng.standard_normal((5, 5)) for _ in range(2)]
    chosen, found = certified(D, weights, None, 2)
    assert all(layer.certified for layer in found.layers)
    worst = worst_errors(D, weights, chosen, vertices(5, 2, 1.0))
    for layer, true in zip(found.layers, worst, strict=True):
        assert true <= Fraction(layer.bound.value)


def test_noise_is_in_every_threshold_and_twice_in_every_bound() -> None:
    """The identity: nu = 1/8 needs a threshold of 1/8 and leaves an error of 1/4."""
    chosen, found = certified(np.eye(3), [np.eye(3)] * 2, None, 1, noise=0.125)
    assert (chosen == 0.125).all()
    assert [layer.bound.value for layer in found.layers] == [0.25, 0.25]


def test_what_overflows_is_not_certified() -> None:
    D = np.array([[1.0, 0.5], [0.0, 1.0]])
    _, found = certified(D, [D * 1e200, D * 1e200], np.full((2, 2), 1e300), 2, amplitude=1e300)
    assert not found.certified
    assert not any(layer.certified for layer in found.layers)
