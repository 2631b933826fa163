"""A training loop for all strategies of :mod:`sparsebound.checks.training.rows`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sparsebound.checks.training import penalties
from sparsebound.checks.training.encoder import SparseEncoder
from sparsebound.checks.training.exporting import to_numpy
from sparsebound.checks.training.layers import TopK
from sparsebound.checks.training.losses import DIVERGED, margin_loss
from sparsebound.checks.training.rows import STRATEGIES, WITHOUT_LABELS, TrainingStrategy
from sparsebound.checks.training.trained import EpochRecord, TrainedEncoder
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.errors import InputError

__all__ = ["STRATEGIES", "EpochRecord", "TrainedEncoder", "TrainingStrategy", "train"]

WARM = 0.3
"""Share of the steps over which the radius of the loss grows."""
RISING = 0.2
"""Share of the steps over which learning rates rise."""
ATOM_RATE, HEAD_RATE = 2e-3, 1e-2
"""Largest learning rates."""
LOWERED = 0.02
"""Weight of the mean logarithm of learned thresholds, by which they are raised."""


@dataclass(frozen=True)
class _Codes:
    """Features that are no minimisers."""

    codes: Any


def train(
    strategy: str | TrainingStrategy,
    data: Any,
    labels: Any = None,
    *,
    seed: int = 0,
    epochs: int = 20,
    atoms: int = 64,
    batch: int = 64,
    progress: Callable[[EpochRecord], Any] | None = None,
    watch: Callable[[SparseEncoder, Any, int], Any] | None = None,
) -> TrainedEncoder:
    """Train a dictionary and a linear head by a strategy.

    Atoms start at samples. The same seed gives the same result on the same machine and number of
    threads; torch's global generator is left alone.

    Parameters
    ----------
    strategy : str or TrainingStrategy
        A name in ``STRATEGIES``, or a row of one's own.
    data : array_like, shape (B, m)
    labels : array_like of int, shape (B,), optional
        From 0. Without them there is no head, and atoms are learned by how signals are fitted.
    seed, epochs, atoms, batch : int
    progress : callable, optional
        Called with an :class:`EpochRecord` after each epoch; training ends there if it returns
        False.
    watch : callable, optional
        Called with the encoder, the head and the number of the step after each step.

    Returns
    -------
    TrainedEncoder

    Raises
    ------
    InputError
        If an argument cannot be used.

    Examples
    --------
    >>> data = np.repeat(np.eye(4), 8, axis=0) + 0.1
    >>> found = train("l1+margin", data, np.arange(32) // 8, epochs=3, atoms=8, batch=16)
    >>> found.arrays["D"].shape, len(found.log)
    ((4, 8), 3)
    """
    row = _row(strategy)
    X, y = _checked(data, labels, atoms)
    if labels is None and row.needs_labels:
        raise InputError("strategy", strategy, f"one of {', '.join(WITHOUT_LABELS)} without labels")
    for name, value in (("epochs", epochs), ("batch", batch)):
        if value < 1:
            raise InputError(name, value, "an integer that is at least 1")
    started = time.process_time()
    chosen = np.random.default_rng(seed).choice(np.flatnonzero(X.any(axis=1)), atoms, replace=False)
    encoder = SparseEncoder(
        X[chosen].T, row.penalty, ridge=row.ridge, learned_thresholds=row.learned_thresholds
    )
    groups = [{"params": [encoder.atoms], "lr": ATOM_RATE}]
    head = None
    if labels is not None:
        size = (atoms, int(y.max()) + 1)
        head = nn.utils.skip_init(nn.Linear, *size, dtype=torch.float64)  # draws no random numbers
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
        groups.append({"params": list(head.parameters()), "lr": HEAD_RATE})
    if row.learned_thresholds:
        groups.append({"params": [encoder.log_thresholds], "lr": HEAD_RATE})
    optimiser = torch.optim.Adam(groups)
    count = max(1, len(X) // batch)
    total = epochs * count
    # torch divides by RISING * total - 1
    rising = math.nextafter(RISING, 1) if RISING * total == 1 else RISING
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [group["lr"] for group in groups], total_steps=total, pct_start=rising
    )
    generator = torch.Generator().manual_seed(seed)
    signals, classes = torch.tensor(X), torch.tensor(y)
    log: list[EpochRecord] = []
    step = 0
    for epoch in range(epochs):
        order = torch.randperm(len(X), generator=generator)
        sums = np.zeros(3)
        for k in range(count):
            step += 1
            batch_of = order[k * batch : (k + 1) * batch]
            radius = row.radius * min(1.0, step / (WARM * total))
            sums += _step(
                row, encoder, head, signals[batch_of], classes[batch_of], radius, optimiser
            )
            schedule.step()
            if watch is not None:
                watch(encoder, head, step)
        loss, accuracy, active = (float(part) for part in sums / count)
        log.append(EpochRecord(epoch, loss, accuracy, active))
        if progress is not None and progress(log[-1]) is False:
            break
    return TrainedEncoder(row, to_numpy(encoder, head), log, time.process_time() - started)


def _row(strategy: str | TrainingStrategy) -> TrainingStrategy:
    if isinstance(strategy, TrainingStrategy):
        return strategy
    if strategy not in STRATEGIES:
        raise InputError("strategy", strategy, f"one of {', '.join(STRATEGIES)}")
    return STRATEGIES[strategy]


def _checked(data: Any, labels: Any, atoms: int) -> tuple[FloatArray, IntArray]:
    X = np.asarray(data, dtype=float)
    y = np.zeros(X.shape[:1], dtype=int) if labels is None else np.asarray(labels)
    if X.ndim != 2 or not X.size or not np.isfinite(X).all():
        raise InputError("data", X, "finite signals of shape (B, m)")
    if y.shape != (len(X),) or not np.issubdtype(y.dtype, np.integer) or y.min() < 0:
        raise InputError("labels", y, f"integers from 0 of shape ({len(X)},)")
    if not 1 <= atoms <= int(X.any(axis=1).sum()):
        raise InputError(
            "atoms", atoms, "an integer from 1 to the number of signals that are not 0"
        )
    return X, y.astype(np.int64)


def _step(
    row: TrainingStrategy,
    encoder: SparseEncoder,
    head: Any,
    signals: Any,
    labels: Any,
    radius: float,
    optimiser: Any,
) -> FloatArray:
    """Take one step; give loss, accuracy and active atoms of the batch."""
    features: Any
    if row.top_k:
        features = _Codes(TopK(row.top_k)(signals @ encoder.atoms))
        loss = functional.cross_entropy(head(features.codes), labels)
    else:
        features = encoder(signals)
        if head is None:
            loss = _misfit(encoder, features, signals)
        else:
            loss = margin_loss(features, head, labels, radius=radius)
        if row.erc:
            loss = loss + row.erc * penalties.erc(features)
    if row.l1:
        loss = loss + row.l1 * penalties.l1(features)
    if row.hoyer:
        loss = loss + row.hoyer * penalties.hoyer(features)
    if row.coherence:
        loss = loss + row.coherence * penalties.coherence(encoder.atoms)
    if row.learned_thresholds:
        loss = loss - LOWERED * encoder.log_thresholds.mean()
    if not math.isfinite(float(loss.detach())):
        raise ArithmeticError(DIVERGED)
    optimiser.zero_grad()
    loss.backward()
    encoder.remove_radial_gradients()
    optimiser.step()
    encoder.normalise()
    with torch.no_grad():
        read = labels + math.nan if head is None else head(features.codes).argmax(1) == labels
        right = read.double().mean()
        active = (features.codes != 0).sum(1).double().mean()
    return np.array([float(loss.detach()), float(right), float(active)])


def _misfit(encoder: SparseEncoder, features: Any, signals: Any) -> Any:
    """What features minimise, in the mean over signals, but for the ridge."""
    misfit = ((signals - features.fit) ** 2).sum(1) / 2
    return (misfit + (features.codes * encoder.thresholds).sum(1)).mean()
