"""Codes, and steps of greedy algorithms towards them, from whoever made them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class EvenCode(Batched):
    """A code on each support, whose entries are nearly of one size, and a signal near it.

    Attributes
    ----------
    codes : ndarray, shape (B, n)
        The codes ``x``, with respect to the atoms as given.
    signals : ndarray, shape (B, m)
        The signals ``y``; what they differ by from ``D x`` is the noise.
    """

    codes: FloatArray
    signals: FloatArray
