"""One layer of an encoder, the codes that it sees, and the worst ones."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class EncoderStep(Batched):
    """An encoder with thresholds, nonnegative codes, and the worst codes of the same kind.

    Attributes
    ----------
    weights : ndarray, shape (m, n)
        ``W``, of all codes.
    bias, thresholds : ndarray, shape (B, n)
        What is added to ``W^T y``, and above which a unit is active.
    points : ndarray, shape (B, n)
        The codes.
    noise : ndarray, shape (B,)
        ``nu``, at least ``|<w_i, e>|``.
    units : ndarray of int, shape (B, 2)
        A unit off the support of the first of the worst codes, and one on that of the second.
    worst : ndarray, shape (B, 2, n)
        Codes with no more nonzeros, and entries between those of the code.
    """

    weights: FloatArray
    bias: FloatArray
    thresholds: FloatArray
    points: FloatArray
    noise: FloatArray
    units: IntArray
    worst: FloatArray

    SHARED = ("weights",)


@dataclass(frozen=True)
class OneLayer(Batched):
    """An encoder whose units are rectified, ``h_i(v) = max(v + b_i, 0) / g_ii``, and codes for it.

    Attributes
    ----------
    weights : ndarray, shape (m, n)
        ``W``, of all codes.
    bias : ndarray, shape (B, n)
        ``b``, in the scale of ``W``.
    points : ndarray, shape (B, 3, n)
        A code, and two that one unit can hardly tell apart.
    """

    weights: FloatArray
    bias: FloatArray
    points: FloatArray

    SHARED = ("weights",)
