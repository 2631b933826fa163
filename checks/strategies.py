"""Hypothesis strategies for tests of your own: dictionaries, sparse codes, instances.

They are constructed and never filtered, and shrink to small, simple members.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sparsebound.checks.draws import draws
from sparsebound.checks.families import FAMILIES
from sparsebound.checks.loading import theorem_of
from sparsebound.checks.recipes import AMPLITUDES, PATTERNS, Codes
from sparsebound.checks.recipes.recipe import dictionary
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.theorem import Theorem

__all__ = ["dictionaries", "instances", "sparse_codes"]


def dictionaries(
    families: Sequence[str] | str = (), *, max_atoms: int = 20
) -> SearchStrategy[Dictionary]:
    """Strategy for dictionaries, from orthonormal bases to Gaussian matrices.

    Parameters
    ----------
    families : sequence of str, or str
        Names of families; by default all that have a member that is small enough.
    max_atoms : int
        Most atoms of a dictionary.

    Returns
    -------
    SearchStrategy of Dictionary
        It shrinks to a member with few atoms, of small integers.

    Raises
    ------
    InputError
        If a family does not exist, or has no member that small.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(dictionaries("orthonormal"), lambda D: D.shape[1] >= 2)
    Dictionary([[1.0, 0.0], [0.0, 1.0]])
    >>> find(dictionaries("simplex", max_atoms=4), lambda D: D.shape[1] >= 3).shape
    (2, 3)
    """
    names = [families] if isinstance(families, str) else list(families)
    unknown = sorted(set(names) - set(FAMILIES))
    if unknown:
        raise InputError("families", unknown, f"some of {', '.join(FAMILIES)}")
    small = [
        family
        for name, family in FAMILIES.items()
        if (not names or name in names) and family.smallest() <= max_atoms
    ]
    missing = sorted(set(names) - {family.name for family in small})
    if missing or not small:
        least = min(FAMILIES[name].smallest() for name in names or FAMILIES)
        said = f"at least {least}, the smallest member of {', '.join(missing) or 'any family'}"
        raise InputError("max_atoms", max_atoms, said)
    members = [
        family.parameters(max_atoms).map(partial(dictionary, family.name)) for family in small
    ]
    return st.one_of(members)


def sparse_codes(
    D: Any, *, max_nonzeros: int | None = None, max_codes: int = 8
) -> SearchStrategy[FloatArray]:
    """Strategy for batches of sparse codes, shape (B, n).

    Parameters
    ----------
    D : Dictionary, array_like or int
        For which dictionary, or the number n of atoms.
    max_nonzeros : int, optional
        Most nonzeros of a code; all atoms by default.
    max_codes : int
        Most codes of a batch.

    Returns
    -------
    SearchStrategy of ndarray
        Values are multiples of 1/128. It shrinks to one code with a single 1 on the first atom.

    Raises
    ------
    InputError
        If a limit is out of range.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(sparse_codes(3), lambda X: True)
    array([[1., 0., 0.]])
    >>> find(sparse_codes(4, max_nonzeros=2), lambda X: (X != 0).sum(axis=1).max() == 2)
    array([[1., 1., 0., 0.]])
    """
    n = D if isinstance(D, int) else (D if isinstance(D, Dictionary) else Dictionary(D)).shape[1]
    most = n if max_nonzeros is None else max_nonzeros
    for name, value, largest in (("max_nonzeros", most, n), ("max_codes", max_codes, None)):
        if value < 1 or (largest is not None and value > largest):
            said = "an integer that is at least 1" + (f" and at most {n}" if largest else "")
            raise InputError(name, value, said)
    return _codes(n, most, max_codes)


@st.composite
def _codes(draw: DrawFn, n: int, most: int, max_codes: int) -> FloatArray:
    codes = Codes(
        count=draw(st.integers(1, max_codes)),
        sparsity=draw(st.integers(1, most)),
        pattern=draw(st.sampled_from(PATTERNS)),
        amplitudes=draw(st.sampled_from(AMPLITUDES)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    return np.asarray(codes.draw(n))


def instances(theorem: Theorem | str) -> SearchStrategy[Instance | DeepInstance]:
    """Strategy for instances that suit a theorem: about its premises' edge, mostly within.

    Parameters
    ----------
    theorem : Theorem or str
        A theorem, or its identifier.

    Returns
    -------
    SearchStrategy of Instance or DeepInstance
        One in ten is extremal. It shrinks to the smallest extremal instance, or to one code on the
        smallest dictionary where there is none.

    Raises
    ------
    InputError
        If there is no theorem of that name.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(instances("uniqueness.coherence"), lambda instance: len(instance) > 1).X.shape[0]
    2
    """
    known = theorem_of(theorem)
    return draws(known).map(lambda draw: draw.recipe.experiment(known).instance)
