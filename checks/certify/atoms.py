"""The atoms of a file: their layout, their norms, and what to say about both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsebound.checks.certify.conversion import CHUNK
from sparsebound.checks.certify.reading import Stored
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
    dropped : tuple of int
        Atoms of the file that are zero, and were left out.
    """

    rows: np.ndarray
    layout: str
    reason: str
    dropped: tuple[int, ...] = ()

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


def atoms(
    stored: Stored,
    layout: str | None = None,
    *,
    codes: int | None = None,
    drop_zero: bool = False,
) -> Atoms:
    """Find the atoms in an array.

    Parameters
    ----------
    stored : Stored
        What was read.
    layout : {"rows", "columns"}, optional
        By default what the name of the array or the length of codes says, or else the longer axis
        counts the atoms.
    codes : int, optional
        Length of codes that are given, which is the number of atoms.
    drop_zero : bool
        Whether atoms that are zero are left out.

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
    layout, reason = _laid_out(stored, layout, codes, label)
    rows = stored.array if layout == "rows" else stored.array.T
    found = Atoms(rows, layout, reason)
    bad = np.flatnonzero((found.norms == 0) | ~np.isfinite(found.norms))
    if bad.size and drop_zero and not found.norms[bad].any():
        kept = np.flatnonzero(found.norms)
        if not kept.size:
            raise InputError(label, "zero throughout", "an atom that is not zero")
        return Atoms(np.ascontiguousarray(rows[kept]), layout, reason, tuple(map(int, bad)))
    if bad.size:
        where = f"norm of atom {bad[0]} of {label}"
        zero = np.count_nonzero(found.norms == 0)
        flag = f"; --drop-zero-atoms leaves {zero} out" if zero == bad.size else ""
        expected = f"an atom that is not zero or infinite{flag}"
        raise InputError(where, float(found.norms[bad[0]]), expected)
    return found


def _laid_out(stored: Stored, asked: str | None, codes: int | None, label: str) -> tuple[str, str]:
    """How atoms are stored, and how that was decided; refused where signs disagree."""
    shape = stored.array.shape
    size = f"{shape[0]} x {shape[1]}"
    if asked is not None:
        return asked, "as --atoms says"
    by_codes = [side for side, count in zip(LAYOUTS, shape, strict=True) if count == codes]
    if codes is not None and len(by_codes) == 1:
        if stored.atoms not in (None, by_codes[0]):
            expected = (
                f"--atoms rows or --atoms columns: codes of length {codes} say {by_codes[0]}, "
                f"the name says {stored.atoms}"
            )
            raise InputError(f"shape of {label}", shape, expected)
        return by_codes[0], f"codes of length {codes} say so, of {size}"
    if stored.atoms is not None:
        return stored.atoms, f"the name {stored.name} says so"
    if shape[0] == shape[1]:
        expected = "--atoms rows or --atoms columns: it is square"
        raise InputError(f"shape of {label}", shape, expected)
    if 1 in shape:
        expected = f"--atoms rows or --atoms columns: one atom, or {max(shape)} of length 1"
        raise InputError(f"shape of {label}", shape, expected)
    longer = "columns" if shape[0] < shape[1] else "rows"
    return longer, f"guessed: the longer axis of {size} counts the atoms"
