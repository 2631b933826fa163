"""Experiments that attain the theorem on codes that are only nearly sparse; by size."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.constructions.simplex import embedded_simplex, simplex, simplex_is_integer
from sparsebound.theory.evidence.compressible import Compressible
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance


def two_halves_of_a_simplex(size: int) -> Experiment:
    """A simplex of ``2 size + 2`` atoms: -1 on half of them has the signal of 1 on the others."""
    m = 2 * size + 1
    D = simplex(m) if simplex_is_integer(m) else embedded_simplex(m)
    place = np.arange(m + 1)
    sparse = -1.0 * (place < (size + 1) // 2)
    tail = -1.0 * (place <= size) - sparse
    found = Compressible(tail[None], np.ones((1, m + 1)))
    return Experiment(Instance(D, sparse[None]), {"compressible": found})
