"""What is planted for theorems on very wide layers: other coefficients, and eigenvalues.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from dataclasses import replace

from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.extremal.kernels import near_pair
from tests.theorems.batches import BATCHES
from tests.theorems.planting import PLANTS, Plants
from tests.theorems.wrong_quantities import FURTHER, of_the_dictionary


def coefficients(found: LayerKernel, code: int) -> Plants:
    """They are negative, or 0."""
    yield "negative", replace(found, coefficients=-found.coefficients)
    yield "zero", replace(found, coefficients=0 * found.coefficients)


PLANTS[LayerKernel] = coefficients
BATCHES["training.kernel_coherence"] = lambda: near_pair(1)
FURTHER["training.kernel_coherence"] = (
    of_the_dictionary("interactions", lambda value, *given: value / 2),
)
