"""What training gave, as arrays, and what is measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from sparsebound.checks.training.certified import certified_radii, hoyer_sparsity
from sparsebound.checks.training.drift import coherence_of
from sparsebound.checks.training.encoder import SparseEncoder
from sparsebound.checks.training.layers import TopK
from sparsebound.checks.training.rows import TrainingStrategy
from sparsebound.checks.training.top_k import top_k_radii
from sparsebound.theory.arithmetic import FloatArray


@dataclass(frozen=True)
class EpochRecord:
    """Means over the batches of an epoch."""

    epoch: int
    loss: float
    accuracy: float
    active: float


@dataclass(frozen=True)
class TrainedEncoder:
    """What training gave, as arrays.

    Attributes
    ----------
    strategy : TrainingStrategy
    arrays : dict
        ``D``, ``lam``, ``V``, ``b``, ``ridge``, as ``sparsebound certify`` reads them.
    log : list of EpochRecord
    seconds : float
        CPU time.
    """

    strategy: TrainingStrategy
    arrays: dict[str, FloatArray]
    log: list[EpochRecord] = field(default_factory=list)
    seconds: float = 0.0

    def features(self, signals: Any) -> tuple[FloatArray, FloatArray]:
        """Give codes and gaps of signals (B, m), both of shape (B, n); of top-k: and scores."""
        if self.strategy.top_k:
            scores = np.asarray(signals, float) @ self.arrays["D"]
            return TopK(self.strategy.top_k)(torch.as_tensor(scores)).numpy(), scores
        D, lam, ridge = (self.arrays[name] for name in ("D", "lam", "ridge"))
        encoder = SparseEncoder(D, lam, ridge=float(ridge))
        with torch.no_grad():
            found = encoder(torch.as_tensor(np.asarray(signals, float)))
        return found.codes.numpy(), found.gaps.numpy()

    def measured(
        self, signals: Any, labels: Any, *, radii: Sequence[float], prices: bool = False
    ) -> dict[str, Any]:
        """Measure accuracy, active atoms, Hoyer, coherence, and shares certified at radii.

        Parameters
        ----------
        signals, labels
            As in :func:`train`, but of the test set.
        radii : sequence of float
        prices : bool
            See :func:`sparsebound.checks.training.certified.certified_radii`.
        """
        codes, gaps = self.features(signals)
        D, V, b = (self.arrays[name] for name in ("D", "V", "b"))
        y = np.asarray(labels, int)
        if self.strategy.top_k:
            found = top_k_radii(signals, self.strategy.top_k, D, V, b, y)
        else:
            ridge = float(self.arrays["ridge"])
            found = certified_radii(codes, gaps, D, V, b, y, ridge=ridge, prices=prices)
        return {
            "accuracy": float(((codes @ V.T + b).argmax(axis=1) == y).mean()),
            "active": float((codes != 0).sum(axis=1).mean()),
            "hoyer": hoyer_sparsity(codes),
            "coherence": coherence_of(D),
            "certified": {radius: float((found > radius).mean()) for radius in radii},
        }
