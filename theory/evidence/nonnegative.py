"""Certificates of nonnegative codes, and other such codes, from whoever found them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class OneSidedCertificate(Batched):
    """A dual vector and a null vector for the least sum of nonnegative codes.

    Attributes
    ----------
    dual : ndarray, shape (B, m)
        Zeros ask for the shortest one.
    null : ndarray, shape (B, n)
        Directions, in the coordinates of the atoms as given; zeros where none is known.
    """

    dual: FloatArray
    null: FloatArray


@dataclass(frozen=True)
class OneSidedRival(Batched):
    """Another code that explains a signal almost as well, with no larger sum.

    Attributes
    ----------
    eps : ndarray, shape (B,)
        How well the signal is explained: at most this is left of it.
    point : ndarray, shape (B, n)
        The other code, in the coordinates of the atoms as given.
    """

    eps: FloatArray
    point: FloatArray
