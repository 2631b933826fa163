"""The honest baseline: networks that cannot amplify, whose margins are radii.

Layers ``x - 2 W^T T^{-1} relu(W x + b)`` (SLL), ``T_ii = sum_j |W W^T|_ij q_j/q_i``, are
1-Lipschitz for any parameters (Araujo et al. 2023). After training, compare with what an encoder
certifies: on digits both are on par, and only one of the two has sparse features.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from sparsebound.theory.errors import InputError

LEAST = 1e-12
"""``T`` is at least this: a larger one amplifies no more."""


class OneLipschitzLayer(nn.Module):
    """``x - 2 W^T T^{-1} relu(W x + b)``.

    Parameters
    ----------
    size, hidden : int
        Of what it maps; rows of ``W``.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> layer, x = OneLipschitzLayer(4, 8), torch.randn(2, 4)
    >>> bool((layer(x)[0] - layer(x)[1]).norm() <= (x[0] - x[1]).norm())
    True
    """

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(hidden, size))
        nn.init.orthogonal_(self.weight)
        self.bias = nn.Parameter(torch.zeros(hidden))
        self.log_scales = nn.Parameter(torch.zeros(hidden))

    def forward(self, x: Any) -> Any:
        """Map vectors (B, size)."""
        scale = self.log_scales.exp()
        gram = (self.weight @ self.weight.T).abs()
        total = (gram * scale[None, :] / scale[:, None]).sum(1).clamp_min(LEAST)
        hidden = torch.relu(x @ self.weight.T + self.bias)
        return x - 2 * (hidden / total) @ self.weight


class OneLipschitzNetwork(nn.Module):
    """Layers in a row, and a linear head, which alone amplifies.

    Parameters
    ----------
    size, classes : int
    hidden, depth : int
        Of the layers, and how many.

    Examples
    --------
    >>> OneLipschitzNetwork(4, 3, hidden=8)(torch.zeros(2, 4)).shape
    torch.Size([2, 3])
    """

    def __init__(self, size: int, classes: int, *, hidden: int = 256, depth: int = 2) -> None:
        super().__init__()
        for name, value in (("size", size), ("classes", classes), ("hidden", hidden)):
            if value < 1:
                raise InputError(name, value, "an integer that is at least 1")
        self.body = nn.Sequential(*(OneLipschitzLayer(size, hidden) for _ in range(depth)))
        self.weight = nn.Parameter(torch.zeros(classes, size))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, x: Any) -> Any:
        """Give logits (B, C) of signals (B, m)."""
        return self.body(x) @ self.weight.T + self.bias

    def amplified(self, labels: Any) -> Any:
        """``||V_c - V_j||``, shape (B, C)."""
        apart = self.weight[labels][:, None] - self.weight
        return (apart**2).sum(2).add(1e-12).sqrt()

    def loss(self, x: Any, labels: Any, *, radius: float) -> Any:
        """Cross entropy after the input has been moved by a radius, as the certificate sees it."""
        logits = self(x)
        others = torch.ones_like(logits).scatter(1, labels[:, None], 0.0)
        return functional.cross_entropy(logits + radius * self.amplified(labels) * others, labels)

    @torch.no_grad()
    def radii(self, x: Any, labels: Any) -> Any:
        """Radii within which no input changes the label; 0 where it is wrong. Shape (B,)."""
        logits = self(x)
        margins = logits.gather(1, labels[:, None]) - logits
        found = (margins / self.amplified(labels)).scatter(1, labels[:, None], torch.inf)
        return found.min(1).values.clamp_min(0)


def train_one_lipschitz(
    data: Any,
    labels: Any,
    *,
    seed: int = 0,
    epochs: int = 120,
    radius: float = 0.5,
    hidden: int = 256,
    rate: float = 2e-3,
    batch: int = 128,
) -> OneLipschitzNetwork:
    """Train the baseline; the same seed gives the same network (torch's generator is restored).

    Parameters
    ----------
    data : array_like, shape (B, m)
    labels : array_like of int, shape (B,)
    seed, epochs, batch : int
    radius : float
        Of the loss.
    hidden : int
    rate : float
        The largest learning rate.

    Returns
    -------
    OneLipschitzNetwork
        In float32.

    Examples
    --------
    >>> network = train_one_lipschitz([[0.0, 1.0], [1.0, 0.0]] * 4, [0, 1] * 4, epochs=2, batch=4)
    >>> network.radii(torch.eye(2), torch.tensor([1, 0])).shape
    torch.Size([2])
    """
    x = torch.as_tensor(data, dtype=torch.float32)
    y = torch.as_tensor(labels, dtype=torch.long)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = OneLipschitzNetwork(x.shape[1], int(y.max()) + 1, hidden=hidden)
        optimiser = torch.optim.Adam(network.parameters(), lr=rate)
        count = max(1, len(x) // batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=rate, total_steps=epochs * count
        )
        for _ in range(epochs):
            order = torch.randperm(len(x))
            for k in range(count):
                chosen = order[k * batch : (k + 1) * batch]
                optimiser.zero_grad()
                network.loss(x[chosen], y[chosen], radius=radius).backward()
                optimiser.step()
                schedule.step()
    return network
