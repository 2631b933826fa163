"""Instances on which theorems are attained, or their mutants fail; by size, smallest first.

Each takes a size (1, 2, ...) and returns an instance whose data are integers wherever the
mathematics allows it, so that what happens on an edge is decided exactly.
"""

from __future__ import annotations

from math import isqrt

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions import frames
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.constructions.equiangular import equiangular, equiangular_plus
from sparsebound.theory.constructions.graphs import cycle
from sparsebound.theory.constructions.simplex import embedded_simplex, simplex, simplex_is_integer
from sparsebound.theory.instance import DeepInstance, Instance


def _ones(n: int, sparsity: int) -> FloatArray:
    """One code: ones on the first atoms."""
    return (np.arange(n) < sparsity).astype(np.float64)[None, :]


def _simplex(m: int) -> FloatArray:
    return simplex(m) if simplex_is_integer(m) else embedded_simplex(m)


def beside_a_pair(D: FloatArray) -> FloatArray:
    """Two further atoms in rows of their own, twice as coherent as the first two of ``D``.

    All have the norm of the first one, which has integer entries, as the second has. The
    coherence is that of the pair, while row sums of a support, sums of several inner products, and
    the spark are those of ``D``: so bounds by these are told from bounds by the coherence.

    Examples
    --------
    >>> beside_a_pair(np.array([[2, -1], [2, 1], [0, 2], [1, -2], [0, 0]])).astype(int)[5:]
    array([[0, 0, 2, 2],
           [0, 0, 2, 0],
           [0, 0, 1, 0],
           [0, 0, 0, 2],
           [0, 0, 0, 1]])
    """
    norm, inner = int(D[:, 0] @ D[:, 0]), 2 * abs(int(D[:, 0] @ D[:, 1]))
    shared, own = _entries(inner), _entries(norm - inner)
    pair = np.vstack([np.outer(shared, [1, 1]), np.outer(own, [1, 0]), np.outer(own, [0, 1])])
    return np.block([[D, np.zeros((len(D), 2))], [np.zeros((len(pair), D.shape[1])), pair]])


def _entries(square: int) -> list[int]:
    """Integers whose squares add up to a number, the largest first."""
    found: list[int] = []
    while square:
        found.append(isqrt(square))
        square -= found[-1] ** 2
    return found


def tight_frame(size: int) -> Instance:
    """Equiangular tight frames: simplexes 2x3, 3x4, 7x8, then 3x6, 6x16, 7x14 and simplexes."""
    first = {
        1: frames.tight_frame(2, 3),
        2: simplex(3),
        3: simplex(7),
        4: frames.tight_frame(3, 6),
        5: frames.tight_frame(6, 16),
        6: frames.tight_frame(7, 14),
    }
    D = first[size] if size in first else simplex(4 * size - 1)
    return Instance(D, np.zeros((1, D.shape[1])))


def equiangular_atoms(size: int) -> Instance:
    """``k = size + 1`` atoms with all inner products ``-1/k``, and the code of ones."""
    k = size + 1
    return Instance(equiangular(k, 1, k), np.ones((1, k)))


def equiangular_atoms_and_a_pair(size: int) -> Instance:
    """The same, from size 2 on beside a pair of atoms that are twice as coherent."""
    alone = equiangular_atoms(size)
    if size == 1:
        return alone
    D = beside_a_pair(alone.D.data)
    return Instance(D, _ones(size + 3, size + 1))


def equiangular_and_further(size: int) -> Instance:
    """``s = size`` atoms at ``-mu``, one further at ``+mu`` to each; ``mu = 1/(s + 1)``.

    From size 3 on they are beside a pair of atoms that are twice as coherent.
    """
    D = equiangular_plus(size, 1, size + 1)
    D = beside_a_pair(D) if size > 2 else D
    return Instance(D, _ones(D.shape[1], size))


def regular_simplex(size: int) -> Instance:
    """A simplex of ``m + 1`` atoms, ``m = size + 1``, its sparsity just below ``(1 + m)/2``."""
    m = size + 1
    return Instance(_simplex(m), _ones(m + 1, m // 2))


def regular_simplex_and_a_pair(size: int) -> Instance:
    """The same, from size 3 on beside a pair of atoms that are twice as coherent."""
    alone = regular_simplex(size)
    if size < 3:
        return alone
    D = beside_a_pair(alone.D.data)
    return Instance(D, np.pad(alone.X, ((0, 0), (0, 2))))


def halved_simplex(size: int) -> Instance:
    """A simplex with odd ``m = 2 size + 1``, and one half of its null vector as the code."""
    m = 2 * size + 1
    return Instance(_simplex(m), _ones(m + 1, size + 1))


def simplex_blocks(size: int) -> Instance:
    """``size`` tetrahedra side by side, one atom of each in the code."""
    return Instance(block_diagonal(simplex(3), size), np.tile([1.0, 0, 0, 0], size)[None, :])


def halved_simplex_blocks(size: int) -> Instance:
    """``size`` tetrahedra side by side, one half of each null vector in the code."""
    return Instance(block_diagonal(simplex(3), size), np.tile([1.0, 1, 0, 0], size)[None, :])


def diagonal_atom(size: int) -> Instance:
    """``e_1``, ``e_2`` and ``e_1 + e_2``, and the code of the first two times ``size``."""
    return Instance([[1, 0, 1], [0, 1, 1]], [[size, size, 0]])


def one_more_than_recovered(size: int) -> Instance:
    """The 120-degree frame, which recovers one atom but not two; amplitudes ``size``."""
    return Instance(embedded_simplex(2), [[size, size, 0]])


def any_atom_of_a_frame(size: int) -> Instance:
    """The 120-degree frame, then larger simplexes, with one atom in the code.

    From size 3 on they are beside a pair of atoms that are twice as coherent.
    """
    m = size + 1
    D = beside_a_pair(_simplex(m)) if size > 2 else _simplex(m)
    return Instance(D, _ones(D.shape[1], 1))


def layers_of_simplexes(size: int) -> DeepInstance:
    """A simplex under a cycle of ``2 size + 4`` edges; the top code has one edge, later two."""
    edges = cycle(2 * size + 4)
    top = _ones(edges.shape[1], min(size, 2))
    middle = top @ edges.T
    bottom = _simplex(edges.shape[0] - 1)
    return DeepInstance((Instance(bottom, middle), Instance(edges, top)), middle @ bottom.T)


def ambiguous_top_layer(size: int) -> DeepInstance:
    """The identity under a simplex, and one half of its null vector as the top code."""
    top = halved_simplex(size)
    middle = top.X @ top.D.data.T
    return DeepInstance((Instance(np.eye(len(top.D.data)), middle), top), middle)


def repeated_atom(size: int) -> Instance:
    """An atom twice: the Lasso may split its coefficient (here 2) in any way; lam is ``size``."""
    return Instance([[1, 1]], [[2, 0]], E=[[size]])
