"""Short filters: their number, their exact product, and why their order matters."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from sparsebound.checks.networks.factorization import short_filters, stack
from sparsebound.theory.analysis.filters import product, quotient_up
from sparsebound.theory.arithmetic import Exact, FloatArray
from sparsebound.theory.errors import InputError

UNIT = 2.0**-53


def recomposition_error(filters: FloatArray, wanted: FloatArray) -> float:
    """Largest error of the filters convolved in their order, relative to the largest tap."""
    found = reduce(np.convolve, filters)
    return float(np.abs(found[-len(wanted) :] - wanted).max() / np.abs(wanted).max())


@pytest.mark.parametrize("p", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("S", [1, 2, 3, 6, 7, 20, 30])
def test_as_many_as_the_theorem_says_and_exactly_close(S: int, p: int) -> None:
    wanted = np.random.default_rng(S).standard_normal(S + 1)
    filters = short_filters(wanted, p)
    count = len(filters)
    assert count <= quotient_up(S, p - 1 if p % 2 else p - 2)
    assert p % 2 == 0 or count == quotient_up(S, p - 1)
    exact = product(Exact.of(filters))
    room = product(abs(Exact.of(filters))) * (2 * count * UNIT)
    padded = np.concatenate([np.zeros(count * (p - 1) - S), wanted])
    assert set((room - abs(exact - padded)).sign) <= {0, 1}


def test_multiple_roots_and_zeros_around_do_no_harm() -> None:
    wanted = reduce(np.convolve, [np.array([1.0, 3.0])] * 8)
    filters = short_filters(np.concatenate([[0, 0], wanted, [0]]), 3)
    np.testing.assert_array_equal(filters / filters[:, 2:], [[1 / 9, 2 / 3, 1]] * 4)
    assert recomposition_error(filters, wanted) == 0


def test_an_order_keeps_rounding_small() -> None:
    """In Leja order the product stays close at degree 120; sorted by angle, it is lost."""
    wanted = np.random.default_rng(0).standard_normal(121)
    filters = short_filters(wanted, 3)
    angles = [np.angle(np.roots(row[::-1])[0]) if row[0] else 0.0 for row in filters]
    by_angle = filters[np.argsort(np.abs(angles))]
    assert recomposition_error(filters, wanted) < 1e-12
    assert recomposition_error(by_angle, wanted) > 1e-6


def test_a_stack_of_short_convolutions_is_the_long_one() -> None:
    rng = np.random.default_rng(3)
    wanted, signal = rng.standard_normal(13), rng.standard_normal((2, 1, 40))
    filters = short_filters(wanted, 4)
    x = signal
    for layer in stack(filters):
        assert layer.weights.shape == (1, 1, 4)
        x = layer(x)
    padded = np.concatenate([np.zeros(len(filters) * 3 - 12), wanted])
    room = reduce(np.convolve, np.abs(filters))
    for b in range(2):
        expected = np.convolve(signal[b, 0], padded, mode="valid")
        size = np.convolve(np.abs(signal[b, 0]), room, mode="valid")
        assert (np.abs(x[b, 0] - expected) <= 8 * len(filters) * UNIT * size).all()


def test_what_cannot_be_factored() -> None:
    with pytest.raises(InputError, match="at least two taps"):
        short_filters(np.array([0.0, 2.0, 0.0]), 3)
    with pytest.raises(InputError, match="p is 2; expected an integer that is at least 3"):
        short_filters(np.ones(3), 2)
