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
    ``V^T V`` (Ostrowski), and as near to those of the blocks of ``S`` that belong to nearly equal
    eigenvalues as its other entries are small (Weyl). A block, less a multiple of the identity, is
    a smaller matrix of the same kind.

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
    norm = _norm(matrix)
    vectors = _eigenvectors(((matrix + matrix.transpose()) / 2).mid())
    turned = vectors.transpose()
    rest, seen = _identity(matrix.nrows()) - turned * vectors, turned * matrix * vectors
    defect = _norm(rest)
    if not defect < 1:
        return [arb(0, norm)] * matrix.nrows()
    values = [value for places in _clusters(seen) for value in _block(seen, places, norm / 2)]
    off = _norm(seen) + _largest([value.rad() for value in values])  # without its blocks
    values.sort(key=lambda value: value.mid())
    return [(value + arb(0, off)) / (1 + arb(0, defect)) for value in values]


def _eigenvectors(matrix: arb_mat) -> arb_mat:
    """Nearly orthonormal columns that nearly make a matrix diagonal."""
    n = matrix.nrows()
    entries = np.array([float(value) for value in matrix.entries()]).reshape(n, n)
    vectors = arb_mat(n, n, np.linalg.eigh(entries)[1].ravel().tolist())
    for _ in range(2 + (ctx.prec // DOUBLE).bit_length()):
        turned = vectors.transpose()
        rest, seen = _identity(n) - turned * vectors, turned * matrix * vectors
        vectors = (vectors + vectors * _correction(rest, seen)).mid()
    return vectors


def _identity(n: int) -> arb_mat:
    return arb_mat(n, n, np.eye(n).ravel().tolist())


def _clusters(seen: arb_mat) -> list[list[int]]:
    """Places whose entries on the diagonal are nearly the same."""
    n = seen.nrows()
    order = sorted(range(n), key=lambda i: seen[i, i].mid())
    near = APART * max((abs(float(seen[i, i].mid())) for i in order), default=0.0)
    found: list[list[int]] = []
    for i in order:
        if found and not seen[i, i].mid() - seen[found[-1][-1], found[-1][-1]].mid() > near:
            found[-1].append(i)
        else:
            found.append([i])
    return found


def _block(seen: arb_mat, places: list[int], small: arb) -> list[arb]:
    """Eigenvalues of a block, which is taken out of the matrix, and looked at if it is small."""
    size, shift = len(places), seen[places[0], places[0]].mid()
    entries = [seen[i, j] - (shift if i == j else 0) for i in places for j in places]
    block = arb_mat(size, size, entries)
    for i in places:
        for j in places:
            seen[i, j] = 0
    if size == 1:
        return [shift + block[0, 0]]
    norm = _norm(block)
    if not norm < small:  # it is what its entries are not known by
        return [shift + arb(0, norm)] * size
    return [shift + value for value in spectrum(block)]


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
