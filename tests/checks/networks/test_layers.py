"""Layers against matrices and loops; the architecture that a table shows."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.networks.convolutional import (
    Structure,
    convolutional_network,
    found_structure,
)
from sparsebound.checks.networks.layers import (
    ConvolutionLayer,
    TransposedConvolutionLayer,
    parameters,
    table,
)
from sparsebound.theory.analysis.filters import dictionary_of
from sparsebound.theory.constructions import circular, full_length
from sparsebound.theory.errors import InputError

SHAPES = [(6, 1, True), (6, 2, True), (6, 3, True), (7, 1, False), (9, 3, False)]


@pytest.mark.parametrize(("length", "stride", "wrapped"), SHAPES)
def test_convolutions_are_products_with_the_dictionary(
    length: int, stride: int, wrapped: bool
) -> None:
    bank = np.array([[1.0, 2, -3], [4, -5, 6]])
    D = dictionary_of(bank, length, stride, wrapped)
    signals = np.arange(2.0 * length).reshape(2, length) % 7
    shape = stride, wrapped
    codes = ConvolutionLayer(bank[:, None], None, *shape)(signals[:, None])
    np.testing.assert_array_equal(codes.swapaxes(1, 2).reshape(2, -1), signals @ D)
    back = TransposedConvolutionLayer(bank[:, None], length, *shape)(codes)
    np.testing.assert_array_equal(back[:, 0], signals @ D @ D.T)


def test_several_channels_and_a_bias() -> None:
    rng = np.random.default_rng(0)
    weights, bias = rng.integers(-3, 4, (2, 3, 2)) * 1.0, np.array([1.0, -1])
    x = rng.integers(-3, 4, (4, 3, 5)) * 1.0
    found = ConvolutionLayer(weights, bias)(x)
    for b, o, k in np.ndindex(found.shape):
        expected = bias[o] + sum(
            weights[o, i, t] * x[b, i, (k + t) % 5] for i in range(3) for t in range(2)
        )
        assert found[b, o, k] == expected


@pytest.mark.parametrize(("length", "stride", "wrapped"), SHAPES)
def test_the_filters_of_a_dictionary_are_found(length: int, stride: int, wrapped: bool) -> None:
    bank = np.array([[1.0, 2, -3], [4, -5, 6]])
    D = dictionary_of(bank, length, stride, wrapped)
    found = found_structure(D)
    np.testing.assert_array_equal(
        dictionary_of(found.filters, length, found.stride, found.circular), D
    )
    assert len(found.filters) == 2


def test_any_dictionary_has_filters() -> None:
    D = np.random.default_rng(1).standard_normal((4, 6))
    found = found_structure(D)
    assert len(found.filters) == 6
    np.testing.assert_array_equal(dictionary_of(found.filters, 4, found.stride, found.circular), D)


def test_shared_filters_are_counted_once() -> None:
    bank = np.array([[1.0, 2, 3]])
    network = convolutional_network(Structure(bank, 1, True), bank / 14, 8, np.ones(5))
    assert parameters(network.rows) == 3 + 3 + 5
    assert "20 layers, 11 parameters, shared ones counted once" in table(network.rows)


def test_kernels_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="taps is 3; expected an integer from 1 to 2"):
        ConvolutionLayer(np.ones((1, 1, 3)))(np.ones((1, 1, 2)))
    with pytest.raises(InputError, match="stride is 2; expected a divisor of 5"):
        ConvolutionLayer(np.ones((1, 1, 1)), stride=2)(np.ones((1, 1, 5)))


def test_circular_and_full_length_are_told_apart() -> None:
    assert found_structure(circular([[1, 2]], 5)).circular
    assert not found_structure(full_length([[1, 2]], 5)).circular
