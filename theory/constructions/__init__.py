"""Extremal dictionaries, as raw float64 matrices `(m, n)`.

Atoms need not have unit norm: whoever uses a matrix normalises it, in its own arithmetic. So the
constructions return integers wherever the mathematics allows it, and their normalised Gram
matrices are known exactly.
"""

from sparsebound.theory.constructions.blocks import block_diagonal, pad_rows
from sparsebound.theory.constructions.convolutional import (
    BARKER_13,
    BARKER_LENGTHS,
    HAAR,
    barker,
    circular,
    dilated_filters,
    full_length,
)
from sparsebound.theory.constructions.designs import affine_plane, transversal_design
from sparsebound.theory.constructions.elementary import (
    gaussian,
    near_duplicate,
    rotation,
    signed_permutation,
)
from sparsebound.theory.constructions.equiangular import (
    equiangular,
    equiangular_plus,
    fewest_squares,
)
from sparsebound.theory.constructions.frames import (
    TIGHT_FRAMES,
    conference_frame,
    cosine_basis,
    mutually_unbiased,
    tight_frame,
    union_of_bases,
)
from sparsebound.theory.constructions.graphs import (
    complete_bipartite,
    complete_graph,
    cycle,
    incidence,
)
from sparsebound.theory.constructions.hadamard import (
    conference,
    hadamard,
    hadamard_orders,
    is_prime,
)
from sparsebound.theory.constructions.low_coherence import alternating_projection
from sparsebound.theory.constructions.simplex import embedded_simplex, simplex, simplex_is_integer

__all__ = [
    "BARKER_13",
    "BARKER_LENGTHS",
    "HAAR",
    "TIGHT_FRAMES",
    "affine_plane",
    "alternating_projection",
    "barker",
    "block_diagonal",
    "circular",
    "complete_bipartite",
    "complete_graph",
    "conference",
    "conference_frame",
    "cosine_basis",
    "cycle",
    "dilated_filters",
    "embedded_simplex",
    "equiangular",
    "equiangular_plus",
    "fewest_squares",
    "full_length",
    "gaussian",
    "hadamard",
    "hadamard_orders",
    "incidence",
    "is_prime",
    "mutually_unbiased",
    "near_duplicate",
    "pad_rows",
    "rotation",
    "signed_permutation",
    "simplex",
    "simplex_is_integer",
    "tight_frame",
    "transversal_design",
    "union_of_bases",
]
