"""What solvers of basis pursuit returned, and what is known of the least norm.

Nothing is trusted, as in :mod:`sparsebound.theory.evidence`: a code explains the signal or not.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class LeastNorm(Batched):
    """A problem ``min ||x||_1`` subject to ``||y - D x||_2 <= sigma``, and what a solver returned.

    Attributes
    ----------
    sigma : ndarray, shape (B,)
        Bounds of the residuals; 0 for basis pursuit.
    noisy : ndarray of bool, shape (B,)
        Whether the noise of the instance is part of the signal.
    explanation : ndarray, shape (B, n)
        Codes that meet the constraint, with respect to the atoms as given.
    dual : ndarray, shape (B, m)
        Points of the dual polytope: no inner product with an atom exceeds 1.
    points : ndarray, shape (B, n)
        What the solver returned, in float64 or float32; exact data.
    tolerance : ndarray, shape (B,)
        ``eps``, which it states: the residual exceeds ``sigma`` by at most ``eps ||y||``, and the
        norm the least one by at most ``eps`` times the sum of that and ``||y|| / max_j ||d_j||``.
    """

    sigma: FloatArray
    noisy: Mask
    explanation: FloatArray
    dual: FloatArray
    points: FloatArray
    tolerance: FloatArray
