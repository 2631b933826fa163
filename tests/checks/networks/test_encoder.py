"""Encoders of any shape, against the matrix; the sizes that the theorem states."""

from __future__ import annotations

import numpy as np
import pytest

from sparsebound.checks.networks.convolutional import dense_network
from sparsebound.checks.networks.encoder import apply, convolutions, dense_encoder
from sparsebound.checks.networks.layers import parameters, table
from sparsebound.theory.analysis.filters import encoder_layers, encoder_parameters
from sparsebound.theory.errors import InputError


@pytest.mark.parametrize("p", [2, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 9, 10, 27, 31])
def test_an_encoder_is_its_matrix(d: int, p: int) -> None:
    rng = np.random.default_rng([d, p])
    T, y = rng.integers(-9, 10, (3, d)) * 1.0, rng.integers(-9, 10, (4, d)) * 1.0
    layers = dense_encoder(T, p)
    np.testing.assert_array_equal(apply(layers, y), y @ T.T)
    assert convolutions(layers) == encoder_layers(d, p)
    assert parameters([layer.row for layer in layers]) == encoder_parameters(d, 3, p)


def test_the_number_of_layers_is_counted_in_integers() -> None:
    assert [encoder_layers(3**k, 3) for k in range(1, 40)] == list(range(1, 40))
    assert [encoder_layers(3**k + 1, 3) for k in range(1, 40)] == list(range(2, 41))


def test_one_layer_fewer_sees_too_little() -> None:
    """The last entry of a signal of length ``p^(L-1) + 1`` does not reach a shorter encoder."""
    T, y = np.ones((1, 5)), np.eye(5)[4:]
    shorter = dense_encoder(T[:, :4], 2)
    assert convolutions(shorter) == convolutions(dense_encoder(T, 2)) - 1
    assert apply(dense_encoder(T, 2), y) == 1
    assert apply(shorter, y[:, :4]) == 0


def test_a_dense_network_prints_its_architecture() -> None:
    D = np.eye(4)
    network = dense_network(D, D, np.array([0.5, 0.25]), 2)
    shown = table(network.rows)
    assert "zero padding" in shown
    # the encoder 8 + (4 * 2 * 4 + 4), one matrix of 1x1 convolutions, two thresholds
    assert "10 layers, 62 parameters, shared ones counted once" in shown


def test_kernels_of_one_tap_are_refused() -> None:
    with pytest.raises(InputError, match="p is 1; expected an integer that is at least 2"):
        dense_encoder(np.eye(2), 1)
