"""Penalties on other networks: dense, convolutional, unfolded, and with attention.

Each is a body, whose output is the feature layer, and a linear head. No certificate exists here:
what is measured is accuracy, the active share and the Hoyer sparsity of that layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sparsebound.checks.networks.convolutional import Structure, convolutional_network
from sparsebound.checks.networks.transformer import transformer
from sparsebound.checks.pytorch import ConvolutionalUnfolding, TransformerUnfolding
from sparsebound.checks.training import penalties
from sparsebound.checks.training.certified import hoyer_sparsity
from sparsebound.checks.training.layers import ThresholdLayer
from sparsebound.checks.training.losses import DIVERGED
from sparsebound.theory.analysis.filters import dictionary_of
from sparsebound.theory.errors import InputError


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """What a network made of signals.

    Attributes
    ----------
    codes : tensor, shape (B, n)
        Of the feature layer; penalties take this object as it is.
    logits : tensor, shape (B, C)
    """

    codes: Any
    logits: Any


class FeatureNetwork(nn.Module):
    """A body, whose output is called the features, and a linear head.

    Parameters
    ----------
    body : torch.nn.Module
        From signals (B, m) to features (B, n); if it gives states (B, K + 1, n), the last one.
    features, classes : int

    Examples
    --------
    >>> network = FeatureNetwork(nn.ReLU(), 3, 2)
    >>> penalties.l1(network(torch.tensor([[1.0, -1.0, 2.0]]))).item()
    3.0
    """

    def __init__(self, body: Any, features: int, classes: int) -> None:
        super().__init__()
        for name, value in (("features", features), ("classes", classes)):
            if value < 1:
                raise InputError(name, value, "an integer that is at least 1")
        self.body, self.head = body, nn.Linear(features, classes)

    def forward(self, signals: Any) -> LayerOutput:
        """Run signals (B, m)."""
        codes = self.body(signals)
        codes = codes[:, -1] if codes.ndim == 3 else codes
        return LayerOutput(codes, self.head(codes))


class _Last(nn.Module):
    """The last of states (B, K + 1, n)."""

    def forward(self, states: Any) -> Any:
        """Give it."""
        return states[:, -1]


def small_dense(
    length: int, classes: int, *, features: int = 64, learned_thresholds: bool = False
) -> FeatureNetwork:
    """Build a dense layer and a dense feature layer, for signals of a length.

    Parameters
    ----------
    length, classes, features : int
    learned_thresholds : bool
        As in :func:`small_convolutional`.

    Examples
    --------
    >>> small_dense(64, 10)(torch.zeros(2, 64)).codes.shape
    torch.Size([2, 64])
    """
    _divides(1, length)
    body = nn.Sequential(
        nn.Linear(length, 2 * features),
        nn.ReLU(),
        nn.Linear(2 * features, features),
        _rectifier(features, learned_thresholds),
    )
    return FeatureNetwork(body, features, classes)


def _rectifier(features: int, learned_thresholds: bool) -> nn.Module:
    return ThresholdLayer(features) if learned_thresholds else nn.ReLU()


def small_convolutional(
    side: int, classes: int, *, features: int = 64, learned_thresholds: bool = False
) -> FeatureNetwork:
    """Build two convolutions and a feature layer, for square images given as vectors.

    Parameters
    ----------
    side : int
        Of the images, so that m is its square.
    classes, features : int
    learned_thresholds : bool
        A :class:`sparsebound.checks.training.ThresholdLayer` in place of the last rectifier.

    Examples
    --------
    >>> small_convolutional(8, 10)(torch.zeros(2, 64)).codes.shape
    torch.Size([2, 64])
    """
    if side < 1:
        raise InputError("side", side, "an integer that is at least 1")
    half = (side + 1) // 2
    body = nn.Sequential(
        nn.Unflatten(1, (1, side, side)),
        nn.Conv2d(1, 16, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * half * half, features),
        _rectifier(features, learned_thresholds),
    )
    return FeatureNetwork(body, features, classes)


def _filters(channels: int, taps: int, seed: int) -> Any:
    filters = np.random.default_rng(seed).standard_normal((channels, taps))
    return filters / np.linalg.norm(filters, axis=1, keepdims=True)


def _gentle(filters: Any, length: int, stride: int) -> Any:
    """Scale analysis filters so that the iteration does not grow."""
    D = dictionary_of(filters, length, stride, True)
    return filters / np.linalg.norm(D, 2) ** 2


def unfolded_convolutional(
    length: int,
    classes: int,
    *,
    channels: int = 8,
    taps: int = 16,
    stride: int = 8,
    layers: int = 4,
    threshold: float = 0.05,
    seed: int = 0,
) -> FeatureNetwork:
    """Build the unfolded network of random circular filters, to be trained.

    Parameters
    ----------
    length, classes : int
        Of signals; a multiple of the stride.
    channels, taps, stride, layers : int
    threshold : float
        To start from.
    seed : int
        Of the filters.

    Examples
    --------
    >>> unfolded_convolutional(64, 10)(torch.zeros(2, 64)).codes.shape
    torch.Size([2, 64])
    """
    _divides(stride, length)
    filters = _filters(channels, taps, seed)
    network = convolutional_network(
        Structure(filters, stride, circular=True),
        _gentle(filters, length, stride),
        length,
        np.full(layers, threshold),
    )
    body = ConvolutionalUnfolding(network).float()
    return FeatureNetwork(body, channels * (length // stride), classes)


def small_transformer(
    length: int,
    classes: int,
    *,
    channels: int = 8,
    tokens: int = 8,
    layers: int = 2,
    threshold: float = 0.05,
    beta: float = 4.0,
    seed: int = 0,
) -> FeatureNetwork:
    """Build a transformer that starts as an unfolded iteration, with attention to be trained.

    Its codes are sums that are hardly ever 0: learned thresholds follow, for nonnegative features.

    Parameters
    ----------
    length, classes : int
        Of signals; a multiple of the tokens.
    channels, tokens, layers : int
        Features of each token; tokens; layers.
    threshold : float
        To start from.
    beta : float
        The inverse temperature of the attention; a parameter.
    seed : int
        Of the filters.

    Examples
    --------
    >>> small_transformer(64, 10)(torch.zeros(2, 64)).codes.shape
    torch.Size([2, 64])
    """
    _divides(tokens, length)
    stride = length // tokens
    filters = _filters(channels, min(2 * stride, length), seed)
    D = dictionary_of(filters, length, stride, True)
    W = dictionary_of(_gentle(filters, length, stride), length, stride, True)
    network = transformer(D, W, tokens, np.full(layers, threshold), beta)
    features = channels * tokens
    body = nn.Sequential(
        TransformerUnfolding(network).float(), _Last(), ThresholdLayer(features, threshold)
    )
    return FeatureNetwork(body, features, classes)


def _divides(part: int, length: int) -> None:
    if part < 1 or length < 1 or length % part:
        raise InputError("length", length, f"a positive multiple of {part}")


def train_network(
    network: FeatureNetwork,
    data: Any,
    labels: Any,
    *,
    l1: float = 0.0,
    hoyer: float = 0.0,
    seed: int = 0,
    epochs: int = 10,
    rate: float = 2e-3,
    batch: int = 64,
) -> list[float]:
    """Train a network in place with penalties on its features; give the mean loss of each epoch.

    Parameters
    ----------
    network : FeatureNetwork
    data : array_like, shape (B, m)
    labels : array_like of int, shape (B,)
    l1, hoyer : float
        Weights of the penalties.
    seed : int
        Of the order of the samples.
    epochs, batch : int
    rate : float
        The largest learning rate.

    Raises
    ------
    ArithmeticError
        If a loss is not finite.
    """
    kind = network.head.weight.dtype
    x, y = torch.as_tensor(data, dtype=kind), torch.as_tensor(labels, dtype=torch.long)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    count = max(1, len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * count)
    generator, losses = torch.Generator().manual_seed(seed), []
    for _ in range(epochs):
        order, total = torch.randperm(len(x), generator=generator), 0.0
        for k in range(count):
            chosen = order[k * batch : (k + 1) * batch]
            found = network(x[chosen])
            loss = functional.cross_entropy(found.logits, y[chosen])
            loss = loss + l1 * penalties.l1(found) + hoyer * penalties.hoyer(found)
            if not math.isfinite(float(loss.detach())):
                raise ArithmeticError(DIVERGED)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        losses.append(total / count)
    return losses


@torch.no_grad()
def measured_network(network: FeatureNetwork, data: Any, labels: Any) -> dict[str, float]:
    """Measure accuracy, and the active share and Hoyer sparsity of the features.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> sorted(measured_network(small_convolutional(4, 2), np.zeros((3, 16)), [0, 1, 0]))
    ['accuracy', 'active_share', 'hoyer']
    """
    found = network(torch.as_tensor(data, dtype=network.head.weight.dtype))
    right = found.logits.argmax(1) == torch.as_tensor(labels)
    return {
        "accuracy": float(right.double().mean()),
        "active_share": float((found.codes != 0).double().mean()),
        "hoyer": hoyer_sparsity(found.codes.double().numpy()),
    }
