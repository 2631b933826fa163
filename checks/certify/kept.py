"""Finished blocks of codes on disk, so that a run that was interrupted goes on where it was."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from sparsebound.checks.certify.judging import EachCode
from sparsebound.reports.fields import write_bytes
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.errors import InputError

MADE_OF = "made_of.json"
CODES_KEPT, KEPT_BESIDE = "rows", "beside"
"""Of a file of a block: which codes it is of, and JSON data."""


class KeptBlocks:
    """A folder of blocks, each one file that is written whole.

    Parameters
    ----------
    folder : str or Path
        Where they are; made if it is not there, emptied if it is of other input.
    *made_of : ndarray or sparse array or int
        What the results depend on.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """

    def __init__(self, folder: str | Path, *made_of: Any) -> None:
        self.folder = Path(folder)
        wanted = {"digest": digest_of(*made_of)}
        note = self.folder / MADE_OF
        try:
            if not note.exists() or json.loads(note.read_text()) != wanted:
                self.clear()
                self.folder.mkdir(parents=True)
                write_bytes(note, json.dumps(wanted).encode())
        except (OSError, ValueError) as error:
            raise InputError("--out", str(folder), f"a folder of blocks ({error})") from error

    def _path(self, stage: str, block: int) -> Path:
        return self.folder / f"{stage}-{block:06}.npz"

    def put(
        self, stage: str, block: int, each: EachCode, rows: IntArray, beside: Any = None
    ) -> None:
        """Keep what is known of the codes of a block after a stage, and JSON data beside it."""
        stream = BytesIO()
        kept = {CODES_KEPT: rows, KEPT_BESIDE: np.array(json.dumps(beside))}
        np.savez(stream, allow_pickle=False, **each.of_rows(rows), **kept)
        write_bytes(self._path(stage, block), stream.getvalue())

    def get(self, stage: str, block: int, each: EachCode, rows: IntArray) -> tuple[bool, Any]:
        """Enter what was kept of a block: whether it was, and what is beside it.

        Nothing is where there is nothing, nothing that can be read, or what is of other codes.
        """
        try:
            stored = BytesIO(self._path(stage, block).read_bytes())
            with np.load(stored, allow_pickle=False) as arrays:
                parts = {field.name: arrays[field.name] for field in fields(EachCode)}
                same, beside = (
                    np.array_equal(arrays[CODES_KEPT], rows),
                    json.loads(str(arrays[KEPT_BESIDE])),
                )
        except (OSError, ValueError, KeyError, BadZipFile):
            return False, None
        if not same or any(len(value) != len(rows) for value in parts.values()):
            return False, None
        each.enter(rows, parts)
        return True, beside

    def clear(self) -> None:
        """Remove the folder, if it is one of blocks."""
        if (self.folder / MADE_OF).exists():
            shutil.rmtree(self.folder)


def digest_of(*made_of: Any) -> str:
    """What tells arrays, and what else there is, from others."""
    digest = blake2b(digest_size=16)
    for part in made_of:
        _add(digest, part)
    return digest.hexdigest()


def _add(digest: Any, part: Any) -> None:
    if hasattr(part, "indptr"):
        for array in (part.data, part.indices, part.indptr):
            _add(digest, array)
    elif isinstance(part, np.ndarray):
        digest.update(f"{part.dtype} {part.shape}".encode())
        for start in range(0, len(part), 4096):
            digest.update(np.ascontiguousarray(part[start : start + 4096]).tobytes())
    else:
        digest.update(repr(part).encode())
