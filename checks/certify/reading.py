"""Read arrays from the files that people have; never a pickle."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from theory.errors import InputError

PICKLE = (
    "a file without pickled objects, which can run code when they are loaded; "
    "convert it where it was made, with numpy.save(FILE, array)"
)
NAMES = ("D", "dictionary", "decoder", "W_dec", "decoder.weight", "atoms", "components_")
"""Arrays that are taken for a dictionary in a file of several."""

SIGNS = ("allow_pickle", "Python objects in dtype", "weights_only", "Weights only")
"""How libraries say that a file would have to be unpickled."""

PICKLES = (".pkl", ".pickle", ".joblib")


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
    """

    file: str
    name: str | None
    array: np.ndarray
    dtype: str


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
    return Stored(file, name, real(array, label), str(array.dtype))


def real(array: np.ndarray, label: str) -> np.ndarray:
    """Check that an array holds finite real numbers, and take it to float32 or float64.

    Examples
    --------
    >>> real(np.array([[1, 2]], dtype=np.int8), "FILE").dtype
    dtype('float64')
    """
    if array.dtype.kind == "O":
        raise InputError(label, array.dtype, PICKLE)
    if array.dtype.kind not in "biuf":
        raise InputError(label, array.dtype, "an array of real numbers")
    if array.size == 0:
        raise InputError(f"shape of {label}", array.shape, "at least one atom of length 1 or more")
    kept = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    for start in range(0, len(kept), CHUNK):
        part = kept[start : start + CHUNK]
        bad = np.argwhere(~np.isfinite(part))
        if bad.size:
            index = (start + int(bad[0][0]), *(int(i) for i in bad[0][1:]))
            where = f"{label}[{', '.join(map(str, index))}]"
            raise InputError(where, float(part[tuple(bad[0])]), "a finite number")
    return kept


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
