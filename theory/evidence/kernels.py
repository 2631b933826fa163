"""Kernels of layers of very many units, and graphs of such layers."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence.batched import OfDictionary


@dataclass(frozen=True)
class LayerKernel(OfDictionary):
    """The kernel of one layer.

    Attributes
    ----------
    activation : str
        A name in ``sparsebound.theory.analysis.kernels.NAMED``, or ``"polynomial"``.
    coefficients : ndarray, shape (R,)
        Of a polynomial, up to a factor.
    """

    activation: str
    coefficients: FloatArray


@dataclass(frozen=True)
class LayerGraph(OfDictionary):
    """A graph of layers: node 0 is the data, and edges lead from nodes to later ones.

    Attributes
    ----------
    sources, targets : ndarray of int, shape (E,)
        Where each edge begins and ends, ordered by where they end; every node but 0 has one.
    weights : ndarray, shape (E,)
        Those of the edges, up to a factor for each node at which they end.
    activations : list of str
        As in :class:`LayerKernel`; one for each edge.
    coefficients : ndarray, shape (E, R)
        Of polynomials, up to a factor.
    residuals : ndarray, shape (n,)
        What the last layer leaves of the data before it is trained.
    inverse : ndarray, shape (1,)
        The inverse of the size of the steps of gradient descent.
    """

    sources: IntArray
    targets: IntArray
    weights: FloatArray
    activations: list[str]
    coefficients: FloatArray
    residuals: FloatArray
    inverse: FloatArray
