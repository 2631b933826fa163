"""An attack on labels of exact features, by the gradient of what is read out of them."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.features import features_at
from sparsebound.checks.oracles.label_change import ROUNDING
from sparsebound.checks.oracles.nearest_label import solved
from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence import Features, Head
from sparsebound.theory.instance import Dictionary, Instance

STEPS = 15
"""Steps of an attack."""
NEAR = 0.5
"""Gaps of atoms that are near to enter, relative to what the radius may close."""


def attacked(
    D: Dictionary,
    signals: FloatArray,
    thresholds: FloatArray,
    head: Head,
    radius: float,
    rows: int,
) -> Mask:
    """Say which labels an attack within a radius changes, shape (B,).

    See :func:`label_changes`.

    Examples
    --------
    >>> head = Head(np.eye(2)[None], np.zeros((1, 2)), np.array([0]))
    >>> given = Dictionary(np.eye(2)), np.array([[4.0, 1.0]]), np.ones(2), head
    >>> attacked(*given, 2.0, 2), attacked(*given, 2.5, 2)
    (array([False]), array([ True]))
    """
    found = label_changes(D, signals, thresholds, head, radius, rows)
    return np.asarray(np.isfinite(found).all(axis=1))


def label_changes(
    D: Dictionary,
    signals: FloatArray,
    thresholds: FloatArray,
    head: Head,
    radius: float,
    rows: int,
) -> FloatArray:
    """Attack labels within a radius; return signals with another label, nan where none was found.

    It follows ``D_S (D_S^T D_S)^{-1} v_S`` for the nearest other class, every other step with the
    atoms beside that speak for it and are near to enter, and goes back into the ball.

    Parameters
    ----------
    D : Dictionary
        The atoms, with a ridge below the first ``rows`` rows, if there is one.
    signals : ndarray, shape (B, m)
        The signals, with zeros there.
    thresholds : ndarray, shape (n,)
        One an atom.
    head : Head
        The classifier, and the labels to be changed.
    radius : float
        How far a signal may be moved, in the l2 norm.
    rows : int
        Entries of a signal that may be moved.

    Returns
    -------
    ndarray, shape (B, m)

    Examples
    --------
    >>> head = Head(np.eye(2)[None], np.zeros((1, 2)), np.array([0]))
    >>> given = Dictionary(np.eye(2)), np.array([[4.0, 1.0]]), np.ones(2), head
    >>> (y,) = label_changes(*given, 2.5, 2)
    >>> bool(y[1] > y[0]), bool(np.linalg.norm(y - [4, 1]) < 2.5)
    (True, True)
    """
    B, n = head.weights.shape[0], D.shape[1]
    instance = Instance(D, np.zeros((B, n)), signals)
    none = np.zeros((B, n))
    like = Features(np.broadcast_to(thresholds, (B, n)), none, none, np.zeros(B, dtype=bool))
    gram, code = D.data.T @ D.data, np.arange(B)
    moved, changed = signals.copy(), np.full(signals.shape, np.nan)
    beaten = np.zeros(B, dtype=bool)
    for step in range(STEPS + 1):
        free = features_at(instance, moved, like).signs != 0
        z = solved(gram, np.where(free, moved @ D.data - thresholds, 0.0), free)
        read = (head.weights * z[:, None]).sum(axis=2) + head.biases
        own = read[code, head.labels]
        read[code, head.labels] = -np.inf
        rival = read.argmax(axis=1)
        other = read[code, rival]
        hit = ~beaten & (other > own + ROUNDING * (np.abs(own) + np.abs(other)))
        changed[hit], beaten = moved[hit], beaten | hit
        if beaten.all() or step == STEPS:
            break
        v = head.weights[code, rival] - head.weights[code, head.labels]
        if step % 2 == 0:
            gaps = thresholds - (moved - z @ D.data.T) @ D.data
            free = free | ((v > 0) & (gaps < NEAR * radius * np.sqrt(np.diagonal(gram))))
        ascent = solved(gram, np.where(free, v, 0.0), free) @ D.data.T
        # where no atom in use speaks for the other class, towards the atom that does most
        best = D.data[:, v.argmax(axis=1)].T
        ascent = np.where((np.abs(ascent).max(axis=1) > 0)[:, None], ascent, best)
        ascent[:, rows:] = 0.0
        length = np.linalg.norm(ascent, axis=1, keepdims=True)
        moved = moved + 0.3 * radius * ascent / np.where(length > 0, length, 1.0)
        shift = moved - signals
        far = np.linalg.norm(shift, axis=1, keepdims=True)
        moved = signals + shift * np.minimum(1.0, radius * (1 - 2.0**-40) / np.maximum(far, 1e-300))
    return changed
