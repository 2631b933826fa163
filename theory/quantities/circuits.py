"""Kernels and circuits: the null vectors of minimal support, exactly.

Every null vector is a conformal sum of circuits (Rockafellar 1969), so whatever is decided by a
ratio that is linear on each orthant of the kernel is decided by the circuits alone: the spark,
the null space constant, and whether basis pursuit recovers a code.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb, gcd
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from sparsebound.theory.arithmetic import Ball, Exact, Number
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities.memo import of_dictionary

LIMIT = 20_000


def rational(data: Any) -> fmpq_mat:
    """Read float data, which are dyadic rationals, as an exact matrix."""
    array = np.asarray(data, dtype=np.float64)
    rows, columns = array.shape
    ratios = (float(value).as_integer_ratio() for value in array.flat)
    return fmpq_mat(rows, columns, [fmpq(*ratio) for ratio in ratios])


@of_dictionary
def kernel(D: Dictionary) -> fmpz_mat:
    """Integer basis of the kernel of the data, exact, shape (n, n - rank); columns primitive.

    Examples
    --------
    >>> kernel([[1, 0, 1], [0, 1, 1]]).table()
    [[1], [1], [-1]]
    """
    numerators, _ = rational(D.data).numer_denom()
    basis, nullity = numerators.nullspace()
    n = D.shape[1]
    columns = [_primitive([int(basis[i, j]) for i in range(n)]) for j in range(nullity)]
    return fmpz_mat(n, nullity, [columns[j][i] for i in range(n) for j in range(nullity)])


@of_dictionary
def circuit_count(D: Dictionary) -> int:
    """Number of subsets that :func:`circuits` has to look at; a bound on their number."""
    nullity = kernel(D).ncols()
    return comb(D.shape[1], nullity - 1) if nullity else 0


def _null_vectors(D: Dictionary) -> Iterator[list[int]]:
    """Kernel vectors that vanish on ``nullity - 1`` independent coordinates, primitive."""
    basis = kernel(D)
    n, nullity = basis.nrows(), basis.ncols()
    rows = basis.tolist()
    for zeros in combinations(range(n), nullity - 1):
        if zeros:
            block = fmpz_mat([rows[i] for i in zeros])
            null, dimension = block.nullspace()
            if dimension != 1:
                continue
            direction = fmpz_mat(nullity, 1, [null[i, 0] for i in range(nullity)])
        else:
            direction = fmpz_mat(1, 1, [1])
        yield _primitive([int(value) for value in (basis * direction).entries()])


def _primitive(vector: list[int]) -> list[int]:
    """Divide by the common factor, and make the first nonzero positive."""
    divisor = gcd(*vector)
    if next(value for value in vector if value != 0) < 0:
        divisor = -divisor
    return [value // divisor for value in vector]


@of_dictionary
def circuits(D: Dictionary) -> Number:
    """Null vectors of minimal support, one of each pair ``+-h``, shape (C, n).

    They are exact integers; in ball arithmetic, rounded to float64 with that radius. The
    coordinates are those of the atoms as given.

    Raises
    ------
    InputError
        If more than 20,000 subsets would have to be looked at.

    Examples
    --------
    >>> circuits([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]).mid
    array([[ 1.,  1., -1.,  0.]])
    """
    if circuit_count(D) > LIMIT:
        raise InputError(
            "D.shape", D.shape, f"a dictionary with at most {LIMIT} candidate circuits"
        )
    found: dict[tuple[bool, ...], list[int]] = {}
    if kernel(D).ncols():
        for vector in _null_vectors(D):
            found.setdefault(tuple(value != 0 for value in vector), vector)
    vectors = np.empty((len(found), D.shape[1]), dtype=object)
    for index, vector in enumerate(found.values()):
        vectors[index] = [fmpq(value) for value in vector]
    if D.arithmetic is Exact:
        return Exact(vectors)
    scale = np.array([max(map(abs, map(int, row))) for row in vectors], dtype=object)
    small = (scale < 2**53).astype(bool)
    scale[small] = 1  # integers that float64 holds stay as they are
    return Ball.of(Exact(vectors) / scale[:, None] if len(vectors) else Exact(vectors))
