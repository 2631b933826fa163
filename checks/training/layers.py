"""Layers that make features sparse by themselves: the largest k, and learned thresholds."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from sparsebound.theory.errors import InputError


class TopK(nn.Module):
    """Keep the k largest entries of a vector, as they are; the rest becomes 0.

    Not guaranteed: continuity. The map jumps where the k-th and the next entry change places, so
    that no radius larger than their distance can be certified (measured on digits: 43 percent of
    the test set at 0.1 against 95 for exact minimisers, at the same sparsity).

    Parameters
    ----------
    k : int
        At least 1; of vectors shorter than this, all is kept.
    nonnegative : bool
        Whether negative entries become 0 first; otherwise the largest moduli are kept.

    Raises
    ------
    InputError
        If k is less than 1.

    Examples
    --------
    >>> TopK(1)(torch.tensor([[1.0, 3.0, -4.0]])).tolist()
    [[0.0, 3.0, 0.0]]
    >>> TopK(1, nonnegative=False)(torch.tensor([[1.0, 3.0, -4.0]])).tolist()
    [[0.0, 0.0, -4.0]]
    """

    def __init__(self, k: int, *, nonnegative: bool = True) -> None:
        super().__init__()
        if k < 1:
            raise InputError("k", k, "an integer that is at least 1")
        self.k, self.nonnegative = k, nonnegative

    def forward(self, values: Any) -> Any:
        """Keep the largest of the last axis."""
        if self.nonnegative:
            values = torch.relu(values)
        kept = values.abs().topk(min(self.k, values.shape[-1]), dim=-1).indices
        return torch.zeros_like(values).scatter(-1, kept, values.gather(-1, kept))


class ThresholdLayer(nn.Module):
    """One threshold for each feature, positive and learned.

    Raising thresholds of one layer shrinks its supports (``training.threshold_nested``). Not
    guaranteed: that it makes a *deeper* layer's supports smaller, which is false already for two.

    Parameters
    ----------
    features : int
        Their number: the last axis of what is given.
    initial : float
        Thresholds to start from, positive.
    kind : {"soft", "jump"}
        ``relu(v - theta)``; or ``v`` where it is above ``theta``, else 0 (a JumpReLU), whose
        threshold gets the gradient of a smoothed step of the given bandwidth.
    bandwidth : float
        Positive; only for jumps.

    Raises
    ------
    InputError
        If an argument cannot be used.

    Examples
    --------
    >>> ThresholdLayer(2, 1.0)(torch.tensor([[0.5, 3.0]])).tolist()
    [[0.0, 2.0]]
    >>> ThresholdLayer(2, 1.0, kind="jump")(torch.tensor([[0.5, 3.0]])).tolist()
    [[0.0, 3.0]]
    """

    def __init__(
        self, features: int, initial: float = 0.1, *, kind: str = "soft", bandwidth: float = 0.1
    ) -> None:
        super().__init__()
        if features < 1:
            raise InputError("features", features, "an integer that is at least 1")
        for name, value in (("initial", initial), ("bandwidth", bandwidth)):
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, value, "a positive, finite number")
        if kind not in {"soft", "jump"}:
            raise InputError("kind", kind, "soft or jump")
        self.log_thresholds = nn.Parameter(torch.full((features,), math.log(initial)))
        self.kind, self.bandwidth = kind, bandwidth

    @property
    def thresholds(self) -> Any:
        """``theta``, shape (n,)."""
        return self.log_thresholds.exp()

    def forward(self, values: Any) -> Any:
        """Apply the thresholds along the last axis."""
        if self.kind == "soft":
            return functional.relu(values - self.thresholds)
        return _Jump.apply(values, self.thresholds, self.bandwidth)


class _Jump(torch.autograd.Function):
    """``v`` above ``theta``, else 0; its jump is smoothed in the gradient of the threshold."""

    @staticmethod
    def forward(ctx: Any, values: Any, thresholds: Any, bandwidth: float) -> Any:
        """Keep what is above."""
        ctx.save_for_backward(values, thresholds)
        ctx.bandwidth = bandwidth
        return values * (values > thresholds)

    @staticmethod
    def backward(ctx: Any, given: Any) -> Any:
        """Give gradients; of the threshold, by a rectangle around it."""
        values, thresholds = ctx.saved_tensors
        near = ((values - thresholds).abs() < ctx.bandwidth / 2).to(given.dtype)
        lowered = -(thresholds / ctx.bandwidth) * near * given
        return given * (values > thresholds), lowered.flatten(0, -2).sum(0), None
