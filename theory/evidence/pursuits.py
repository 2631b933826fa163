"""Codes, and steps of greedy algorithms towards them, from whoever made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sparsebound.theory.arithmetic import FloatArray, IntArray
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


@dataclass(frozen=True)
class BlockCode(Batched):
    """A code on blocks of atoms, and a null vector that may be as large on them as elsewhere.

    Attributes
    ----------
    codes : ndarray, shape (B, n)
        The codes ``x``, with respect to the atoms as given.
    null : ndarray, shape (B, n)
        Directions, in the same coordinates; zeros where none is known.
    blocks : ndarray of int, shape (n,)
        The block of each atom, numbered from 0.
    """

    SHARED: ClassVar[tuple[str, ...]] = ("blocks",)

    codes: FloatArray
    null: FloatArray
    blocks: IntArray


@dataclass(frozen=True)
class JointCode(Batched):
    """Several codes on one support, and others of the same signals.

    Attributes
    ----------
    columns : ndarray, shape (B, n, L)
        The codes ``X``, with respect to the atoms as given.
    others : ndarray, shape (B, n, L)
        The codes ``X'``; ``X`` again where none are known.
    """

    columns: FloatArray
    others: FloatArray
