"""Codes of one's own: which way they are stored, and what is taken for zero in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sparsebound.checks.certify.reading import CODES, Stored, given
from sparsebound.checks.certify.settings import finite
from sparsebound.checks.certify.supports import dense, len_of, rows_at_once
from sparsebound.theory.errors import InputError

DUST = 2.0**-30
"""Entries below this, relative to the largest of their code, look like zeros."""

SUGGESTED = 256
"""Codes that are looked at for dust."""


def read_codes(codes: Any, *, axis: str = "rows", below: float = 0.0) -> Stored:
    """Read codes, one a row.

    Parameters
    ----------
    codes : str, Path or array_like
        The codes.
    axis : {"rows", "columns"}
        How they are stored.
    below : float
        Entries of a smaller size are zero.

    Raises
    ------
    InputError
        If they are no matrix of real numbers.

    Examples
    --------
    >>> read_codes([[1.0, 1e-17], [0, 2]], below=1e-9).array.tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    if axis not in ("rows", "columns"):
        raise InputError("--codes-axis", axis, "rows or columns")
    below = finite("--zero-below", below)
    stored = given(codes, "--codes", CODES, sparse=True)
    X = stored.array
    if len(X.shape) != 2:
        raise InputError("shape of --codes", X.shape, "a matrix of codes, one a row")
    if axis == "columns":
        X = X.T.tocsr() if hasattr(X, "tocsr") else X.T
    notes = [stored.note] if stored.note else []
    if below:
        X, cut = _cut(X, below)
        notes.append(f"{cut} entries of a size below {below:g} were taken for zero")
    elif suggestion := _dust(X):
        notes.append(suggestion)
    return replace(stored, array=X, note="; ".join(notes) or None)


def _cut(X: Any, below: float) -> tuple[Any, int]:
    if hasattr(X, "tocsr"):
        X = X.copy()
        small = np.abs(X.data) < below
        X.data[small] = 0
        cut = int(small.sum())
        X.eliminate_zeros()
        return X, cut
    small = (np.abs(X) < below) & (X != 0)
    return np.where(small, 0, X), int(small.sum())


def _dust(X: Any) -> str | None:
    """Say so if codes look dense only for entries that are as good as zero."""
    some = np.abs(dense(X, 0, min(len_of(X), SUGGESTED, rows_at_once(X))))
    largest = some.max(axis=1, initial=0.0)
    tiny = (some > 0) & (some < DUST * largest[:, None])
    if not tiny.any() or np.median((some > 0).mean(axis=1)) < 0.5 or tiny.mean() < 0.25:
        return None
    return (
        f"most entries are not zero, but below {DUST:.0e} of the largest of their code; "
        "--zero-below T takes those below T for zero"
    )


def without(X: Any, dropped: tuple[int, ...]) -> Any:
    """Leave out the entries of codes that belong to atoms that were left out.

    Raises
    ------
    InputError
        If one is not zero.
    """
    if not dropped:
        return X
    columns = X[:, list(dropped)]
    entries = dense(columns, 0, len_of(columns))
    used = np.argwhere(entries)
    if used.size:
        code, place = (int(i) for i in used[0])
        where = f"--codes[{code}, {dropped[place]}]"
        raise InputError(where, float(entries[code, place]), "0: the atom is zero, and left out")
    kept = np.setdiff1d(np.arange(X.shape[1]), dropped)
    return X[:, kept]
