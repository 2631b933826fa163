"""Instances on which the theorems on stability are attained, or their mutants fail; by size.

As in :mod:`sparsebound.theory.extremal.uniqueness`, data are integers wherever the mathematics
allows it. Norms of noise are rational as well, since the atoms lie evenly around one coordinate
axis.
"""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.blocks import block_diagonal
from sparsebound.theory.constructions.equiangular import equiangular_plus
from sparsebound.theory.constructions.graphs import complete_graph
from sparsebound.theory.constructions.simplex import simplex, simplex_is_integer
from sparsebound.theory.extremal.uniqueness import beside_a_pair
from sparsebound.theory.instance import Dictionary, Instance

AMPLITUDE = 64.0
"""Entries of codes that have to be large compared with the noise."""


def around_axis(n: int, across: int, along: int) -> FloatArray:
    """``n`` atoms evenly around the first coordinate axis, in integers.

    All have the squared norm ``along^2 + (n - 1) across^2`` and the inner products
    ``along^2 - across^2``, which is negative if ``along < across``. Their sum is
    ``n along`` times the first unit vector.

    Parameters
    ----------
    n : int
        The number of atoms, at least 1.
    across, along : int
        The weights of a simplex across the axis, and of the axis.

    Examples
    --------
    >>> around_axis(2, 2, 1).astype(int)
    array([[ 1,  1],
           [ 2, -2]])
    """
    if n == 1:
        return np.array([[float(along)]])
    spread = simplex(n - 1) if simplex_is_integer(n - 1) else complete_graph(n).T
    return np.vstack([np.full((1, n), along), across * spread])


def opposite_halves(size: int, across: int = 2) -> Instance:
    """``2 size`` atoms with equal negative inner products, and ones on the first half.

    Minus ones on the other half are the code that is hardest to tell from it. From size 2 on they
    are beside a pair of atoms that are twice as coherent. The larger ``across``, the nearer is the
    Babel function to 1.
    """
    D = around_axis(2 * size, across, 1)
    D = beside_a_pair(D) if size > 1 else D
    return Instance(Dictionary(D), (np.arange(D.shape[1]) < size)[None, :])


def blocks_of_opposite_atoms(size: int) -> Instance:
    """``size`` pairs of atoms side by side, one atom of each in the code.

    The squares of the entries sum to a square, so that the norm of the worst noise is rational.
    """
    entries = {1: [2.0], 2: [6.0, 8.0]}.get(size, [2.0] * (size - 1) + [size - 2.0])
    codes = np.kron(np.array(entries), [1.0, 0.0])
    D = Dictionary(block_diagonal(around_axis(2, 2, 1), size))
    return Instance(D, codes[None, :])


def shrunk_identity(size: int) -> Instance:
    """The identity of order ``size^2``, a large code, and noise against its signs."""
    count = size * size
    return Instance(
        Dictionary(np.eye(count)), np.full((1, count), AMPLITUDE), E=-np.ones((1, count))
    )


def noise_against_the_code(size: int) -> Instance:
    """``s = size`` atoms at ``-mu``, one further at ``+mu``; noise minus the sum of the ``s``."""
    D = equiangular_plus(size, 1, 2 * size)
    x = np.where(np.arange(size + 1) < size, AMPLITUDE, 0.0)[None, :]
    return Instance(Dictionary(D), x, E=-np.sign(x) @ D.T)


def noise_against_the_code_and_a_pair(size: int) -> Instance:
    """The same, from size 2 on beside a pair of atoms that are twice as coherent."""
    alone = noise_against_the_code(size)
    if size == 1:
        return alone
    D = beside_a_pair(alone.D.data)
    rows = len(D) - alone.E.shape[1]
    return Instance(
        Dictionary(D), np.pad(alone.X, ((0, 0), (0, 2))), np.pad(alone.E, ((0, 0), (0, rows)))
    )


def noise_beside_the_code(size: int) -> Instance:
    """The same atoms, and noise along the part of the further one that the others lack."""
    D = equiangular_plus(size, 1, 2 * size)
    x = np.where(np.arange(size + 1) < size, AMPLITUDE * size, 0.0)[None, :]
    # <d_i, sum of the s> = size + 1 and <d_i, further> = 1, in units of mu
    return Instance(Dictionary(D), x, E=((size + 1) * D[:, -1] - D[:, :-1].sum(axis=1))[None, :])


def noise_along_the_worst_direction(size: int) -> Instance:
    """``k = size`` atoms with equal negative inner products, and noise along their sum."""
    D = around_axis(size, 9, 8)
    return Instance(Dictionary(D), np.full((1, size), AMPLITUDE), E=D.sum(axis=1)[None, :])


def noise_on_another_atom(size: int) -> Instance:
    """``e_1``, ``e_2``, the code ``e_1`` and noise ``(1 + size) e_2``."""
    return Instance(Dictionary(np.eye(2)), [[1, 0]], E=[[0, 1 + size]])


def noise_that_hides_the_code(size: int) -> Instance:
    """One atom, the code ``15/8``, and noise that leaves less than its own norm; times ``size``."""
    return Instance(Dictionary([[1]]), [[1.875 * size]], E=[[-size]])


def noise_as_large_as_what_is_left(size: int) -> Instance:
    """One atom, the code 2, and noise -1, which is all that is left of it; times ``size``."""
    return Instance(Dictionary([[1]]), [[2 * size]], E=[[-size]])
