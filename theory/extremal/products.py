"""Deep models on which bounds on the product of their dictionaries are met."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.extremal.stability import around_axis, opposite_halves
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance


def acute_angles_or_halves(size: int) -> DeepInstance:
    """The sum of ``1, 2, ..`` atoms at acute angles for odd sizes, opposite halves for even ones.

    Examples
    --------
    >>> [layer.X.tolist() for layer in acute_angles_or_halves(3).layers]
    [[[8.0, 0.0]], [[2.0, 2.0]], [[2.0]]]
    """
    if size % 2:
        atoms = (size + 1) // 2
        return _on_orthonormal(around_axis(atoms, 1, 2), np.ones((atoms, 1)), np.array([[2.0]]))
    halves = opposite_halves(size // 2, across=8)  # at the edge of the premise, nearly
    return _on_orthonormal(np.eye(len(halves.D.data)), halves.D.data, halves.X)


def short_columns(size: int) -> DeepInstance:
    """An atom over an atom of length one half, ``size`` the code."""
    return _layered(np.array([[float(size)]]), np.array([[0.5]]), np.array([[1.0]]))


def _on_orthonormal(middle: FloatArray, top: FloatArray, codes: FloatArray) -> DeepInstance:
    return _layered(codes, np.eye(len(middle)), middle, top)


def _layered(codes: FloatArray, *dictionaries: FloatArray) -> DeepInstance:
    layers: list[Instance] = []
    for D in reversed(dictionaries):
        layers.insert(0, Instance(Dictionary(D), codes))
        codes = codes @ D.T
    return DeepInstance(tuple(layers), codes)
