"""Instances on which the rates of iterations are attained; by size, smallest first.

A start and a weight are no part of an instance: runs take the code itself as the start, and the
weight L/2, where noise cancels the signal (see ``sparsebound.checks.algorithms.proximal``).
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.instance import Dictionary, Instance

SMALL = 2.0**-30
"""Length of an atom that is almost none: with ``L = 1`` its curvature is 2^-60."""


def _walk(start: float) -> Instance:
    return Instance(Dictionary([[SMALL]]), [[start]], [[-SMALL * start]])


def walk_of_ista(size: int) -> Instance:
    """No signal and a start at ``k = size``: with ``lam = L/2``, half of the way in k steps."""
    return _walk(float(size))


def walk_of_fista(size: int) -> Instance:
    """No signal and a start from which FISTA goes half of the way to 0 in ``k = size`` steps."""
    t = [1.0]
    for _ in range(size - 1):
        t.append((1 + np.sqrt(1 + 4 * t[-1] ** 2)) / 2)
    return _walk(float(np.sum(np.power(t, 3)) / t[-1] ** 2))


def one_atom_at_half_step(size: int) -> Instance:
    """One atom of length 1, weights ``W = D/L`` with ``L = 2``, and the code ``size``."""
    return Instance(Dictionary([[1]]), [[size]], W=[[0.5]])


def longer_atom_at_half_step(size: int) -> Instance:
    """From size 2 on, two orthogonal atoms, ``W = D/L``, and the code ``size`` on the longer one.

    The rate there is that of the longer atom alone, not that of the whole dictionary.
    """
    if size == 1:
        return one_atom_at_half_step(size)
    D = np.diag([1.0, 2.0])
    return Instance(Dictionary(D), [[0, size]], W=D / 8)


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
