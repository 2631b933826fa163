"""Signed incidence matrices of graphs, whose spark is known: the girth."""

from __future__ import annotations

from math import isqrt

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory.constructions import complete_bipartite, complete_graph, cycle


def one_cycle(atoms: int) -> NDArray[np.float64]:
    """Incidence matrix of a cycle with so many edges; the kernel is `(1, ..., 1)`.

    Parameters
    ----------
    atoms : int
        At least 3.

    Returns
    -------
    ndarray, shape (atoms, atoms)

    Examples
    --------
    >>> one_cycle(3).shape
    (3, 3)
    """
    return cycle(atoms)


def graph(kind: str, left: int, right: int = 0) -> NDArray[np.float64]:
    """Incidence matrix of a complete or a complete bipartite graph.

    Parameters
    ----------
    kind : {"complete", "bipartite"}
    left : int
        The number of vertices, or of those on the left.
    right : int
        The number of vertices on the right of the bipartite graph.

    Returns
    -------
    ndarray, shape (vertices, edges)

    Raises
    ------
    ValueError
        If the kind is unknown, or a number of vertices is too small.

    Examples
    --------
    >>> graph("complete", 3).shape, graph("bipartite", 2, 2).shape
    ((3, 3), (4, 4))
    """
    if kind == "complete":
        return complete_graph(left)
    if kind == "bipartite":
        return complete_bipartite(left, right)
    raise ValueError(f"kind = {kind!r}: expected 'complete' or 'bipartite'")


@st.composite
def _bipartite(draw: DrawFn, limit: int) -> Parameters:
    left = draw(st.integers(2, isqrt(limit)))
    return {"kind": "bipartite", "left": left, "right": draw(st.integers(2, limit // left))}


def _graphs(limit: int) -> SearchStrategy[Parameters]:
    largest = (1 + isqrt(1 + 8 * limit)) // 2
    complete = st.fixed_dictionaries({"kind": st.just("complete"), "left": st.integers(3, largest)})
    return complete if limit < 4 else st.one_of(complete, _bipartite(limit))


def _cycles(limit: int) -> SearchStrategy[Parameters]:
    return st.fixed_dictionaries({"atoms": st.integers(3, limit)})


FAMILIES = (
    Family(
        "cycle",
        "Edges of a cycle, spark equal to its length",
        one_cycle,
        _cycles,
        narrow=True,
        complexity=30,
        fewest=3,
    ),
    Family(
        "graph",
        "Edges of a complete (bipartite) graph, spark equal to the girth",
        graph,
        _graphs,
        complexity=32,
        fewest=3,
    ),
)
