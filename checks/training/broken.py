"""Certificates that an attack seems to break, decided again exactly, for what was trained."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from sparsebound.checks.certify.again import surely_broken
from sparsebound.checks.certify.signals import above_ridge, ridged
from sparsebound.checks.training.trained import TrainedEncoder
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import Head


def proved_broken(
    trained: TrainedEncoder,
    signals: FloatArray,
    others: FloatArray,
    labels: IntArray,
    radii: FloatArray,
) -> Mask:
    """Decide exactly which certified radii are broken by other signals, shape (B,).

    Parameters
    ----------
    trained : TrainedEncoder
        Exact features, whose ridge is taken to be the square of its float64 root, or top-k codes.
    signals, others : ndarray, shape (B, m)
        Signals, and those that an attack found near them.
    labels : ndarray of int, shape (B,)
        Certified for the former.
    radii : ndarray, shape (B,)
        Within which they are certified.

    Examples
    --------
    >>> from sparsebound.checks.training.strategies import STRATEGIES
    >>> eye = np.eye(2)
    >>> arrays = {"D": eye, "lam": np.full(2, 0.1), "V": eye, "b": np.zeros(2), "ridge": 0.0}
    >>> trained = TrainedEncoder(STRATEGIES["plain"], arrays)
    >>> pair = np.array([[2.0, 1.0]]), np.array([[1.25, 1.75]])
    >>> proved_broken(trained, *pair, np.array([0]), np.array([1.25]))
    array([ True])
    """
    if trained.strategy.top_k:
        rows = zip(signals, others, labels, radii, strict=True)
        return np.array([_top_k_broken(trained, *row) for row in rows], dtype=bool)
    D, lam, V, b = (trained.arrays[name] for name in ("D", "lam", "V", "b"))
    B, atoms = len(signals), ridged(D, float(trained.arrays["ridge"]))
    head = Head(np.broadcast_to(V, (B, *V.shape)), np.broadcast_to(b, (B, len(b))), labels)
    y, moved = (above_ridge(part, atoms) for part in (signals, others))
    return surely_broken(atoms, y, moved, lam, head, radii)


def _top_k_broken(
    trained: TrainedEncoder, signal: FloatArray, other: FloatArray, label: int, radius: float
) -> bool:
    """Decide one of them in rationals; a tie, of scores or of classes, proves nothing."""
    y, moved = _rational(signal), _rational(other)
    away = moved - y
    seen = _top_k_label(trained, moved)
    nearer = bool((away**2).sum() < Fraction(float(radius)) ** 2)
    return nearer and seen is not None and seen != label == _top_k_label(trained, y)


def _top_k_label(trained: TrainedEncoder, signal: Any) -> int | None:
    """Say which class reads most; None in a tie."""
    D, V, b = (_rational(trained.arrays[name]) for name in ("D", "V", "b"))
    k = trained.strategy.top_k
    scores = np.array([max(score, Fraction(0)) for score in D.T @ signal], dtype=object)
    order = np.argsort(-scores, kind="stable")
    if len(scores) > k and scores[order[k - 1]] == scores[order[k]] > 0:
        return None
    kept = order[:k]
    read = V[:, kept] @ scores[kept] + b
    best = np.flatnonzero(read == read.max())
    return int(best[0]) if len(best) == 1 else None


def _rational(values: Any) -> Any:
    return np.vectorize(Fraction, otypes=[object])(np.asarray(values, dtype=float))
