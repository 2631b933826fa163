"""Plain matching pursuit, a batch of signals at a time."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.provider import number_of_steps
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Posed, posed

STEPS = 6
"""Steps of a run that theorems are checked on."""
MATCHINGS = number_of_steps(STEPS)
"""How many steps a run has."""


def matching_pursuit(D: FloatArray, Y: FloatArray, steps: int = STEPS) -> Trajectory:
    """Add the atom of the largest product with the residual, times that product, again and again.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        Atoms of unit norm.
    Y : ndarray, shape (B, m)
        The signals.
    steps : int
        How many.

    Examples
    --------
    >>> D = np.array([[1, 0.6], [0, 0.8]])
    >>> matching_pursuit(D, np.array([[1.0, 2.0]]), 1).points[0].round(6)
    array([[0. , 0. ],
           [0. , 2.2]])
    """
    batch, n = len(Y), D.shape[1]
    points, every = np.zeros((batch, steps + 1, n)), np.arange(batch)
    residual = np.array(Y, dtype=float)
    for k in range(steps):
        products = (residual[:, :, None] * D).sum(axis=1)  # the same, whatever else is solved
        best = np.abs(products).argmax(axis=1)
        share = products[every, best]
        points[:, k + 1] = points[:, k]
        points[every, k + 1, best] += share
        residual = residual - share[:, None] * D.T[best]
    return Trajectory(points, np.zeros(batch), np.ones(batch))


def matching_run(given: Posed) -> Trajectory:
    """Pursue the signals of codes; points are coordinates of the normalised atoms."""
    experiment = posed(given)
    instance, steps = experiment.codes, MATCHINGS.of(experiment)
    return matching_pursuit(instance.D.data / instance.D.norms.mid, instance.Y.mid, steps)
