"""Losses, penalties and layers are what they say, and have the gradients that they should."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")

training = import_module("sparsebound.checks.training")
penalties = training.penalties
InputError = import_module("sparsebound").InputError


def network(n: int = 6, classes: int = 3, ridge: float = 0.0) -> tuple[Any, Any, Any, Any]:
    """An encoder, a head, signals and labels."""
    encoder = training.SparseEncoder((8, n), penalty=0.3, ridge=ridge)
    head = torch.nn.Linear(n, classes).double()
    return encoder, head, 2 * torch.randn(5, 8).double(), torch.tensor([0, 1, 2, 1, 0])


@pytest.mark.parametrize("ridge", [0.0, 0.1])
@pytest.mark.parametrize("radius", [0.1, 0.5])
def test_sensitivities_are_those_of_the_definition(radius: float, ridge: float) -> None:
    encoder, head, x, y = network(ridge=ridge)
    features = encoder(x)
    found = training.sensitivities(features, head, y, radius=radius, damping=0.0)
    D, V = encoder.atoms.detach().numpy(), head.weight.detach().numpy()
    norms = np.sqrt(1 + ridge)
    for i in range(len(x)):
        near = features.support[i].numpy() | (features.gaps[i].detach().numpy() < radius * norms)
        T = np.flatnonzero(near)
        gram = D[:, T].T @ D[:, T] + ridge * np.eye(len(T))
        for j in set(range(3)) - {int(y[i])}:
            v = (V[y[i]] - V[j])[T]
            expected = np.sqrt(v @ np.linalg.solve(gram, v))
            assert float(found[i, j].detach()) == pytest.approx(expected, rel=1e-6)
        assert float(found[i, y[i]].detach()) < 1e-5


def test_a_margin_loss_of_radius_0_is_cross_entropy_and_grows_with_the_radius() -> None:
    encoder, head, x, y = network()
    features = encoder(x)
    plain = torch.nn.functional.cross_entropy(head(features.codes), y)
    losses = [training.margin_loss(features, head, y, radius=r) for r in (0.0, 0.1, 0.3, 1.0)]
    assert float(losses[0].detach()) == float(plain.detach())
    assert all(a < b for a, b in pairwise(losses))


@pytest.mark.parametrize("ridge", [0.0, 0.1])
def test_gradients_of_the_margin_loss(ridge: float) -> None:
    encoder, head, x, y = network(ridge=ridge)

    def loss(atoms: Any, weight: Any, bias: Any) -> Any:
        features = training.encode(x, atoms, encoder.thresholds, ridge=encoder.ridge)
        read = torch.nn.Linear(6, 3).double()
        del read.weight, read.bias
        read.weight, read.bias = weight, bias
        return training.margin_loss(features, read, y, radius=0.3) + penalties.erc(
            features, target=0.1
        )

    given = encoder.atoms.detach().clone(), head.weight.detach().clone(), head.bias.detach().clone()
    assert torch.autograd.gradcheck(loss, [part.requires_grad_() for part in given])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"radius": -0.1}, "radius is -0.1"),
        ({"radius": float("nan")}, "radius is nan"),
        ({"radius": 0.1, "damping": -1.0}, "damping is -1.0"),
        ({"radius": 0.1, "labels": torch.tensor([0])}, r"labels.shape is \(1,\)"),
        ({"radius": 0.1, "head": torch.nn.Linear(3, 2)}, r"head.weight.shape is \(2, 3\)"),
    ],
)
def test_what_is_no_margin_loss(change: dict[str, Any], message: str) -> None:
    encoder, head, x, y = network()
    arguments = {"features": encoder(x), "head": head, "labels": y} | change
    with pytest.raises(InputError, match=message):
        training.margin_loss(**arguments)


def test_penalties_of_features() -> None:
    encoder, _, x, _ = network()
    features = encoder(x)
    z = features.codes.detach().numpy()
    assert float(penalties.l1(features).detach()) == pytest.approx(np.abs(z).sum() / len(z))
    ratios = np.abs(z).sum(axis=1) / np.linalg.norm(z, axis=1)
    assert float(penalties.hoyer(features).detach()) == pytest.approx(ratios.mean(), rel=1e-5)
    assert (ratios**2 <= (z != 0).sum(axis=1) + 1e-9).all()  # from below only


def test_the_exact_recovery_coefficient() -> None:
    encoder, _, x, _ = network()
    features = encoder(x)
    D, expected = encoder.atoms.detach().numpy(), []
    for support in features.support.numpy():
        S, off = D[:, support], D[:, ~support]
        inverse = np.linalg.inv(S.T @ S + 1e-3 * np.eye(S.shape[1]))
        worst = np.abs(inverse @ S.T @ off).sum(axis=0).max(initial=0)
        expected.append(max(worst - 0.2, 0))
    found = penalties.erc(features, target=0.2)
    assert float(found.detach()) == pytest.approx(np.mean(expected), rel=1e-8)
    assert float(penalties.erc(features, target=1e9).detach()) == 0


@pytest.mark.parametrize("p", [0.5, 1, 2, 200])
def test_the_coherence_penalty_bounds_the_coherence(p: float) -> None:
    atoms = torch.randn(6, 9, dtype=torch.float64)
    units = (atoms / atoms.norm(dim=0)).numpy()
    mu = np.abs(units.T @ units - np.eye(9)).max()
    phi = np.sqrt(9 * float(penalties.coherence(atoms, p)))
    assert 2 ** (1 / (2 * p)) * mu <= phi * (1 + 1e-12)
    assert phi <= 72 ** (1 / (2 * p)) * mu * (1 + 1e-12)
    assert torch.autograd.gradcheck(lambda D: penalties.coherence(D, p), atoms.requires_grad_())


def test_parseval() -> None:
    tall, wide = torch.randn(6, 4).double(), torch.randn(4, 6).double()
    gram = tall.T @ tall - torch.eye(4)
    assert float(penalties.parseval(tall)) == pytest.approx(float((gram**2).sum()) / 4)
    gram = wide @ wide.T - 1.5 * torch.eye(4)
    assert float(penalties.parseval(wide)) == pytest.approx(float((gram**2).sum()) / 6)
    for D in (tall / 4, wide / 4):
        s = torch.linalg.svdvals(D)
        expected = (s * (1.5 - 0.5 * s**2)).abs().sort().values
        found = torch.linalg.svdvals(penalties.parseval_step(D, 0.5)).sort().values
        np.testing.assert_allclose(found, expected)
    for call in (lambda: penalties.parseval_step(tall, 0), lambda: penalties.coherence(tall, 0)):
        with pytest.raises(InputError, match="expected a positive number"):
            call()


def test_top_k() -> None:
    x = torch.randn(3, 7, requires_grad=True)
    found = training.TopK(2)(x)
    assert ((found != 0).sum(1) <= 2).all()
    assert (training.TopK(2, nonnegative=False)(x) != 0).sum(1).tolist() == [2, 2, 2]
    assert (training.TopK(9)(x) == torch.relu(x)).all()
    found.sum().backward()
    np.testing.assert_array_equal(x.grad, (found != 0).float())
    with pytest.raises(InputError, match="k is 0"):
        training.TopK(0)


def test_thresholds_are_learned_and_stay_positive() -> None:
    for kind in ("soft", "jump"):
        layer = training.ThresholdLayer(3, 0.5, kind=kind, bandwidth=2.0)
        x = torch.tensor([[[1.0, 0.2, -1.0], [0.6, 0.4, 3.0]]], requires_grad=True)
        layer(x).sum().backward()
        assert (layer.log_thresholds.grad < 0).any()  # the sum falls when thresholds rise
        assert x.grad.tolist() == [[[1, 0, 0], [1, 0, 1]]]
        with torch.no_grad():
            layer.log_thresholds -= 50
        assert (layer.thresholds > 0).all()
    soft = training.ThresholdLayer(3, 0.5).double()
    v = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(soft, v)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"features": 0}, "features is 0"),
        ({"features": 1, "initial": 0.0}, "initial is 0.0"),
        ({"features": 1, "bandwidth": -1.0}, "bandwidth is -1.0"),
        ({"features": 1, "kind": "hard"}, "kind is 'hard'; expected soft or jump"),
    ],
)
def test_what_is_no_threshold_layer(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        training.ThresholdLayer(**arguments)
