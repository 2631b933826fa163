"""Stand-ins for a dictionary and its codes: the premises of theorems, for the worst code of many.

A theorem speaks of a dictionary and a batch of codes. Of all codes of a sparsity, or of a
dictionary that is too large for its Gram matrix, only bounds are known: of the Babel function, and
of what follows from it for every support. Theorems read these stand-ins as they read any instance,
through ``sparsebound.theory.quantities``; so what is promised for all codes is what their own
premises say.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray, Number
from sparsebound.theory.instance import Dictionary, Instance


class NoEvidence(Exception):  # noqa: N818 - it ends a loop
    """A premise looked at something that is not there."""


class Absent:
    """Evidence that nobody found yet."""

    def __getattr__(self, name: str) -> Any:
        raise NoEvidence(name)


class OwnWeights(Absent):
    """A network of which it is known that its weights are the dictionary, and nothing else."""

    W = None


class BabelBounds(Dictionary):
    """A dictionary of which the shape and enclosures of the Babel function are known, no more.

    Parameters
    ----------
    shape : tuple of int
        Length of an atom and number of atoms.
    babel : Ball, shape (n,)
        The Babel function at ``0, ..., n - 1``.

    Examples
    --------
    >>> from sparsebound.theory.quantities import coherence
    >>> coherence(BabelBounds((2, 3), Ball([0, 0.25, 0.5]))).mid
    array(0.25)
    """

    def __init__(self, shape: tuple[int, int], babel: Ball) -> None:
        self.arithmetic = Ball
        self.memo = {}
        self.babel = babel
        self._shape = shape

    def __getattr__(self, name: str) -> Any:
        raise NoEvidence(name)  # the atoms

    def __repr__(self) -> str:
        return f"BabelBounds({self._shape!r}, {self.babel!r})"

    @property
    def shape(self) -> tuple[int, int]:
        """Length of an atom and number of atoms."""
        return self._shape

    def interactions(self, support: Any) -> IntArray:
        """The local sparsity that was asked for: see :attr:`EverySupport.support`."""
        return np.asarray(support)


class EverySupport(Instance):
    """All codes of some sparsities, without noise: each entry of the batch is the worst of them.

    Parameters
    ----------
    D : BabelBounds
        What is known of the dictionary.
    sparsity : array_like of int, shape (B,)
        How many nonzeros; how many near any one atom, for theorems about local sparsity.

    Examples
    --------
    >>> from sparsebound.theory.quantities import exact_recovery_coefficient
    >>> codes = EverySupport(BabelBounds((2, 3), Ball([0, 0.25, 0.5])), [1, 2])
    >>> exact_recovery_coefficient(codes).mid.round(3)
    array([0.25 , 0.667])
    """

    def __init__(self, D: BabelBounds, sparsity: Any) -> None:
        counts = np.asarray(sparsity, dtype=np.int64)
        object.__setattr__(self, "D", D)
        object.__setattr__(self, "E", np.zeros((len(counts), 0)))
        object.__setattr__(self, "counts", counts)

    D: BabelBounds
    counts: IntArray

    def __getattr__(self, name: str) -> Any:
        raise NoEvidence(name)  # entries, signals, weights

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def sparsity(self) -> IntArray:  # a cached property elsewhere
        """Number of entries that are not zero, shape (B,)."""
        return self.counts

    @property
    def support(self) -> IntArray:  # type: ignore[override]  # no mask: any support of that size
        """How many atoms, in the place of which, shape (B, 1)."""
        return self.counts[:, None]

    def sums(self, counts: IntArray) -> Ball:
        """The Babel function, shape of ``counts``; 0 below 1."""
        return self.D.babel[np.clip(counts, 0, len(self.D.babel) - 1)]

    @property
    def least_eigenvalue(self) -> Ball:
        """Bound of ``lambda_min(D_S^T D_S)`` by Gershgorin's theorem, shape (B,)."""
        return 1 - self.sums(self.counts - 1)

    @property
    def recovery(self) -> Ball | None:
        """Tropp's coefficient, shape (B,), where it is known of the codes themselves."""
        return None

    @property
    def row_sums(self) -> tuple[Number, Number, Number, Number]:
        """Of ``|I - W^T D|``, for atoms of unit norm and ``W = D``, each of shape (B,).

        Over the blocks (S, S), (not S, S), (S, not S) and (not S, not S).
        """
        n, s = self.D.shape[1], self.counts
        rest = (self.sums(n - s), self.sums(n - s - 1))
        return self.sums(s - 1), self.sums(s), *rest


class OwnSupports(EverySupport):
    """Codes, of which quantities of their own supports are known.

    Parameters
    ----------
    D : BabelBounds
        What is known of the dictionary.
    sparsity : array_like of int, shape (B,)
        Nonzeros of each code.
    recovery : Ball, shape (B,)
        Tropp's coefficient; unknown if the atoms may be dependent, which are then not recovered.
    inside, outside : Ball, shape (B,)
        Row sums of ``|I - D^T D|`` over the support, of rows on it and off it.
    """

    def __init__(
        self, D: BabelBounds, sparsity: Any, recovery: Ball, inside: Ball, outside: Ball
    ) -> None:
        super().__init__(D, sparsity)
        object.__setattr__(self, "_known", (recovery, inside, outside))

    _known: tuple[Ball, Ball, Ball]

    @property
    def least_eigenvalue(self) -> Ball:
        """Positive if the atoms are surely independent: then the coefficient is a number."""
        known: FloatArray = np.isfinite(self._known[0].rad)
        return Ball(np.where(known, 1.0, 0.0), np.where(known, 0.0, np.inf))

    @property
    def recovery(self) -> Ball:
        """Tropp's coefficient, shape (B,)."""
        return self._known[0]

    @property
    def row_sums(self) -> tuple[Number, Number, Number, Number]:
        """Of ``|I - D^T D|``; those of columns off the support are bounded as for every code."""
        return *self._known[1:], *super().row_sums[2:]
