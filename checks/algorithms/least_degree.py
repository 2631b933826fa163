"""Nodes of a graph without an edge between them, and groups with all edges, greedily."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import IntArray, Mask

Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Graph:
    """Nodes and edges, one bit for each ordered pair.

    Attributes
    ----------
    bits : ndarray of uint8, shape (n, ceil(n / 8))
        For each node its neighbours, packed as numpy does.
    """

    bits: Bits

    @classmethod
    def of(cls, pairs: Mask) -> Graph:
        """Pack edges, shape (n, n), both ways."""
        return cls(np.packbits(pairs, axis=1))

    def __len__(self) -> int:
        return len(self.bits)

    def neighbours(self, node: int | slice) -> Mask:
        """Say which nodes have an edge to one node, or to some nodes, shape (..., n)."""
        return np.unpackbits(self.bits[node], axis=-1, count=len(self)).view(np.bool_)

    def degrees(self) -> IntArray:
        """Count the neighbours of each node, shape (n,).

        Examples
        --------
        >>> Graph.of(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) > 0).degrees()
        array([1, 2, 1])
        """
        step = max(1, 2**22 // max(len(self), 1))
        parts = (slice(start, start + step) for start in range(0, len(self), step))
        counts = [self.neighbours(part).sum(axis=1) for part in parts]
        return np.concatenate([np.zeros(0, dtype=np.int64), *counts])

    def without(self, edges: Sequence[tuple[int, int]]) -> Graph:
        """Leave some edges out, in place: nobody needs the graph that was."""
        if len(edges):
            i, j = np.array(edges).T
            for a, b in ((i, j), (j, i)):
                np.bitwise_and.at(self.bits, (a, b // 8), (~(128 >> (b % 8))).astype(np.uint8))
        return self


def least_degree(graph: Graph, *, initial: bool = False) -> IntArray:
    """Keep a node of least degree, drop its neighbours, and so on; the first one at ties.

    Parameters
    ----------
    graph : Graph
        The nodes.
    initial : bool
        Whether degrees count all nodes, or those that are left.

    Returns
    -------
    ndarray of int
        The nodes that are kept, in their order.

    Examples
    --------
    >>> least_degree(Graph.of(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) > 0))
    array([0, 2])
    """
    n = len(graph)
    degrees, left, kept = graph.degrees(), np.ones(n, dtype=bool), []
    while left.any():
        node = int(np.where(left, degrees, n).argmin())
        gone = left & graph.neighbours(node)
        gone[node] = True
        left &= ~gone
        kept.append(node)
        if not initial:
            for dropped in np.flatnonzero(gone):
                degrees -= graph.neighbours(int(dropped))
    return np.array(kept, dtype=int)


def grouped(graph: Graph) -> IntArray:
    """Put nodes into groups that have all edges, each into the first one that it fits into.

    Nodes of the fewest edges come first: few groups are left for them.

    Parameters
    ----------
    graph : Graph
        The nodes.

    Returns
    -------
    ndarray of int, shape (n,)
        The number of each node's group, from 0.

    Examples
    --------
    >>> grouped(Graph.of(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) > 0))
    array([0, 0, 1])
    """
    degrees = graph.degrees()
    groups = np.full(len(graph), -1)
    alone = degrees == 0
    groups[alone] = np.arange(alone.sum())
    first = int(alone.sum())
    # of each further group, the nodes that have an edge to all of its own
    found, count = np.zeros((16, graph.bits.shape[1]), dtype=np.uint8), 0
    for node in np.argsort(degrees, kind="stable"):
        if alone[node]:
            continue
        fitting = np.flatnonzero(found[:count, node // 8] & (128 >> (node % 8)))
        if len(fitting):
            group = int(fitting[0])
            found[group] &= graph.bits[node]
        else:
            group, count = count, count + 1
            if count > len(found):
                found = np.concatenate([found, np.zeros_like(found)])
            found[group] = graph.bits[node]
        groups[node] = first + group
    return groups
