"""Signed incidence matrices of graphs: two entries a column, the spark is the girth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.constructions.arguments import integer


def incidence(vertices: int, edges: Iterable[tuple[int, int]]) -> NDArray[np.float64]:
    """Signed incidence matrix: the column of the edge `(i, j)` is `e_i - e_j`.

    A set of columns is dependent if and only if its edges contain a cycle. So the spark is the
    length of the shortest cycle, and the normalised Gram matrix has the entries 0 and 1/2, or
    -1/2.

    Parameters
    ----------
    vertices : int
        The number of vertices, at least 2.
    edges : iterable of pairs of int
        Pairs of different vertices, from 0 to `vertices - 1`; at least one.

    Returns
    -------
    ndarray, shape (vertices, number of edges)

    Raises
    ------
    ValueError
        If there is no edge, or an edge is no such pair.

    References
    ----------
    J. G. Oxley (2011), Matroid Theory, proposition 5.1.2: graphic matroids are regular.

    Examples
    --------
    >>> incidence(3, [(0, 1), (1, 2)]).astype(int)
    array([[ 1,  0],
           [-1,  1],
           [ 0, -1]])
    """
    vertices = integer("vertices", vertices, 2)
    pairs = [tuple(edge) for edge in edges]
    if not pairs:
        raise ValueError("edges = []: expected at least one edge")
    atoms = np.zeros((vertices, len(pairs)))
    for column, edge in enumerate(pairs):
        if len(edge) != 2 or edge[0] == edge[1] or not all(0 <= v < vertices for v in edge):
            raise ValueError(
                f"edges[{column}] = {edge}: expected two different vertices from 0 to "
                f"{vertices - 1}"
            )
        atoms[edge[0], column] = 1.0
        atoms[edge[1], column] = -1.0
    return atoms


def cycle(n: int) -> NDArray[np.float64]:
    """Incidence matrix of a cycle: any `n - 1` columns are independent, all `n` sum to zero.

    Parameters
    ----------
    n : int
        The number of vertices, and of edges, at least 3.

    Returns
    -------
    ndarray, shape (n, n)

    Raises
    ------
    ValueError
        If `n` is not an integer of at least 3.

    Examples
    --------
    >>> cycle(3).astype(int)
    array([[ 1,  0, -1],
           [-1,  1,  0],
           [ 0, -1,  1]])
    """
    n = integer("n", n, 3)
    return incidence(n, [(i, (i + 1) % n) for i in range(n)])


def complete_graph(vertices: int) -> NDArray[np.float64]:
    """Incidence matrix of the complete graph, whose spark is 3 from three vertices on.

    Parameters
    ----------
    vertices : int
        At least 2.

    Returns
    -------
    ndarray, shape (vertices, vertices (vertices - 1) / 2)

    Raises
    ------
    ValueError
        If `vertices` is not an integer of at least 2.

    Examples
    --------
    >>> complete_graph(4).shape
    (4, 6)
    """
    vertices = integer("vertices", vertices, 2)
    return incidence(vertices, [(i, j) for j in range(vertices) for i in range(j)])


def complete_bipartite(left: int, right: int) -> NDArray[np.float64]:
    """Incidence matrix of the complete bipartite graph, whose spark is 4 from 2 + 2 vertices on.

    Parameters
    ----------
    left, right : int
        The sizes of the two sides, at least 1.

    Returns
    -------
    ndarray, shape (left + right, left * right)

    Raises
    ------
    ValueError
        If a side is not an integer of at least 1.

    Examples
    --------
    >>> complete_bipartite(2, 3).shape
    (5, 6)
    """
    left, right = integer("left", left, 1), integer("right", right, 1)
    edges = [(i, left + j) for i in range(left) for j in range(right)]
    return incidence(left + right, edges)
