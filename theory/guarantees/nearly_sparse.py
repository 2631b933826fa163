"""How far any other code of a signal, of no larger l1 norm, is from one that is only nearly sparse.

By ``stability.compressible``, in its version by the coherence: for every ``s`` of which
``1 - 2 s mu/(1 + mu)`` is positive, that code is cut into its ``s`` largest entries and the rest.
The cut that says most is taken. Nothing is asked of the code, nor of its support.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.stability.compressible import all_but_the_largest, room

THEOREM = "stability.compressible"


@dataclass(frozen=True)
class Split:
    """The best cut of each of B codes.

    Attributes
    ----------
    kept : ndarray of int, shape (B,)
        ``s``: how many of the largest entries are on the one side.
    share : ndarray, shape (B,)
        Upper bound of ``||z - x||_1 / ||x||_1`` for all ``z`` with ``D z = D x`` and
        ``||z||_1 <= ||x||_1``: 0 where there is no other, and 2 where nothing is known.
    bound : ndarray, shape (B,)
        Upper bound of ``||z - x||_1``.
    """

    kept: IntArray
    share: FloatArray
    bound: FloatArray


def most_kept(mu: Ball, atoms: int) -> int:
    """How many entries may be kept, at most.

    Examples
    --------
    >>> most_kept(Ball(0.2), 10), most_kept(Ball(0.0), 10), most_kept(Ball(1.0), 10)
    (2, 10, 0)
    """
    positive = np.asarray(room(np.arange(atoms + 1), mu).sign == 1)
    return atoms if positive.all() else int(np.argmin(positive)) - 1


def best_split(sizes: Ball, mu: Ball, most: int) -> Split:
    """Cut codes where the bound is least.

    Parameters
    ----------
    sizes : Ball, shape (B, n)
        ``|x_i|``, for normalised atoms.
    mu : Ball, shape ()
        The coherence.
    most : int
        How many entries may be kept: :func:`most_kept`.

    Examples
    --------
    >>> found = best_split(Ball([[4.0, 0.25, 0.25], [0, 2, 0]]), Ball(0.25), 2)
    >>> found.kept, found.bound.round(6), found.share.round(6)
    (array([1, 1]), array([1.666667, 0.      ]), array([0.37037, 0.     ]))
    """
    kept = np.arange(min(most, sizes.shape[-1]) + 1)
    rest = Ball.of(all_but_the_largest(sizes))
    bounds = Ball.of(2 * rest[:, kept] / room(kept, mu))
    shares = np.where(rest.upper[:, kept] == 0, 0.0, (bounds / rest[:, :1]).upper)
    best = _known(shares).argmin(axis=1)
    code = np.arange(len(best))
    share, bound = _known(shares)[code, best], _known(bounds.upper)[code, best]
    return Split(best, np.minimum(share, 2.0), bound)


def _known(upper: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isnan(upper), np.inf, upper))
