"""Dual points that prove radii: what anybody needs to work a certified radius out again.

In the notation of ``training.certified_radius``: for a class ``j``, any ``tau >= 0`` and ``h`` with
``q = D^T D h + g + tau v >= 0`` on the atoms that may be used bound what it costs to that class
by ``2 tau m - ||D h||^2 - 2 z^T q``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask

ON_SUPPORT, ALL_WITHIN = -2, -1
"""In place of a level of entering atoms: none of them, and all that are cheap enough."""


@dataclass(frozen=True, eq=False)
class DualPoints:
    """What proves the radius of one signal, P dual points.

    Attributes
    ----------
    rivals : ndarray of int, shape (P,)
        Which other class each of them is about.
    tau : ndarray, shape (P,)
    h : csr_array, shape (P, n)
    """

    rivals: IntArray
    tau: FloatArray
    h: csr_array

    @classmethod
    def none(cls, n: int) -> DualPoints:
        """Give what proves nothing, of n atoms.

        Examples
        --------
        >>> DualPoints.none(3).h.shape
        (0, 3)
        """
        return cls(np.zeros(0, dtype=int), np.zeros(0), csr_array((0, n)))


class FoundPoints:
    """Dual points of some signals, as they are found; those that prove a radius are given away.

    Attributes
    ----------
    n : int
        How many atoms there are.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.parts: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
        self.rows: list[csr_array] = []

    def add(
        self, level: int, code: IntArray, rival: IntArray, tau: FloatArray, h: FloatArray
    ) -> None:
        """Take what was found at a level of entering atoms, of places of signals and of rivals."""
        self.parts.append((np.full(len(code), level), code, rival, tau))
        self.rows.append(csr_array(h))

    def proving(
        self, rivals: IntArray, square: FloatArray, price: FloatArray, whole: FloatArray
    ) -> list[DualPoints]:
        """Choose what is needed to prove squared radii.

        Parameters
        ----------
        rivals : ndarray of int, shape (B, C - 1)
            The other classes of each signal.
        square : ndarray, shape (B,)
            The squared radii; nothing is needed where they are 0.
        price : ndarray, shape (B, L)
            The least price of an atom of each level; infinite where it has none.
        whole : ndarray, shape (B, C - 1)
            What it costs at least where all atoms within the radius may enter.
        """
        if not self.rows:
            return [DualPoints.none(self.n) for _ in square]
        level, code, rival, tau = (
            np.concatenate(column) for column in zip(*self.parts, strict=True)
        )
        least, within = square[code], whole[code, rival]
        enters = price.min(axis=1, initial=np.inf)[code] < least
        # those of no level are the last ones
        padded = np.pad(price, [(0, 0), (0, 2)], constant_values=np.inf)
        needed = padded[code, level] + within < least
        needed = np.where(level == ON_SUPPORT, ~(enters & (within >= least)), needed)
        chosen = (least > 0) & np.where(level == ALL_WITHIN, enters, needed)
        h = csr_array(vstack(self.rows))
        found = []
        for signal in range(len(square)):
            places = np.flatnonzero(chosen & (code == signal))
            named = rivals[signal, rival[places]]
            found.append(DualPoints(named, tau[places], csr_array(h[places])))
        return found


@dataclass(frozen=True)
class EachSignal:
    """What is proved of each signal, as arrays, and all that it can be worked out again from.

    Attributes
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    Y : ndarray, shape (B, m)
        The signals.
    lam : ndarray, shape (n,)
        The thresholds.
    ridge : ndarray, shape ()
        Its float64 root is below the atoms, where it is not 0.
    V, b : ndarray, shape (C, n) and (C,)
        The head; of no class where there is none.
    support : ndarray of bool, shape (B, n)
        The atoms that are used.
    unique : ndarray of bool, shape (B,)
        Whether features are provably unique.
    gap, support_radius : ndarray, shape (B,)
        As in ``CertifiedSignal``.
    label : ndarray of int, shape (B,)
        -1 without a head.
    margin, radius : ndarray, shape (B,)
        Unknown (nan) without a head.
    point_signal, point_class : ndarray of int, shape (P,)
        The signal and the other class that a dual point is about.
    point_tau : ndarray, shape (P,)
        Its ``tau``.
    entry_point, entry_atom : ndarray of int, shape (E,)
        Entries of ``h`` that are not 0: of which dual point, and of which atom.
    entry_value : ndarray, shape (E,)
        These entries.
    """

    D: FloatArray
    Y: FloatArray
    lam: FloatArray
    ridge: FloatArray
    V: FloatArray
    b: FloatArray
    support: Mask
    unique: Mask
    gap: FloatArray
    support_radius: FloatArray
    label: IntArray
    margin: FloatArray
    radius: FloatArray
    point_signal: IntArray
    point_class: IntArray
    point_tau: FloatArray
    entry_point: IntArray
    entry_atom: IntArray
    entry_value: FloatArray


def each_signal(
    D: FloatArray,
    Y: FloatArray,
    lam: FloatArray,
    ridge: float,
    head: tuple[FloatArray, FloatArray] | None,
    signals: Sequence[Any],
) -> EachSignal:
    """Put what is proved of signals into arrays.

    Parameters
    ----------
    D, Y, lam, ridge
        As in :class:`EachSignal`.
    head : (ndarray, ndarray) or None
        ``V`` and ``b``.
    signals : sequence of CertifiedSignal
    """
    n = D.shape[1]
    V, b = (np.zeros((0, n)), np.zeros(0)) if head is None else head
    points = [entry.dual or DualPoints.none(n) for entry in signals]
    support = np.zeros((len(signals), n), dtype=bool)
    for row, entry in zip(support, signals, strict=True):
        row[list(entry.support)] = True
    h = vstack([part.h for part in points]).tocoo()
    entry_point, entry_atom = h.coords

    def numbers(name: str) -> FloatArray:
        values = [getattr(entry, name) for entry in signals]
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    return EachSignal(
        D, Y, lam, np.array(ridge), V, b,
        support,
        np.array([entry.unique is True for entry in signals]),
        numbers("gap"),
        numbers("support_radius"),
        np.array([-1 if entry.label is None else entry.label for entry in signals]),
        numbers("margin"),
        numbers("radius"),
        np.repeat(np.arange(len(points)), [len(part.tau) for part in points]),
        np.concatenate([part.rivals for part in points]),
        np.concatenate([part.tau for part in points]),
        entry_point.astype(np.int64),
        entry_atom.astype(np.int64),
        h.data,
    )  # fmt: skip
