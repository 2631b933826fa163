"""Codes that are only nearly sparse, and others of the same signals, from whoever found them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class Compressible(Batched):
    """What is added to sparse codes, and what leads to other codes of the same signals.

    Both in the coordinates of the atoms as given.

    Attributes
    ----------
    tail : ndarray, shape (B, n)
        The code in question is the sparse one and this, which is small, and mostly not zero.
    null : ndarray, shape (B, n)
        The other code less that one: a null vector, but for rounding.
    """

    tail: FloatArray
    null: FloatArray
