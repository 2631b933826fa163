"""A layer whose two weight matrices need not fit together, from whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class UncoupledLayer(Batched):
    """The layer ``soft(V x + U D x, theta)``.

    Attributes
    ----------
    thresholds : ndarray, shape (B,)
        ``theta``, for each code.
    state : ndarray, shape (n, n)
        ``V``, the weights of the state.
    signal : ndarray, shape (n, m)
        ``U``, the weights of the signal.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("state", "signal")

    thresholds: FloatArray
    state: FloatArray
    signal: FloatArray
