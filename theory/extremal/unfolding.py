"""Experiments with unfolded networks in which their bounds are met: instances and designs.

Each takes a size (1, 2, ...). Data, weights and thresholds are dyadic wherever the mathematics
allows it, so that float64 runs the network without rounding and equality is decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.constructions.simplex import embedded_simplex, simplex, simplex_is_integer
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.uniqueness import beside_a_pair
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance

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
    seed : int
        Of perturbations with random signs.
    fitting : bool
        Whether float64 is taken where the data, or its bounds, might overflow in float32.
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
    seed: int = 0
    fitting: bool = False


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


def designed(instance: Instance | DeepInstance, *designs: Design) -> Experiment:
    """Say how the network that is to be run on an instance is built; those of its layers, in turns.

    Examples
    --------
    >>> designed(Instance([[1]], [[3]]), Design(layers=2)).settings["designs"][0].layers
    2
    """
    return Experiment(instance, {"designs": designs})


def _aligned(size: int, *, further: int = 1, nu: float = 0.0, design: Design) -> Experiment:
    """Ones on the atoms of the support, and noise that pushes every pre-activation outwards."""
    D, private, N = aligned_atoms(size, further)
    x = np.repeat([1.0, 0.0], [size, further])
    e = N * nu * private @ np.where(x > 0, -1.0, 1.0)
    return designed(Instance(Dictionary(D), x[None, :], e[None, :]), design)


def _beside_a_pair(alone: Experiment) -> Experiment:
    """Two further atoms of which the code makes no use; see :func:`beside_a_pair`."""
    codes = alone.codes
    D = beside_a_pair(codes.D.data)
    rows = len(D) - codes.E.shape[1]
    X, E = np.pad(codes.X, ((0, 0), (0, 2))), np.pad(codes.E, ((0, 0), (0, rows)))
    return Experiment(Instance(Dictionary(D), X, E), alone.settings)


def aligned_and_inexact(size: int) -> Experiment:
    """``s = size`` atoms at ``-mu``, two further at ``+mu``, noise and perturbations aligned.

    From size 2 on they are beside a pair of atoms that are twice as coherent.
    """
    design = Design(rho=NOISE, p_in=NOISE, p_out=NOISE)
    alone = _aligned(size, further=2, nu=NOISE, design=design)
    return alone if size == 1 else _beside_a_pair(alone)


def aligned_and_noisy(size: int) -> Experiment:
    """``s = size`` atoms at ``-mu``, one further at ``+mu``, and aligned noise."""
    return _aligned(size, nu=NOISE, design=Design())


def aligned_and_noisy_and_a_pair(size: int) -> Experiment:
    """The same, from size 2 on beside a pair of atoms that are twice as coherent."""
    alone = _aligned(size, nu=NOISE, design=Design())
    return alone if size == 1 else _beside_a_pair(alone)


def aligned_without_noise(size: int) -> Experiment:
    """``s = size`` atoms at ``-mu`` and one further at ``+mu``."""
    return _aligned(size, design=Design())


def short_thresholds(size: int) -> Experiment:
    """The same, with thresholds that are too small by one part in 16."""
    return _aligned(size, design=Design(share=(SHORT, ONE, ONE)))


def thresholds_below_noise(size: int) -> Experiment:
    """The same with noise, and thresholds that leave it out."""
    return _aligned(size, nu=NOISE, design=Design(share=(ONE, ONE, Fraction(0))))


def thresholds_below_false_positives(size: int) -> Experiment:
    """Two further atoms that disturb each other, and thresholds that leave this out."""
    design = Design(layers=2, p_out=0.5, share=(ONE, Fraction(0), ONE))
    return _aligned(size, further=2, design=design)


def wrong_side(size: int) -> Experiment:
    """One-sided activations on the side where the code is not."""
    return _aligned(size, design=Design(flipped=True))


def gradient_and_noisy(size: int) -> Experiment:
    """Aligned atoms and noise, for the classical step.

    From size 3 on they are beside a pair of atoms that are twice as coherent.
    """
    alone = _aligned(size, nu=NOISE, design=Design(weights="gradient"))
    return alone if size < 3 else _beside_a_pair(alone)


def gradient_with_short_thresholds(size: int) -> Experiment:
    """Aligned atoms, and thresholds of the classical step that are too small."""
    return _aligned(size, design=Design(weights="gradient", share=(SHORT, ONE, ONE)))


def simplex_for_least_weights(size: int) -> Experiment:
    """A simplex, on which no weights have a smaller cross coherence than the dictionary.

    From size 3 on it is beside a pair of atoms that are twice as coherent; there, weights are
    better than the dictionary.
    """
    alone = _simplex(size, Design(weights="least", rounded=True))
    return alone if size < 3 else _beside_a_pair(alone)


def simplex_with_short_thresholds(size: int) -> Experiment:
    """A simplex, and thresholds that are too small."""
    return _simplex(size, Design(weights="least", rounded=True, share=(SHORT, ONE, ONE)))


def _simplex(size: int, design: Design) -> Experiment:
    m = size + 1
    D = simplex(m) if simplex_is_integer(m) else embedded_simplex(m)
    used = (np.arange(m + 1) < max(1, m // 2))[None, :] * 1.0
    return designed(Instance(Dictionary(D), used), design)


def blocks_of_aligned_atoms(size: int) -> Experiment:
    """``size`` copies of two atoms at ``-1/4``, one at ``+1/4``; noise; all first two used."""
    return _blocks(size, NOISE, Design())


def blocks_with_short_thresholds(size: int) -> Experiment:
    """The same without noise, and thresholds that are too small."""
    return _blocks(size, 0.0, Design(share=(SHORT, ONE, ONE)))


def _blocks(size: int, nu: float, design: Design) -> Experiment:
    block = _aligned(2, nu=nu, design=design).codes
    D = block_diagonal(block.D.data, size)
    codes = Instance(Dictionary(D), np.tile(block.X, size), np.tile(block.E, size))
    return designed(codes, design)


def aligned_and_kept(size: int) -> Experiment:
    """Aligned atoms and noise; no entry keeps its value, every one does, or in turns."""
    found = aligned_and_noisy(size)
    return _keeping(found, ("growing", "none", "all", "in turns")[size % 4])


def all_kept_without_noise(size: int) -> Experiment:
    """Aligned atoms, and all entries above the threshold keep their value."""
    return _keeping(aligned_without_noise(size), "all")


def kept_below_the_threshold(size: int) -> Experiment:
    """Aligned atoms, and all entries keep their value, below the threshold as well."""
    return _keeping(aligned_without_noise(size), "all, below the threshold as well")


def _keeping(experiment: Experiment, keeps: str) -> Experiment:
    return Experiment(experiment.instance, {**experiment.settings, "keeps": keeps})
