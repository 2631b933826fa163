"""Read arrays from the files that people have; never a pickle."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.theory.errors import InputError
from sparsebound.theory.guarantees.decimals import up

PICKLE = (
    "a file without pickled objects, which can run code when they are loaded; "
    "convert it where it was made, with numpy.save(FILE, array)"
)
NAMES = ("D", "dictionary", "decoder", "W_dec", "decoder.weight", "atoms", "components_")
"""Arrays that are taken for a dictionary in a file of several."""

CODES = ("X", "codes", "Z", "activations")
"""Arrays that are taken for codes."""

SIGNS = ("allow_pickle", "Python objects in dtype", "weights_only", "Weights only")
"""How libraries say that a file would have to be unpickled."""

PICKLES = (".pkl", ".pickle", ".joblib")

CERTIFIED = "the certificate is of the rounded array"
DECIMALS = "decimals were read as the nearest numbers of float64"


@dataclass(frozen=True)
class Stored:
    """An array in a file.

    Attributes
    ----------
    file : str
        Path of the file.
    name : str or None
        Name of the array in a file of several.
    array : ndarray
        Real numbers of a floating-point type; perhaps mapped from the file.
    dtype : str
        The type as stored.
    note : str or None
        What became of the numbers, unless they were of the type of the array.
    """

    file: str
    name: str | None
    array: np.ndarray
    dtype: str
    note: str | None = None

    def noted(self, option: str) -> list[str]:
        """The note, if there is one, of what an option was given."""
        return [] if self.note is None else [f"{option}: {self.note}"]


def given(value: Any, label: str, names: tuple[str, ...] = NAMES) -> Stored:
    """Take a file, or an array.

    Parameters
    ----------
    value : str or array_like
        A file, of which ``names`` says which array is meant, or real numbers.
    label : str
        What it is called in an error.
    names : tuple of str
        As in :func:`read`.

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
    if isinstance(value, str):
        return read(value, label, names)
    if isinstance(value, np.ma.MaskedArray):
        raise InputError(label, "a masked array", "an array whose entries are all there")
    array = np.asarray(value)
    kept, change = real(array, label)
    note = _note(array, kept, change)
    if isinstance(value, list | tuple) and array.dtype.kind == "f":  # integers among floats
        change = _rounded_integers(value)
        note = f"integers were {_rounded(kept, change)}" if change else note
    return Stored("(an array)", None, kept, str(array.dtype), note)


def arrays(file: str, option: str = "FILE") -> dict[Any, np.ndarray]:
    """Read all arrays of a file; the name is ``None`` in a file of one.

    Parameters
    ----------
    file : str
        ``.npy``, ``.npz``, ``.csv``, ``.mat``, ``.safetensors``, or ``.pt`` with torch.
    option : str
        What the argument is called in an error.

    Returns
    -------
    dict
        From names to arrays.

    Raises
    ------
    InputError
        If the file is missing, of another kind, damaged, or needs unpickling.
    """
    path = Path(file)
    if path.is_dir():
        raise InputError(option, file, "a file, not a folder")
    if not path.exists():
        raise InputError(option, file, "a file that exists")
    if path.suffix.lower() in PICKLES:
        raise InputError(option, file, PICKLE)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(option, file, f"a file whose name ends with {', '.join(READERS)}")
    if path.stat().st_size == 0:
        raise InputError(option, file, "a file that is not empty")
    try:
        return dict(reader(path))
    except InputError:
        raise
    except ImportError as error:
        needed = f"a kind of file whose library is installed ({error})"
        raise InputError(option, file, needed) from error
    except Exception as error:
        text = str(error)
        if any(sign in text for sign in SIGNS):
            raise InputError(option, file, PICKLE) from error
        first = (text.splitlines() or [""])[0]
        expected = f"an undamaged {path.suffix} file ({type(error).__name__}: {first[:120]})"
        raise InputError(option, file, expected) from error


def read(file: str, option: str = "FILE", names: tuple[str, ...] = NAMES) -> Stored:
    """Read one array of real finite numbers.

    Parameters
    ----------
    file : str
        Its file.
    option : str
        What the argument is called in an error.
    names : tuple of str
        Which array is meant in a file of several.

    Returns
    -------
    Stored

    Raises
    ------
    InputError
        If there is no such array, or it does not hold finite real numbers.
    """
    found = arrays(file, option)
    if len(found) == 1:
        (name,) = found
    else:
        chosen = [name for name in names if name in found]
        if not chosen:
            there = ", ".join(sorted(str(name) for name in found)) or "none"
            expected = f"a file of one array, or with one named {' or '.join(names)} (has: {there})"
            raise InputError(option, file, expected)
        name = chosen[0]
    array = found[name]
    label = option if name is None else f"{name} in {option}"
    kept, change = real(array, label)
    decimal = Path(file).suffix.lower() == ".csv"
    note = DECIMALS if decimal else _note(array, kept, change)
    return Stored(file, name, kept, str(array.dtype), note)


def real(array: np.ndarray, label: str) -> tuple[np.ndarray, float]:
    """Check that an array holds finite real numbers, and take it to float32 or float64.

    Parameters
    ----------
    array : ndarray
        Of any type.
    label : str
        What it is called in an error.

    Returns
    -------
    kept : ndarray
        Of type float32 or float64.
    change : float
        The largest relative change of an entry, rounded up; 0 if none was rounded.

    Raises
    ------
    InputError
        If an entry is no finite real number, or beyond the range of float64.

    Examples
    --------
    >>> kept, change = real(np.array([[1, 2]], dtype=np.int8), "FILE")
    >>> kept.dtype, change
    (dtype('float64'), 0.0)
    """
    if array.dtype.kind not in "biuf":
        expected = "an array of real numbers, of a boolean, integer or floating-point type"
        raise InputError(label, array.dtype, expected)
    if array.size == 0 or array.ndim == 0:
        raise InputError(f"shape of {label}", array.shape, "at least one atom of length 1 or more")
    kept, change = array, 0.0
    if array.dtype not in (np.float32, np.float64):  # float32 holds float16, and half as large
        with np.errstate(over="ignore"):
            kept = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
    for start in range(0, len(kept), CHUNK):
        before, after = array[start : start + CHUNK], kept[start : start + CHUNK]
        bad = np.argwhere(~np.isfinite(after))
        if bad.size:
            entry = before[tuple(bad[0])]
            index = (start + int(bad[0][0]), *(int(i) for i in bad[0][1:]))
            where = f"{label}[{', '.join(map(str, index))}]"
            if np.isfinite(entry):
                raise InputError(where, str(entry), "a number within the range of float64")
            raise InputError(where, float(entry), "a finite number")
        change = max(change, _change(before, after))
    return kept, change


def _change(before: np.ndarray, after: np.ndarray) -> float:
    """Largest relative change of an entry, rounded up."""
    kind, size = before.dtype.kind, before.dtype.itemsize
    if kind == "b" or size <= (8 if kind == "f" else 4):
        return 0.0
    if kind == "f":
        lost = after - before  # exact: the two are neighbours, or one of them is 0
    else:
        low = before % LOW
        lost = (after - (before - low).astype(np.float64)) - low.astype(np.float64)  # exact, too
    changed = lost != 0
    if not changed.any():
        return 0.0
    return float(np.abs(lost[changed] / before[changed]).max()) * (1 + 2.0**-50)


LOW = 2**11
"""A 64-bit integer without its last 11 bits is a float64."""


def _rounded_integers(value: Any) -> float:
    """Largest relative change of an integer that numpy takes to float64 beside floats."""
    integers = (int(x) for x in np.asarray(value, dtype=object).flat if isinstance(x, Integral))
    changes = (Fraction(abs(x - int(float(x))), abs(x)) for x in integers if abs(x) > 2**53)
    return float(max(changes, default=Fraction(0))) * (1 + 2.0**-50)


def _rounded(kept: np.ndarray, change: float) -> str:
    return f"rounded to {kept.dtype}, by up to {up(change, 2)} of an entry; {CERTIFIED}"


def _note(array: np.ndarray, kept: np.ndarray, change: float) -> str | None:
    if change:
        return f"{array.dtype} was {_rounded(kept, change)}"
    if array.dtype in (np.float32, np.float64):
        return None
    return f"{array.dtype} was taken to {kept.dtype}, without rounding"


CHUNK = 4096
"""Rows that are looked at in one go."""


def _npy(path: Path) -> Mapping[Any, np.ndarray]:
    return {None: np.load(path, mmap_mode="r", allow_pickle=False)}


def _npz(path: Path) -> Mapping[Any, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise InputError("FILE", str(path), "a complete .npz file (this one is cut off, or no zip)")
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _csv(path: Path) -> Mapping[Any, np.ndarray]:
    text = path.read_text()
    delimiter = next((mark for mark in ",;\t" if mark in text), None)
    lines = text.splitlines()
    return {None: np.loadtxt(lines, delimiter=delimiter, ndmin=2, dtype=np.float64)}


def _mat(path: Path) -> Mapping[Any, np.ndarray]:
    from scipy.io import loadmat

    stored = loadmat(path)
    return {name: stored[name] for name in stored if not name.startswith("__")}


def _safetensors(path: Path) -> Mapping[Any, np.ndarray]:
    from safetensors.numpy import load_file

    return dict(load_file(path))


def _torch(path: Path) -> Mapping[Any, np.ndarray]:
    import torch

    stored = torch.load(path, map_location="cpu", weights_only=True)
    tensors = stored if isinstance(stored, dict) else {None: stored}
    kept = {name: value for name, value in tensors.items() if isinstance(value, torch.Tensor)}
    narrow = (torch.bfloat16, torch.float16)
    return {
        name: (value.float() if value.dtype in narrow else value).detach().numpy()
        for name, value in kept.items()
    }


READERS: dict[str, Callable[[Path], Mapping[Any, np.ndarray]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _csv,
    ".mat": _mat,
    ".safetensors": _safetensors,
    ".pt": _torch,
}
