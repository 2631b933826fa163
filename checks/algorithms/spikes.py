"""Neurons that fire when their potential reaches a threshold, simulated event by event.

The potential of a neuron is ``V(t) = sum_i w_i (t - t_i)_+``, with weights of any sign: each spike
of its inputs changes the slope. In integers, so that nothing is rounded; nothing is used but ``V``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import Mask
from sparsebound.theory.errors import InputError

Integers = NDArray[Any]
"""Of 64 bits, or Python's."""
ROOM = 2.0**62
"""Below which integers of 64 bits do not overflow."""


def integers(values: Any, bound: float) -> Integers:
    """Convert whole numbers; to Python's integers if what is made of them may reach the bound.

    Parameters
    ----------
    values : array_like
        Floats that are whole numbers.
    bound : float
        Of all numbers that will be computed.

    Examples
    --------
    >>> integers([1.0, 2.0], 100).dtype, integers([2.0**70], 2.0**80)
    (dtype('int64'), array([1180591620717411303424], dtype=object))
    """
    array = np.asarray(values, dtype=np.float64)
    if bound < ROOM:
        return array.astype(np.int64)
    return np.array([int(value) for value in array.flat], dtype=object).reshape(array.shape)


@dataclass(frozen=True)
class Crossings:
    """When neurons fire: quotients of integers, of any shape.

    Attributes
    ----------
    numerators, denominators : ndarray of int
        Denominators are positive; times of neurons that never fire mean nothing.
    fired : ndarray of bool
        Whether a neuron ever fires.
    """

    numerators: Integers
    denominators: Integers
    fired: Mask

    def ticks(self, tick: int = 1) -> Integers:
        """Nearest multiples of a tick, the later ones at ties, in units of the tick.

        Examples
        --------
        >>> Crossings(np.array([1, 3, -1]), np.array([2, 4, 2]), np.full(3, True)).ticks()
        array([1, 1, 0])
        """
        below = self.denominators * tick
        found: Integers = (2 * self.numerators + below) // (2 * below)
        return found


def first_crossings(times: Integers, weights: Integers, thresholds: Integers) -> Crossings:
    """Find the first times at which potentials reach thresholds.

    Parameters
    ----------
    times : ndarray of int, shape (..., N)
        When the inputs of all neurons spike, in any order.
    weights : ndarray of int, shape (..., n, N)
        What each input adds to the slope of each neuron's potential.
    thresholds : ndarray of int, shape (..., n)
        Positive numbers.

    Returns
    -------
    Crossings
        Of shape (..., n).

    Raises
    ------
    InputError
        If a threshold is not positive: such a neuron would have fired before all time.

    Examples
    --------
    >>> first_crossings(np.array([0, 1]), np.array([[1, 2], [1, -2]]), np.array([4, 2]))
    Crossings(numerators=array([6, 2]), denominators=array([3, 1]), fired=array([ True, False]))
    """
    if (thresholds <= 0).any():
        raise InputError("thresholds", thresholds, "positive numbers")
    order = np.argsort(times, axis=-1, kind="stable")
    t = np.take_along_axis(times, order, axis=-1)[..., None, :]
    w = np.take_along_axis(weights, np.broadcast_to(order[..., None, :], weights.shape), axis=-1)
    slopes = np.cumsum(w, axis=-1)  # after each event
    rises = slopes[..., :-1] * np.diff(t, axis=-1)
    levels = np.cumsum(np.concatenate([np.zeros_like(w[..., :1]), rises], axis=-1), axis=-1)
    reached = np.concatenate(
        [levels[..., 1:] >= thresholds[..., None], slopes[..., -1:] > 0], axis=-1
    ).astype(bool)
    first, fired = reached.argmax(axis=-1)[..., None], np.asarray(reached.any(axis=-1))
    slope, level, start = (
        np.take_along_axis(np.broadcast_to(part, w.shape), first, axis=-1)[..., 0]
        for part in (slopes, levels, t)
    )
    above = np.where(fired, slope, 1)
    return Crossings(start * above + thresholds - level, above, fired)
