"""What networks of finitely many layers made of signals whose features are known.

Nothing is trusted, as in :mod:`sparsebound.theory.evidence`: features are worked out from their
signs, and every layer is checked as one step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class UnfoldedFeatures(Batched):
    """What an unfolded network did on each signal, and where the point lives that it is to find.

    Attributes
    ----------
    lam : ndarray, shape (B,)
        The threshold of which that point is a fixed point, positive.
    signs : ndarray, shape (B, n)
        Its signs; 0 where it is 0.
    signed : ndarray of bool, shape (B,)
        Whether its entries, and the states, may be negative.
    states : ndarray, shape (B, K + 1, n)
        The states ``x^0, ..., x^K``.
    thresholds : ndarray, shape (B, K)
        The thresholds ``theta_0, ..., theta_{K-1}``.
    size : ndarray, shape (B,)
        Declared bound of the entries of the point.
    rho : ndarray, shape (B, K)
        Declared errors of what a layer hands to its activation.
    W : ndarray, shape (m, n)
        The weights.
    """

    lam: FloatArray
    signs: FloatArray
    signed: Mask
    states: FloatArray
    thresholds: FloatArray
    size: FloatArray
    rho: FloatArray
    W: FloatArray

    SHARED = ("W",)

    @property
    def finite(self) -> Mask:
        """Which states are finite, shape (B, K + 1)."""
        return np.asarray(np.isfinite(self.states).all(axis=-1))

    @property
    def iterates(self) -> FloatArray:
        """The states, shape (B, K + 1, n); 0 for what is not finite."""
        return np.where(self.finite[..., None], self.states, 0.0)
