"""What one layer of an encoder does on nonnegative codes, by ``network.encoder_step``.

For codes of at most ``s`` nonzeros between ``x_min`` and ``B``, all active units are right if
``B p_i(s) + nu <= theta_i - b_i < g_ii x_min - B n_i(s-1) - nu`` for all ``i``. So thresholds that
work exist iff ``x_min / B`` is above ``max_i (p_i(s) + n_i(s-1) + 2 nu / B) / g_ii``; and those of
an encoder work for ``B`` up to ``min_i (theta_i - b_i - nu) / p_i(s)`` and ``x_min`` from
``max_i (theta_i - b_i + B n_i(s-1) + nu) / g_ii`` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from sparsebound.theory.arithmetic import FloatArray

THEOREM = "network.encoder_step"
A_LITTLE_MORE = 1 + 2.0**-40


@dataclass(frozen=True)
class EncoderRows:
    """Of ``G = W^T D``, bounds for each unit: ``g_ii``, and sums of largest entries beside it.

    Attributes
    ----------
    own : ndarray, shape (n,)
        Lower bounds of ``g_ii``.
    positive, negative : ndarray, shape (n, S + 1)
        Upper bounds of ``p_i(k)`` and ``n_i(k)``, for ``k`` from 0 to ``S``.
    """

    own: FloatArray
    positive: FloatArray
    negative: FloatArray


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
    """

    sparsity: int
    ratio: float
    unit: int
    smallest: float | None
    largest: float | None


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
    >>> rows = EncoderRows(np.ones(2), half, 0 * half)
    >>> found = at_sparsity(rows, 1, np.array([0.5, 0.5]), 0.0, 1.0)
    >>> round(found.ratio, 6), round(found.smallest, 6), found.largest
    (0.5, 0.5, 1.0)
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
    return EncoderAt(sparsity, float(ratios[unit]), unit, smallest, largest)
