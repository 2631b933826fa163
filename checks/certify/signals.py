"""What is guaranteed for the features of some signals and for their labels, signal by signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sparsebound.checks.certify.depths import LabelDepth, LabelDepths, SupportDepths
from sparsebound.checks.certify.dual_points import DualPoints
from sparsebound.checks.certify.label_distances import DOWN, lower, nearest_labels
from sparsebound.checks.oracles.features import features_at
from sparsebound.checks.oracles.label_change import price_certificate
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask
from sparsebound.theory.evidence import Features, Head
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.quantities.supports import support_gram


@dataclass(frozen=True)
class CertifiedSignal:
    """One signal: its features, their label, and the radius within which it cannot change.

    Attributes
    ----------
    support : tuple of int
        The atoms that are used.
    unique : bool or None
        Whether the features are provably unique; None where rounding leaves it open.
    gap : float
        A lower bound of the least gap of an atom that is not used; infinite where all are.
    support_radius : float
        No other atoms are used nearer than this; 0 where nothing is proved.
    label : int or None
        The class that is read, if there is a head.
    margin : float or None
        A lower bound of the margin to the nearest class.
    radius : float or None
        The label does not change nearer than this; 0 where nothing is proved.
    rival, atom : int or None
        The class that is nearest by this bound, and the dearest atom of those that may enter; None
        where none enters.
    depth : LabelDepth or None
        The layers after which networks have this label, or, without a head, use all of these
        atoms; None where nothing is proved.
    dual : DualPoints or None
        What proves the radius.
    """

    support: tuple[int, ...]
    unique: bool | None
    gap: float
    support_radius: float
    label: int | None = None
    margin: float | None = None
    radius: float | None = None
    rival: int | None = None
    atom: int | None = None
    depth: LabelDepth | None = None
    dual: DualPoints | None = field(default=None, repr=False, compare=False)


AT_ONCE = 32
"""Signals that are certified together."""


def ridged(D: FloatArray, ridge: float) -> Dictionary:
    """Put a ridge below atoms, as a multiple of the identity: the float64 root of it.

    Examples
    --------
    >>> ridged(np.ones((1, 2)), 0.25).data
    array([[1. , 1. ],
           [0.5, 0. ],
           [0. , 0.5]])
    """
    return Dictionary(np.vstack([D, np.sqrt(ridge) * np.eye(D.shape[1])]) if ridge else D)


def above_ridge(signals: FloatArray, D: Dictionary) -> FloatArray:
    """Put zeros below signals (B, m), where the atoms have a ridge."""
    return np.pad(signals, [(0, 0), (0, D.shape[0] - signals.shape[1])])


def certified_in_parts(
    D: FloatArray,
    signals: FloatArray,
    thresholds: FloatArray,
    weights: FloatArray | None = None,
    biases: FloatArray | None = None,
    *,
    ridge: float = 0.0,
    depths: bool = False,
) -> list[CertifiedSignal]:
    """Certify signals, some at a time, with the same thresholds and the same head.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    signals : ndarray, shape (B, m)
    thresholds : ndarray, shape (n,)
    weights, biases : ndarray, shape (C, n) and (C,), optional
    ridge : float
    depths : bool
        Whether to bound layers, too.

    Examples
    --------
    >>> given = np.eye(2), np.array([[4.0, 1.0]]), np.ones(2)
    >>> (found,) = certified_in_parts(*given, np.eye(2), np.zeros(2))
    >>> found.label, round(found.radius, 6)
    (0, 2.12132)
    """
    atoms, found = ridged(D, ridge), []
    padded = above_ridge(np.asarray(signals, dtype=float), atoms)
    layers = layers_of(atoms, weights) if depths else None
    for start in range(0, len(padded), AT_ONCE):
        some = padded[start : start + AT_ONCE]
        lam = np.broadcast_to(thresholds, (len(some), len(thresholds)))
        if weights is None or biases is None:
            found += list(certified_signals(atoms, some, lam, layers=layers))
            continue
        V, b = (np.broadcast_to(part, (len(some), *part.shape)) for part in (weights, biases))
        found += list(certified_signals(atoms, some, lam, V, b, layers))
    return found


def layers_of(D: Dictionary, weights: FloatArray | None) -> LabelDepths | SupportDepths:
    """What bounds layers: until a network has a label or, without a head, uses all of the atoms."""
    return SupportDepths(D) if weights is None else LabelDepths(D, weights)


def certified_signals(
    D: Dictionary,
    signals: FloatArray,
    thresholds: FloatArray,
    weights: FloatArray | None = None,
    biases: FloatArray | None = None,
    layers: LabelDepths | SupportDepths | None = None,
) -> Iterator[CertifiedSignal]:
    """Certify some signals together; every number is rigorous.

    Parameters
    ----------
    D : Dictionary
        The atoms, with a ridge below, if there is one.
    signals : ndarray, shape (B, m)
        With zeros there.
    thresholds : ndarray, shape (B, n)
        One an atom.
    weights, biases : ndarray, shape (B, C, n) and (B, C), optional
        Of the head, which may differ from one signal to the next.
    layers : LabelDepths or SupportDepths, optional
        Where depths are wanted: of a head that does not, or without one.

    Examples
    --------
    >>> head = np.eye(2)[None], np.zeros((1, 2))
    >>> (found,) = certified_signals(
    ...     Dictionary(np.eye(2)), np.array([[4.0, 1.0]]), np.ones((1, 2)), *head
    ... )
    >>> found.support, round(found.radius, 6), found.atom
    ((0,), 2.12132, 1)
    """
    B, n = len(signals), D.shape[1]
    instance = Instance(D, np.zeros((B, n)), signals)
    none = np.zeros((B, n))
    like = Features(thresholds, none, none, np.zeros(B, dtype=bool))
    found = features_at(instance, signals, like)
    point = FeaturePoint(D, Ball.of(signals), found)
    sure = _is_minimiser(point)
    gaps = np.where(found.support, np.inf, lower(point.gaps)).min(axis=1)
    unique = [True if sure[code] and gaps[code] > 0 else None for code in range(B)]
    supports = [tuple(map(int, np.flatnonzero(row))) for row in found.support]
    z = point.entries.mid
    if weights is None or biases is None:  # one class, which has no rival
        head = Head(np.zeros((B, 1, n)), np.zeros((B, 1)), np.zeros(B, dtype=int))
    else:
        read = (weights * z[:, None]).sum(axis=2) + biases
        head = Head(weights, biases, read.argmax(axis=1))
    certificate = price_certificate(D.data, z, np.maximum(point.gaps.mid, 0.0))
    radius = LabelRadius(point, head, certificate)
    with np.errstate(all="ignore"):
        prices = radius.prices()
    steady = _support_radii(point, lower(prices), sure)
    depths = [None] * B if layers is None else layers.of(radius, sure)
    if weights is None or biases is None:
        rows = zip(supports, unique, gaps, steady, depths, strict=True)
        for used, only, gap, steady_within, depth in rows:
            yield CertifiedSignal(used, only, float(gap), float(steady_within), depth=depth)
        return
    margins = lower(radius.margins)
    nearest = nearest_labels(radius, prices, sure & (margins > 0).all(axis=1))
    for code in range(B):
        yield CertifiedSignal(
            supports[code],
            unique[code],
            float(gaps[code]),
            float(steady[code]),
            int(head.labels[code]),
            float(margins[code].min()),
            float(nearest.distances[code]),
            int(radius.rivals[code, nearest.rivals[code]]),
            None if nearest.atoms[code] < 0 else int(nearest.atoms[code]),
            depths[code],
            nearest.points[code],
        )


def _support_radii(point: FeaturePoint, prices: FloatArray, sure: Mask) -> FloatArray:
    """Bound from below how far signals have to move until other atoms are used, shape (B,).

    That an atom enters costs at least its price. If none enters, fits move by at least
    ``z_k^2/(G_SS^-1)_kk`` until atom ``k`` leaves, and no further than the signal.
    """
    support = point.features.support
    gram = support_gram(point.D.raw_gram, support)
    B, k = gram.used.shape
    left = np.full((B, k), np.inf)
    if k:
        with np.errstate(all="ignore"):
            inverse = gram.inner.solve(Ball(np.broadcast_to(np.eye(k), (B, k, k))))
            spread = inverse[:, np.arange(k), np.arange(k)]
            z = point.entries[np.arange(B)[:, None], gram.index]
            left = np.where(gram.used, np.nan_to_num(lower(z * z / spread), nan=0.0), np.inf)
    enters = np.where(support, np.inf, np.nan_to_num(prices, nan=0.0))
    square = np.minimum(left.min(axis=1, initial=np.inf), enters.min(axis=1, initial=np.inf))
    return np.asarray(np.where(sure, np.sqrt(np.maximum(square, 0.0)) * DOWN, 0.0))


def _is_minimiser(point: FeaturePoint) -> Mask:
    """Whether the optimality conditions are decided, on independent atoms; shape (B,)."""
    used = point.features.basis
    entries = np.where(used, lower(point.entries), np.inf).min(axis=1) > 0
    gaps = np.where(~used, lower(point.gaps), np.inf).min(axis=1) >= 0
    known = np.isfinite(point.entries.rad).all(axis=1)
    return np.asarray(entries & gaps & known)
