"""The quantities of a dictionary that guarantees for all of its codes are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, Mask
from sparsebound.theory.instance import Dictionary
from sparsebound.theory.quantities import babel, neighbours
from sparsebound.theory.quantities.one_sided import one_sided_coherences
from sparsebound.theory.worst_case import BabelBounds

LONGEST = 64
"""Up to which number of atoms the Babel function is computed."""


@dataclass(frozen=True)
class Profile:
    """Sizes of a dictionary and how much its atoms have in common.

    Attributes
    ----------
    length, atoms : int
        Shape of the dictionary.
    babel : Ball, shape (K + 1,)
        Enclosures of the Babel function at ``0, ..., K``.
    exact : ndarray of bool, shape (K + 1,)
        Whether an enclosure is that of the number itself, up to rounding in float64.
    pair : tuple of int or None
        Two atoms that attain the coherence, as far as floats tell.
    neighbours : int
        Bound on the number of atoms that one atom interacts with, itself included.
    largest : ndarray, shape (n,)
        Largest absolute inner product of each atom with another, as computed.
    independent : bool
        Whether the atoms are surely independent: no signal has two representations.
    one_sided : tuple of Ball, optional
        Largest positive inner product of two atoms, and largest size of a negative one.
    """

    length: int
    atoms: int
    babel: Ball
    exact: Mask
    pair: tuple[int, int] | None
    neighbours: int
    largest: FloatArray
    independent: bool = False
    one_sided: tuple[Ball, Ball] | None = None

    @property
    def coherence(self) -> Ball:
        """The mutual coherence, shape ()."""
        return self.sums(1)

    def sums(self, k: int) -> Ball:
        """Babel function at ``k``; 0 below 1, and constant from ``n - 1`` on."""
        return self.by_babel.babel[min(max(k, 0), self.atoms - 1)]

    @cached_property
    def by_babel(self) -> BabelBounds:
        """What the Babel function says.

        Beyond ``K`` it is at least that at ``K``, and at most ``k/K`` times that: the ``k`` largest
        entries of a row have a smaller mean than its ``K`` largest.
        """
        last = len(self.babel) - 1
        known = self.babel
        if last < self.atoms - 1:
            most = known[last] * np.arange(last + 1, self.atoms) / last
            more = Ball.between(np.full(most.shape, known.lower[last]), most.upper)
            known = Ball(np.append(known.mid, more.mid), np.append(known.rad, more.rad))
        return BabelBounds((self.length, self.atoms), known)

    @cached_property
    def by_coherence(self) -> BabelBounds:
        """What the coherence alone says: ``mu1(k)`` is at most ``k mu``, and taken to be that."""
        return BabelBounds((self.length, self.atoms), self.sums(1) * np.arange(self.atoms))


def profile(D: Dictionary) -> Profile:
    """Compute the profile of a dictionary from its Gram matrix.

    Examples
    --------
    >>> found = profile(Dictionary([[1, 0, 3], [0, 1, 4]]))
    >>> found.babel.mid, found.pair
    (array([0. , 0.8, 1.4]), (1, 2))
    """
    m, n = D.shape
    sizes = np.abs(D.gram.mid)
    np.fill_diagonal(sizes, -1)  # never an atom with itself
    flat = int(sizes.argmax())
    sums = Ball.of(babel(D, np.arange(min(LONGEST, n - 1) + 1)))
    return Profile(
        m,
        n,
        sums,
        np.ones(len(sums), dtype=bool),
        (flat // n, flat % n) if n > 1 else None,
        int(neighbours(D).sum(axis=1).max()),
        sizes.max(axis=1).clip(0),
        one_sided=_one_sided(D),
    )


def _one_sided(D: Dictionary) -> tuple[Ball, Ball]:
    positive, negative = one_sided_coherences(D)
    return Ball.of(positive), Ball.of(negative)
