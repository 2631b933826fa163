"""Recipes for the deep model: sparse atoms above, a dictionary with a large spark below."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from sparsebound.checks.recipes.between import BETWEEN
from sparsebound.checks.recipes.codes import Codes, Several
from sparsebound.checks.recipes.kept import kept
from sparsebound.theory.constructions import cycle, embedded_simplex
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.maps import IDENTITY

MAPS = ("identity", "leaky_relu", "relu", "subsample")


def layers(codes: Codes | Several, *, vertices: int, between: str, depth: int) -> DeepInstance:
    """Build two or three layers: a regular simplex, and above it once or twice a cycle's edges.

    The edges of a cycle are atoms with two nonzeros, so that sparse codes above are sparse below;
    with unsigned edges and positive codes where ``between`` is the ReLU.

    Parameters
    ----------
    codes : Codes or Several
        The codes of the top layer.
    vertices : int
        Vertices of the cycle, at least 3.
    between : {"identity", "leaky_relu", "relu", "subsample"}
        The function between the simplex and the layer above it.
    depth : {2, 3}
        Number of layers.

    Raises
    ------
    InputError
        If a parameter is out of range.

    Examples
    --------
    >>> len(layers(Codes(), vertices=5, between="identity", depth=2).layers)
    2
    """
    if vertices < 3:
        raise InputError("vertices", vertices, "an integer that is at least 3")
    if between not in MAPS:
        raise InputError("between", between, f"one of {', '.join(MAPS)}")
    if depth not in (2, 3):
        raise InputError("depth", depth, "2 or 3")
    psi = BETWEEN[between]
    edges, x = _edges(vertices, between == "relu"), codes.draw(vertices)
    if between == "relu":
        x = np.abs(x)
    built = [Instance(edges, x)]
    maps = [psi.map]
    if depth == 3:
        x = x @ edges.data.T
        built.insert(0, Instance(edges, x))
        maps.append(IDENTITY)  # the map under the top layer; `between` is the one below it
    middle = psi.back(x @ edges.data.T)
    simplex = _simplex(middle.shape[1])
    layers_ = (Instance(simplex, middle), *built)
    return DeepInstance(layers_, middle @ simplex.data.T, (IDENTITY, *maps))


@kept(maxsize=32)
def _simplex(atoms: int) -> Dictionary:
    return Dictionary(embedded_simplex(atoms - 1))


@kept(maxsize=32)
def _edges(vertices: int, unsigned: bool) -> Dictionary:
    return Dictionary(np.abs(cycle(vertices)) if unsigned else cycle(vertices))


@st.composite
def layer_parameters(draw: DrawFn, limit: int) -> dict[str, Any]:
    """Strategy for the parameters of :func:`layers`, cycles of at most ``limit`` vertices."""
    depth = draw(st.sampled_from([2, 3]))
    return {
        "depth": depth,
        "between": draw(st.sampled_from(MAPS)),
        # one edge is 2 or 4 vertices below, fewer than half the atoms of the simplex there
        "vertices": draw(st.integers(2**depth + 1, limit)),
    }
