"""What is planted for theorems on very wide layers: other coefficients, and eigenvalues.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sparsebound.theory.evidence.kernels import LayerGraph, LayerKernel
from sparsebound.theory.extremal.kernels import equal_angles_in_a_graph, near_pair
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import PLANTS, Plants
from tests.theorems.wrong_quantities import FURTHER, Planted, of_the_dictionary


def coefficients(found: LayerKernel, code: int) -> Plants:
    """They are negative, or 0."""
    yield "negative", replace(found, coefficients=-found.coefficients)
    yield "zero", replace(found, coefficients=0 * found.coefficients)


def graphs(found: LayerGraph, code: int) -> Plants:
    """Weights or coefficients are negative or 0, an edge leads backwards, or steps are long."""
    for name in ("weights", "coefficients", "inverse"):
        yield f"negative {name}", replace(found, **{name: -getattr(found, name)})
        yield f"no {name}", replace(found, **{name: 0 * getattr(found, name)})
    yield "backwards", replace(found, sources=found.targets, targets=found.sources)
    yield "long", replace(found, inverse=found.inverse / 64)


def floors_are_wrong(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Floors are 1."""
    from sparsebound.theory.training import connectivity

    right = connectivity._floors
    patch.setattr(connectivity, "_floors", lambda *given: [b * 0 + 1 for b in right(*given)])
    yield Planted("floors", found.instance, found.evidence, {}, everywhere=True)


PLANTS.update({LayerGraph: graphs, LayerKernel: coefficients})
BATCHES["training.connectivity"] = lambda: equal_angles_in_a_graph(2)
FURTHER["training.connectivity"] = (floors_are_wrong,)
BATCHES["training.kernel_coherence"] = lambda: near_pair(1)
FURTHER["training.kernel_coherence"] = (
    of_the_dictionary("interactions", lambda sums, *given: tuple(one / 2 for one in sums)),
)
