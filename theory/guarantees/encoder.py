"""What one layer of an encoder does on nonnegative codes, by ``network.encoder_step``.

For codes of at most ``s`` nonzeros between ``x_min`` and ``B``, all active units are right if
``B p_i(s) + nu <= theta_i - b_i < g_ii x_min - B n_i(s-1) - nu`` for all ``i``. So thresholds that
work exist iff ``x_min / B`` is above ``max_i (p_i(s) + n_i(s-1) + 2 nu / B) / g_ii``; and those of
an encoder work for ``B`` up to ``min_i (theta_i - b_i - nu) / p_i(s)`` and ``x_min`` from
``max_i (theta_i - b_i + B n_i(s-1) + nu) / g_ii`` on.

And by ``network.amortisation_gap``: whatever the units answer to what they see, on some code it is
wrong by at least ``(B/2) min(1, (p_i(s) + n_i(s-1)) / g_ii)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from sparsebound.theory.arithmetic import FloatArray

THEOREM = "network.encoder_step"
GAP = "network.amortisation_gap"
A_LITTLE_MORE = 1 + 2.0**-40

SparseCode = tuple[tuple[int, float], ...]
"""Atoms and their entries."""


@dataclass(frozen=True)
class EncoderRows:
    """Of ``G = W^T D``, bounds for each unit: ``g_ii``, and sums of largest entries beside it.

    Attributes
    ----------
    own : ndarray, shape (n,)
        Lower bounds of ``g_ii``.
    positive, negative : ndarray, shape (n, S + 1)
        Upper bounds of ``p_i(k)`` and ``n_i(k)``, for ``k`` from 0 to ``S``.
    own_width : ndarray, shape (n,)
        By how much these are exceeded at most.
    width : ndarray, shape (n, S + 1)
        By how much sums fall short of their bounds at most.
    """

    own: FloatArray
    positive: FloatArray
    negative: FloatArray
    own_width: FloatArray
    width: FloatArray


@dataclass(frozen=True)
class EncoderAt:
    """What holds at one sparsity.

    Attributes
    ----------
    sparsity : int
    ratio : float
        Thresholds exist that are right on all codes with ``x_min / B`` above this, an upper bound;
        infinite if a unit is not switched on by its own atom.
    unit : int
        The unit to blame.
    smallest, largest : float or None
        The encoder's own thresholds are right for all entries between these.
    gap : float, optional
        Any functions of what units see are wrong by so much on some code, in units of ``B``; a
        lower bound. None where units are compared with each other.
    gap_unit : int, optional
        The unit of which that is so.
    gap_of_any_weights : float, optional
        The same for every encoder of this decoder, whatever its weights.
    alike : tuple of two tuples of pairs, optional
        Two codes, each as atoms and entries, that this unit cannot tell apart (up to rounding).
    """

    sparsity: int
    ratio: float
    unit: int
    smallest: float | None
    largest: float | None
    gap: float | None = None
    gap_unit: int | None = None
    gap_of_any_weights: float | None = None
    alike: tuple[SparseCode, SparseCode] | None = None


def at_sparsity(
    rows: EncoderRows, sparsity: int, room: FloatArray | None, noise: float, amplitude: float
) -> EncoderAt:
    """Say what holds at one sparsity.

    Parameters
    ----------
    rows : EncoderRows
        Of ``W^T D``.
    sparsity : int
        ``s``, below the number of sums.
    room : ndarray, shape (n,), optional
        ``theta - b``, where units are active above a threshold.
    noise, amplitude : float
        ``nu``, and the largest ``B`` that is of interest.

    Examples
    --------
    >>> half = np.array([[0.0, 0.5], [0, 0.5]])
    >>> rows = EncoderRows(np.ones(2), half, 0 * half, np.zeros(2), 0 * half)
    >>> found = at_sparsity(rows, 1, np.array([0.5, 0.5]), 0.0, 1.0)
    >>> round(found.ratio, 6), round(found.smallest, 6), found.largest, round(found.gap, 6)
    (0.5, 0.5, 1.0, 0.25)
    """
    positive, negative = rows.positive[:, sparsity], rows.negative[:, max(sparsity - 1, 0)]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = (positive + negative + 2 * noise / amplitude) / rows.own * A_LITTLE_MORE
    ratios = np.where(rows.own > 0, ratios, inf)
    unit = int(ratios.argmax())
    smallest = largest = None
    if room is not None and (rows.own > 0).all():
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            each = np.where(positive > 0, (room - noise) / positive / A_LITTLE_MORE, inf)
            each = np.where(room < noise, -inf, each)
        most = min(float(each.min()), amplitude)
        if most > 0:
            from_ = ((room + most * negative + noise) / rows.own).max() * A_LITTLE_MORE
            if max(from_, 0) < most:
                smallest, largest = float(np.nextafter(max(from_, 0.0), inf)), most
    gap, gap_unit = _gap(rows, sparsity)
    return EncoderAt(sparsity, float(ratios[unit]), unit, smallest, largest, gap, gap_unit)


def _gap(rows: EncoderRows, sparsity: int) -> tuple[float, int]:
    """Bound what any functions of the units leave from below, and name the worst unit."""
    fewer = max(sparsity - 1, 0)
    sums = rows.positive[:, sparsity] - rows.width[:, sparsity]
    sums = np.maximum(sums, 0) + np.maximum(rows.negative[:, fewer] - rows.width[:, fewer], 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shares = np.minimum(sums / (rows.own + rows.own_width) / A_LITTLE_MORE, 1.0) / 2
    shares = np.where(rows.own > 0, shares, 0.0)
    unit = int(shares.argmax())
    return float(shares[unit]), unit


def gap_of_any_weights(m: int, n: int, sparsity: int) -> float:
    """What every one-layer encoder of ``n`` units leaves on some code, in units of ``B``.

    Parameters
    ----------
    m, n, sparsity : int
        Dimension, atoms, and ``s``.

    Examples
    --------
    >>> round(gap_of_any_weights(768, 32768, 2), 4), gap_of_any_weights(3, 3, 2)
    (0.0178, 0.0)
    """
    if n <= m or n < 2 or sparsity < 2:
        return 0.0
    return min(1.0, sqrt((sparsity - 1) * (n - m) / (m * (n - 1)))) / 2 / A_LITTLE_MORE


def alike(
    row: FloatArray, own: float, unit: int, sparsity: int, amplitude: float
) -> tuple[FloatArray, FloatArray]:
    """Two codes that a unit sees as one, up to rounding, as far apart in its entry as may be.

    Parameters
    ----------
    row : ndarray, shape (n,)
        Row ``i`` of ``W^T D``, with 0 for its own atom.
    own : float
        ``g_ii > 0``.
    unit, sparsity : int
        ``i``, and ``s >= 1``.
    amplitude : float
        ``B``: no entry is larger.

    Returns
    -------
    first, second : ndarray, shape (n,)
        The entry of the first at the unit is ``B min(1, (p_i(s) + n_i(s-1)) / g_ii)``, that of the
        second is 0: whatever the unit answers is wrong for one of them by half of that.

    Examples
    --------
    >>> first, second = alike(np.array([0.0, -0.5, 0.25]), 1.0, 0, 2, 1.0)
    >>> first, second
    (array([0.75, 1.  , 0.  ]), array([0., 0., 1.]))
    """
    order = np.argsort(-np.abs(row), kind="stable")
    positive = order[row[order] > 0][:sparsity]
    negative = order[row[order] < 0][: sparsity - 1]
    total = float(row[positive].sum() - row[negative].sum())
    first, second = np.zeros(len(row)), np.zeros(len(row))
    size = amplitude * min(1.0, own / total) if total > 0 else 0.0
    first[negative], second[positive] = size, size
    first[unit] = amplitude * min(1.0, total / own)
    return first, second
