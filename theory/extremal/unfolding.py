"""Instances together with the network that is run on them: where the bounds of unfolding are met.

Each takes a size (1, 2, ...). Data, weights and thresholds are dyadic wherever the mathematics
allows it, so that float64 runs the network without rounding and equality is decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.constructions.simplex import embedded_simplex, simplex, simplex_is_integer
from sparsebound.theory.extremal.uniqueness import beside_a_pair
from sparsebound.theory.instance import Dictionary, Instance

LAYERS = 6
NOISE = 2.0**-6


@dataclass(frozen=True)
class Design:
    """How a network is built for an instance, and how it deviates from the exact iteration.

    Attributes
    ----------
    layers : int
        The number K of layers.
    activation : str
        A thresholding function, by name.
    weights : {"normalised", "closed form", "gradient", "least"}
        ``d_i / ||d_i||^2``; the dual frame, scaled; ``D/L``; those of least cross coherence.
    dtype : {"float64", "float32"}
        The arithmetic in which it is run.
    rho, p_in, p_out : float
        Sizes of the perturbations of pre-activations, of activations on the support and off it,
        relative to the largest entry of each code.
    aligned : bool
        Whether perturbations have the signs that hurt most, or random ones.
    share : tuple of Fraction
        The parts of ``tau_out b_k``, of ``kappa_out p0_k`` and of ``nu`` that thresholds have;
        networks with a part below 1 are outside the premises, and refute mutants of these.
    rounded : bool
        Whether thresholds and bounds make room for rounding; not needed on dyadic data.
    flipped : bool
        Whether a one-sided network is active on the wrong side of the code.
    """

    layers: int = LAYERS
    activation: str = "soft"
    weights: str = "normalised"
    dtype: str = "float64"
    rho: float = 0.0
    p_in: float = 0.0
    p_out: float = 0.0
    aligned: bool = True
    share: tuple[Fraction, Fraction, Fraction] = (Fraction(1), Fraction(1), Fraction(1))
    rounded: bool = False
    flipped: bool = False


@dataclass(frozen=True, init=False)
class Designed(Instance):
    """An instance, and the design of the network that is to be run on it."""

    design: Design

    def __init__(
        self, D: Any, X: Any, E: Any = None, W: Any = None, design: Design = Design()
    ) -> None:
        super().__init__(D, X, E, W)
        object.__setattr__(self, "design", design)


SHORT = Fraction(15, 16)
ONE = Fraction(1)


def aligned_atoms(s: int, further: int) -> tuple[FloatArray, FloatArray, int]:
    """``s`` atoms with inner products ``-mu``, and further ones at ``+mu`` to each of them.

    The further ones have inner products ``-mu`` among themselves. ``mu = 1/N`` for a power of two
    ``N >= 2s``, and ``N = ||d_i||^2``; each atom has a row of its own.

    Returns
    -------
    D : ndarray, shape (m, s + further)
    private : ndarray, shape (m, s + further)
        ``D^T private = I``: one entry a column, in the atom's own row.
    N : int

    Examples
    --------
    >>> D, private, N = aligned_atoms(1, 1)
    >>> (D.T @ D).astype(int).tolist(), (D.T @ private).astype(int).tolist(), N
    ([[2, 1], [1, 2]], [[1, 0], [0, 1]], 2)
    """
    n = s + further
    N = 1 << max(2 * s - 1, n - 1).bit_length()
    pairs = list(combinations(range(n), 2))
    D = np.zeros((len(pairs), n))
    for row, (i, j) in enumerate(pairs):
        D[row, i], D[row, j] = 1.0, -1.0
    rest, own = N - (n - 1), []
    while rest:  # powers of four, the smallest last
        own.append(2.0 ** ((rest.bit_length() - 1) // 2))
        rest -= int(own[-1] ** 2)
    D = np.vstack([D, *(value * np.eye(n) for value in own)])
    D[:, s:] *= -1
    private = np.zeros_like(D)
    last = len(D) - n + np.arange(n)
    private[last, np.arange(n)] = 1 / D[last, np.arange(n)]
    return D, private, N


def _aligned(size: int, *, further: int = 1, nu: float = 0.0, design: Design) -> Designed:
    """Ones on the atoms of the support, and noise that pushes every pre-activation outwards."""
    D, private, N = aligned_atoms(size, further)
    x = np.repeat([1.0, 0.0], [size, further])
    e = N * nu * private @ np.where(x > 0, -1.0, 1.0)
    return Designed(Dictionary(D), x[None, :], e[None, :], design=design)


def _beside_a_pair(alone: Designed) -> Designed:
    """Two further atoms of which the code makes no use; see :func:`beside_a_pair`."""
    D = beside_a_pair(alone.D.data)
    rows = len(D) - alone.E.shape[1]
    X, E = np.pad(alone.X, ((0, 0), (0, 2))), np.pad(alone.E, ((0, 0), (0, rows)))
    return Designed(Dictionary(D), X, E, design=alone.design)


def aligned_and_inexact(size: int) -> Instance:
    """``s = size`` atoms at ``-mu``, two further at ``+mu``, noise and perturbations aligned.

    From size 2 on they are beside a pair of atoms that are twice as coherent.
    """
    design = Design(rho=NOISE, p_in=NOISE, p_out=NOISE)
    alone = _aligned(size, further=2, nu=NOISE, design=design)
    return alone if size == 1 else _beside_a_pair(alone)


def aligned_and_noisy(size: int) -> Instance:
    """``s = size`` atoms at ``-mu``, one further at ``+mu``, and aligned noise."""
    return _aligned(size, nu=NOISE, design=Design())


def aligned_and_noisy_and_a_pair(size: int) -> Designed:
    """The same, from size 2 on beside a pair of atoms that are twice as coherent."""
    alone = _aligned(size, nu=NOISE, design=Design())
    return alone if size == 1 else _beside_a_pair(alone)


def aligned_without_noise(size: int) -> Instance:
    """``s = size`` atoms at ``-mu`` and one further at ``+mu``."""
    return _aligned(size, design=Design())


def short_thresholds(size: int) -> Instance:
    """The same, with thresholds that are too small by one part in 16."""
    return _aligned(size, design=Design(share=(SHORT, ONE, ONE)))


def thresholds_below_noise(size: int) -> Instance:
    """The same with noise, and thresholds that leave it out."""
    return _aligned(size, nu=NOISE, design=Design(share=(ONE, ONE, Fraction(0))))


def thresholds_below_false_positives(size: int) -> Instance:
    """Two further atoms that disturb each other, and thresholds that leave this out."""
    design = Design(layers=2, p_out=0.5, share=(ONE, Fraction(0), ONE))
    return _aligned(size, further=2, design=design)


def wrong_side(size: int) -> Instance:
    """One-sided activations on the side where the code is not."""
    return _aligned(size, design=Design(flipped=True))


def gradient_and_noisy(size: int) -> Instance:
    """Aligned atoms and noise, for the classical step.

    From size 3 on they are beside a pair of atoms that are twice as coherent.
    """
    alone = _aligned(size, nu=NOISE, design=Design(weights="gradient"))
    return alone if size < 3 else _beside_a_pair(alone)


def gradient_with_short_thresholds(size: int) -> Instance:
    """Aligned atoms, and thresholds of the classical step that are too small."""
    return _aligned(size, design=Design(weights="gradient", share=(SHORT, ONE, ONE)))


def simplex_for_least_weights(size: int) -> Instance:
    """A simplex, on which no weights have a smaller cross coherence than the dictionary.

    From size 3 on it is beside a pair of atoms that are twice as coherent; there, weights are
    better than the dictionary.
    """
    alone = _simplex(size, Design(weights="least", rounded=True))
    return alone if size < 3 else _beside_a_pair(alone)


def simplex_with_short_thresholds(size: int) -> Instance:
    """A simplex, and thresholds that are too small."""
    return _simplex(size, Design(weights="least", rounded=True, share=(SHORT, ONE, ONE)))


def _simplex(size: int, design: Design) -> Designed:
    m = size + 1
    D = simplex(m) if simplex_is_integer(m) else embedded_simplex(m)
    return Designed(
        Dictionary(D), (np.arange(m + 1) < max(1, m // 2))[None, :] * 1.0, design=design
    )


def blocks_of_aligned_atoms(size: int) -> Instance:
    """``size`` copies of two atoms at ``-1/4``, one at ``+1/4``; noise; all first two used."""
    return _blocks(size, NOISE, Design())


def blocks_with_short_thresholds(size: int) -> Instance:
    """The same without noise, and thresholds that are too small."""
    return _blocks(size, 0.0, Design(share=(SHORT, ONE, ONE)))


def _blocks(size: int, nu: float, design: Design) -> Designed:
    block = _aligned(2, nu=nu, design=design)
    D = block_diagonal(block.D.data, size)
    return Designed(Dictionary(D), np.tile(block.X, size), np.tile(block.E, size), design=design)
