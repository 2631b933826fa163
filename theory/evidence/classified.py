"""Approximate codes and a linear read-out of labels, from whoever found them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class Classified(Batched):
    """What a network returned for codes, within which bounds, and what reads labels from it.

    Attributes
    ----------
    points : ndarray, shape (B, n)
        What was returned, in the coordinates of the atoms as given.
    inside, outside : ndarray, shape (B,)
        Declared bounds of the errors on the support of the code, and off it.
    weights : ndarray, shape (B, C, n)
        Of the read-out, one row a class.
    biases : ndarray, shape (B, C)
        One a class.
    labels : ndarray of int, shape (B,)
        The class of the code.
    """

    points: FloatArray
    inside: FloatArray
    outside: FloatArray
    weights: FloatArray
    biases: FloatArray
    labels: IntArray
