"""Lines that are as far from each other as so many lines can be; by size, smallest first."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.constructions.frames import mutually_unbiased, tight_frame
from sparsebound.theory.constructions.hadamard import hadamard
from sparsebound.theory.instance import Instance


def lines_in_seven_dimensions() -> FloatArray:
    """28 lines in seven dimensions, any two of which meet at 1/3.

    Examples
    --------
    >>> D = lines_in_seven_dimensions()
    >>> D.shape, sorted(set(np.abs(D.T @ D).astype(int).ravel().tolist()))
    ((7, 28), [64, 192])
    """
    pairs = np.array([np.isin(np.arange(8), pair) for pair in combinations(range(8), 2)])
    return np.asarray(hadamard(8)[1:] @ np.where(pairs, 3.0, -1.0).T)


def _of(D: Any) -> Instance:
    return Instance(D, np.zeros((1, np.shape(D)[1])))


def farthest_lines(size: int) -> Instance:
    """One line twice, three and four lines in a plane, then 6 in 3, 12 in 4, and 28 in 7."""
    D: Any = {
        1: [[1, 1]],
        2: tight_frame(2, 3),
        3: [[1, 0, 1, 1], [0, 1, 1, -1]],
        4: tight_frame(3, 6),
        5: mutually_unbiased(4, 3),
    }.get(size)
    return _of(lines_in_seven_dimensions() if D is None else D)


def three_lines(size: int) -> Instance:
    """Three lines in a plane, at 60 degrees to each other."""
    return _of(tight_frame(2, 3))


def two_of_many_directions(size: int) -> Instance:
    """Two orthogonal atoms among more dimensions than they need."""
    return _of(np.eye(size + 2, 2))
