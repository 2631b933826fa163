"""Radii within which neither the label of a top-k layer nor what it keeps changes, in balls."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, Mask


def top_k_radii(
    signals: Any, top_k: int, atoms: Any, weights: Any, bias: Any, labels: Any
) -> FloatArray:
    """Certify radii of a layer that keeps the largest positive scores ``D^T y``; rigorous.

    Two scores change places no nearer than their difference over ``||d_i - d_k||``, and what is
    read out of the scores that are kept is linear. The map jumps where what is kept changes, so
    that nothing beyond is certified.

    Parameters
    ----------
    signals : array_like, shape (B, m)
    top_k : int
        How many scores are kept, at most.
    atoms : array_like, shape (m, n)
        Of any norm.
    weights, bias : array_like, shapes (C, n) and (C,)
        Of the head.
    labels : array_like of int, shape (B,)

    Returns
    -------
    ndarray, shape (B,)
        0 where the label is not the prediction, or rounding leaves it or what is kept open.

    Examples
    --------
    >>> top_k_radii([[3.0, 1.0]], 1, np.eye(2), np.eye(2), [0, 0], [0]).round(6)
    array([1.414214])
    """
    D, y = np.asarray(atoms, dtype=float), np.asarray(labels, dtype=int)
    rows = Ball(np.asarray(signals, dtype=float))
    scores, gram = rows @ D, Ball(D.T) @ D
    V, b = Ball(np.asarray(weights, dtype=float)), Ball(np.asarray(bias, dtype=float))
    found = np.zeros(len(y))
    for i, label in enumerate(y):
        order = np.argsort(-scores.mid[i], kind="stable")
        kept = order[:top_k][scores.mid[i][order[:top_k]] > 0]
        others = np.arange(len(b.mid)) != label
        read = (V[label] - V[others])[:, kept]
        margins = (read * scores[i][kept]).sum(-1) + (b[label] - b[others])
        moved = read @ D[:, kept].T
        found[i] = min(
            _stays(scores[i], gram, kept, full=len(kept) == top_k),
            _least(margins, (moved**2).sum(-1)),
        )
    return found


def _stays(scores: Ball, gram: Ball, kept: Any, *, full: bool) -> float:
    """How far what is kept is what is kept, from below."""
    some: Mask = np.asarray(gram.mid.any(axis=0))
    squares = gram[np.diag_indices(len(gram.mid))].where(some, 0)
    off: Mask = squares.upper > 0  # an atom that is 0 never enters
    off[kept] = False
    left = _least(scores[kept], squares[kept])
    if not full:  # there is room: an atom enters as soon as its score is positive
        return min(left, _least(-scores[off], squares[off]))
    apart = scores[kept].reshape(-1, 1) - scores[off]
    moved = squares[kept].reshape(-1, 1) + squares[off] - 2 * gram[kept][:, off]
    return min(left, _least(apart, moved))


def _least(values: Ball, squares: Ball) -> float:
    """The least distance to where a linear function is 0, from its value and squared slope.

    Examples
    --------
    >>> _least(Ball([6.0, 5.0]), Ball([4.0, 0.0])), _least(Ball([1.0, 0.0]), Ball([1.0, 0.0]))
    (3.0, 0.0)
    """
    low, high = np.maximum(values.lower, 0.0), squares.upper
    slope = Ball(np.maximum(high, 0.0)).sqrt().upper
    still = (high <= 0) & (low > 0)  # it does not change at all
    away = (Ball(low) / np.where(still, 1.0, slope)).lower
    return float(np.where(still, np.inf, np.maximum(away, 0.0)).min(initial=np.inf))
