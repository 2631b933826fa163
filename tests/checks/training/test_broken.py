"""What breaks a certificate is proved: of exact features and of top-k codes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

baseline = import_module("sparsebound.checks.training.one_lipschitz")
bounded = import_module("sparsebound.checks.training.baseline_bounds")
broken = import_module("sparsebound.checks.training.broken")
strategies = import_module("sparsebound.checks.training.strategies")
trained = import_module("sparsebound.checks.training.trained")

Y, OTHER = np.array([[2.0, 1.0, 0.5]]), np.array([[1.25, 1.75, 0.5]])


def network(strategy: str, ridge: float = 0.0) -> Any:
    """Reads which of the first two entries is larger."""
    head = {"V": np.eye(2, 3), "b": np.zeros(2)}
    arrays = {"D": np.eye(3), "lam": np.full(3, 0.1), "ridge": np.array(ridge), **head}
    return trained.TrainedEncoder(strategies.STRATEGIES[strategy], arrays)


@pytest.mark.parametrize(("strategy", "ridge"), [("plain", 0.0), ("plain", 1e-3), ("topk", 0.0)])
def test_it_is_decided_to_the_last_bit(strategy: str, ridge: float) -> None:
    made, away = network(strategy, ridge), 2 * 0.75**2  # squared
    root = np.sqrt(away)
    label = np.array([0])

    def decided(signal: Any, other: Any, radius: float, label: Any = label) -> bool:
        (found,) = broken.proved_broken(made, signal, other, label, np.array([radius]))
        return bool(found)

    assert decided(Y, OTHER, root * (1 + 2.0**-50))
    assert not decided(Y, OTHER, root * (1 - 2.0**-50))
    assert not decided(Y, OTHER, 2 * root, np.array([1]))  # which is not its label
    assert not decided(Y, Y + 0.25, 2 * root)  # which has the same label
    assert not decided(OTHER[:, [0, 0, 2]], OTHER, 2 * root)  # a tie is no label to be lost


def test_a_tie_of_scores_is_no_label() -> None:
    made = network("topk")
    k = made.strategy.top_k
    wide = {"D": np.eye(k + 2), "V": np.eye(2, k + 2), "b": np.array([0.0, 0.5])}
    made = trained.TrainedEncoder(made.strategy, {**made.arrays, **wide})
    y, tied = np.zeros((1, k + 2)), np.ones((1, k + 2))
    y[0, 0] = 1
    label, radius = np.array([0]), np.array([100.0])
    assert not broken.proved_broken(made, y, tied, label, radius)[0]
    tied[0, 0] = 0  # one fewer, and still one too many
    assert not broken.proved_broken(made, y, tied, label, radius)[0]
    tied[0, 2:] = 0.5
    assert not broken.proved_broken(made, y, tied, label, radius)[0]
    tied[0, -1] = 0.25  # all that are kept are apart from it
    assert broken.proved_broken(made, y, tied, label, radius)[0]


def test_of_none_there_is_nothing_to_decide() -> None:
    for strategy in ("plain", "topk"):
        empty = Y[:0], OTHER[:0], np.zeros(0, dtype=int), np.zeros(0)
        assert broken.proved_broken(network(strategy), *empty).shape == (0,)


@pytest.mark.parametrize("seed", range(3))
def test_the_baseline_is_judged_in_balls(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    network = baseline.OneLipschitzNetwork(6, 3, hidden=8)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    bounds = bounded.BaselineBounds(network, 2.0)
    X = np.random.default_rng(seed).normal(size=(40, 6))
    x = 2.0 * torch.as_tensor(X)
    logits = network.double()(x)
    enclosed = bounds.logits(X)
    assert (np.abs(logits.detach().numpy() - enclosed.mid) <= 1e-12).all()
    assert 0 < enclosed.rad.max() < 1e-11
    labels = logits.argmax(1)
    radii = bounds.radii(X, labels.numpy())
    np.testing.assert_allclose(radii, network.radii(x, labels).numpy() / 2, rtol=1e-9, atol=1e-9)
    assert not bounds.radii(X, (labels.numpy() + 1) % 3).any()
    # a signal with another label breaks what is beyond it, and nothing on this side of it
    differ = labels.numpy() != int(labels[0])
    others = X[:1].repeat(40, axis=0)
    away = np.linalg.norm(others - X, axis=1)
    assert differ.any()
    given = X, others, labels.numpy()
    np.testing.assert_array_equal(bounds.broken(*given, away * (1 + 1e-9)), differ)
    assert not bounds.broken(*given, away * (1 - 1e-9)).any()
    assert not bounds.broken(X, others, (labels.numpy() + 1) % 3, away * 2).any()


def test_the_baseline_of_no_signals_and_of_a_reversed_scale() -> None:
    network = baseline.OneLipschitzNetwork(3, 4, hidden=2)
    signals, labels = np.ones((1, 3)), np.zeros(1, dtype=int)
    assert bounded.BaselineBounds(network).radii(signals[:0], labels[:0]).shape == (0,)
    radii = bounded.BaselineBounds(network, -2.0).radii(signals, labels)
    assert np.array_equal(radii, bounded.BaselineBounds(network, 2.0).radii(-signals, labels))
