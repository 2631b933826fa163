"""The attack finds what is there, and nothing that is certified."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

from sparsebound.checks.training.attack import (  # noqa: E402
    EncoderTarget,
    NetworkTarget,
    attack_labels,
)
from sparsebound.checks.training.experiment import radii_of, unscaled  # noqa: E402
from sparsebound.checks.training.one_lipschitz import OneLipschitzNetwork  # noqa: E402
from sparsebound.checks.training.strategies import STRATEGIES  # noqa: E402
from sparsebound.checks.training.trained import TrainedEncoder  # noqa: E402

RADII = [0.2, 0.5, 1.0, 2.0]


def network(seed: int, strategy: str = "plain") -> tuple[TrainedEncoder, Any, Any]:
    """A random network, signals, and what it predicts for them."""
    rng = np.random.default_rng(seed)
    D = rng.normal(size=(6, 8))
    D /= np.linalg.norm(D, axis=0)
    arrays = {
        "D": D,
        "lam": np.full(8, 0.3),
        "V": rng.normal(size=(3, 8)),
        "b": 0.1 * rng.normal(size=3),
        "ridge": np.array(1e-3),
    }
    trained = TrainedEncoder(STRATEGIES[strategy], arrays)
    X = rng.normal(size=(60, 6)) * 1.5
    labels = EncoderTarget(trained).looked(torch.as_tensor(X))[0].argmax(1).numpy()
    return trained, X, labels


@pytest.mark.parametrize("strategy", ["plain", "topk"])
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_found_inside_a_certified_radius(seed: int, strategy: str) -> None:
    trained, X, labels = network(seed, strategy)
    found = attack_labels(EncoderTarget(trained), X, labels, RADII)
    hit = np.isfinite(found.distance)
    assert hit.mean() > 0.3
    assert (found.distance >= radii_of(trained, X, labels) * (1 - 1e-9)).all()
    logits = EncoderTarget(trained).looked(torch.as_tensor(found.nearest[hit]))[0].numpy()
    assert (logits.argmax(axis=1) == found.seen_as[hit]).all()
    assert (found.seen_as[hit] != labels[hit]).all()
    away = np.linalg.norm(found.nearest - X, axis=1)[hit]
    assert away == pytest.approx(found.distance[hit])
    assert (away <= max(RADII) * (1 + 1e-9)).all()


def test_the_gradient_is_that_of_exact_features() -> None:
    trained, X, _ = network(0)
    target, step = EncoderTarget(trained), 1e-6
    x = torch.as_tensor(X)
    logits, gradients, exact = target.looked(x)
    assert bool(exact.all())
    move = torch.randn(x.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(1))
    change = (target.looked(x + step * move)[0] - logits) / step
    expected = (gradients * move[:, None]).sum(2)
    assert float((change - expected).abs().quantile(0.9)) < 1e-4  # kinks are where they are


def test_features_that_are_not_exact_are_no_hits() -> None:
    trained, X, labels = network(0)

    class Vague(EncoderTarget):
        def looked(self, signals: Any) -> tuple[Any, Any, Any]:
            logits, gradients, exact = super().looked(signals)
            moved = ~torch.isclose(signals[:, None], torch.as_tensor(X)).all(2).any(1)
            return logits, gradients, exact & ~moved

    found = attack_labels(Vague(trained), X, labels, RADII)
    assert np.isinf(found.distance).all()
    assert found.inexact > 0


def test_what_is_wrong_already_is_not_attacked() -> None:
    trained, X, labels = network(0)
    found = attack_labels(EncoderTarget(trained), X, (labels + 1) % 3, RADII)
    assert not found.right.any()
    assert np.isinf(found.distance).all()


def test_a_network_that_cannot_amplify_is_not_broken() -> None:
    body = OneLipschitzNetwork(6, 3, hidden=8)
    torch.nn.init.normal_(body.weight)
    target = NetworkTarget(body, 2.0)
    X = np.random.default_rng(0).normal(size=(50, 6))
    x = torch.as_tensor(X)
    labels = target.looked(x)[0].argmax(1)
    radii = body.radii(2.0 * x, labels).numpy() / 2.0
    found = attack_labels(target, X, labels.numpy(), RADII)
    assert np.isfinite(found.distance).any()
    assert (found.distance >= radii * (1 - 1e-9)).all()


def test_networks_of_scaled_signals_are_those_of_the_signals() -> None:
    trained, X, _ = network(0)
    scaled = TrainedEncoder(trained.strategy, unscaled(trained.arrays, 3.0))
    before = EncoderTarget(trained).looked(torch.as_tensor(3.0 * X))[0]
    after = EncoderTarget(scaled).looked(torch.as_tensor(X))[0]
    assert torch.allclose(before, after, atol=1e-10)


def test_the_same_attack_finds_the_same() -> None:
    trained, X, labels = network(1)
    first, second = (attack_labels(EncoderTarget(trained), X, labels, RADII) for _ in range(2))
    assert (first.distance == second.distance).all()
    assert (first.nearest == second.nearest).all()
