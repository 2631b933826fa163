"""The atoms of a file: their layout, their norms, and what to say about both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.certify.reading import CHUNK, Stored
from theory.arithmetic import FloatArray
from theory.errors import InputError
from theory.instance import Dictionary

LAYOUTS = ("rows", "columns")


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
        """Norms of the atoms, rounded to float64, shape (n,)."""
        parts = [self.block(i) for i in range(0, len(self), CHUNK)]
        return np.concatenate([np.sqrt(np.einsum("ij,ij->i", part, part)) for part in parts])

    def block(self, start: int, size: int = CHUNK) -> FloatArray:
        """Some atoms in float64, shape (size, m)."""
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
    zero = np.flatnonzero(found.norms == 0)
    if zero.size:
        raise InputError(f"atom {zero[0]} of {label}", "zero", "an atom that is not zero")
    if not np.isfinite(found.norms).all():
        worst = int(np.flatnonzero(~np.isfinite(found.norms))[0])
        raise InputError(f"norm of atom {worst} of {label}", "infinite", "one that float64 holds")
    return found
