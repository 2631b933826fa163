"""The atoms of a file: their layout, their norms, and what to say about both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.checks.certify.reading import CHUNK, Stored
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.arithmetic.ball import UNIT
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import Dictionary

LAYOUTS = ("rows", "columns")

LEAST, MOST = 2.0**-256, 2.0**256
"""Squared norms of ordinary atoms, of which no square and no product over- or underflows."""

LOST = 2.0**-1074
"""What an entry can lose that underflows when its atom is scaled."""


@dataclass(frozen=True)
class Atoms:
    """A dictionary as it is stored.

    Attributes
    ----------
    rows : ndarray, shape (n, m)
        The atoms, as rows, of type float32 or float64: a view of what was read.
    layout : {"rows", "columns"}
        How they are stored.
    reason : str
        How that was decided.
    """

    rows: np.ndarray
    layout: str
    reason: str

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def length(self) -> int:
        """Length of an atom."""
        return int(self.rows.shape[1])

    @cached_property
    def norms(self) -> FloatArray:
        """Norms of the atoms, rounded to float64, shape (n,); infinite if they are no float64."""
        norms, powers = self._measured
        with np.errstate(over="ignore"):
            return np.asarray(np.ldexp(norms, powers))

    @property
    def powers(self) -> IntArray:
        """Exponents of the powers of two that atoms are divided by, 0 for most, shape (n,)."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[FloatArray, IntArray]:
        """Norms of the scaled atoms, and the exponents of their scales."""
        squares, powers = np.empty(len(self)), np.zeros(len(self), dtype=np.int64)
        for start in range(0, len(self), CHUNK):
            part, at = self.block(start), slice(start, start + CHUNK)
            with np.errstate(over="ignore", under="ignore"):
                squares[at] = np.einsum("ij,ij->i", part, part)
            odd = np.flatnonzero(~((squares[at] >= LEAST) & (squares[at] <= MOST)))
            if odd.size:
                largest = np.abs(part[odd]).max(axis=1)
                powers[start + odd] = np.frexp(largest)[1]
                scaled = np.ldexp(part[odd], -powers[start + odd, None])
                squares[start + odd] = np.einsum("ij,ij->i", scaled, scaled)
        return np.sqrt(squares), powers

    def scaled(self, chosen: slice | IntArray) -> Ball:
        """Some atoms, divided by their powers of two, shape (..., m)."""
        rows = np.asarray(self.rows[chosen], dtype=np.float64)
        powers = self.powers[chosen, None]
        if not powers.any():
            return Ball(rows)
        with np.errstate(under="ignore"):
            scaled = np.ldexp(rows, -powers)
            return Ball(scaled, np.where(np.ldexp(scaled, powers) == rows, 0.0, LOST))

    def scaled_norms(self, chosen: slice | IntArray) -> Ball:
        """Norms of some scaled atoms.

        The sum of m squares, in any order, has a relative error of at most ``gamma_m``: what
        underflows, at most 2^-1074 a square, is nothing beside a sum of at least 2^-256. The root
        halves it and is rounded, which makes ``gamma_m / 2 + u`` up to squares of the two: less
        than ``(m + 4) u``, which covers those and the rounding of the radius as well.
        """
        norms = self._measured[0][chosen]
        return Ball(norms, norms * ((self.length + 4) * UNIT))

    def unit(self, chosen: slice | IntArray) -> FloatArray:
        """Some atoms, normalised and rounded: to look at, not to decide."""
        return np.asarray(self.scaled(chosen).mid / self._measured[0][chosen, None])

    def block(self, start: int, size: int = CHUNK) -> FloatArray:
        """Some atoms as they were given, in float64, shape (size, m)."""
        return np.asarray(self.rows[start : start + size], dtype=np.float64)

    @cached_property
    def dictionary(self) -> Dictionary:
        """The dictionary as a matrix: for those of at most a few thousand atoms."""
        return Dictionary(np.asarray(self.rows, dtype=np.float64).T)


def atoms(stored: Stored, layout: str | None = None) -> Atoms:
    """Find the atoms in an array.

    Parameters
    ----------
    stored : Stored
        What was read.
    layout : {"rows", "columns"}, optional
        By default the longer axis counts the atoms.

    Returns
    -------
    Atoms

    Raises
    ------
    InputError
        If the array is no matrix, its layout is ambiguous, or an atom is zero.

    Examples
    --------
    >>> atoms(Stored("D.npy", None, np.eye(2, 3) + 1, "float64")).layout
    'columns'
    """
    label = "FILE" if stored.name is None else f"{stored.name} in FILE"
    shape = stored.array.shape
    if len(shape) != 2:
        expected = "a matrix of atoms" if len(shape) < 3 else "a matrix of atoms, or --filters"
        raise InputError(f"shape of {label}", shape, expected)
    if layout is not None and layout not in LAYOUTS:
        raise InputError("--atoms", layout, "rows or columns")
    if layout is not None:
        reason = "as --atoms says"
    elif shape[0] == shape[1]:
        raise InputError(
            f"shape of {label}", shape, "--atoms rows or --atoms columns: it is square"
        )
    else:
        layout = "columns" if shape[0] < shape[1] else "rows"
        reason = f"guessed: the longer axis of {shape[0]} x {shape[1]} counts the atoms"
    rows = stored.array if layout == "rows" else stored.array.T
    found = Atoms(rows, layout, reason)
    bad = np.flatnonzero((found.norms == 0) | ~np.isfinite(found.norms))
    if bad.size:
        where = f"norm of atom {bad[0]} of {label}"
        raise InputError(where, float(found.norms[bad[0]]), "an atom that is not zero or infinite")
    return found
