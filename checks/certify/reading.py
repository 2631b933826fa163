"""Which array of a file is meant, and what it is: from files, folders and objects to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.architectures import autoencoder
from sparsebound.checks.certify.autoencoder import Autoencoder
from sparsebound.checks.certify.conversion import (
    DECIMALS,
    note_of,
    real,
    rounded,
    rounded_integers,
)
from sparsebound.checks.certify.formats import arrays
from sparsebound.checks.certify.layouts import (
    DECODERS,
    file_of_folder,
    settings_beside,
    stored_as,
)
from sparsebound.checks.certify.safetensors import Short
from sparsebound.checks.certify.tables import Headed
from sparsebound.checks.certify.tensors import Checkpoint, of_tensor
from sparsebound.theory.errors import InputError

NAMES = ("D", "dictionary", "Dict", "decoder", *DECODERS, "atoms")
"""Arrays that are taken for a dictionary in a file of several."""

CODES = ("X", "codes", "Z", "activations", "Gamma")
"""Arrays that are taken for codes."""

TEXT = (".csv", ".tsv", ".txt", ".mtx")
"""Files in which numbers are decimals."""

LISTED_ARRAYS = 12
"""Arrays of a file that an error lists."""

OF_SETTINGS = ("cfg.", "config.")
"""Before the names of settings that a checkpoint has beside its arrays."""

SPARSE = 2**26
"""Entries of a sparse array up to which it may be made dense."""


@dataclass(frozen=True)
class Stored:
    """An array, where it comes from, and what is known of it.

    Attributes
    ----------
    file : str
        Path of the file.
    name : str or None
        Name of the array in a file of several.
    array : ndarray or sparse array
        Real numbers of a floating-point type; perhaps mapped from the file.
    dtype : str
        The type as stored.
    note : str or None
        What became of the numbers, unless they were of the type of the array.
    atoms : {"rows", "columns"}, optional
        How atoms are stored, if the name or the program says so.
    autoencoder : Autoencoder, optional
        What looks for codes, if the file has it.
    """

    file: str
    name: str | None
    array: np.ndarray
    dtype: str
    note: str | None = None
    atoms: str | None = None
    autoencoder: Autoencoder | None = None

    def noted(self, option: str) -> list[str]:
        """The note, if there is one, of what an option was given."""
        return [] if self.note is None else [f"{option}: {self.note}"]


def given(
    value: Any,
    label: str,
    names: tuple[str, ...] = NAMES,
    *,
    array: str | None = None,
    sparse: bool = False,
) -> Stored:
    """Take a file, a folder, or an array of any library.

    Parameters
    ----------
    value : str, Path or array_like
        A file, of which ``names`` says which array is meant, or real numbers.
    label : str
        What it is called in an error.
    names : tuple of str
        Which array is meant in a file of several.
    array : str, optional
        Which array it is.
    sparse : bool
        Whether a sparse array may stay one.

    Returns
    -------
    Stored

    Raises
    ------
    InputError
        If it does not hold finite real numbers.

    Examples
    --------
    >>> found = given(np.array([[2**53 + 1, 0]]), "FILE")
    >>> found.note.split("; ")
    ['int64 was rounded to float64, by up to 1.2e-16 of an entry', 'the certificate is of ...']
    """
    if isinstance(value, str | Path):
        return read(str(value), label, names, array=array, sparse=sparse)
    if array is not None:
        raise InputError("--array", array, "to be used together with a file")
    if isinstance(value, np.ma.MaskedArray):
        if np.ma.is_masked(value):
            raise InputError(label, "a masked array", "an array whose entries are all there")
        value = value.data
    stored_as = ""
    if hasattr(value, "dtype") and hasattr(value, "detach"):
        stored_as = str(value.dtype).rpartition(".")[2]
        try:
            value = of_tensor(value)
        except (NotImplementedError, RuntimeError, TypeError) as error:
            why = str(error).partition("\n")[0]
            expected = f"a tensor whose numbers can be read ({why})"
            raise InputError(label, f"a tensor of the type {stored_as}", expected) from error
    if hasattr(value, "tocsr"):
        return _of_sparse("(an array)", None, value, label, sparse=sparse)
    if hasattr(value, "compute") and hasattr(value, "dask"):
        value = value.compute()
    try:
        found = np.asarray(value)
    except ValueError as error:  # rows of several lengths
        raise InputError(label, f"a {type(value).__name__}", "an array of numbers") from error
    kept, change = real(found, label)
    note = note_of(found, kept, change)
    if isinstance(value, list | tuple) and found.dtype.kind == "f":  # integers among floats
        change = rounded_integers(value)
        note = f"integers were {rounded(kept, change)}" if change else note
    if stored_as not in ("", str(found.dtype)):
        note = f"{stored_as} was taken to {found.dtype}, without rounding"
    return Stored("(an array)", None, kept, stored_as or str(found.dtype), note)


def read(
    file: str,
    option: str = "FILE",
    names: tuple[str, ...] = NAMES,
    *,
    array: str | None = None,
    sparse: bool = False,
) -> Stored:
    """Read one array of real finite numbers.

    Parameters
    ----------
    file : str
        Its file, or the folder of an autoencoder.
    option : str
        What the argument is called in an error.
    names : tuple of str
        Which array is meant in a file of several.
    array : str, optional
        Which array it is.
    sparse : bool
        Whether a sparse array may stay one.

    Returns
    -------
    Stored

    Raises
    ------
    InputError
        If there is no such array, or it does not hold finite real numbers.
    """
    if not str(file):
        raise InputError(option, file, "the name of a file")
    path = Path(file)
    folder = path.is_dir() and path.suffix.lower() != ".zarr"
    if folder:
        path = file_of_folder(path, option)
    found = arrays(str(path), option)
    known = _known(found, path, array) if names is NAMES else None
    encoder = None
    if array is not None:
        if array not in found:
            raise InputError("--array", array, f"an array of {path.name}: {_listed(found)}")
        name: Any = array
    elif known is not None:
        name = known[0]
    elif len(found) == 1:
        (name,) = found
    else:
        name = _chosen(found, names, file, option)
    atoms = stored_as(str(name)) if names is NAMES else None
    if known is not None and name == known[0]:
        _, atoms, encoder = known
    label = option if name is None or isinstance(name, Headed) else f"{name} in {option}"
    value = found[name]
    shown = None if isinstance(name, Headed) else name
    if hasattr(value, "tocsr"):
        made = _of_sparse(str(path), shown, value, label, sparse=sparse)
        return replace(made, note=DECIMALS) if path.suffix.lower() in TEXT else made
    kept, change = real(np.asarray(value), label)
    notes = [
        _said(path, name, value, kept, change),
        *([f"the file is {path.name} of the folder"] if folder else []),
        *([f"left out of the table: {name}"] if isinstance(name, Headed) else []),
        *([_about(encoder)] if encoder is not None else []),
    ]
    note = "; ".join(one for one in notes if one) or None
    dtype = value.stored_as if isinstance(value, Short) else str(value.dtype)
    return Stored(str(path), shown, kept, dtype, note, atoms, encoder)


def _known(
    found: Mapping[Any, Any], path: Path, array: str | None
) -> tuple[str, str, Autoencoder] | None:
    """The autoencoder of a file, by what is said beside it and in it."""
    if len(found) < 2:
        return None
    said = dict(found.settings) if isinstance(found, Checkpoint) else {}
    for name in list(said):
        for folder in OF_SETTINGS:
            said[name.removeprefix(folder)] = said[name]
    return autoencoder(found, {**said, **settings_beside(path)}, array)


def _chosen(found: Mapping[Any, Any], names: tuple[str, ...], file: str, option: str) -> Any:
    """The array that is meant in a file of several: by its name, or by the end of a nested one."""
    chosen = [name for name in names if name in found]
    if chosen:
        return chosen[0]
    for wanted in names:
        nested = [name for name in found if str(name).endswith(f".{wanted}")]
        if len(nested) == 1:
            return nested[0]
    expected = (
        f"a file of one array, or with one named {' or '.join(names)}, or --array NAME "
        f"(has: {_listed(found)})"
    )
    raise InputError(option, file, expected)


def _listed(found: Mapping[Any, Any]) -> str:
    """Names and shapes of arrays."""
    listed = [
        f"{name or 'one without a name,'} {' x '.join(map(str, np.shape(value))) or 'a number'}"
        for name, value in sorted(found.items(), key=lambda pair: str(pair[0]))
    ]
    more = len(listed) - LISTED_ARRAYS
    return ", ".join(listed[:LISTED_ARRAYS]) + (f" and {more} more" if more > 0 else "") or "none"


def _said(path: Path, name: Any, value: Any, kept: np.ndarray, change: float) -> str | None:
    if path.suffix.lower() in TEXT:
        return DECIMALS
    if isinstance(value, Short):
        return f"{value.stored_as} was taken to {kept.dtype}, without rounding"
    return note_of(value, kept, change)


def _about(encoder: Autoencoder) -> str:
    """Say which program laid a file out, and of which architecture an autoencoder is."""
    k = "" if encoder.k is None else f" of k = {encoder.k}"
    said = f"an autoencoder as {encoder.layout} lays it out, {encoder.architecture}{k}"
    if encoder.unlike is not None:
        return f"{said}; nothing is said of its encoder: {encoder.unlike}"
    return said if encoder.note is None else f"{said}; {encoder.note}"


def _of_sparse(file: str, name: str | None, value: Any, label: str, *, sparse: bool) -> Stored:
    """Take a sparse array: as it is where that may be, else dense."""
    rows = value.tocsr()
    try:
        rows.check_format(full_check=True)
    except ValueError as error:
        raise InputError(label, "sparse", f"undamaged ({error})") from error
    if rows.dtype.kind == "f" and not np.isfinite(rows.data).all():
        at = int((~np.isfinite(rows.data)).argmax())
        row, column = np.searchsorted(rows.indptr, at, "right") - 1, rows.indices[at]
        raise InputError(f"{label}[{row}, {column}]", float(rows.data[at]), "a finite number")
    data, change = real(rows.data, label) if rows.nnz else (np.zeros(0), 0.0)
    note = note_of(rows.data, data, change) if rows.nnz else None
    if not sparse:
        if np.prod(rows.shape, dtype=np.float64) > SPARSE:
            raise InputError(label, f"sparse, of shape {rows.shape}", "an array that is not sparse")
        return Stored(
            file, name, np.asarray(rows.astype(data.dtype).toarray()), str(rows.dtype), note
        )
    rows = rows.copy()
    rows.data = data
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return Stored(file, name, rows, str(data.dtype), note)
