"""What networks of finitely many layers made of signals whose features are known.

Nothing is trusted, as in :mod:`sparsebound.theory.evidence`: features are worked out from their
signs, and every layer is checked as one step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence.batched import Batched, Selectable
from sparsebound.theory.evidence.features import FeaturePair


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


@dataclass(frozen=True)
class FeatureIterates(Batched):
    """What ISTA and FISTA made of signals, where nothing may be negative.

    Attributes
    ----------
    ista, fista : ndarray, shape (B, K + 1, n)
        The start and the K iterates after it.
    L : ndarray, shape (B,)
        The step is 1/L.
    """

    ista: FloatArray
    fista: FloatArray
    L: FloatArray


@dataclass(frozen=True)
class ReadOut(Batched):
    """What a linear classifier reads out of features, for each other class than their own.

    With ``v`` and ``b`` the differences of the weights and of the biases of the two classes, the
    margin of features ``z`` is ``<v, z> + b``. There is a bound of ``<v, h>`` by ``||D h||`` if and
    only if ``v = D^T D u``.

    Attributes
    ----------
    directions : ndarray, shape (B, R, n)
        ``u`` for each of R other classes.
    biases : ndarray, shape (B, R)
        ``b`` for each.
    """

    directions: FloatArray
    biases: FloatArray


@dataclass(frozen=True)
class LabelledRuns(Selectable):
    """Features of signals, what reads a label out of them, and runs on other signals.

    Attributes
    ----------
    pair : FeaturePair
        Features of the signals, and of the others.
    readout : ReadOut
        What is read.
    iterates : FeatureIterates
        Runs on the other signals.
    """

    pair: FeaturePair
    readout: ReadOut
    iterates: FeatureIterates
