"""How signals are analysed instead: by weights that are orthonormal bases, or several of them."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.batched import Batched


@dataclass(frozen=True)
class Rotations(Batched):
    """Orthonormal bases, whose union is scaled so that it is a tight frame with bound 1.

    Each basis is a product of reflections, so that it is orthonormal in rational numbers.

    Attributes
    ----------
    vectors : ndarray, shape (B, C, m)
        ``v``, of any length: the next basis is what ``I - 2 v v^T / ||v||^2`` makes of the one
        before, the first one of the standard basis.
    shares : ndarray, shape (B, C)
        ``p``: a basis is multiplied by ``p_c / (sum_c p_c^2)^{1/2}``; at 0 it is left out.
    """

    vectors: FloatArray
    shares: FloatArray


@dataclass(frozen=True)
class SampledCodes(Batched):
    """Samples of a source of codes, all of them equally likely, and weights for their signals.

    Attributes
    ----------
    samples : ndarray, shape (B, N, n)
        Codes with respect to the atoms as given.
    analysis : ndarray, shape (B, m, m)
        The weights, as columns.
    """

    samples: FloatArray
    analysis: FloatArray
