"""Experiments in which the rates of iterations are attained; by size, smallest first.

Besides the instance, settings say where a run starts (so many times the code) and what its inverse
step is. Where noise cancels the signal, the weight is L/2.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Dictionary, Instance

SMALL = 2.0**-30
"""Length of an atom that is almost none: with ``L = 1`` its curvature is 2^-60."""


def _walk(start: float) -> Experiment:
    instance = Instance(Dictionary([[SMALL]]), [[start]], [[-SMALL * start]])
    return Experiment(instance, {"start": 1, "L": 1.0})


def walk_of_ista(size: int) -> Experiment:
    """No signal and a start at ``k = size``: with ``lam = L/2``, half of the way in k steps."""
    return _walk(float(size))


def walk_of_fista(size: int) -> Experiment:
    """No signal and a start from which FISTA goes half of the way to 0 in ``k = size`` steps."""
    t = [1.0]
    for _ in range(size - 1):
        t.append((1 + np.sqrt(1 + 4 * t[-1] ** 2)) / 2)
    return _walk(float(np.sum(np.power(t, 3)) / t[-1] ** 2))


def walk_with_momentum(size: int) -> Experiment:
    """No signal, the momentum ``(j - 1)/(j + a)``, ``a`` from 2 to 6, and ``size`` steps to half.

    ``a`` is 2 at size 2, and grows with the size.
    """
    a = 2 + (size - 2) % 5
    beta = [max(j - 1, 0) / (j + a) for j in range(size)]
    step, walked = 1.0, 1.0
    for weight in beta[1:]:
        step = 1 + weight * step
        walked += step
    found = _walk(walked)
    return replace(found, settings={**found.settings, "beta": beta})


def walk_of_optista(size: int) -> Experiment:
    """No signal and a start from which OptISTA goes half of the way to 0 in ``size`` steps."""
    theta = 1.0
    for step in range(1, size + 1):
        theta = (1 + np.sqrt(1 + (8 if step == size else 4) * theta**2)) / 2
    found = _walk((theta**2 - 1) / 2)
    return replace(found, settings={**found.settings, "length": size})


def first_of_two_steps(size: int) -> Experiment:
    """One atom of length 1, and two steps of OptISTA: the first one goes too far by itself."""
    settings = {"start": -2, "weight": 0.0625, "L": 1.0, "length": 2}
    return Experiment(Instance(Dictionary([[1]]), [[size]]), settings)


def overshooting_momentum(size: int) -> Experiment:
    """No signal and a momentum that carries the fourth iterate far beyond 0."""
    found = _walk(100 / 61)
    beta = [0.0, 0.0, 122 / 433, 1178 / 987]
    return replace(found, settings={**found.settings, "beta": beta})


def one_atom_at_half_step(size: int) -> Experiment:
    """One atom of length 1, ``L = 2``, and the code ``size``."""
    return Experiment(Instance(Dictionary([[1]]), [[size]]), {"start": 1, "L": 2.0})


def longer_atom_at_half_step(size: int) -> Experiment:
    """From size 2 on, two orthogonal atoms, ``L = 8``, and the code ``size`` on the longer one.

    The rate there is that of the longer atom alone, not that of the whole dictionary.
    """
    if size == 1:
        return one_atom_at_half_step(size)
    D = np.diag([1.0, 2.0])
    return Experiment(Instance(Dictionary(D), [[0, size]]), {"start": 1, "L": 8.0})


def _beside_almost_nothing(start: tuple[float, float], signal: float, weight: float) -> Experiment:
    """An atom of length 1 and a tiny one, ``L = 2``, a relative weight, and a start."""
    D = np.array([[1.0, SMALL]])
    x = np.array([start])
    settings = {"start": 1, "L": 2.0, "weight": weight}
    return Experiment(Instance(Dictionary(D), x, signal - x @ D.T), settings)


def barely_a_false_positive(size: int) -> Experiment:
    """At the minimiser, ``size``, but for an entry of the tiny atom that just survives one step."""
    return _beside_almost_nothing((size, size * (1 / 2 + 2.0**-20)), 2.0 * size, 1 / 2)


def lost_on_the_way(size: int) -> Experiment:
    """A start at ``-size``, from where the next step is to zero; ``size`` is the minimiser."""
    return _beside_almost_nothing((-size, 0.0), 8.0 * size, 7 / 8)


def one_atom(size: int) -> Instance:
    """One atom of length 1, and the code ``size``."""
    return Instance(Dictionary([[1]]), [[size]])


def rising_support(size: int) -> Instance:
    """A Lasso path with more nonzeros for a quarter of the largest weight than for an eighth."""
    return Instance(Dictionary([[1, 0, 1], [1, 1, 2]]), [[-size, 4 * size, 0]])


TRIPLES = ((5, 3, 4), (1693, 1045, 1332))
"""Integers ``(c, a, b)`` with ``c^2 = a^2 + b^2``, and ``a/c`` just below ``1/phi = 0.618...``."""


def swapped_atoms(size: int) -> Instance:
    """Two atoms with an inner product just below ``1/phi``, and the code of the first one."""
    c, a, b = TRIPLES[(size - 1) % 2]
    return Instance(Dictionary([[c, a], [0, b]]), [[size, 0]])
