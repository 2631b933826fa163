"""How far softmax attention is from a circular shift."""

from __future__ import annotations

from sparsebound.theory.arithmetic import Number


def shift_distance(beta: Number, N: int) -> Number:
    """``alpha = 2 (N - 1)/(e^beta + N - 1)``, for any shape of inverse temperatures.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> shift_distance(Ball([0.0]), 2).mid
    array([1.])
    """
    return 2 * (N - 1) / (beta.exp() + (N - 1))
