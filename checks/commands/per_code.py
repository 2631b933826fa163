"""Arrays with one entry a code, as a file: ``.npz``, or a table in Parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import numpy as np

from sparsebound.theory.errors import InputError

Arrays = Mapping[str, Any]
PROPERTY, THEOREM = "property", "theorem"
"""What the columns of matrices are."""


def npz(arrays: Arrays) -> bytes:
    """Arrays by their names, with the properties and theorems that columns of matrices are of."""
    stream = BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def parquet(arrays: Arrays) -> bytes:
    """A row a code; of a matrix, a column for each property, which says by which theorem.

    Examples
    --------
    >>> from io import BytesIO
    >>> from pyarrow.parquet import read_table
    >>> status = np.array([[1, -1]])
    >>> stored = parquet({"status": status, "property": ["a", "b"], "theorem": ["t.a", "t.b"]})
    >>> table = read_table(BytesIO(stored))
    >>> table.to_pylist(), table.field("status: b").metadata
    ([{'status: a': 1, 'status: b': -1}], {b'theorem': b't.b'})
    """
    import pyarrow
    from pyarrow.parquet import write_table

    columns, fields = [], []
    names = list(zip(arrays.get(PROPERTY, ()), arrays.get(THEOREM, ()), strict=True))
    for name, values in arrays.items():
        if name in (PROPERTY, THEOREM):
            continue
        parts = [(name, "", values)]
        if values.ndim == 2:
            titled = [(f"{name}: {asked}", theorem) for asked, theorem in names]
            parts = [(*title, values[:, i]) for i, title in enumerate(titled)]
        for title, theorem, part in parts:
            columns.append(pyarrow.array(np.ascontiguousarray(part)))
            metadata = {THEOREM: theorem} if theorem else None
            fields.append(pyarrow.field(title, columns[-1].type, metadata=metadata))
    stream = BytesIO()
    write_table(pyarrow.Table.from_arrays(columns, schema=pyarrow.schema(fields)), stream)
    return stream.getvalue()


WRITERS: Mapping[str, Callable[[Arrays], bytes]] = {"npz": npz, "parquet": parquet}


def writer(kind: str) -> Callable[[Arrays], bytes]:
    """Look a way to write up, before there is anything to lose.

    Raises
    ------
    InputError
        If what it needs is not installed.
    """
    if kind == "parquet" and find_spec("pyarrow") is None:
        expected = "the extra files to be installed: pip install 'sparsebound[files]'"
        raise InputError("--per-code", kind, expected)
    return WRITERS[kind]
