"""The closed form of ``training.certified_radius``, for many signals at once, in float64.

Rounding is not accounted for: it is what a training loop logs. ``sparsebound certify`` decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray

CHUNK = 2_000_000
"""Entries of the Gram matrices that are held at a time."""
DEPENDENT = 1e-10
"""A squared pivot below this share of the squared norm counts as zero: nothing is certified."""


def certified_radii(
    codes: Any,
    gaps: Any,
    atoms: Any,
    weights: Any,
    bias: Any,
    labels: Any,
    *,
    ridge: float = 0.0,
    prices: bool = False,
) -> FloatArray:
    """Radii within which no input changes the label, from exact features.

    ``R^2 = min_j min_k [psi_(k) + m_j^2 / N_{j,k}^2]`` over the other classes ``j`` and the atoms
    off the support in the order of their price ``psi``, with ``psi_(0) = 0``; ``N_{j,k}`` is the
    sensitivity on the support and the first ``k`` of them (``training.certified_radius``, (v)).

    Parameters
    ----------
    codes, gaps : array_like, shape (B, n)
        Exact features, and their gaps.
    atoms : array_like, shape (m, n)
        Of any norm.
    weights, bias : array_like, shapes (C, n) and (C,)
        Of the head.
    labels : array_like of int, shape (B,)
    ridge : float
        That the features were computed with.
    prices : bool
        Whether atoms are priced by (iii) where that is larger, and not by ``(g/||d||)^2`` alone.
        For nonnegative codes only.

    Returns
    -------
    ndarray, shape (B,)
        0 where the label is not the prediction, or is in a tie.

    Examples
    --------
    >>> found = certified_radii([[2.0, 0.0]], [[0.0, 0.1]], np.eye(2), np.eye(2), [0, 0], [0])
    >>> np.round(found**2, 6)  # 1/100 + 2^2 / 2
    array([2.01])
    """
    z, g, D, V, b = (np.asarray(part, float) for part in (codes, gaps, atoms, weights, bias))
    y = np.asarray(labels, int)
    gram = D.T @ D + ridge * np.eye(D.shape[1])
    size = max(1, CHUNK // max(1, gram.size))
    parts = [slice(start, start + size) for start in range(0, len(z), size)]
    found = [_radii(z[part], g[part], gram, (V, b), y[part], prices) for part in parts]
    return np.concatenate(found) if found else np.zeros(0)


def priced(codes: FloatArray, gaps: FloatArray, gram: FloatArray) -> FloatArray:
    """Prices (iii) or (iv) of ``training.certified_radius``, the larger; shape (B, n).

    Examples
    --------
    >>> priced(np.array([[2.0, 0.0]]), np.array([[0.0, 0.5]]), np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([[0.        , 0.33333333]])
    """
    plain = _unit_price(gaps, gram)
    on = codes > 0
    width = int(on.sum(axis=1).max(initial=0))
    if not width:
        return plain
    indices = np.argsort(~on, axis=1, kind="stable")[:, :width]
    used = np.take_along_axis(on, indices, axis=1)
    both = used[:, :, None] & used[:, None, :]
    inner = np.where(both, gram[indices[:, :, None], indices[:, None, :]], 0)
    diagonal = np.where(used, 1e-12 * gram.max(), 1)
    system = inner + diagonal[:, :, None] * np.eye(width)
    cross = gram[indices] * used[:, :, None]
    p = np.linalg.solve(system, cross)  # whatever this is, what follows is a lower bound
    left = np.diag(gram) - 2 * (p * cross).sum(axis=1) + (p * (inner @ p)).sum(axis=1)
    left = np.maximum(left, 1e-14)
    values = np.take_along_axis(codes, indices, axis=1)[:, :, None]
    falling = used[:, :, None] & (p < 0)
    room = np.where(falling, values / np.where(falling, -p, 1), np.inf).min(axis=1)
    beta = np.minimum(gaps / left, room)
    found: FloatArray = np.where(on, 0, np.maximum(plain, 2 * beta * gaps - beta**2 * left))
    return found


def _unit_price(gaps: FloatArray, gram: FloatArray) -> FloatArray:
    squared = np.diag(gram)
    priceless = np.where(gaps > 0, np.inf, 0)
    found: FloatArray = np.where(
        squared > 0, gaps**2 / np.where(squared > 0, squared, 1), priceless
    )
    return found


def _radii(
    z: FloatArray, g: FloatArray, gram: FloatArray, head: Any, y: FloatArray, prices: bool
) -> FloatArray:
    (V, b), on = head, z != 0
    (count, n), rows, s = z.shape, np.arange(len(z)), on.sum(axis=1)
    g = np.where(on, 0, np.maximum(g, 0))
    psi = np.where(on, -1, priced(z, g, gram) if prices else _unit_price(g, gram))
    order = np.argsort(psi, axis=1, kind="stable")
    psi = np.maximum(np.take_along_axis(psi, order, axis=1), 0)
    logits = z @ V.T + b
    margins = logits[rows, y][:, None] - logits
    margins[rows, y] = np.inf
    read = np.moveaxis((V[y][:, None] - V)[rows[:, None], :, order], 1, 2)  # (B, C, n)
    best = np.full(count, np.inf)
    if len(V) == 1:  # no other class
        return best
    moved, lost = np.zeros(margins.shape), np.zeros(count, dtype=bool)
    L, H = np.zeros((count, n, n)), np.zeros((*margins.shape, n))
    for t in range(n):  # one more atom
        column = gram[order[:, t:], order[:, t][:, None]]
        column = column - (L[:, t:, :t] @ L[:, t, :t, None])[:, :, 0]
        lost |= column[:, 0] <= DEPENDENT * gram[order[:, t], order[:, t]]
        pivot = np.sqrt(np.where(lost, 1, column[:, 0]))
        L[:, t:, t] = np.where(lost[:, None], 0, column / pivot[:, None])
        H[:, :, t] = (read[:, :, t] - (H[:, :, :t] @ L[:, t, :t, None])[:, :, 0]) / pivot[:, None]
        moved += np.where(lost[:, None], 0, H[:, :, t] ** 2)
        whole = np.where(moved > 0, margins**2 / np.where(moved > 0, moved, 1), np.inf)
        value = psi[:, t] + np.where(lost, 0, whole.min(axis=1))
        best = np.where(t + 1 >= s, np.minimum(best, value), best)
        if t + 1 < n and bool(((psi[:, t + 1] >= best) & (t + 1 >= s)).all()):
            break
    return np.where((margins > 0).all(axis=1), np.sqrt(best), 0)


def published_radii(
    codes: Any,
    gaps: Any,
    atoms: Any,
    weights: Any,
    bias: Any,
    labels: Any,
    *,
    ridge: float = 0.0,
) -> FloatArray:
    """Radii by the certificate of Sulam, Muthukumar and Arora 2020, for a comparison.

    ``max_s min(g_(s)/2, min_j m_j/||v_j|| sqrt(1 - mu_1(s - 1)))``, where ``g_(s)`` is the least
    gap of all atoms but the ``s`` of the smallest ones. It is at most what
    :func:`certified_radii` gives, also without the half.

    Parameters
    ----------
    codes, gaps, atoms, weights, bias, labels, ridge
        As in :func:`certified_radii`. Atoms are normalised first, with the ridge below them.

    Returns
    -------
    ndarray, shape (B,)
        0 where the label is not the prediction, or is in a tie.

    Examples
    --------
    >>> published_radii([[2.0, 0.0]], [[0.0, 0.1]], np.eye(2), np.eye(2), [0, 0], [0])
    array([0.05])
    """
    z, g, D, V, b = (np.asarray(part, float) for part in (codes, gaps, atoms, weights, bias))
    y, rows = np.asarray(labels, int), np.arange(len(z))
    gram = D.T @ D + ridge * np.eye(D.shape[1])
    norms = np.sqrt(np.diag(gram))
    sizes = np.abs(gram) / np.outer(norms, norms)
    np.fill_diagonal(sizes, 0)
    babel = np.cumsum(-np.sort(-sizes, axis=1), axis=1).max(axis=0)
    left = np.sqrt(np.maximum(1 - np.concatenate([[0.0], babel[:-2]]), 0))  # s = 1, ..., n - 1
    logits = z @ V.T + b
    margins = logits[rows, y][:, None] - logits
    lengths = np.linalg.norm((V[y][:, None] - V) / norms, axis=2)
    apart = np.where(lengths > 0, margins / np.where(lengths > 0, lengths, 1), np.inf)
    margins[rows, y] = apart[rows, y] = np.inf
    enough = np.sort(np.where(z != 0, 0, np.maximum(g, 0)) / norms, axis=1)[:, 1:] / 2
    found = np.minimum(enough, apart.min(axis=1)[:, None] * left).max(axis=1, initial=0)
    return np.where((margins > 0).all(axis=1), found, 0)


def hoyer_sparsity(codes: Any) -> float:
    """Mean of ``(sqrt n - ||z||_1/||z||_2) / (sqrt n - 1)``: 1 for one nonzero, 0 for equal ones.

    Codes that are zero throughout do not count; if all are, it is 1.

    Examples
    --------
    >>> hoyer_sparsity([[2.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    0.5
    """
    z = np.abs(np.asarray(codes, float)).reshape(len(codes), -1)
    z, root = z[z.any(axis=1)], np.sqrt(z.shape[1])
    if not len(z):
        return 1.0
    ratio = z.sum(axis=1) / np.linalg.norm(z, axis=1)
    return float(((root - ratio) / max(root - 1, 1e-12)).mean())
