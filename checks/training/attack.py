"""Search for label changes: what no search survives is an upper bound of what can be certified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from sparsebound.checks.training.exporting import from_numpy
from sparsebound.checks.training.layers import TopK
from sparsebound.checks.training.minimisers import (
    jitter_of,
    masked_system,
    support_of,
    tolerance,
)
from sparsebound.checks.training.one_lipschitz import OneLipschitzNetwork
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.theory.arithmetic import FloatArray, IntArray

STEPS = 15
STRIDE = 2.5
"""A step is this share of the radius, divided by the number of steps."""
HALVINGS = 8
"""Of the segment from a signal to what changed its label."""
ROUNDING = 1e-9
"""Another label has to win by so much, as a share of the logits."""


class AttackTarget(Protocol):
    """What can be attacked."""

    def looked(self, signals: Any) -> tuple[Any, Any, Any]:
        """Give logits (B, C), their gradients (B, C, m), and where both are exact (B,)."""
        ...


class EncoderTarget:
    """Exact features and a linear head; gradients ``D_S (D_S^T D_S + ridge)^{-1} v_S``.

    Parameters
    ----------
    trained : TrainedEncoder
        Minimisers, or top-k codes (whose gradients are ``D_S v_S``).
    """

    def __init__(self, trained: TrainedEncoder) -> None:
        self.encoder, self.head = from_numpy(trained.arrays)
        self.top_k = trained.strategy.top_k

    @torch.no_grad()
    def looked(self, signals: Any) -> tuple[Any, Any, Any]:
        """Look at signals: an active set finds features, and optimality is verified."""
        atoms, ridge, weights = self.encoder.atoms, self.encoder.ridge, self.head.weight
        if self.top_k:
            codes = TopK(self.top_k)(signals @ atoms)
            exact = torch.ones(len(signals), dtype=torch.bool)
            read = (codes != 0)[:, :, None] * weights.T
            return self.head(codes), read.transpose(1, 2) @ atoms.T, exact
        found = self.encoder(signals)
        allowed = tolerance(signals, atoms, self.encoder.thresholds)[:, 0]
        indices, on = support_of(found.codes != 0)
        used = on.to(atoms.dtype)
        system = masked_system(atoms.T @ atoms, indices, used, ridge + jitter_of(atoms))
        moved = torch.linalg.solve(system, used[:, :, None] * weights.T[indices])  # (B, w, C)
        gradients = moved.transpose(1, 2) @ (atoms.T[indices] * used[:, :, None])
        return self.head(found.codes), gradients, found.violation <= allowed


class NetworkTarget:
    """A 1-Lipschitz network, in float64; gradients by torch.

    Parameters
    ----------
    network : OneLipschitzNetwork
    scale : float
        What signals are multiplied by in front of it.
    """

    def __init__(self, network: OneLipschitzNetwork, scale: float = 1.0) -> None:
        self.network, self.scale = network.double(), scale

    def looked(self, signals: Any) -> tuple[Any, Any, Any]:
        """Look at signals."""
        x = signals.detach().clone().requires_grad_(True)
        logits = self.network(self.scale * x)
        parts = [
            torch.autograd.grad(logits[:, j].sum(), x, retain_graph=True)[0]
            for j in range(logits.shape[1])
        ]
        exact = torch.ones(len(x), dtype=torch.bool)
        return logits.detach(), torch.stack(parts, dim=1), exact


@dataclass(frozen=True)
class LabelAttack:
    """The nearest label changes that were found.

    Attributes
    ----------
    right : ndarray of bool, shape (B,)
        Where the label is predicted without an attack, and not in a tie.
    distance : ndarray, shape (B,)
        From a signal to what changes its label; infinite where nothing was found.
    nearest : ndarray, shape (B, m)
        The signals that do; the signal itself where nothing was found.
    seen_as : ndarray of int, shape (B,)
        The label there.
    inexact : int
        Looks at signals whose features could not be verified: they count as no hits.
    """

    right: Any
    distance: FloatArray
    nearest: FloatArray
    seen_as: IntArray
    inexact: int


def attack_labels(
    target: AttackTarget, signals: Any, labels: Any, radii: Any, *, steps: int = STEPS
) -> LabelAttack:
    """Search for label changes within each radius, by projected gradient steps.

    Every step goes towards the class whose boundary is nearest by the gradient. A hit counts only
    where features are exact (optimality conditions hold up to rounding) and another class wins by
    more than rounding. What was hit is moved towards its signal, by bisection.

    Parameters
    ----------
    target : AttackTarget
    signals : array_like, shape (B, m)
    labels : array_like of int, shape (B,)
    radii : sequence of float
    steps : int

    Returns
    -------
    LabelAttack

    Examples
    --------
    >>> from sparsebound.checks.training.strategies import STRATEGIES
    >>> eye = np.eye(2)
    >>> arrays = {"D": eye, "lam": np.full(2, 0.1), "V": eye, "b": np.zeros(2), "ridge": 0.0}
    >>> target = EncoderTarget(TrainedEncoder(STRATEGIES["plain"], arrays))
    >>> found = attack_labels(target, [[2.0, 1.0], [2.0, 0.1]], [0, 0], [1.0])
    >>> [round(float(distance), 2) for distance in found.distance]  # the nearest is at 1/sqrt 2
    [0.71, inf]
    """
    x = torch.as_tensor(np.asarray(signals, dtype=float))
    y = torch.as_tensor(np.asarray(labels, dtype=int))
    search = _Search(target, x, y)
    wrong, _ = search.look(x, torch.arange(len(x)), count=False)
    right = ~wrong & search.exact_and_apart
    for radius in sorted(float(radius) for radius in radii):
        rows = torch.nonzero(right & (search.distance > radius))[:, 0]
        at = x[rows].clone()
        for _ in range(steps):
            if not len(rows):
                break
            _, direction = search.look(at, rows)
            at = at + STRIDE * radius / steps * direction
            away = at - x[rows]
            length = away.norm(dim=1, keepdim=True)
            at = x[rows] + away * (radius / length.clamp_min(1e-300)).clamp_max(1.0)
            going = search.distance[rows] > radius
            rows, at = rows[going], at[going]
        if len(rows):
            search.look(at, rows)
    search.bisect()
    distance = search.distance.masked_fill(~right, np.inf)
    return LabelAttack(
        right.numpy(), distance.numpy(), search.nearest.numpy(), search.seen_as.numpy(),
        search.inexact,
    )  # fmt: skip


class _Search:
    def __init__(self, target: AttackTarget, x: Any, y: Any) -> None:
        self.target, self.x, self.y = target, x, y
        self.distance = torch.full((len(x),), np.inf, dtype=x.dtype)
        self.nearest, self.seen_as, self.inexact = x.clone(), y.clone(), 0

    def look(self, at: Any, rows: Any, *, count: bool = True) -> tuple[Any, Any]:
        """Keep hits; say which they are, and where to go, as unit vectors."""
        logits, gradients, exact = self.target.looked(at)
        own = self.y[rows][:, None]
        margins = logits.gather(1, own) - logits
        apart = gradients - gradients.gather(1, own[:, :, None].expand(-1, 1, at.shape[1]))
        slopes = apart.norm(dim=2)
        others = torch.ones_like(logits, dtype=torch.bool).scatter(1, own, False)
        allowed = ROUNDING * (1 + logits.abs().max(1).values)
        least = margins.masked_fill(~others, np.inf)
        hit = exact & (least.min(1).values < -allowed)
        self.exact_and_apart = exact & (least.min(1).values > allowed)
        self.inexact += int((~exact).sum())
        if count:
            away = (at - self.x[rows]).norm(dim=1)
            better = hit & (away < self.distance[rows])
            chosen = rows[better]
            self.distance[chosen] = away[better]
            self.nearest[chosen] = at[better]
            self.seen_as[chosen] = logits.argmax(1)[better]
        reach = torch.where(slopes > 0, margins / slopes.clamp_min(1e-300), np.inf)
        nearest = reach.masked_fill(~others, np.inf).argmin(1)
        chosen = apart[torch.arange(len(at)), nearest]
        return hit, chosen / chosen.norm(dim=1, keepdim=True).clamp_min(1e-300)

    def bisect(self) -> None:
        """Move what was hit towards its signal."""
        rows = torch.nonzero(torch.isfinite(self.distance))[:, 0]
        near, far = torch.zeros(len(rows), 1, dtype=self.x.dtype), torch.ones(len(rows), 1)
        far, away = far.to(self.x.dtype), self.nearest[rows] - self.x[rows]
        for _ in range(HALVINGS if len(rows) else 0):
            middle = (near + far) / 2
            hit, _ = self.look(self.x[rows] + middle * away, rows)
            near = torch.where(hit[:, None], near, middle)
            far = torch.where(hit[:, None], middle, far)
