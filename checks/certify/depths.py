"""After how many layers a network provably says of a signal what its features say.

Networks are ISTA and FISTA with rectified linear units, unrolled from 0 with the steps ``1/L``, on
the signal itself. All numbers are balls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, inf, isfinite

import numpy as np

from sparsebound.checks.algorithms.proximal import lipschitz
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask
from sparsebound.theory.instance import Dictionary

LABEL = "rate.label"


@dataclass(frozen=True)
class LabelDepth:
    """How many layers of a network have the label of one signal's features."""

    fista: int
    ista: int


def _layers(
    L: float, square: Ball, spread: Ball, margins: Ball, *, proved: bool
) -> LabelDepth | None:
    """Bound the layers until no margin is lost, from ``||z||^2`` and ``N_j^2``; None if unknown."""
    if not (proved and (margins.lower > 0).all()):
        return None
    with np.errstate(all="ignore"):
        needed = L * square * spread / margins**2
        most = float(needed.upper.max(initial=0.0))
        root = float((4 * Ball.of(needed)).sqrt().upper.max(initial=0.0))
    return LabelDepth(max(floor(root), 1), floor(most / 2) + 1) if isfinite(most) else None


@dataclass(frozen=True)
class NetworkDepth:
    """The layers that a network needs, of the signals for which there is a bound.

    Attributes
    ----------
    network : str
        "FISTA" or "ISTA".
    least, median, largest : int
        Of the numbers of layers; the median is the least number that does for half of them.
    """

    network: str
    least: int
    median: int
    largest: int


@dataclass(frozen=True)
class Depths:
    """After how many layers networks have the labels of signals, or use all of their atoms.

    Attributes
    ----------
    known : int
        For how many signals there is a bound: their features and margins are decided, and the
        atoms are independent.
    L : float
        The steps of the networks are ``1/L``.
    networks : tuple of NetworkDepth
        None if there is no bound at all.
    """

    known: int
    L: float
    networks: tuple[NetworkDepth, ...]
    theorem: str = LABEL


class LabelDepths:
    """What bounds layers for a dictionary and the weights (C, n) of a linear classifier.

    Examples
    --------
    >>> LabelDepths(Dictionary([[1, 0], [0, 2]]), np.array([[1.0, 4.0], [0.0, 0.0]])).spread(0).mid
    array([0., 5.])
    """

    def __init__(self, D: Dictionary, weights: FloatArray) -> None:
        self.D, self.weights = D, weights
        self.spreads: dict[int, Ball] = {}

    @cached_property
    def L(self) -> float:
        """A bound of ``||D||_2^2``."""
        return float(lipschitz(self.D))

    @cached_property
    def _solved(self) -> Ball:
        """``(D^T D)^{-1} V_c`` for each class, shape (C, n); nothing known of dependent atoms."""
        right = Ball.of(self.weights).swapaxes(0, 1)
        m, n = self.D.shape
        if m < n:
            return Ball(np.zeros(self.weights.shape), np.full(self.weights.shape, inf))
        return Ball.of(self.D.raw_gram).solve(right).swapaxes(0, 1)

    def spread(self, label: int) -> Ball:
        """``N_j^2`` against each class j, shape (C,); 0 against the label itself."""
        if label not in self.spreads:
            moved = Ball.of(self.weights)[label] - self.weights
            found = (moved * (self._solved[label] - self._solved)).sum(-1)
            same: Mask = (self.weights == self.weights[label]).all(axis=1)
            self.spreads[label] = found.where(~same, 0)
        return self.spreads[label]

    def of(self, radius: LabelRadius, proved: Mask) -> list[LabelDepth | None]:
        """Bound the layers for each signal of a batch; None where nothing is proved.

        Parameters
        ----------
        radius : LabelRadius
            Features and labels.
        proved : ndarray of bool, shape (B,)
            Where the features are minimisers.
        """
        found = []
        squares, margins = Ball.of((radius.point.entries**2).sum(-1)), Ball.of(radius.margins)
        for code, label in enumerate(radius.head.labels):
            spread = self.spread(int(label))[radius.rivals[code]]
            sure = bool(proved[code])
            found.append(_layers(self.L, squares[code], spread, margins[code], proved=sure))
        return found


class SupportDepths:
    """What bounds layers until a network uses all atoms that features use.

    That is the label of a classifier that tells whether an atom's feature is above 0.

    Examples
    --------
    >>> SupportDepths(Dictionary([[1, 0], [0, 2]])).spread.mid
    array([1.  , 0.25])
    """

    def __init__(self, D: Dictionary) -> None:
        n = D.shape[1]
        self.heads = LabelDepths(D, np.vstack([np.eye(n), np.zeros((1, n))]))

    @property
    def L(self) -> float:
        """A bound of ``||D||_2^2``."""
        return self.heads.L

    @cached_property
    def spread(self) -> Ball:
        """``N^2`` of each atom, shape (n,)."""
        n = len(self.heads.weights) - 1
        return self.heads.spread(n)[np.arange(n)]

    def of(self, radius: LabelRadius, proved: Mask) -> list[LabelDepth | None]:
        """Bound the layers for each signal; parameters as in :meth:`LabelDepths.of`."""
        z, found = Ball.of(radius.point.entries), []
        squares = (z**2).sum(-1)
        for code, used in enumerate(radius.point.features.support):
            own, sure = z[code][used], bool(proved[code])
            found.append(_layers(self.L, squares[code], self.spread[used], own, proved=sure))
        return found


def summary(L: float, depths: Sequence[LabelDepth | None]) -> Depths:
    """Add up what is known of the signals.

    Examples
    --------
    >>> found = summary(4.0, [LabelDepth(3, 9), None, LabelDepth(5, 20), LabelDepth(8, 70)])
    >>> found.known, found.networks[0]
    (3, NetworkDepth(network='FISTA', least=3, median=5, largest=8))
    """
    known = [depth for depth in depths if depth is not None]
    networks = {"FISTA": [d.fista for d in known], "ISTA": [d.ista for d in known]}
    rows = tuple(
        NetworkDepth(name, layers[0], layers[(len(layers) - 1) // 2], layers[-1])
        for name, layers in ((name, sorted(values)) for name, values in networks.items())
        if layers
    )
    return Depths(len(known), L, rows)
