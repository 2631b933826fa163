"""OptISTA, whose steps depend on how many there are, a batch of signals at a time, in float64."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.proximal import problem
from sparsebound.checks.provider import choice, number_of_steps
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.experiment import Experiment, Posed, posed

LENGTH = choice("length", 1, 2, 3, 4, 6)
"""Steps of a run whose number is fixed in advance."""
ASKED_LENGTH = number_of_steps(None)
"""The same, where a run asks for it."""


def length_of(experiment: Experiment) -> int:
    """Take the number of steps that an experiment names.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> settings = {"length": 2}, {"length": 2, "steps": 40}
    >>> [length_of(Experiment(Instance([[1]], [[3]]), each)) for each in settings]
    [2, 40]
    """
    return int(ASKED_LENGTH.of(experiment) or LENGTH.of(experiment))


def optista_numbers(steps: int) -> tuple[FloatArray, FloatArray]:
    """``theta_0, ..., theta_N`` and ``gamma_0, ..., gamma_{N-1}``.

    Examples
    --------
    >>> optista_numbers(1)
    (array([1., 2.]), array([1.5]))
    """
    theta = [1.0]
    for i in range(1, steps + 1):
        theta.append((1 + np.sqrt(1 + (8 if i == steps else 4) * theta[-1] ** 2)) / 2)
    found, last = np.array(theta), theta[-1] ** 2
    return found, 2 * found[:-1] / last * (last - 2 * found[:-1] ** 2 + found[:-1])


def optista(
    D: FloatArray, Y: FloatArray, lam: FloatArray, L: float, start: FloatArray, steps: int
) -> Trajectory:
    """Run OptISTA, whose steps depend on how many there are, and keep every iterate.

    Parameters are those of :func:`sparsebound.checks.algorithms.proximal.ista`.

    Examples
    --------
    >>> D, Y, start = np.eye(1), np.array([[3.0]]), np.zeros((1, 1))
    >>> optista(D, Y, np.ones(1), 2.0, start, 1).points[0, :, 0]
    array([0. , 1.5])
    """
    theta, gamma = optista_numbers(steps)
    points = [np.asarray(start, dtype=float)]
    x = z = points[0]
    for i, length in enumerate(gamma):
        v = points[-1] + length / L * ((Y - x @ D.T) @ D)
        threshold = (length * lam / L)[:, None]
        points.append(np.sign(v) * np.maximum(np.abs(v) - threshold, 0.0))
        before, z = z, x + (points[-1] - points[-2]) / length
        shares = (theta[i] - 1) / theta[i + 1], theta[i] / theta[i + 1]
        x = z + shares[0] * (z - before) + shares[1] * (z - x)
    return Trajectory(np.stack(points, axis=1), lam, np.full(len(Y), float(L)))


def optista_run(given: Posed) -> Trajectory:
    """OptISTA on :func:`problem`, of the length that the settings name."""
    experiment, chosen = posed(given), problem(given)
    instance = experiment.codes
    steps = length_of(experiment)
    return optista(instance.D.data, instance.Y.mid, chosen.lam, chosen.L, chosen.start, steps)
