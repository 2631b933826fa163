"""Networks of functions of single features, and piecewise linear functions of one."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class RidgeNetwork(Batched):
    """What a network returned that stands for a sum of functions of features, and its architecture.

    Attributes
    ----------
    signals : ndarray, shape (B, d)
        What it was given.
    outputs : ndarray, shape (B,)
        What it returned.
    knots : ndarray, shape (N + 1,)
        Ends of the pieces of some piecewise linear function on ``[-R, R]``.
    ends : ndarray, shape (N, 2)
        Its values at the two ends of each piece; neighbouring pieces need not meet.
    function : str
        The name of the function.
    reach : float
        ``R``.
    kernel, layers, units : int
        Kernel and stride of the encoder, the layers that have weights, and the rectified units.
    """

    signals: FloatArray
    outputs: FloatArray
    knots: FloatArray
    ends: FloatArray
    function: str
    reach: float
    kernel: int
    layers: int
    units: int

    SHARED = ("knots", "ends", "function", "reach", "kernel", "layers", "units")

    @property
    def pieces(self) -> int:
        """``N``."""
        return len(self.ends)
