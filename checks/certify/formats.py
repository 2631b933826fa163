"""The kinds of files in which arrays are kept, one reader each; never a pickle.

A reader gives a mapping from names to arrays; the name is ``None`` in a file of one. Readers are
chosen by the ends of names; a library that a reader needs and that is not there is named.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.safetensors import read_safetensors
from sparsebound.theory.errors import InputError

PICKLE = (
    "a file without pickled objects, which can run code when they are loaded; "
    "convert it where it was made, with numpy.save(FILE, array)"
)

SIGNS = ("allow_pickle", "Python objects in dtype", "weights_only", "Weights only")
"""How libraries say that a file would have to be unpickled."""

PICKLES = (".pkl", ".pickle", ".joblib")

COUNTED = 4
"""Fewer cells than this may count by chance."""

INDEX = ".safetensors.index.json"
"""How the name of the file ends that says which shard an array is in."""

MODULES = {
    "torch": "torch",
    "h5py": "files",
    "zarr": "files",
    "pyarrow": "files",
}
"""The extra of this package with which a library comes."""

Arrays = Mapping[Any, Any]


class Unreadable(Exception):  # noqa: N818 - it says what was expected
    """What a reader expected of a file."""


def arrays(file: str, option: str = "FILE") -> dict[Any, Any]:
    """Read all arrays of a file; the name is ``None`` in a file of one.

    Parameters
    ----------
    file : str
        Its path.
    option : str
        What the argument is called in an error.

    Returns
    -------
    dict
        From names to arrays, sparse ones among them; parts of nested names have dots between them.

    Raises
    ------
    InputError
        If the file is missing, of another kind, damaged, or needs unpickling.
    """
    path = Path(file)
    if not path.exists():
        raise InputError(option, file, "a file that exists")
    if path.is_dir() and path.suffix.lower() != ".zarr":
        raise InputError(option, file, "a file, not a folder")
    if path.suffix.lower() in PICKLES:
        raise InputError(option, file, PICKLE)
    reader = _sharded if path.name.endswith(INDEX) else READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(option, file, f"a file whose name ends with {', '.join(READERS)}")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(option, file, "a file that is not empty")
    try:
        return dict(reader(path))
    except Unreadable as error:
        raise InputError(option, file, str(error)) from error
    except ImportError as error:
        library = (error.name or "").partition(".")[0]
        extra = MODULES.get(library)
        with_what = f"; pip install 'sparsebound[{extra}]'" if extra else f" ({error})"
        needed = f"a kind of file whose library is installed: {library}{with_what}"
        raise InputError(option, file, needed) from error
    except Exception as error:
        text = str(error)
        if any(sign in text for sign in SIGNS):
            raise InputError(option, file, PICKLE) from error
        first = (text.splitlines() or [""])[0]
        expected = f"an undamaged {path.suffix} file ({type(error).__name__}: {first[:120]})"
        raise InputError(option, file, expected) from error


def flattened(stored: Any, prefix: str = "") -> dict[str, Any]:
    """The leaves of nested mappings, by their names with dots between.

    Examples
    --------
    >>> flattened({"model": {"W": 1}, "step": 2})
    {'model.W': 1, 'step': 2}
    """
    found: dict[str, Any] = {}
    for name, value in stored.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        found |= flattened(value, path) if isinstance(value, Mapping) else {path: value}
    return found


def _npy(path: Path) -> Arrays:
    return {None: np.load(path, mmap_mode="r", allow_pickle=False)}


def _npz(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise Unreadable("a complete .npz file (this one is cut off, or no zip)")
    with np.load(path, allow_pickle=False) as stored:
        if {"format", "shape", "data"} <= set(stored.files):  # of scipy.sparse.save_npz
            from scipy.sparse import csr_array, load_npz

            return {None: csr_array(load_npz(path))}
        return {name: stored[name] for name in stored.files}


def _table(path: Path) -> Arrays:
    """Read a table of numbers; names of columns, and of rows, are left out.

    A first row that counts from 0, as pandas writes it, is a header where data could hardly look
    like that; a first column that counts is one where it stands under an empty cell of a header.
    """
    text = path.read_text("utf-8-sig")
    delimiter = next((mark for mark in "\t;," if mark in text), None)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise Unreadable("a file with numbers")
    if delimiter is None:
        cells = (line.partition("#")[0].split() for line in lines)
        spaced = [row for row in cells if row]
        named = len(spaced) > 1 and not any(map(_is_number, spaced[0]))
        return {Headed("a header") if named else None: _numbers(spaced[named:], 1 + named)}
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    first, others = rows[0], rows[1:]
    corner = first[0] == ""
    names = first[1:] if corner else first
    named = bool(others) and not any(map(_is_number, names))
    header = named or (bool(others) and _counts(names) and (corner or _unlike(names, others)))
    body = others if header else rows
    labels = [row[0] for row in body]
    index = header and len(first) > 1 and (corner or not any(map(_is_number, labels)))
    if not index and _counts(labels) and _unlike(labels, [row[1:] for row in body]):
        raise Unreadable(
            "a table whose first column is data: it counts the rows, as an index does "
            "(write it without its index, or as .npy)"
        )
    kept = [row[1:] if index else row for row in body]
    numbers = _numbers(kept, len(rows) - len(body) + 1)
    left_out = [*(["a header"] if header else []), *(["an index column"] if index else [])]
    return {Headed(" and ".join(left_out)) if left_out else None: numbers}


def _numbers(rows: list[list[str]], line: int) -> np.ndarray:
    """Read the cells of a table, whose first row has the number ``line`` of those with text."""
    found: list[list[float]] = []
    for number, row in enumerate(rows, line):
        if len(row) != len(rows[0]):
            counts = f"row {number} has {len(row)}, row {line} has {len(rows[0])}"
            raise Unreadable(f"a table with as many numbers in each row; {counts}")
        try:
            found.append(list(map(float, row)))
        except ValueError:
            wrong = next(cell for cell in row if not _is_number(cell))
            said = f"a table of numbers, as 1.5; row {number} has {wrong[:40]!r}"
            raise Unreadable(said) from None
    return np.array(found, dtype=np.float64)


class Headed(str):
    """The name of an array in a table of which something was left out, and what."""

    __slots__ = ()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _counts(cells: list[str]) -> bool:
    """Whether cells are 0, 1, 2, ..."""
    return len(cells) > 1 and cells == [str(i) for i in range(len(cells))]


def _unlike(cells: list[str], others: list[list[str]]) -> bool:
    """Whether data could hardly look like some cells that count: not as others do, or too long.

    Raises
    ------
    Unreadable
        If that cannot be told.
    """
    decimals = sum("." in cell or "e" in cell.lower() for row in others for cell in row)
    if decimals * 2 > sum(map(len, others)):
        return True
    if len(cells) < COUNTED:
        return False
    raise Unreadable(
        "a table that says whether it has a header: its first row or column counts from 0, as "
        "names do, and its numbers are whole (write it as .npy)"
    )


def _mat(path: Path) -> Arrays:
    from scipy.io import loadmat

    try:
        stored = loadmat(path)
    except NotImplementedError:  # version 7.3 is HDF5
        return _matlab_hdf5(path)
    return flattened({name: stored[name] for name in stored if not name.startswith("__")})


def _matlab_hdf5(path: Path) -> Arrays:
    """Read MATLAB 7.3, whose axes are in the reverse order; a sparse matrix is a group."""
    import h5py
    from scipy.sparse import csc_array, csr_array

    found: dict[str, Any] = {}
    with h5py.File(path) as stored:
        for name, value in stored.items():
            if isinstance(value, h5py.Dataset):
                found[name] = value[()].T
            elif "MATLAB_sparse" in value.attrs:
                rows = int(value.attrs["MATLAB_sparse"])
                pointers = value["jc"][()]
                data = value["data"][()] if "data" in value else np.zeros(0)
                indices = value["ir"][()] if "ir" in value else np.zeros(0, dtype=np.int64)
                shape = (rows, len(pointers) - 1)
                found[name] = csr_array(csc_array((data, indices, pointers), shape=shape))
    return found


def _hdf5(path: Path) -> Arrays:
    import h5py

    found: dict[str, Any] = {}
    with h5py.File(path) as stored:
        stored.visititems(
            lambda name, value: (
                found.update({name.replace("/", "."): value[()]})
                if isinstance(value, h5py.Dataset)
                else None
            )
        )
    return found


def _zarr(path: Path) -> Arrays:
    import zarr

    stored = zarr.open(str(path), mode="r")
    if isinstance(stored, zarr.Array):
        return {None: np.asarray(stored)}
    return {name.replace("/", "."): np.asarray(value) for name, value in stored.arrays()}


def _parquet(path: Path) -> Arrays:
    from pyarrow.parquet import read_table

    table = read_table(path)
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    columns = [table.column(name).to_numpy() for name in names]
    return {None: np.stack(columns, axis=1)}


def _torch(path: Path) -> Arrays:
    import torch

    stored = torch.load(path, map_location="cpu", weights_only=True)
    tensors = flattened(stored) if isinstance(stored, Mapping) else {None: stored}
    return {
        name: of_tensor(value) for name, value in tensors.items() if isinstance(value, torch.Tensor)
    }


def of_tensor(value: Any) -> np.ndarray:
    """A tensor as an array; numbers that numpy does not have are those of float32."""
    short = str(value.dtype).rpartition(".")[2]
    if short in ("bfloat16", "float16") or short.startswith("float8"):
        value = value.float()
    if value.is_sparse:
        value = value.to_dense()
    return np.asarray(value.detach().cpu().numpy())


def _sharded(path: Path) -> Arrays:
    """Read the shards that an index names."""
    shards = json.loads(path.read_text())["weight_map"]
    found: dict[str, Any] = {}
    for shard in sorted(set(shards.values())):
        if Path(shard).name != shard:
            raise Unreadable(f"an index whose shards are beside it (it names {shard})")
        found |= read_safetensors(path.parent / shard)
    return found


READERS: dict[str, Callable[[Path], Arrays]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _table,
    ".tsv": _table,
    ".txt": _table,
    ".mat": _mat,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _zarr,
    ".parquet": _parquet,
    ".safetensors": read_safetensors,
    ".pt": _torch,
    ".pth": _torch,
    ".ckpt": _torch,
    ".bin": _torch,
}
