"""Kernels of layers of very many units: which functions of inner products they are."""

from __future__ import annotations

from dataclasses import dataclass

from sparsebound.theory.arithmetic import FloatArray
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
