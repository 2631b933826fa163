"""A vector that has positive products with all atoms: then nonnegative codes of a signal are few.

See ``uniqueness.nonnegative``; whatever the vector is, its products are bounded here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from sparsebound.checks.certify.atoms import Atoms
from sparsebound.checks.certify.blocked import error_of_unit_products
from sparsebound.checks.certify.conversion import CHUNK
from sparsebound.theory.arithmetic import FloatArray

RIDGE = 2.0**-40
"""Of the trace, added to the squares that are fitted."""


@dataclass(frozen=True)
class Side:
    """Products of the normalised atoms with a vector of norm at most 1.

    Attributes
    ----------
    products : ndarray, shape (n,)
        ``c``; each is above ``error``.
    error : float
        How wrong they may be.
    """

    products: FloatArray
    error: float


def one_side(atoms: Atoms) -> Side | None:
    """Find a vector whose products with all atoms are positive: the mean, or least squares.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.

    Returns
    -------
    Side or None
        None where neither will do.

    Examples
    --------
    >>> one_side(Atoms(np.array([[1.0, 0], [0.6, 0.8]]), "rows", "")).products.round(2)
    array([0.89, 0.89])
    >>> one_side(Atoms(np.array([[1.0], [-1.0]]), "rows", "")) is None
    True
    """
    m = atoms.length
    total, square = np.zeros(m), np.zeros((m, m))
    for start in range(0, len(atoms), CHUNK):
        part = atoms.unit(slice(start, start + CHUNK))
        total += part.sum(axis=0)
        square += part.T @ part
    found: Side | None = None
    # Any vector will do, so a touch of ridge regression is no matter, and a factor of 8 quicker.
    square[np.diag_indices(m)] += RIDGE * np.trace(square)
    fitted: FloatArray = np.asarray(scipy.linalg.solve(square, total, assume_a="pos"))
    for vector in (total, fitted):
        size = float(np.linalg.norm(vector))
        if not (size > 0 and np.isfinite(size)):
            continue
        side = _products(atoms, vector / (size * (1 + 2.0**-30)))
        least = side.products.min() / side.products.max()
        if side.products.min() > side.error and (
            found is None or least > found.products.min() / found.products.max()
        ):
            found = side
    return found


def _products(atoms: Atoms, vector: FloatArray) -> Side:
    parts = range(0, len(atoms), CHUNK)
    products = [atoms.unit(slice(start, start + CHUNK)) @ vector for start in parts]
    return Side(np.concatenate(products), error_of_unit_products(atoms.length))
