"""Lower bounds of the distance to another label, by dual points of small quadratic programs.

What bounds a distance is worked out in balls from dual points that a path ends at; where these
prove nothing, the closed form has the say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.algorithms.label_path import (
    FAR,
    PRODUCT_ROUNDING,
    label_path,
    solved_on,
)
from sparsebound.checks.certify.dual_points import (
    ALL_WITHIN,
    ON_SUPPORT,
    DualPoints,
    FoundPoints,
)
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Mask, Number

ENTERING_LEVELS = 16
"""Levels of atoms that may enter."""
DOWN = 1 - 2.0**-50
"""More than the roundings of a sum and of a root."""
DUAL_ENTRIES = 2**20
"""Entries of dual points that are looked for together."""


@dataclass(frozen=True)
class NearestLabels:
    """How far the nearest other label is, from below.

    Attributes
    ----------
    distances : ndarray, shape (B,)
        0 where nothing is proved.
    rivals : ndarray of int, shape (B,)
        The class that is nearest by this bound, by its place among the other classes.
    atoms : ndarray of int, shape (B,)
        The dearest atom of those that may enter there; -1 where none enters.
    points : list of DualPoints
        What proves each distance.
    """

    distances: FloatArray
    rivals: IntArray
    atoms: IntArray
    points: list[DualPoints]


def nearest_labels(radius: LabelRadius, prices: Number, sure: Mask) -> NearestLabels:
    """Bound the distance of each signal to another label.

    Parameters
    ----------
    radius : LabelRadius
        Features, their head, and dual points of what atoms cost that enter.
    prices : Number, shape (B, n)
        These costs.
    sure : ndarray of bool, shape (B,)
        Where features are minimisers, and margins above 0; elsewhere nothing is proved.
    """
    dual = _DualBounds(radius, prices, sure)
    terms, atoms = dual.terms()
    missed = sure & (terms.min(axis=(1, 2)) <= 0)
    if missed.any():
        with np.errstate(all="ignore"):
            found = [lower(term) for term in radius.spanned(prices)]
        closed = np.nan_to_num(np.stack(found, axis=-1), nan=0.0)
        dearest = np.stack(
            [dual.dearest(radius.certificate.near == k) for k in range(-1, len(found) - 1)], axis=-1
        )
        wider = max(closed.shape[2], terms.shape[2])
        terms, closed = _padded(terms, wider, FAR), _padded(closed, wider, FAR)
        atoms, dearest = _padded(atoms, wider, -1), _padded(dearest, wider, -1)
        terms[missed], atoms[missed] = closed[missed], dearest[missed]
    B, _, count = terms.shape
    least = terms.reshape(B, -1).argmin(axis=1)
    rival, level = least // count, least % count
    square = np.where(sure, np.maximum(terms[np.arange(B), rival, level], 0.0), 0.0)
    distances = np.sqrt(square) * DOWN
    points = dual.proving(square, missed)
    return NearestLabels(distances, rival, atoms[np.arange(B), level], points)


def lower(number: Number) -> FloatArray:
    """Lower ends of balls."""
    assert isinstance(number, Ball)
    return number.lower


def _padded(values: np.ndarray, width: int, fill: float) -> np.ndarray:
    more = [(0, 0)] * (values.ndim - 1) + [(0, width - values.shape[-1])]
    return np.pad(values, more, constant_values=fill)


class _DualBounds:
    """Dual points of some signals: first without entering atoms, then where that may be too much.

    Attributes
    ----------
    prices : ndarray, shape (B, n)
        Lower bounds; infinite on the support.
    level_prices : ndarray, shape (B, L)
        The least of each level; infinite where it has no atom.
    whole : ndarray, shape (B, C - 1)
        What other labels cost where all atoms within reach may enter.
    """

    def __init__(self, radius: LabelRadius, prices: Number, sure: Mask) -> None:
        self.radius, self.sure, self.off = radius, sure, radius.off
        D, point = radius.point.D.data, radius.point
        self.gram = D.T @ D
        self.z, self.gaps = np.maximum(point.entries.mid, 0.0), np.maximum(lower(point.gaps), 0.0)
        self.v, self.margins = radius.directions.mid, radius.margins.mid
        with np.errstate(all="ignore"):
            least = np.maximum(np.nan_to_num(lower(prices), nan=0.0), 0.0)
        self.prices = np.where(self.off, least, np.inf)
        self.level_prices = np.full((len(self.z), ENTERING_LEVELS), np.inf)
        self.whole = np.zeros(self.margins.shape)
        self.found = FoundPoints(self.z.shape[1])

    def dearest(self, here: Mask) -> IntArray:
        """The dearest atom off the support of some, -1 where there is none; shape (B,)."""
        found = np.where(self.off & here, self.prices, -1.0)
        return np.where((self.off & here).any(axis=1), found.argmax(axis=1), -1)

    def terms(self) -> tuple[FloatArray, IntArray]:
        """Bound squares, shape (B, C - 1, L), and name the dearest atom that enters, shape (B, L).

        The first one is without an atom that enters, the last one all that are beyond the others.
        """
        B, rivals, _ = self.v.shape
        terms, atoms = (
            np.full((B, rivals, ENTERING_LEVELS + 2), FAR),
            np.full((B, ENTERING_LEVELS + 2), -1),
        )
        code, rival = np.nonzero(np.broadcast_to(self.sure[:, None], (B, rivals)))
        far = np.full(len(code), FAR)
        terms[~self.sure] = 0.0
        terms[code, rival, 0] = self._moved(ON_SUPPORT, code, rival, ~self.off[code], far)
        ceiling = terms[:, :, 0].min(axis=1)
        reach = self.prices < ceiling[:, None]
        beyond = np.where(reach, np.inf, self.prices)
        last = beyond.min(axis=1)
        terms[:, :, -1] = np.minimum(last, FAR)[:, None]
        atoms[:, -1] = np.where(np.isfinite(last), beyond.argmin(axis=1), -1)
        cheapest = np.where(reach, self.prices, np.inf).min(axis=1)
        entered = reach.any(axis=1)
        whole = terms[:, :, 0].copy()
        code, rival = np.nonzero(np.broadcast_to(entered[:, None], (B, rivals)))
        left = ceiling[code] - cheapest[code]
        every = ~self.off[code] | reach[code]
        whole[code, rival] = self._moved(ALL_WITHIN, code, rival, every, left)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (self.prices - cheapest[:, None]) / (ceiling - cheapest)[:, None]
        share = np.where(reach, np.clip(np.nan_to_num(share), 0, 1), 0.0)
        levels = np.minimum((ENTERING_LEVELS * np.sqrt(share)).astype(int), ENTERING_LEVELS - 1)
        for level in range(ENTERING_LEVELS):
            here = reach & (levels == level)
            price = np.where(here, self.prices, np.inf).min(axis=1)
            self.level_prices[:, level] = price
            atoms[:, level + 1] = self.dearest(here)
            found = np.minimum(price, FAR)[:, None] + whole
            code, rival = np.nonzero(found < ceiling[:, None])
            inside = ~self.off[code] | (reach & (levels <= level))[code]
            moved = self._moved(level, code, rival, inside, ceiling[code] - price[code])
            found[code, rival] = price[code] + np.maximum(moved, whole[code, rival])
            terms[:, :, level + 1] = found
        self.whole = whole
        return terms, atoms

    def _moved(
        self, level: int, code: IntArray, rival: IntArray, inside: Mask, far: FloatArray
    ) -> FloatArray:
        """Bound what it costs to other labels on some atoms, shape (N,)."""
        found = np.zeros(len(code))
        at_once = max(1, DUAL_ENTRIES // self.z.shape[1])
        for start in range(0, len(code), at_once):
            part = slice(start, start + at_once)
            k, j, within = code[part], rival[part], inside[part]
            given = self.z[k], self.gaps[k], self.v[k, j], self.margins[k, j]
            with np.errstate(all="ignore"):
                tau, h = label_path(self.gram, *given, within, far[part])
                tau, h = np.nan_to_num(tau), np.nan_to_num(h)
                bound = lower(self.radius.moved_by(k, j, tau, h, within))
            found[part] = np.clip(np.nan_to_num(bound, nan=0.0), 0.0, FAR)
            self.found.add(level, k, j, tau, h)
        return found

    def proving(self, square: FloatArray, missed: Mask) -> list[DualPoints]:
        """Give the dual points that prove squares, those of the closed form where it was asked."""
        known = np.where(missed, 0.0, square)
        found = self.found.proving(self.radius.rivals, known, self.level_prices, self.whole)
        for code in np.flatnonzero(missed & (square > 0)):
            found[code] = self._spanned(int(code), float(square[code]))
        return found

    def _spanned(self, code: int, square: float) -> DualPoints:
        """Write the closed form of one signal as dual points: ``tau = m/N^2`` and what it moves."""
        certificate, off = self.radius.certificate, self.off[code]
        near, rows = certificate.near[code], FoundPoints(len(off))
        for level in range(-1, int(certificate.independent[code])):
            price = self.prices[code].min(where=off & (near == level), initial=np.inf)
            if level >= 0 and price >= square:
                continue
            inside = np.broadcast_to(~off | (near <= level), self.v[code].shape)
            moves = solved_on(self.gram, self.v[code], inside)
            read, margins = (self.v[code] * moves).sum(axis=1), self.margins[code]
            tau = np.where(read > 0, margins / np.where(read > 0, read, 1.0), square / margins)
            h = np.where(read > 0, -tau, 0.0)[:, None] * moves
            size = self.gaps[code].max() + tau * np.abs(self.v[code]).max(axis=1)
            size += np.abs(h).sum(axis=1) * np.abs(self.gram).max()
            above = (len(off) + 8) * PRODUCT_ROUNDING * size[:, None]
            h = h + solved_on(self.gram, np.broadcast_to(above, h.shape), inside)
            rival = np.arange(len(tau))
            rows.add(ON_SUPPORT, np.zeros_like(rival), rival, tau, h)
        every = np.zeros((1, len(self.v[code])))
        here = self.radius.rivals[code : code + 1]
        (found,) = rows.proving(here, np.array([square]), np.zeros((1, 0)), every)
        return found
