"""Files that people review: a schema each, and never in place of something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sparsebound.reports.fields import Fields, read_json, write_json
from sparsebound.theory.errors import InputError


def read_reviewed(path: Path, argument: str, schema: int) -> Fields:
    """Read a reviewed file.

    Parameters
    ----------
    path : Path
        Where it is.
    argument : str
        What it is called in messages.
    schema : int
        Which it should have.

    Returns
    -------
    Fields
        Its fields, of which ``schema`` is taken.

    Raises
    ------
    InputError
        If there is none, it is not JSON, or it has another schema.
    """
    if not path.is_file():
        raise InputError(argument, str(path), "a file; --update-baseline writes one")
    fields = Fields(str(path), read_json(path))
    if (found := fields.integer("schema")) != schema:
        raise InputError(f"{path}.schema", found, f"{schema}; --update-baseline writes it anew")
    return fields


def write_reviewed(path: Path, argument: str, content: dict[str, Any], mark: str) -> None:
    """Write a reviewed file, in place of an older one of whatever schema.

    Parameters
    ----------
    path : Path
        Where; its folder is made if need be.
    argument : str
        What it is called in messages.
    content : dict
        With its ``schema``.
    mark : str
        A field by which an older one is known, beside ``schema`` and ``provenance``.

    Raises
    ------
    InputError
        If the file exists and is something else, or it cannot be written.
    """
    try:
        if path.exists():
            there = read_json(path)
            if not isinstance(there, dict) or not {"schema", "provenance", mark} <= set(there):
                raise InputError(argument, str(path), f"an older file with {mark!r}, or a new file")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, content)
    except OSError as error:
        expected = f"a file that can be written ({error})"
        raise InputError(argument, str(path), expected) from error
