"""Eigenvalues of symmetric matrices to any precision, multiple ones as well."""

from __future__ import annotations

from functools import reduce

import numpy as np
from flint import arb, arb_mat, ctx

DOUBLE = 50
"""Bits that the first eigenvectors are right to."""
APART = 2.0**-30
"""Relative difference from which on eigenvalues are told from each other."""


def spectrum(matrix: arb_mat) -> list[arb]:
    """Enclose the eigenvalues of a symmetric matrix, in increasing order.

    Eigenvectors of float64 are refined by steps that double their digits; those of eigenvalues
    that are nearly the same are only kept orthonormal. Whatever they are in the end, ``V``, the
    eigenvalues of ``S = V^T A V`` are those of ``A`` up to factors that are eigenvalues of
    ``V^T V`` (Ostrowski), and as near to the diagonal of ``S`` as its other entries are small
    (Weyl).

    Parameters
    ----------
    matrix : arb_mat
        Of finite entries, real and symmetric.

    References
    ----------
    T. Ogita, K. Aishima (2018), "Iterative refinement for symmetric eigenvalue decomposition",
    Japan Journal of Industrial and Applied Mathematics 35.

    Examples
    --------
    >>> values = spectrum(arb_mat([[1, arb(2).sqrt()], [arb(2).sqrt(), 1]]))
    >>> [round(float(value.mid()), 6) for value in values]
    [-0.414214, 2.414214]
    """
    n, middle = matrix.nrows(), matrix.mid()
    entries = np.array([float(value) for value in middle.entries()]).reshape(n, n)
    vectors = arb_mat(n, n, np.linalg.eigh(entries)[1].ravel().tolist())
    eye = arb_mat(n, n, np.eye(n).ravel().tolist())
    for _ in range(1 + (ctx.prec // DOUBLE).bit_length()):
        turned = vectors.transpose()
        rest, seen = eye - turned * vectors, turned * middle * vectors
        vectors = (vectors + vectors * _correction(rest, seen)).mid()
    turned = vectors.transpose()
    rest, seen = eye - turned * vectors, turned * matrix * vectors
    defect = _norm(rest)
    if not defect < 1:
        return [arb.nan()] * n
    diagonal = sorted((seen[i, i] for i in range(n)), key=lambda value: value.mid())
    for i in range(n):
        seen[i, i] = 0
    off = _norm(seen) + _largest([value.rad() for value in diagonal])
    return [(value + arb(0, off)) / (1 + arb(0, defect)) for value in diagonal]


def _norm(matrix: arb_mat) -> arb:
    """The largest sum of sizes in a row, rounded up: no less than the operator norm."""
    return _largest([sum(map(abs, row), arb(0)).upper() for row in matrix.tolist()])


def _largest(values: list[arb]) -> arb:
    return reduce(arb.max, values, arb(0)).upper()


def _correction(rest: arb_mat, seen: arb_mat) -> arb_mat:
    """What the vectors are multiplied by, beside the identity."""
    n = rest.nrows()
    values = [(seen[i, i] / (1 - rest[i, i])).mid() for i in range(n)]
    least = APART * max((abs(float(value)) for value in values), default=0.0)
    found = arb_mat(n, n)
    for i in range(n):
        for j in range(n):
            gap = values[j] - values[i]
            if i != j and abs(float(gap.mid())) > least:
                found[i, j] = (seen[i, j] + values[j] * rest[i, j]) / gap
            else:
                found[i, j] = rest[i, j] / 2
    return found.mid()
