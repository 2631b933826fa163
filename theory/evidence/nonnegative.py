"""Certificates and other codes where each entry has one sign, from whoever found them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class OneSidedCertificate(Batched):
    """A dual vector and a null vector for the least sum of codes whose entries have given signs.

    Attributes
    ----------
    sides : ndarray, shape (B, n)
        1 where entries may be positive, -1 where they may be negative: nonnegative codes, if all
        are 1.
    dual : ndarray, shape (B, m)
        Zeros ask for the shortest one.
    null : ndarray, shape (B, n)
        Directions, in the coordinates of the atoms as given; zeros where none is known.
    """

    sides: FloatArray
    dual: FloatArray
    null: FloatArray


@dataclass(frozen=True)
class OneSidedRival(Batched):
    """Another code that explains a signal almost as well, with no larger sum, and a dual vector.

    Attributes
    ----------
    sides : ndarray, shape (B, n)
        As of :class:`OneSidedCertificate`.
    dual : ndarray, shape (B, m)
        Zeros ask for the shortest one.
    eps : ndarray, shape (B,)
        How well the signal is explained: at most this is left of it.
    point : ndarray, shape (B, n)
        The other code, in the coordinates of the atoms as given.
    """

    sides: FloatArray
    dual: FloatArray
    eps: FloatArray
    point: FloatArray
