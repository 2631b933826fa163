"""Block-diagonal copies: local sparsity stays small while the total grows."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

from sparsebound.checks.families.equiangular import coherences
from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory.constructions import (
    block_diagonal,
    embedded_simplex,
    equiangular,
    equiangular_plus,
    simplex,
    simplex_is_integer,
)


def blocks(
    kind: str, atoms: int, copies: int, numerator: int = 0, denominator: int = 1
) -> NDArray[np.float64]:
    """Block-diagonal copies of a small extremal dictionary, in integers.

    Parameters
    ----------
    kind : {"simplex", "equiangular", "equiangular_plus"}
        What each block is.
    atoms : int
        Atoms of a block, at least 2.
    copies : int
        The number of blocks.
    numerator, denominator : int
        `mu`, for the last two kinds.

    Returns
    -------
    ndarray, shape (copies * m, copies * atoms)

    Raises
    ------
    ValueError
        If the kind is unknown, or a number is out of range.

    Examples
    --------
    >>> blocks("simplex", 2, 2)
    array([[ 1., -1.,  0.,  0.],
           [ 0.,  0.,  1., -1.]])
    """
    if kind == "simplex":
        exact = simplex if simplex_is_integer(atoms - 1) else embedded_simplex
        return block_diagonal(exact(atoms - 1), copies)
    if kind == "equiangular":
        return block_diagonal(equiangular(atoms, numerator, denominator), copies)
    if kind == "equiangular_plus":
        return block_diagonal(equiangular_plus(atoms - 1, numerator, denominator), copies)
    raise ValueError(f"kind = {kind!r}: expected 'simplex', 'equiangular' or 'equiangular_plus'")


@st.composite
def _blocks(draw: DrawFn, limit: int) -> Parameters:
    kind = draw(st.sampled_from(["simplex", "equiangular", "equiangular_plus"]))
    atoms = draw(st.integers(2, limit // 2))
    parameters = {"kind": kind, "atoms": atoms, "copies": draw(st.integers(2, limit // atoms))}
    if kind == "simplex":
        return parameters
    further = int(kind == "equiangular_plus")
    numerator, denominator = draw(coherences(atoms - further, atoms - 1))
    return {**parameters, "numerator": numerator, "denominator": denominator}


FAMILIES = (
    Family(
        "blocks",
        "Block-diagonal copies of a simplex or of equiangular atoms",
        blocks,
        _blocks,
        complexity=50,
        fewest=4,
    ),
)
