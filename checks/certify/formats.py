"""The kinds of files in which arrays are kept, one reader each; never a pickle.

A reader gives a mapping from names to arrays; the name is ``None`` in a file of one. Readers are
chosen by the ends of names; a library that a reader needs and that is not there is named.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sparsebound.checks.certify.matlab import read_matlab
from sparsebound.checks.certify.safetensors import read_safetensors
from sparsebound.checks.certify.tables import Headed, Unreadable, read_table
from sparsebound.checks.certify.tensors import read_tensors
from sparsebound.theory.errors import InputError

PICKLE = (
    "a file without pickled objects, which can run code when they are loaded; "
    "convert it where it was made, with numpy.save(FILE, array)"
)

SIGNS = ("allow_pickle", "Python objects in dtype", "weights_only", "Weights only")
"""How libraries say that a file would have to be unpickled."""

BEGINNINGS = (b"\x93", b"\x80")
"""How .npy files begin, and pickles, which have a message of their own."""

PICKLES = (".pkl", ".pickle", ".joblib")

INDEX = ".safetensors.index.json"
"""How the name of the file ends that says which shard an array is in."""

PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")
"""How names of packed files end."""

MODULES = {
    "torch": "torch",
    "h5py": "files",
    "zarr": "files",
    "pyarrow": "files",
}
"""The extra of this package with which a library comes."""

Arrays = Mapping[Any, Any]


def arrays(file: str, option: str = "FILE") -> Arrays:
    """Read all arrays of a file; the name is ``None`` in a file of one.

    Parameters
    ----------
    file : str
        Its path.
    option : str
        What the argument is called in an error.

    Returns
    -------
    mapping
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
    if path.suffix.lower() in PACKED:
        raise InputError(option, file, "a file that is not packed: unpack it first")
    if reader is None:
        raise InputError(option, file, f"a file whose name ends with {', '.join(READERS)}")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(option, file, "a file that is not empty")
    try:
        return reader(path)
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


def _npy(path: Path) -> Arrays:
    with path.open("rb") as stream:
        if stream.read(1) not in BEGINNINGS:
            raise Unreadable("a .npy file, as numpy.save writes it (this one is something else)")
    return {None: np.load(path, mmap_mode="r", allow_pickle=False)}


def _npz(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise Unreadable("a complete .npz file (this one is cut off, or no zip)")
    with np.load(path, allow_pickle=False) as stored:
        if {"format", "shape", "data"} <= set(stored.files):  # of scipy.sparse.save_npz
            from scipy.sparse import csr_array, load_npz

            return {None: csr_array(load_npz(path))}
        return {name: stored[name] for name in stored.files}


def _hdf5(path: Path) -> Arrays:
    import h5py

    found: dict[str, Any] = {}
    with h5py.File(path) as stored:
        stored.visititems(
            lambda name, value: (
                found.update({name.replace("/", "."): value[()]})
                if isinstance(value, h5py.Dataset) and value.shape is not None
                else None
            )
        )
    return found


def _zarr(path: Path) -> Arrays:
    import zarr

    stored = zarr.open(str(path), mode="r")
    if isinstance(stored, zarr.Array):
        return {None: np.asarray(stored)}
    inside = stored.members(max_depth=None)
    return {
        name.replace("/", "."): np.asarray(value)
        for name, value in inside
        if isinstance(value, zarr.Array)
    }


def _columns(path: Path) -> Arrays:
    """Read a table of numbers without its index, of which pandas says which columns they are."""
    if path.suffix.lower() == ".parquet":
        from pyarrow.parquet import read_table as read_columns
    else:
        from pyarrow.feather import read_table as read_columns
    table = read_columns(path)
    index = (table.schema.pandas_metadata or {}).get("index_columns", [])
    names = [name for name in table.column_names if name not in index]
    columns = [table.column(name).to_numpy() for name in names]
    for name, column in zip(names, columns, strict=True):
        if column.dtype.kind not in "biufc":
            kind = table.schema.field(name).type
            raise Unreadable(f"a table of numbers; its column {name!r} is of the type {kind}")
    if not columns:
        raise Unreadable("a table with a column of numbers")
    stacked = np.stack(columns, axis=1)
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        with np.errstate(invalid="ignore"):
            kept = stacked[:, place].astype(column.dtype)
        if column.dtype.kind in "iu" and (kept != column).any():
            raise Unreadable(f"whole numbers that float64 holds; its column {name!r} has others")
    left_out = len(names) < len(table.column_names)
    return {Headed("an index column") if left_out else None: stacked}


def _matrix_market(path: Path) -> Arrays:
    from scipy.io import mmread

    return {None: mmread(path, spmatrix=False)}


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
    ".csv": read_table,
    ".tsv": read_table,
    ".txt": read_table,
    ".mat": read_matlab,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _zarr,
    ".parquet": _columns,
    ".feather": _columns,
    ".arrow": _columns,
    ".mtx": _matrix_market,
    ".safetensors": read_safetensors,
    ".pt": read_tensors,
    ".pth": read_tensors,
    ".ckpt": read_tensors,
    ".bin": read_tensors,
}
