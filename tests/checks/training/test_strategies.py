"""Strategies on small data, other networks, the baseline; all are deterministic."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
strategies = import_module("sparsebound.checks.training.strategies")
networks = import_module("sparsebound.checks.training.networks")
baseline = import_module("sparsebound.checks.training.one_lipschitz")
InputError = import_module("sparsebound").InputError


def classes(count: int = 96, side: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noisy images of three kinds of bars, nonnegative."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = np.zeros((count, side, side))
    for i, label in enumerate(labels):
        where = rng.integers(side)
        if label == 2:
            images[i] += np.eye(side)
        elif label:
            images[i, where] = 1
        else:
            images[i, :, where] = 1
    noise = rng.uniform(0, 0.2, images.shape)
    return 2 * (images + noise).reshape(count, -1), labels


@pytest.mark.parametrize("name", strategies.STRATEGIES)
def test_every_strategy_learns(name: str) -> None:
    X, y = classes()
    found = strategies.train(name, X, y, epochs=8, atoms=12, batch=16)
    assert set(found.arrays) == {"D", "lam", "V", "b", "ridge"}
    np.testing.assert_allclose(np.linalg.norm(found.arrays["D"], axis=0), 1)
    assert [record.epoch for record in found.log] == list(range(8))
    assert found.log[-1].loss < found.log[0].loss
    measured = found.measured(*classes(seed=1), radii=(0.0, 0.1, 9.0))
    shares = list(measured["certified"].values())
    assert measured["accuracy"] > 0.6
    assert measured["accuracy"] >= shares[0] >= shares[1] > shares[2] == 0
    assert 0 < measured["active"] < 12


def test_the_same_seed_gives_the_same_and_nothing_global_changes() -> None:
    X, y = classes()
    state = torch.get_rng_state()
    runs = [strategies.train("l1+margin", X, y, seed=seed, epochs=2, atoms=8) for seed in (0, 0, 1)]
    assert torch.equal(torch.get_rng_state(), state)
    for name, array in runs[0].arrays.items():
        np.testing.assert_array_equal(array, runs[1].arrays[name])
    assert runs[0].log == runs[1].log
    assert not np.array_equal(runs[0].arrays["D"], runs[2].arrays["D"])


def test_progress_is_reported_and_may_stop_it_and_a_watch_is_called() -> None:
    X, y = classes()
    seen, steps = [], []

    def progress(record: Any) -> bool:
        seen.append(record.epoch)
        return record.epoch < 1

    def watch(encoder: Any, head: Any, step: int) -> None:
        assert head(encoder(torch.tensor(X)).codes).shape == (len(X), 3)
        steps.append(step)

    found = strategies.train("plain", X, y, epochs=9, atoms=8, progress=progress, watch=watch)
    assert seen == [0, 1] == [record.epoch for record in found.log]
    assert steps == [1, 2]


@pytest.mark.parametrize("epochs", range(1, 8))
def test_any_number_of_steps_will_do(epochs: int) -> None:
    """At 5 steps, torch divides by 0 where the rates rise over a fifth of them."""
    X, y = classes(12)
    found = strategies.train("plain", X, y, epochs=epochs, atoms=4, batch=12)
    assert len(found.log) == epochs
    assert np.isfinite(found.arrays["D"]).all()


def test_a_row_of_ones_own_and_learned_thresholds() -> None:
    X, y = classes()
    row = strategies.TrainingStrategy(penalty=0.2, learned_thresholds=True, ridge=0.01)
    found = strategies.train(row, X, y, epochs=3, atoms=8, batch=16)
    assert np.ptp(found.arrays["lam"]) > 0
    assert (found.arrays["lam"] <= 0.6 + 1e-12).all()
    assert float(found.arrays["ridge"]) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strategy": "l2"}, "strategy is 'l2'; expected one of plain, "),
        ({"data": np.zeros(3)}, "data is"),
        ({"data": np.full((96, 16), np.nan)}, "data is"),
        ({"labels": np.zeros(3, int)}, "labels is"),
        ({"labels": np.full(96, -1)}, "labels is"),
        ({"labels": np.full(96, 0.5)}, "labels is"),
        ({"atoms": 97}, "atoms is 97"),
        ({"epochs": 0}, "epochs is 0"),
        ({"batch": 0}, "batch is 0"),
    ],
)
def test_what_cannot_be_trained(change: dict[str, Any], message: str) -> None:
    X, y = classes()
    arguments = {"strategy": "plain", "data": X, "labels": y, "atoms": 8, "epochs": 1} | change
    with pytest.raises(InputError, match=message):
        strategies.train(**arguments)


@pytest.mark.parametrize(
    "kind", ["dense", "convolutional", "thresholds", "unfolded", "transformer"]
)
def test_penalties_act_on_other_networks(kind: str) -> None:
    X, y = classes()

    def network() -> Any:
        torch.manual_seed(0)
        if kind == "unfolded":
            return networks.unfolded_convolutional(16, 3, channels=6, taps=8, stride=4, layers=2)
        if kind == "transformer":
            return networks.small_transformer(16, 3, channels=6, tokens=4)
        if kind == "dense":
            return networks.small_dense(16, 3, features=24)
        options = {"features": 24, "learned_thresholds": kind == "thresholds"}
        return networks.small_convolutional(4, 3, **options)

    found = []
    for weight in (0.0, 0.03):
        module = network()
        losses = networks.train_network(module, X, y, l1=weight, epochs=20, batch=16, rate=1e-2)
        assert losses[-1] < losses[0]
        codes = module(torch.tensor(X).float()).codes.detach()
        found.append(networks.measured_network(module, X, y) | {"l1": float(codes.abs().mean())})
    assert found[0]["accuracy"] > 0.8
    assert found[1]["l1"] < found[0]["l1"]
    assert 0 < found[1]["active_share"] < 1
    again = network()
    networks.train_network(again, X, y, l1=0.03, epochs=20, batch=16, rate=1e-2)
    left = {name: value for name, value in found[1].items() if name != "l1"}
    assert networks.measured_network(again, X, y) == left


def test_what_is_no_network() -> None:
    for call in (
        lambda: networks.FeatureNetwork(torch.nn.ReLU(), 0, 2),
        lambda: networks.small_dense(0, 2),
        lambda: networks.small_convolutional(0, 2),
        lambda: networks.unfolded_convolutional(15, 2, stride=4),
        lambda: networks.small_transformer(15, 2, tokens=4),
        lambda: baseline.OneLipschitzNetwork(4, 0),
    ):
        with pytest.raises(InputError):
            call()


def test_the_baseline_does_not_amplify_and_keeps_its_labels() -> None:
    X, y = classes()
    state = torch.get_rng_state()
    network = baseline.train_one_lipschitz(X, y, epochs=20, radius=0.2, hidden=32, batch=16)
    assert torch.equal(torch.get_rng_state(), state)
    x, labels = torch.tensor(X).float(), torch.tensor(y)
    other = x + torch.randn_like(x)
    with torch.no_grad():
        apart = (network.body(x) - network.body(other)).norm(dim=1)
    assert (apart <= (x - other).norm(dim=1) * (1 + 1e-5)).all()
    radii = network.radii(x, labels)
    assert (radii > 0.1).double().mean() > 0.6
    delta = torch.randn_like(x)
    for _ in range(10):
        delta = (0.999 * radii[:, None] * delta / delta.norm(dim=1, keepdim=True)).requires_grad_()
        logits = network(x + delta)
        assert (logits.argmax(1) == labels)[radii > 0].all()
        loss = torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, delta)
        step = gradient / gradient.norm(dim=1, keepdim=True).clamp_min(1e-12)
        delta = delta.detach() + radii[:, None] * step
    assert (network.radii(x, (labels + 1) % 3)[radii > 0] == 0).all()


def test_without_labels_training_lowers_what_features_minimise() -> None:
    rng = np.random.default_rng(0)
    Z = rng.random((160, 6)) * (rng.random((160, 6)) < 0.4)
    X = 4 * Z @ np.abs(rng.normal(size=(6, 9)))
    found = strategies.train("plain", X, epochs=10, atoms=6, batch=16)
    assert sorted(found.arrays) == ["D", "lam", "ridge"]
    losses = [epoch.loss for epoch in found.log]
    assert losses == sorted(losses, reverse=True)
    assert np.isnan(found.log[0].accuracy)
    with pytest.raises(InputError, match="without labels"):
        strategies.train("l1+margin", X, epochs=1, atoms=6, batch=16)
