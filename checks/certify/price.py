"""What removing atoms costs the signals of some codes, between two bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sparsebound.checks.certify.atoms import LOST, Atoms
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.guarantees.figure import Figure, Kind, figure

KINDS: tuple[Kind, Kind] = ("lower", "upper")
"""Of the least and the most."""

PART = 2**18
"""Entries of codes of which signals are made at once."""


@dataclass(frozen=True)
class Price:
    """Bounds of the relative error of signals, in the best fit of each code on what it keeps.

    Attributes
    ----------
    least, most : Figure
        By ``selection.cost``, of the atoms of each code.
    """

    least: Figure
    most: Figure


class Used:
    """Codes, and what they lose with atoms that are removed.

    Parameters
    ----------
    atoms : Atoms
        The dictionary.
    codes : ndarray, shape (B, n)
        As coefficients of the atoms as given.

    Examples
    --------
    >>> rows = np.array([[1.0, 0], [0.6, 0.8]])
    >>> price = Used(Atoms(rows, "rows", ""), np.array([[1.0, 1.0]])).without(np.array([1]))
    >>> round(price.least.value, 6), round(price.most.value, 6)  # truly 0.447
    (0.447214, 0.559017)
    """

    def __init__(self, atoms: Atoms, codes: FloatArray) -> None:
        self.atoms, self.codes = atoms, codes
        powers = np.frexp(codes)[1] + atoms.powers
        # what is relative needs no common factor
        self.shift = int(powers.max(where=codes != 0, initial=np.iinfo(powers.dtype).min))
        self.coherences: dict[int, float] = {}
        step = max(1, PART // len(atoms))
        parts = [slice(start, start + step) for start in range(0, len(codes), step)]
        energies = [self._energy(part) for part in parts]
        self.energy = sum(energies, Ball(0.0))

    def coefficients(self, part: slice | IntArray, chosen: slice | IntArray) -> Ball:
        """Some columns of some codes, for scaled atoms, times a power of two for all."""
        entries, powers = np.frexp(self.codes[part][:, chosen])
        with np.errstate(under="ignore"):
            powers = powers + self.atoms.powers[chosen] - self.shift
            found = np.ldexp(entries, powers)
            kept = np.ldexp(found, -powers) == entries
        return Ball(found, np.where(kept, 0.0, LOST))

    def _energy(self, part: slice) -> Ball:
        every = slice(None)
        signals = self.coefficients(part, every) @ self.atoms.scaled(every)
        return (signals * signals).sum(-1).sum(-1)

    def without(self, gone: IntArray) -> Price:
        """Bound what the codes lose without some atoms."""
        losing = np.flatnonzero((self.codes[:, gone] != 0).any(axis=1))
        if not losing.size:
            return Price(*(Figure(0.0, kind, "selection.cost") for kind in KINDS))
        r = np.count_nonzero(self.codes[np.ix_(losing, gone)], axis=1)
        k = np.count_nonzero(self.codes[losing], axis=1) - r
        on = self.coefficients(losing, gone) * self.atoms.scaled_norms(gone)
        sizes = (on * on).sum(-1)
        mu = Ball(np.array([self._coherence(int(code)) for code in losing]))
        room = 1 - (k + r - 1) * mu
        fits = np.asarray(room.sign == 1)
        factor = ((1 + mu) * room / (1 - (k - 1) * mu).where(fits, 1)).where(fits, 0)
        most = (1 + (r - 1) * mu) * sizes
        ends = [(part.sum(-1) / self.energy).sqrt() for part in (factor * sizes, most)]
        return Price(*map(figure, ends, KINDS, ("selection.cost", "selection.cost")))

    def _coherence(self, code: int) -> float:
        """Upper bound of the coherence of the atoms of a code."""
        if code not in self.coherences:
            on = np.flatnonzero(self.codes[code])
            gram = abs(Ball.of(self.atoms.dictionary.gram[np.ix_(on, on)])).upper
            self.coherences[code] = float((gram * (1 - np.eye(len(on)))).max(initial=0.0))
        return self.coherences[code]
