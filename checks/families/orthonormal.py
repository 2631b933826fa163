"""Orthonormal bases, which have no coherence at all."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sparsebound.checks.families.family import Family, Parameters, seeds
from sparsebound.theory.constructions import hadamard, hadamard_orders, rotation, signed_permutation


def orthonormal(kind: str, atoms: int, seed: int = 0) -> NDArray[np.float64]:
    """Orthogonal basis of `atoms` dimensions.

    Parameters
    ----------
    kind : {"identity", "signed_permutation", "hadamard", "rotation"}
        All but the last are integers.
    atoms : int
        The dimension.
    seed : int
        Seed of the second and the last kind.

    Returns
    -------
    ndarray, shape (atoms, atoms)

    Raises
    ------
    ValueError
        If the kind is unknown, or has no member of this size.

    Examples
    --------
    >>> orthonormal("identity", 2)
    array([[1., 0.],
           [0., 1.]])
    """
    if kind == "identity":
        return np.eye(atoms)
    if kind == "signed_permutation":
        return signed_permutation(atoms, seed)
    if kind == "hadamard":
        return hadamard(atoms)
    if kind == "rotation":
        return rotation(atoms, seed)
    raise ValueError(
        f"kind = {kind!r}: expected 'identity', 'signed_permutation', 'hadamard' or 'rotation'"
    )


def _bases(limit: int) -> st.SearchStrategy[Parameters]:
    def of_kind(kind: str) -> st.SearchStrategy[Parameters]:
        sizes = (
            st.sampled_from(hadamard_orders(limit)) if kind == "hadamard" else st.integers(1, limit)
        )
        seed = {"seed": seeds()} if kind in ("signed_permutation", "rotation") else {}
        return st.fixed_dictionaries({"kind": st.just(kind), "atoms": sizes, **seed})

    kinds = ["identity", "signed_permutation", "hadamard", "rotation"]
    return st.one_of([of_kind(kind) for kind in kinds])


FAMILIES = (
    Family("orthonormal", "Orthonormal basis", orthonormal, _bases, narrow=True, complexity=10),
)
