"""What the 1-Lipschitz baseline reads, in balls: its radii, and whether an attack broke one."""

from __future__ import annotations

import numpy as np
import torch

from sparsebound.checks.training.one_lipschitz import LEAST, OneLipschitzLayer, OneLipschitzNetwork
from sparsebound.theory.analysis.activations import relu
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask


class BaselineBounds:
    """The numbers of a trained network, taken to be exact.

    That its layers cannot amplify is a theorem about them, whatever their numbers are; nothing else
    is taken on trust.

    Parameters
    ----------
    network : OneLipschitzNetwork
    scale : float
        What signals are multiplied by in front of it.

    Examples
    --------
    >>> network = OneLipschitzNetwork(2, 2, hidden=2)
    >>> with torch.no_grad():
    ...     _ = network.weight.copy_(torch.eye(2))
    ...     for layer in network.body:
    ...         _ = layer.weight.copy_(torch.eye(2)), layer.bias.fill_(-10.0)
    >>> bounds, y = BaselineBounds(network, 2.0), np.array([[1.5, 0.5]])
    >>> bounds.logits(y).mid  # no unit is on
    array([[3., 1.]])
    >>> bounds.radii(y, np.array([0])).round(9)
    array([0.70710678])
    >>> bounds.broken(y, y[:, ::-1], np.array([0]), np.array([1.5]))
    array([ True])
    """

    def __init__(self, network: OneLipschitzNetwork, scale: float = 1.0) -> None:
        self.scale = scale
        self.layers = [_layer(layer) for layer in network.body]
        self.weights, self.biases = _ball(network.weight), _ball(network.bias)

    def logits(self, signals: FloatArray) -> Ball:
        """Enclose what is read of signals (B, m), shape (B, C)."""
        x = Ball.of(signals) * self.scale
        for weight, bias, total in self.layers:
            hidden = relu(x @ weight.swapaxes(0, 1) + bias)
            x = x - 2 * (hidden / total) @ weight
        return x @ self.weights.swapaxes(0, 1) + self.biases

    def margins(self, signals: FloatArray, labels: IntArray) -> Ball:
        """Enclose margins to all classes, shape (B, C); to the label itself it is 0."""
        logits = self.logits(signals)
        own = logits[np.arange(len(labels)), labels].reshape(-1, 1)
        same = labels[:, None] == np.arange(logits.shape[1])
        return (own - logits).where(~same, 0)

    def radii(self, signals: FloatArray, labels: IntArray) -> FloatArray:
        """Bound from below how far another label is, shape (B,); 0 where the label is wrong."""
        margins, (C, units) = self.margins(signals, labels), self.weights.shape
        apart = self.weights[labels].reshape(len(labels), 1, units) - self.weights
        amplified = (apart**2).sum(-1).sqrt() * abs(self.scale)
        same = labels[:, None] == np.arange(C)
        moves = amplified.upper > 0
        with np.errstate(all="ignore"):
            found = (margins / amplified.where(moves & ~same, 1)).lower
        found = np.where(moves, found, np.where(margins.lower > 0, np.inf, 0.0))
        return np.maximum(np.where(same, np.inf, found).min(axis=1), 0.0)

    def broken(
        self, signals: FloatArray, others: FloatArray, labels: IntArray, radii: FloatArray
    ) -> Mask:
        """Say where others provably have another label inside a radius, shape (B,).

        Parameters
        ----------
        signals, others : ndarray, shape (B, m)
        labels : ndarray of int, shape (B,)
            Of the signals; where they are not, nothing is broken.
        radii : ndarray, shape (B,)
        """
        same = labels[:, None] == np.arange(len(self.weights))
        before = np.where(same, np.inf, self.margins(signals, labels).lower).min(axis=1)
        after = self.margins(others, labels).upper.min(axis=1)
        square = ((Ball.of(others) - signals) ** 2).sum(-1)
        nearer = (square - Ball.of(radii) ** 2).upper < 0
        return np.asarray((before > 0) & (after < 0) & nearer)


def _ball(values: torch.Tensor) -> Ball:
    return Ball.of(values.detach().double().cpu().numpy())


def _layer(layer: OneLipschitzLayer) -> tuple[Ball, Ball, Ball]:
    """Weights, biases, and ``T``."""
    weight, scales = _ball(layer.weight), _ball(layer.log_scales).exp()
    gram = abs(weight @ weight.swapaxes(0, 1))
    total = (gram * (scales.reshape(1, -1) / scales.reshape(-1, 1))).sum(-1)
    small = total.upper < LEAST
    enclosed = total.where(total.lower >= LEAST, total.hull(LEAST))
    return weight, _ball(layer.bias), enclosed.where(~small, LEAST)
