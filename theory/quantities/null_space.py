"""The null space constant, from the circuits, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.circuits import circuits
from sparsebound.theory.quantities.memo import of_dictionary


@of_dictionary
def _shares(D: Dictionary, normalised: bool = True) -> Number:
    """For each circuit of unit l1 norm, the largest sums of k sizes, k = 0..n; shape (C, n + 1)."""
    sizes = abs(circuits(D) * D.relative_norms if normalised else circuits(D))
    return (sizes / sizes.sum(-1).reshape(-1, 1)).largest_sums()


def null_space_constant(D: Any, s: Any, *, normalised: bool = True) -> Number:
    r"""``max ||h_S||_1 / ||h_{S^c}||_1`` over ``|S| = s`` and null vectors ``h`` that are not zero.

    The ratio is largest at a circuit, so the circuits give it exactly; no linear program.

    Parameters
    ----------
    D : Dictionary or array_like, shape (m, n)
        The dictionary.
    s : int or array of int
        How many entries, from 0 to n.
    normalised : bool
        Whether null vectors are those of the normalised atoms, or of the atoms as given.

    Returns
    -------
    Number, shape of ``s``
        0 if the kernel is trivial; enclosed by the whole line where ``h_{S^c} = 0`` is possible.

    References
    ----------
    Gribonval, Nielsen 2003.

    Examples
    --------
    >>> import math
    >>> frame = [[2, -1, -1], [0, math.sqrt(3), -math.sqrt(3)]]
    >>> null_space_constant(frame, [1, 2]).mid.round(6)
    array([0.5, 2. ])
    """
    dictionary = D if isinstance(D, Dictionary) else Dictionary(D)
    counts = np.asarray(s)
    if counts.dtype.kind not in "iu" or counts.min() < 0 or counts.max() > dictionary.shape[1]:
        raise InputError("s", s, f"integers from 0 to {dictionary.shape[1]}")
    share = _shares(dictionary, normalised).max(0)[counts]  # x / (1 - x) grows with x
    return share / (1 - share)


def worst_codes(D: Dictionary, s: int) -> Any:
    """Codes that basis pursuit finds hardest among the s-sparse ones, shape (C, n).

    Each is a circuit cut down to its ``s`` largest entries (of normalised atoms): basis pursuit
    compares it with the rest of that circuit. Floats, in the coordinates of the atoms as given.
    """
    vectors = circuits(D).mid
    order = np.argsort(-np.abs(vectors * D.relative_norms.mid), axis=1, kind="stable")
    codes = np.zeros_like(vectors)
    kept = order[:, :s]
    np.put_along_axis(codes, kept, np.take_along_axis(vectors, kept, axis=1), axis=1)
    return codes
