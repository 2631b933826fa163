"""The PyTorch modules: equal to the networks of numpy, trainable, and checked on the way back."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.networks.convolutional import (
    Structure,
    convolutional_network,
    dense_network,
)
from sparsebound.checks.networks.transformer import transformer
from sparsebound.theory.analysis.filters import dictionary_of
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import BARKER_13, circular, full_length
from sparsebound.theory.constructions.skips import SKIPS
from sparsebound.theory.errors import InputError
from sparsebound.theory.verdict import Status, decide

RATE = catalogue()["rate.unfolded"]
THRESHOLDS = np.array([0.5, 0.25, 0.125])
SHAPES = [(26, 1, True), (26, 2, True), (16, 4, True), (20, 1, False), (20, 3, False)]


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")


@pytest.fixture(scope="module")
def networks(torch: Any) -> Any:
    from sparsebound.checks import pytorch

    return pytorch


def bank(taps: int = 5) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, taps))


def close(torch: Any, found: Any, expected: np.ndarray, terms: int, size: float) -> None:
    """Equal up to the rounding of two sums of so many terms in each layer, of such a size."""
    unit = float(np.finfo(expected.dtype).eps) / 2
    layers = expected.shape[1] - 1
    # what a layer loses, the next ones multiply by at most 1 + size
    allowed = 2 * terms * unit * size * sum((1 + size) ** k for k in range(1, layers + 1))
    assert np.abs(found.detach().numpy() - expected).max() <= allowed


def test_doctests(networks: Any) -> None:
    assert doctest.testmod(networks, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("length", "stride", "wrapped"), SHAPES)
def test_convolutions_are_equal(
    torch: Any, networks: Any, length: int, stride: int, wrapped: bool, dtype: str
) -> None:
    filters = bank(4 if length == 16 else 5).astype(dtype)
    scaled = filters / (filters**2).sum(axis=1, keepdims=True)
    shape = Structure(filters, stride, wrapped)
    network = convolutional_network(shape, scaled, length, THRESHOLDS.astype(dtype))
    signals = np.random.default_rng(1).standard_normal((3, length)).astype(dtype)
    expected, _ = network(signals)
    module = networks.ConvolutionalUnfolding(network).to(getattr(torch, dtype))
    W, D = (dictionary_of(part, length, stride, wrapped) for part in (scaled, filters))
    growth = np.abs(W.T @ D).sum(axis=1).max() + np.abs(W).sum(axis=0).max()
    size = float(growth * (np.abs(signals).max() + np.abs(expected).max() + 1))
    close(torch, module(torch.tensor(signals)), expected, sum(D.shape), size)


def test_a_dense_network_is_equal(torch: Any, networks: Any) -> None:
    rng = np.random.default_rng(2)
    D = rng.integers(-2, 3, (7, 5)) / 4.0
    network = dense_network(D, D, THRESHOLDS, 3)
    signals = rng.integers(-4, 5, (3, 7)) * 1.0
    expected, _ = network(signals)
    found = networks.DenseUnfolding(network)(torch.tensor(signals))
    np.testing.assert_array_equal(found.detach().numpy(), expected)  # dyadic: nothing is rounded


def test_a_transformer_is_equal(torch: Any, networks: Any) -> None:
    D = circular(BARKER_13, 26)
    network = transformer(D, D / 13, 26, THRESHOLDS, beta=8.0)
    signals = np.random.default_rng(3).standard_normal((3, 26))
    expected = network(signals)
    found = networks.TransformerUnfolding(network)(torch.tensor(signals))
    size = float(2 + 4 * np.abs(signals).max())  # row sums of W^T D and W^T are 2 and 1
    close(torch, found, expected, 2 * 26**2 + 4 * 26, size)


@pytest.mark.parametrize("name", SKIPS)
def test_networks_with_skips_are_equal_and_what_is_trained_is_certified(
    torch: Any, networks: Any, name: str
) -> None:
    rng = np.random.default_rng(5)
    D, skips = rng.integers(-2, 3, (6, 4)) / 4.0 + np.eye(6, 4), SKIPS[name](3, 0.5)
    thresholds, signals = np.array([0.25, 0.5, 0.25]), rng.integers(-4, 5, (5, 6)) * 1.0
    module = networks.ConnectedUnfolding(D, D / 4, thresholds, skips)
    states = [np.zeros((5, 4))]
    for share, theta in zip(skips, thresholds, strict=True):
        entering = sum(
            weight * (x + (signals - x @ D.T) @ D / 4)
            for weight, x in zip(share, states, strict=False)
        )
        states.append(soft(entering, theta))
    found = module(torch.tensor(signals))
    np.testing.assert_allclose(found.detach().numpy(), np.stack(states, axis=1), atol=1e-12)
    (found**2).sum().backward()
    assert module.skips.grad.abs().sum() > 0
    assert not torch.triu(module.skips.grad, 1).any()
    certificate = certify(
        D,
        atoms="columns",
        weights=module.weights,
        thresholds=module.thresholds,
        skips=module.skips,
    )
    assert certificate.network is not None
    assert len(certificate.network.layers) == 3


def test_shapes_of_networks_with_skips(networks: Any) -> None:
    with pytest.raises(InputError, match=r"shape of skips is \(2, 2\); expected \(3, 3\)"):
        networks.ConnectedUnfolding(np.eye(2), np.eye(2), np.zeros(3), np.eye(2))


def test_training_lowers_the_error_and_the_result_is_checked(torch: Any, networks: Any) -> None:
    """Thresholds are learned; what comes back is a network, and evidence that is decided."""
    torch.manual_seed(0)
    structure = Structure(BARKER_13, 1, circular=True)
    start = convolutional_network(structure, BARKER_13 / 13, 26, np.full(4, 0.6))
    module = networks.ConvolutionalUnfolding(start)
    module.filters.requires_grad_(False)
    rng = np.random.default_rng(4)
    codes = np.zeros((16, 26))
    codes[np.arange(16), rng.integers(26, size=16)] = rng.uniform(1, 2, 16)
    target = torch.tensor(codes)
    signals = torch.tensor(codes @ circular(BARKER_13, 26).T)
    optimiser = torch.optim.Adam([module.thresholds, module.analysis], lr=0.02)
    losses = []
    for _ in range(40):
        optimiser.zero_grad()
        loss = ((module(signals)[:, -1] - target) ** 2).mean()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 4
    states, _ = networks.numpy_network(module)(signals.numpy())
    np.testing.assert_allclose(states, module(signals).detach().numpy(), atol=1e-12)
    instance, unfolding = networks.evidence(module, codes)
    assert Status.VIOLATED not in decide(RATE, instance, {"unfolding": unfolding}).status


def test_a_network_with_safe_thresholds_holds_on_the_way_back(torch: Any, networks: Any) -> None:
    """``theta_k = tau_out b_k`` and 5 percent, which float32 needs in the third layer."""
    D, mu, bound, levels = circular(BARKER_13, 26), 1 / 13, 1.0, []
    for _ in range(3):
        levels.append(mu * bound * 1.05)
        bound = levels[-1] * 1.05
    structure = Structure(BARKER_13, 1, circular=True)
    network = convolutional_network(structure, BARKER_13 / 13, 26, np.array(levels))
    for kind in (torch.float64, torch.float32):
        module = networks.ConvolutionalUnfolding(network).to(kind)
        instance, unfolding = networks.evidence(module, np.eye(26))
        np.testing.assert_array_equal(instance.D.data, D)
        verdict = decide(RATE, instance, {"unfolding": unfolding})
        assert set(verdict.status) == {Status.HOLDS}
        assert np.nanmax(verdict.ratio) > 0.9
    with torch.no_grad():  # a bug that training might bring: a tap of the wrong sign
        module.analysis[0, 0, 3] *= -1
    instance, unfolding = networks.evidence(module, np.eye(26))
    assert Status.HOLDS not in decide(RATE, instance, {"unfolding": unfolding}).status


def test_what_is_no_module(torch: Any, networks: Any) -> None:
    dense = dense_network(np.eye(2), np.eye(2), THRESHOLDS)
    with pytest.raises(InputError, match="residual blocks of convolutions"):
        networks.ConvolutionalUnfolding(dense)
    filters = full_length([[1, 2]], 3)[:2, :1].T
    network = convolutional_network(Structure(filters, 1, True), filters, 4, THRESHOLDS)
    with pytest.raises(InputError, match="an encoder, and 1x1 blocks"):
        networks.DenseUnfolding(network)
    module = networks.ConvolutionalUnfolding(network)
    with torch.no_grad():
        module.analysis[0, 0, 0] = np.nan
    with pytest.raises(InputError, match=r"analysis is .*; expected finite numbers"):
        networks.numpy_network(module)


def test_a_transformer_comes_back(torch: Any, networks: Any) -> None:
    D = circular(BARKER_13, 26)
    network = transformer(D, D / 13, 26, np.array([0.1, 0.05]), 12.0)
    module = networks.TransformerUnfolding(network)
    found, signals = networks.numpy_transformer(module), D[:, :3].T
    np.testing.assert_array_equal(found(signals), network(signals))
    with torch.no_grad():
        module.queries[0, 0, 0] = 1.0
    with pytest.raises(InputError, match="matrices that read positions alone"):
        networks.numpy_transformer(module)
