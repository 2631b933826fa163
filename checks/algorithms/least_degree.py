"""Nodes of a graph without an edge between them, and groups with all edges, greedily."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.arithmetic import IntArray, Mask


def least_degree(pairs: Mask, *, initial: bool = False) -> IntArray:
    """Keep a node of least degree, drop its neighbours, and so on; the first one at ties.

    Parameters
    ----------
    pairs : ndarray of bool, shape (n, n)
        The edges, both ways.
    initial : bool
        Whether degrees count all nodes, or those that are left.

    Returns
    -------
    ndarray of int
        The nodes that are kept, in their order.

    Examples
    --------
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) > 0
    >>> least_degree(path)
    array([0, 2])
    """
    n = len(pairs)
    degrees, left, kept = pairs.sum(axis=1), np.ones(n, dtype=bool), []
    while left.any():
        node = int(np.where(left, degrees, n).argmin())
        gone = left & pairs[node]
        gone[node] = True
        left &= ~gone
        kept.append(node)
        if not initial:
            degrees = degrees - pairs[:, gone].sum(axis=1)
    return np.array(kept, dtype=int)


def grouped(pairs: Mask) -> IntArray:
    """Put nodes into groups that have all edges, each into the first one that it fits into.

    Nodes of the fewest edges come first: few groups are left for them.

    Parameters
    ----------
    pairs : ndarray of bool, shape (n, n)
        The edges, both ways.

    Returns
    -------
    ndarray of int, shape (n,)
        The number of each node's group, from 0.

    Examples
    --------
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) > 0
    >>> grouped(path)
    array([0, 0, 1])
    """
    n = len(pairs)
    groups, found = np.full(n, -1), np.zeros((0, n), dtype=bool)
    for node in np.argsort(pairs.sum(axis=1), kind="stable"):
        fitting = np.flatnonzero(found[:, node])
        if len(fitting):
            group = int(fitting[0])
            found[group] &= pairs[node]
        else:
            group = len(found)
            found = np.concatenate([found, pairs[node][None]])
        groups[node] = group
    return groups
