"""Arithmetic modulo the Mersenne prime ``2^31 - 1``, vectorised.

A rational number that is zero has residue zero, so whatever is nonzero modulo a prime is nonzero.
Integers, and floats (2 is invertible), have residues; reducing modulo a Mersenne prime takes a
shift and an addition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.arithmetic import Mask

PRIME = 2**31 - 1

Residues = NDArray[np.uint64]

_PRIME = np.uint64(PRIME)
_BITS = np.uint64(31)


def fold(values: Residues) -> Residues:
    """Replace numbers below ``2^64`` by congruent ones below ``2^34``."""
    return (values & _PRIME) + (values >> _BITS)


def reduce(values: Residues) -> Residues:
    """Reduce numbers below ``2^64`` to ``0..PRIME - 1``.

    Examples
    --------
    >>> reduce(np.array([PRIME, PRIME + 5, 2**63], dtype=np.uint64))
    array([0, 5, 2], dtype=uint64)
    """
    small = fold(fold(values))
    return np.where(small >= _PRIME, small - _PRIME, small)


def of_integers(table: Any) -> Residues:
    """Residues of a nested list of Python or flint integers."""
    return np.array([[int(value) % PRIME for value in row] for row in table], dtype=np.uint64)


def of_floats(values: NDArray[np.float64]) -> Residues:
    """Residues of floats, which are dyadic rationals.

    Examples
    --------
    >>> half = of_floats(np.array([0.5, -1.0]))
    >>> int(2 * half[0] % PRIME), int(half[1]) - PRIME
    (1, -1)
    """
    mantissas, exponents = np.frexp(values)
    whole = np.ldexp(mantissas, 53).astype(np.int64) % PRIME
    shifts = ((exponents.astype(np.int64) - 53) % 31).astype(np.uint64)  # 2^31 = 1
    return reduce(whole.astype(np.uint64) << shifts)


def inverse(values: Residues) -> Residues:
    """Multiplicative inverses; 0 for 0. By Fermat's little theorem."""
    if values.size <= 256:
        flat = [pow(int(v), -1, PRIME) if v else 0 for v in values.flat]
        return np.array(flat, dtype=np.uint64).reshape(values.shape)
    result, power, exponent = np.ones_like(values), values, PRIME - 2
    while exponent:
        if exponent & 1:
            result = reduce(result * power)
        power = reduce(power * power)
        exponent >>= 1
    return result


def inverses(matrices: Residues) -> tuple[Residues, Mask]:
    """Invert a stack of matrices (K, d, d); also tell which of them are regular, shape (K,).

    Examples
    --------
    >>> inverses(np.array([[[2]], [[0]]], dtype=np.uint64))[1]
    array([ True, False])
    """
    count, d, _ = matrices.shape
    identity = np.broadcast_to(np.eye(d, dtype=np.uint64), matrices.shape)
    work = np.concatenate([matrices, identity], axis=2)
    regular = np.ones(count, dtype=bool)
    every = np.arange(count)
    for column in range(d):
        pivot = column + np.argmax(work[:, column:, column] != 0, axis=1)
        chosen = work[every, pivot]
        regular &= chosen[:, column] != 0
        work[every, pivot] = work[:, column]
        chosen = reduce(chosen * inverse(chosen[:, column])[:, None])
        factors = _PRIME - work[:, :, column]
        work = reduce(work + factors[:, :, None] * chosen[:, None, :])
        work[:, column] = chosen
    return work[:, :, d:], regular
