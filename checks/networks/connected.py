"""Residual, dense and momentum networks, as they are built: each sums what its layers see.

Each is an unfolded network with the skips of the same name in
:mod:`sparsebound.theory.constructions.skips`; a layer makes one step from the sum of states that
enters it, not a sum of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sparsebound.checks.algorithms.thresholding import Activation
from sparsebound.theory.arithmetic import FloatArray

Sum = Callable[[Sequence[FloatArray]], FloatArray]
"""From the states so far, the last one last, to what the next layer sees."""


def layered(
    seen: Sum,
    D: FloatArray,
    W: FloatArray,
    Y: FloatArray,
    thresholds: FloatArray,
    activation: Activation,
) -> FloatArray:
    """Run layers that each make one step from what they see, from zero on.

    Parameters
    ----------
    seen : callable
        What a layer sees of the states before it.
    D, W : ndarray, shape (m, n)
        The dictionary and the weights.
    Y : ndarray, shape (B, m)
        The signals.
    thresholds : ndarray, shape (B, K)
        One threshold a layer.
    activation : callable
        ``h(v, theta)``.

    Returns
    -------
    ndarray, shape (B, K + 1, n)
        All states.

    Examples
    --------
    >>> from sparsebound.checks.algorithms.thresholding import soft
    >>> one = np.eye(1)
    >>> layered(momentum(0.5), one, one / 2, 8 * one, np.zeros((1, 3)), soft)[0, :, 0]
    array([0.  , 4.  , 7.  , 8.25])
    """
    states = [np.zeros((len(Y), D.shape[1]))]
    for theta in thresholds.T:
        x = seen(states)
        states.append(activation(x + (Y - x @ D.T) @ W, theta[:, None]))
    return np.stack(states, axis=1)


def residual(share: float) -> Sum:
    """A skip over one layer, with that share.

    Examples
    --------
    >>> residual(0.25)([np.zeros(1), np.ones(1), np.full(1, 5.0)])
    array([4.])
    """
    return lambda states: states[-1] + share * (states[-2:][0] - states[-1])


def dense(share: float) -> Sum:
    """All states: the last one, and that share of what a layer before it would see.

    Examples
    --------
    >>> dense(0.5)([np.zeros(1), np.ones(1), np.full(1, 5.0)])
    array([2.75])
    """

    def seen(states: Sequence[FloatArray]) -> FloatArray:
        total = states[0]
        for x in states[1:]:
            total = share * total + (1 - share) * x
        return total

    return seen


def momentum(beta: float) -> Sum:
    """The last state, carried on by that share of the last step.

    Examples
    --------
    >>> momentum(0.5)([np.zeros(1), np.ones(1), np.full(1, 5.0)])
    array([7.])
    """
    return lambda states: states[-1] + beta * (states[-1] - states[-2:][0])
