"""MATLAB's files, of both kinds: arrays, sparse ones, and what is in structures and cells.

What is in a structure has its name after that of the structure, with a dot between; what is in a
cell has its number, from 0 on. Text is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def read_matlab(path: Path) -> dict[str, Any]:
    """Read all arrays of a file."""
    from scipy.io import loadmat

    try:
        stored = loadmat(path)
    except NotImplementedError:  # version 7.3 is HDF5
        return _hdf5(path)
    found: dict[str, Any] = {}
    for name, value in stored.items():
        if not name.startswith("__"):
            found |= _inside(name, value)
    return found


def _inside(name: str, value: Any) -> dict[str, Any]:
    """The arrays in a value: itself, or those of its fields, or of its cells.

    Examples
    --------
    >>> cells = np.empty((1, 2), dtype=object)
    >>> cells[0, 0], cells[0, 1] = np.eye(2), np.array(["text"])
    >>> list(_inside("C", cells)), list(_inside("s", np.array([[(1.0,)]], dtype=[("D", "O")])))
    (['C.0'], ['s.D'])
    """
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "OVSU":
        return {name: value}
    found: dict[str, Any] = {}
    one = value.size == 1
    for number, entry in enumerate(value.ravel(order="F")):
        if value.dtype.names is not None:
            before = name if one else f"{name}.{number}"
            for field in value.dtype.names:
                found |= _inside(f"{before}.{field}", entry[field])
        elif value.dtype.kind == "O":
            found |= _inside(f"{name}.{number}", entry)
    return found


def _hdf5(path: Path) -> dict[str, Any]:
    """Read version 7.3, whose axes are in the reverse order."""
    import h5py

    with h5py.File(path) as stored:
        return _members(stored, "")


def _members(group: Any, before: str) -> dict[str, Any]:
    """The arrays of a group; what cells refer to is not listed by itself."""
    found: dict[str, Any] = {}
    for name, value in group.items():
        if not name.startswith("#"):
            found |= _entry(value, f"{before}{name}")
    return found


def _entry(value: Any, name: str) -> dict[str, Any]:
    import h5py
    from scipy.sparse import csc_array, csr_array

    if isinstance(value, h5py.Dataset):
        if value.attrs.get("MATLAB_class") == b"char":
            return {}
        if value.dtype == h5py.ref_dtype:  # a cell, or a field of several structures
            found: dict[str, Any] = {}
            for number, reference in enumerate(value[()].ravel()):
                found |= _entry(value.file[reference], f"{name}.{number}")
            return found
        return {name: value[()].T}
    if "MATLAB_sparse" not in value.attrs:
        return _members(value, f"{name}.")
    rows = int(value.attrs["MATLAB_sparse"])
    pointers = value["jc"][()]
    data = value["data"][()] if "data" in value else np.zeros(0)
    indices = value["ir"][()] if "ir" in value else np.zeros(0, dtype=np.int64)
    shape = (rows, len(pointers) - 1)
    return {name: csr_array(csc_array((data, indices, pointers), shape=shape))}
