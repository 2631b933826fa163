"""Deep models on which cascades of networks meet their global bounds.

All data are dyadic, and the sizes are powers of four, so that norms are rational and float64 runs
the networks without rounding.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.stability import around_axis
from sparsebound.theory.extremal.unfolding import (
    Design,
    aligned_and_noisy_and_a_pair,
    designed,
)
from sparsebound.theory.extremal.uniqueness import beside_a_pair
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance


def nearly_disjoint(atoms: int, used: int, t: int) -> FloatArray:
    """Atoms of ``t`` ones, disjoint but for the last one, which shares a row with the first.

    Parameters
    ----------
    atoms : int
        Their number.
    used : int
        Atoms of a support; the last atom does not belong to it.
    t : int
        Ones of an atom, at least 2.

    Examples
    --------
    >>> nearly_disjoint(2, 1, 2).astype(int)
    array([[1, 1],
           [1, 0],
           [0, 1]])
    """
    if used >= atoms or t < 2:
        raise ValueError(f"used = {used}, t = {t}: expected less than {atoms}, and at least 2")
    disjoint = np.kron(np.eye(atoms), np.ones((t, 1)))
    disjoint[0, -1] = 1.0
    return np.delete(disjoint, (atoms - 1) * t, axis=0)


def disjoint_chain(taps: tuple[int, ...], depths: tuple[int, ...]) -> Experiment:
    """One code of one nonzero at the top, and nearly disjoint atoms in every layer.

    Without noise, every entry of an estimate errs by the whole bound of the lowest layer, and
    these errors lie along the atom of the layer above.

    Parameters
    ----------
    taps : tuple of int
        Ones of the atoms of each layer, first layer first.
    depths : tuple of int
        Iterations of the network of each layer.

    Examples
    --------
    >>> [layer.D.shape for layer in disjoint_chain((2, 4), (1, 1)).deep.layers]
    [(13, 7), (7, 2)]
    """
    x = np.array([1.0, 0.0])
    layers: list[Instance] = []
    for t in reversed(taps):
        D = nearly_disjoint(len(x), int(x.sum()), t)
        layers.insert(0, Instance(Dictionary(D), x[None, :]))
        x = D @ x
    designs = (Design(layers=depth) for depth in depths)
    return designed(DeepInstance(tuple(layers), x[None, :]), *designs)


def two_layers(size: int) -> Experiment:
    """Two layers, which meet the bound exactly; atoms of the lower one have ``2^size`` ones."""
    return disjoint_chain((2**size, 4), (4, 3))


def three_layers(size: int) -> Experiment:
    """Three layers; the lower networks have more iterations, so that little of the bound is lost.

    The noise of the middle layer does not lie along a single atom.
    """
    return disjoint_chain((4, 4, 4), (8 + 2 * size, 4 + size, 2))


def chain_of_single_atoms(size: int) -> DeepInstance:
    """``size`` layers of one atom of length one, and noise of size one against the code."""
    atom, code = [[1.0]], [[1024.0]]
    above = (Instance(atom, code) for _ in range(size - 1))
    return DeepInstance((Instance(atom, code, [[-1.0]]), *above), code)


def atoms_around_an_axis(size: int) -> DeepInstance:
    """``s`` atoms evenly around an axis, all in use, under a single one; noise along the axis.

    ``s = 1, 2, 4, 8, ...``; from 4 on they are beside a pair of atoms that are twice as coherent.
    """
    s = 2 ** (size - 1)
    D = around_axis(s, 2, 1)
    D = beside_a_pair(D) if s > 2 else D
    used = (np.arange(D.shape[1]) < s) * 1.0
    noise = -s * np.eye(1, len(D))
    bottom = Instance(Dictionary(D), 1024 * used[None, :], noise)
    top = Instance(Dictionary(used[:, None]), [[1024.0]])
    return DeepInstance((bottom, top), bottom.X @ D.T)


def _aligned_under_identity(size: int, design: Design) -> Experiment:
    bottom = aligned_and_noisy_and_a_pair(size).codes
    top = Instance(np.eye(bottom.X.shape[1]), bottom.X)
    clean = bottom.X @ bottom.D.data.T
    return designed(DeepInstance((bottom, top), clean), design)


def aligned_under_identity(size: int) -> Experiment:
    """``size`` aligned atoms and noise against them, and the identity above."""
    return _aligned_under_identity(size, Design(layers=1))


def half_thresholds(size: int) -> Experiment:
    """The same, with thresholds half as large as they should be."""
    half = Fraction(1, 2)
    return _aligned_under_identity(size, Design(layers=1, share=(half, half, half)))


def four_under_one(size: int) -> DeepInstance:
    """The identity, and above it the atom that sums four entries; noise against it, ``eps_0 = 1``.

    ``size`` multiplies the code.
    """
    x = np.full((1, 4), 64.0 * size)
    bottom = Instance(np.eye(4), x, np.full((1, 4), -0.5))
    top = Instance(np.full((4, 1), 0.5), [[128.0 * size]])
    return DeepInstance((bottom, top), x)
