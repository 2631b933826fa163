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


@dataclass(frozen=True)
class OnlySolution(Batched):
    """A dual vector that shows that a nonnegative code is the only one of its signal.

    Attributes
    ----------
    dual : ndarray, shape (B, m)
        Its products with the atoms are to be 0 on the support, and positive off it.
    null : ndarray, shape (B, n)
        Directions of null vectors, in the coordinates of the atoms as given (after they are turned
        to one side); of any signs, unless one is known that is nonnegative off the support.
    """

    dual: FloatArray
    null: FloatArray
