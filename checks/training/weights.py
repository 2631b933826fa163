"""Unfolded networks of a dictionary: its atoms as weights, learned ones, or analytic ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sparsebound.checks.oracles import cross_coherence
from sparsebound.checks.training.drift import coherence_of
from sparsebound.reports.networks import WeightsRate
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.instance import Dictionary

LAYERS = 16


class UnfoldedDictionary(nn.Module):
    """Layers ``x = relu(x + t_k W^T (y - D x) - theta_k)``, from 0 on; ``D`` is not trained.

    Steps and thresholds are learned; they start where ``W = D`` would make them those of ISTA.

    Parameters
    ----------
    D, W : ndarray, shape (m, n)
    thresholds : ndarray, shape (n,)
        Of the problem whose minimisers are approximated.
    learned : bool
        Whether ``W`` is learned, too.
    layers : int

    Examples
    --------
    >>> network = UnfoldedDictionary(np.eye(2), np.eye(2), np.full(2, 0.5), layers=3)
    >>> network(torch.tensor([[2.0, 0.25]])).round(decimals=6).tolist()
    [[1.5, 0.0]]
    """

    def __init__(
        self,
        D: FloatArray,
        W: FloatArray,
        thresholds: FloatArray,
        *,
        learned: bool = False,
        layers: int = LAYERS,
    ) -> None:
        super().__init__()
        step = 1 / np.linalg.norm(W.T @ D, 2)
        self.register_buffer("atoms", torch.tensor(D, dtype=torch.float32))
        self.weights = nn.Parameter(torch.tensor(W, dtype=torch.float32), requires_grad=learned)
        self.log_steps = nn.Parameter(torch.full((layers,), float(np.log(step))))
        start = torch.tensor(np.log(step * thresholds), dtype=torch.float32)
        self.log_thresholds = nn.Parameter(start.repeat(layers, 1))

    def forward(self, signals: Any) -> Any:
        """Run signals (B, m); give features (B, n)."""
        x = signals.new_zeros((len(signals), self.atoms.shape[1]))
        for step, theta in zip(self.log_steps.exp(), self.log_thresholds.exp(), strict=True):
            seen = (signals - x @ self.atoms.T) @ self.weights
            x = functional.relu(x + step * seen - theta)
        return x


def analytic_weights(D: FloatArray) -> FloatArray:
    """Weights of least cross coherence, scaled to ``<w_i, d_i> = 1``.

    Examples
    --------
    >>> analytic_weights(np.array([[1.0, 0.6], [0.0, 0.8]])).round(9)  # orthogonal to the others
    array([[ 1.  ,  0.  ],
           [-0.75,  1.25]])
    """
    n = D.shape[1]
    W = cross_coherence.weights(Dictionary(D), every=n).W
    return np.asarray(W / (W * D).sum(axis=0))


def rate_of(D: FloatArray, W: FloatArray, codes: FloatArray, signals: FloatArray) -> WeightsRate:
    """Work out what ``rate.alista`` says of weights, if codes are those of signals; in float64.

    Parameters
    ----------
    D, W : ndarray, shape (m, n)
        Unit atoms, and weights of any length.
    codes, signals : ndarray, shape (B, n) and (B, m)
        ``signals - D codes`` is the noise. Codes that are 0 do not count.

    Examples
    --------
    >>> rate_of(np.eye(2), 2 * np.eye(2), np.array([[4.0, 0.0]]), np.array([[4.0, 0.5]]))
    WeightsRate(coherence=0.0, cross_coherence=0.0, linear=1.0, told=1.0, noise=0.125)
    """
    own = (W * D).sum(axis=0)
    used = codes.any(axis=1)
    codes, signals = codes[used], signals[used]
    if not (own > 0).all() or not len(codes):
        return WeightsRate(coherence_of(D), None, 0.0, 0.0, None)
    W = W / own
    seen = np.abs(W.T @ D)
    np.fill_diagonal(seen, 0)
    mu, largest = float(seen.max()), np.abs(codes).max(axis=1)
    q = (2 * (codes != 0).sum(axis=1) - 1) * mu
    noise = np.abs((signals - codes @ D.T) @ W).max(axis=1) / largest
    told = (q < 1) & (2 * noise < 1 - q)
    return WeightsRate(
        coherence_of(D), mu, float((q < 1).mean()), float(told.mean()), float(np.median(noise))
    )
