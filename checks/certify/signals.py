"""What is guaranteed for the features of some signals and for their labels, signal by signal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.depths import LabelDepth, LabelDepths
from sparsebound.checks.certify.label_distances import lower, nearest_labels
from sparsebound.checks.oracles.features import features_at
from sparsebound.checks.oracles.label_change import price_certificate
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.analysis.label_radius import LabelRadius
from sparsebound.theory.arithmetic import Ball, FloatArray, Mask
from sparsebound.theory.evidence import Features, Head
from sparsebound.theory.instance import Dictionary, Instance


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
        The layers after which networks have this label; None where nothing is proved.
    """

    support: tuple[int, ...]
    unique: bool | None
    gap: float
    label: int | None = None
    margin: float | None = None
    radius: float | None = None
    rival: int | None = None
    atom: int | None = None
    depth: LabelDepth | None = None


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

    Examples
    --------
    >>> given = np.eye(2), np.array([[4.0, 1.0]]), np.ones(2)
    >>> (found,) = certified_in_parts(*given, np.eye(2), np.zeros(2))
    >>> found.label, round(found.radius, 6)
    (0, 2.12132)
    """
    atoms, found = ridged(D, ridge), []
    padded = above_ridge(np.asarray(signals, dtype=float), atoms)
    for start in range(0, len(padded), AT_ONCE):
        some = padded[start : start + AT_ONCE]
        lam = np.broadcast_to(thresholds, (len(some), len(thresholds)))
        if weights is None or biases is None:
            found += list(certified_signals(atoms, some, lam))
            continue
        V, b = (np.broadcast_to(part, (len(some), *part.shape)) for part in (weights, biases))
        found += list(certified_signals(atoms, some, lam, V, b))
    return found


def certified_signals(
    D: Dictionary,
    signals: FloatArray,
    thresholds: FloatArray,
    weights: FloatArray | None = None,
    biases: FloatArray | None = None,
    layers: LabelDepths | None = None,
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
    layers : LabelDepths, optional
        Where depths are wanted, of a head that does not.

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
    if weights is None or biases is None:
        for code in range(B):
            yield CertifiedSignal(supports[code], unique[code], float(gaps[code]))
        return
    z = point.entries.mid
    read = (weights * z[:, None]).sum(axis=2) + biases
    head = Head(weights, biases, read.argmax(axis=1))
    certificate = price_certificate(D.data, z, np.maximum(point.gaps.mid, 0.0))
    radius = LabelRadius(point, head, certificate)
    margins = lower(radius.margins)
    depths = [None] * B if layers is None else layers.of(radius, sure)
    nearest = nearest_labels(radius, sure & (margins > 0).all(axis=1))
    for code in range(B):
        yield CertifiedSignal(
            supports[code],
            unique[code],
            float(gaps[code]),
            int(head.labels[code]),
            float(margins[code].min()),
            float(nearest.distances[code]),
            int(radius.rivals[code, nearest.rivals[code]]),
            None if nearest.atoms[code] < 0 else int(nearest.atoms[code]),
            depths[code],
        )


def _is_minimiser(point: FeaturePoint) -> Mask:
    """Whether the optimality conditions are decided, on independent atoms; shape (B,)."""
    used = point.features.basis
    entries = np.where(used, lower(point.entries), np.inf).min(axis=1) > 0
    gaps = np.where(~used, lower(point.gaps), np.inf).min(axis=1) >= 0
    known = np.isfinite(point.entries.rad).all(axis=1)
    return np.asarray(entries & gaps & known)
