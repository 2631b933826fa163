"""What filters alone tell, against the materialised dictionary."""

import numpy as np
import pytest

from sparsebound.theory.arithmetic import Ball, Exact
from sparsebound.theory.constructions import BARKER_13, dilated_filters
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.operators import Convolution, correlation
from sparsebound.theory.quantities import babel, coherence, local_sparsity
from tests.theory.operators.test_convolution import CASES

RNG = np.random.default_rng(1)


def agree(left, right):
    """Enclosures of one number; the same rational where both are exact."""
    difference = left - right
    return (np.abs(difference.mid) <= difference.rad).all()


@CASES
@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_coherence_and_babel_are_those_of_the_matrix(D, arithmetic):
    ours = ConvolutionalDictionary(D, arithmetic=arithmetic)
    matrix = Dictionary(D.matrix(), arithmetic=arithmetic)
    counts = np.arange(-1, D.shape[1] + 3)
    assert agree(coherence(ours), coherence(matrix))
    assert agree(babel(ours, counts), babel(matrix, counts))
    assert agree(ours.norms, matrix.norms)
    assert agree(ours.relative_norms, matrix.relative_norms)
    assert (ours.data == matrix.data).all()


@CASES
def test_local_sparsity_is_that_of_the_matrix(D):
    ours, matrix = ConvolutionalDictionary(D), Dictionary(D.matrix())
    support = RNG.random((5, D.shape[1])) < np.array([[0], [0.1], [0.3], [0.6], [1]])
    assert (ours.interactions(support) == matrix.interactions(support)).all()
    assert (local_sparsity(ours, support) == local_sparsity(matrix, support)).all()


@CASES
@pytest.mark.parametrize("arithmetic", [Ball, Exact])
def test_products_with_other_weights(D, arithmetic):
    filters = D.filters * RNG.integers(-2, 3, D.filters.shape)  # some taps less, another sign
    filters[(slice(None),) + (0,) * (filters.ndim - 1)] = 1
    W = D.with_filters(filters)
    found = correlation(W, D, arithmetic)
    products = np.abs(W.matrix().T @ D.matrix())
    off = products * (1 - np.eye(len(products)))
    largest = found.rows().largest_sums().max(0)
    expected = np.sort(off, axis=1)[:, ::-1].cumsum(axis=1).max(axis=0)
    width = min(len(expected), len(largest) - 1)
    assert (largest.mid[1 : width + 1] == expected[:width]).all()
    assert (expected[width:] == expected[width - 1]).all()
    shifts = len(products) // len(filters)
    assert (np.tile(abs(found.diagonal).mid, shifts) == np.diag(products)).all()
    meets = (W.matrix() != 0).T.astype(int) @ (D.matrix() != 0) + np.eye(len(products)) > 0
    support = RNG.random((4, len(products))) < 0.4
    residual = np.abs(np.eye(len(products)) - W.matrix().T @ D.matrix())
    assert (found.residual_sums(support).mid == support @ residual.T).all()
    assert (found.interactions(support) == support @ meets.T.astype(int)).all()


def test_meeting_is_structural():
    """Taps that cancel in the inner product still meet."""
    D = ConvolutionalDictionary(Convolution([[1, 1], [1, -1]], 4, stride=2))
    assert float(coherence(D).mid) == 0
    assert local_sparsity(D, np.ones((1, 4), dtype=bool)) == 2


def test_signals_of_any_length():
    D = ConvolutionalDictionary(Convolution(dilated_filters(11, 3, signs=0), 20_000))
    assert float(coherence(D).mid) * 11 == pytest.approx(1, rel=1e-15)
    assert (coherence(D.exact()) - Exact.of(1) / 11).sign == 0
    x = np.zeros((1, D.shape[1]))
    x[0, ::4000] = 1
    instance = Instance(D, x)
    assert instance.Y.shape == (1, 20_000)
    assert not instance.Y.rad.any()
    with pytest.raises(InputError, match="number of atoms is 60000"):
        _ = D.data


def test_barker_filter_on_2080_samples():
    D = ConvolutionalDictionary(Convolution(BARKER_13, 2080))
    exact = D.exact()
    assert (coherence(exact) - Exact.of(1) / 13).sign == 0
    assert (babel(exact, 24) - Exact.of(12) / 13).sign == 0


def test_weights_have_to_fit():
    D = Convolution([[1, 2]], 6)
    with pytest.raises(InputError, match=r"W.length is \(8,\); expected \(6,\)"):
        correlation(Convolution([[1, 2]], 8), D)
    with pytest.raises(InputError, match=r"W.filters.shape is \(1, 1, 3\)"):
        correlation(Convolution([[1, 2, 3]], 6), D)
