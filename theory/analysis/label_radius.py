"""How far a signal has to move until a linear classifier of its features says something else.

Lower bounds of the squared distance, from dual points that somebody gives; any give a bound. In the
notation of ``training.certified_radius``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.arithmetic import IntArray, Mask, Number
from sparsebound.theory.arithmetic.number import UNKNOWN
from sparsebound.theory.evidence import Head, RadiusCertificate
from sparsebound.theory.quantities.supports import support_gram


@dataclass(frozen=True, eq=False)
class LabelRadius:
    """Features, their classifier, and what bounds the distance to another label.

    Attributes
    ----------
    point : FeaturePoint
        The features ``z``, nonnegative.
    head : Head
        The classifier, of C classes.
    certificate : RadiusCertificate
        The dual points.
    """

    point: FeaturePoint
    head: Head
    certificate: RadiusCertificate

    @cached_property
    def rivals(self) -> IntArray:
        """The other classes, shape (B, C - 1)."""
        C = self.head.weights.shape[1]
        rest = np.arange(C - 1)[None, :]
        return np.asarray(rest + (rest >= self.head.labels[:, None]))

    @cached_property
    def directions(self) -> Number:
        """``v = V_c - V_j`` for each rival j, shape (B, C - 1, n)."""
        return self._difference(self.head.weights)

    def _difference(self, values: Any) -> Number:
        code = np.arange(len(self.rivals))
        lifted = self.point.D.arithmetic.of(values)
        own = lifted[code, self.head.labels]
        return own.reshape(len(code), 1, *own.shape[1:]) - lifted[code[:, None], self.rivals]

    @cached_property
    def margins(self) -> Number:
        """``m_j = <v, z> + b_c - b_j``, shape (B, C - 1)."""
        return self.margins_of(self.point)

    def margins_of(self, point: FeaturePoint) -> Number:
        """The same for features of other signals."""
        z = point.entries
        read = (self.directions * z.reshape(len(z), 1, -1)).sum(-1)
        return read + self._difference(self.head.biases)

    @cached_property
    def off(self) -> Mask:
        """The atoms off the support, shape (B, n)."""
        return np.asarray(~self.point.features.support)

    def squared_radius(
        self, *, gaps: int = 1, entering: bool = True, capped: bool = True
    ) -> Number:
        """Bound ``R^2`` from below, shape (B,).

        ``gaps`` counts gaps so many times, without ``entering`` no atom enters, and prices that
        are not ``capped`` are those of a support whose features may become negative.
        """
        terms = [self._moved(-1, gaps)]
        if entering:
            prices = self.prices(capped=capped)
            terms += self._priced(prices, self.certificate.levels, lambda k: self._moved(k, gaps))
        return _least(terms)

    def closed_form(self, *, normed: bool = True, first: int = 0) -> Number:
        """Bound ``R^2`` from below by distances in the span of atoms, shape (B,).

        Prices are the gaps' squares, divided by the atoms' where ``normed``; terms count from the
        ``first`` on, if there are as many.
        """
        prices = self.point.gaps**2
        terms = self.spanned(prices / self.point.D.squares if normed else prices)
        return _least(terms[first:] or terms)

    def spanned(self, prices: Number) -> list[Number]:
        """Bounds of the squared distance to each rival in the span of atoms, shape (B, C - 1) each.

        Without entering atoms, and for each level of them at these prices.
        """
        return [
            self._spanned(-1),
            *self._priced(prices, self.certificate.near, self._spanned),
        ]

    def _priced(self, prices: Number, levels: IntArray, distance: Any) -> list[Number]:
        """The least price of each level, and what is left to go once its atoms may enter."""
        count = int(levels.max(where=self.off, initial=-1)) + 1
        terms = []
        for level in range(count):
            here = self.off & (levels == level)
            found: Number = distance(level)
            terms.append(prices.where(here, FAR).min(-1).reshape(-1, 1) + found)
        return terms

    def _within(self, levels: IntArray, level: int) -> Mask:
        """The support, and the atoms up to a level."""
        return ~self.off | (levels <= level)

    def _moved(self, level: int, gaps: int) -> Number:
        """Bound what it costs to another label, where atoms up to a level may enter; (B, C - 1)."""
        point, D = self.point, self.point.D
        B, rivals = self.rivals.shape
        n, code = D.shape[1], np.repeat(np.arange(B), rivals)
        free = self._of_rivals(self.certificate.free[:, :, level + 1])
        tau = D.arithmetic.of(self._of_rivals(self.certificate.multipliers[:, :, level + 1]))
        tau = tau.reshape(-1, 1)
        z, g = point.entries[code], gaps * point.gaps[code]
        v = self.directions.reshape(B * rivals, n)
        pushed = tau * v + g  # g - tau w
        fitted = z @ D.raw_gram
        within = support_gram(D.raw_gram, free)
        h = -z
        if within.index.shape[1]:
            rows = np.arange(B * rivals)[:, None]
            right = (fitted - pushed)[rows, within.index].where(within.used, 0)
            solved = within.inner.solve(right.reshape(*within.index.shape, 1))
            place = np.maximum(np.cumsum(free, axis=1) - 1, 0)
            h = solved.reshape(*within.index.shape)[rows, place].where(free, 0) - z
        inside = self._within(self.certificate.levels, level)[code]
        margins = self.margins.reshape(-1)
        found = _by_duality(D.raw_gram, tau, h, z, pushed, margins, inside, free)
        return found.reshape(B, rivals)

    def moved_by(self, code: IntArray, rival: IntArray, tau: Any, h: Any, inside: Mask) -> Number:
        """Bound what it costs to other labels by dual points that are given, shape (N,).

        Parameters
        ----------
        code, rival : ndarray of int, shape (N,)
            Which features, and their place among :attr:`rivals`.
        tau, h : array_like, shape (N,) and (N, n)
            The dual points.
        inside : ndarray of bool, shape (N, n)
            The atoms that may be used; 0 where one of them makes the point no dual one.
        """
        point, D = self.point, self.point.D
        multiplier = D.arithmetic.of(tau).reshape(-1, 1)
        pushed = multiplier * self.directions[code, rival] + point.gaps[code]
        z, margins = point.entries[code], self.margins[code, rival]
        free = np.zeros(inside.shape, dtype=bool)
        moved = D.arithmetic.of(h)
        return _by_duality(D.raw_gram, multiplier, moved, z, pushed, margins, inside, free)

    def _of_rivals(self, values: Any) -> Any:
        """Values (B, C, ...) for the rivals alone, shape (B (C - 1), ...)."""
        picked = values[np.arange(len(values))[:, None], self.rivals]
        return picked.reshape(-1, *values.shape[2:])

    def prices(self, *, capped: bool = True) -> Number:
        """Bound what it costs that an atom enters, shape (B, n); 0 on the support."""
        point, D = self.point, self.point.D
        g, lengths = point.gaps, D.arithmetic.of(self.certificate.lengths)
        plain = 2 * lengths * g - lengths * lengths * D.squares
        basis = support_gram(D.raw_gram, point.features.basis)
        projected = self.certificate.projected
        found = plain
        if basis.index.shape[1] and projected.any():
            p = basis.inner.solve(basis.outer)
            kappa = D.squares - (p * basis.outer).sum(1)
            if not capped:
                lengths = (g / kappa).where(projected, 0)
            beside = 2 * lengths * g - lengths * lengths * kappa
            if capped:
                z = point.entries[np.arange(len(g))[:, None], basis.index]
                room = z.where(basis.used, 0).reshape(*basis.index.shape, 1)
                room = (room + lengths.reshape(len(g), 1, -1) * p).where(basis.used[..., None], 0)
                beside = _valid(beside, [room.min(1)])
            found = beside.where(projected, plain)
        return _valid(found, []).where(self.off, 0)

    def _spanned(self, level: int) -> Number:
        """``m_j^2 / N_j^2`` over the atoms up to a level; 0 where they are dependent."""
        D, B = self.point.D, len(self.rivals)
        inside = self._within(self.certificate.near, level)
        known = level < self.certificate.independent
        inside = inside & known[:, None]
        span = support_gram(D.raw_gram, inside)
        rows = np.arange(B)[:, None]
        if not span.index.shape[1]:
            return (self.margins * 0).where(~known[:, None], FAR)
        v = self.directions.swapaxes(1, 2)[rows, span.index].where(span.used[..., None], 0)
        square = (v * span.inner.solve(v)).sum(1)
        moves = np.asarray((v.mid != 0).any(axis=1) | (v.rad != 0).any(axis=1))
        distance = self.margins**2 / square.where(moves, 1)
        return distance.where(moves, FAR).where(known[:, None], 0)


def _by_duality(
    gram: Number,
    tau: Number,
    h: Number,
    z: Number,
    pushed: Number,
    margins: Number,
    inside: Mask,
    free: Mask,
) -> Number:
    """``2 tau m - ||D h||^2 - 2 z^T q`` where ``q >= 0`` inside, else 0; ``q`` is 0 where free."""
    pulled = h @ gram
    q = (pulled + pushed).where(~free, 0)
    value = 2 * tau[:, 0] * margins - (h * pulled).sum(-1) - 2 * (z * q).sum(-1)
    return _valid(value, [q.where(inside, 0).min(-1), tau[:, 0]])


FAR = 2.0**200
"""What stands for an infinite square: a minimum over nothing."""


def _least(terms: list[Number]) -> Number:
    """The least of terms (B, C - 1), shape (B,)."""
    found = terms[0].min(-1)
    for term in terms[1:]:
        both = found.reshape(-1, 1).where(np.array([[True, False]]), term.min(-1).reshape(-1, 1))
        found = both.min(-1)
    return found


def _valid(value: Number, nonnegative: list[Number]) -> Number:
    """A bound, where what it needs is at least 0; else 0, which is a bound of every square."""
    signs = np.array([value.sign, *(number.sign for number in nonnegative)])
    open_ = (signs == UNKNOWN).any(axis=0)
    return value.hull(value * 0).where(open_, value).where(~(signs == -1).any(axis=0), 0)
