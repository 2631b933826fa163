"""Weights of an unfolded dictionary: what networks compute, and what a rate says of real codes."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

weights = import_module("sparsebound.checks.training.weights")
encoder = import_module("sparsebound.checks.training.encoder")


def dictionary(seed: int, m: int = 6, n: int = 9) -> np.ndarray:
    D = np.abs(np.random.default_rng(seed).standard_normal((m, n)))
    return D / np.linalg.norm(D, axis=0)


def test_many_layers_of_the_dictionary_end_at_exact_features() -> None:
    D, lam = dictionary(0), np.linspace(0.1, 0.3, 9)
    Y = np.random.default_rng(1).random((5, 6))
    network = weights.UnfoldedDictionary(D, D, lam, layers=3000)
    with torch.no_grad():
        found = network(torch.tensor(Y, dtype=torch.float32)).numpy()
        codes = encoder.SparseEncoder(D, lam)(torch.tensor(Y)).codes.numpy()
    assert (codes != 0).any()
    np.testing.assert_allclose(found, codes, atol=2e-3)


@pytest.mark.parametrize("learned", [True, False])
def test_weights_are_learned_where_they_are_meant_to_be(learned: bool) -> None:
    D = dictionary(2)
    network = weights.UnfoldedDictionary(D, D, np.full(9, 0.1), learned=learned, layers=2)
    network(torch.ones(3, 6)).sum().backward()
    assert (network.weights.grad is not None) is learned
    assert network.log_steps.grad.abs().sum() > 0
    assert network.log_thresholds.grad.shape == (2, 9)


def test_a_training_that_diverges_is_told() -> None:
    networks = import_module("sparsebound.checks.training.networks")
    network = networks.small_dense(4, 2)
    with pytest.raises(ArithmeticError, match="the loss is not finite"):
        networks.train_network(network, 1e38 * np.ones((8, 4)), [0, 1] * 4, l1=1.0, epochs=2)


@pytest.mark.parametrize("seed", range(3))
def test_analytic_weights_see_other_atoms_less(seed: int) -> None:
    D = dictionary(seed)
    W = weights.analytic_weights(D)
    np.testing.assert_allclose((W * D).sum(axis=0), 1)
    ours, own = (np.abs(part.T @ D) * (1 - np.eye(9)) for part in (W, D))
    assert (ours.max(axis=1) < own.max(axis=1)).all()


def test_a_rate_is_about_codes_with_what_they_leave_as_noise() -> None:
    D = np.array([[1.0, 0.6], [0.0, 0.8]])
    codes = np.array([[2.0, 0.0], [2.0, 1.0], [2.0, 0.0], [0.0, 0.0]])
    noise = np.array([[0.1, 0.0], [0.0, 0.0], [0.5, 0.0], [9.0, 9.0]])
    found = weights.rate_of(D, D, codes, codes @ D.T + noise)
    # q = 0.6 of one entry and 1.8 of two; errors end at 0.2/0.4 and at 1/0.4, beside 2
    assert found.cross_coherence == found.coherence == pytest.approx(0.6)
    assert found.linear == pytest.approx(2 / 3)
    assert found.told == pytest.approx(1 / 3)
    assert found.noise == pytest.approx(0.05)
    turned = weights.rate_of(D, -D, codes, codes @ D.T)
    assert (turned.cross_coherence, turned.linear, turned.told, turned.noise) == (None, 0, 0, None)


@pytest.mark.parametrize(("s", "layers"), [(1, 40), (2, 60)])
def test_what_the_rate_says_is_true_of_a_network(s: int, layers: int) -> None:
    """Errors end below ``2 nu/(1 - q)``, in the iteration that the theorem is about."""
    rng = np.random.default_rng(s)
    D = np.linalg.qr(rng.standard_normal((8, 8)))[0] + 0.02 * rng.standard_normal((8, 8))
    D /= np.linalg.norm(D, axis=0)
    W = weights.analytic_weights(np.hstack([D, dictionary(0, 8, 1)]))[:, :8]
    W = W / (W * D).sum(axis=0)
    code = np.where(np.arange(8) < s, 2.0, 0.0)
    y = D @ code + 0.01 * rng.standard_normal(8)
    seen = np.abs(W.T @ D) * (1 - np.eye(8))
    mu, nu = seen.max(), np.abs(W.T @ (y - D @ code)).max()
    q, bound, x = (2 * s - 1) * mu, 2.0, np.zeros(8)
    assert q < 1
    for _ in range(layers):
        x = np.maximum(x + W.T @ (y - D @ x) - (s * mu * bound + nu), 0)
        bound = q * bound + 2 * nu
    found = weights.rate_of(D, W, code[None], y[None])
    assert found.linear == 1
    assert found.noise * 2.0 == pytest.approx(nu)
    assert np.abs(x - code).max() <= bound <= 1.0001 * 2 * nu / (1 - q)
    assert (found.told == 1) is bool(2 * nu / (1 - q) < 2)
