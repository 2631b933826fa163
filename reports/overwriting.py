"""What may be written over: what this program wrote, and what is not there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sparsebound.theory.errors import InputError

GENERATOR = '<meta name="generator" content="sparsebound">'
"""What every page of ours begins with, among other things."""
HEAD = 4096
"""Bytes of a page in which it is looked for."""


def may_be_page(path: Path, argument: str, *, force: bool = False) -> Path:
    """Refuse a place for a page where something else is.

    Parameters
    ----------
    path : Path
        Where the page is to go.
    argument : str
        As what it was given.
    force : bool
        Whether any file may be written over.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    InputError
        If a file is there that is not a page of ours, or something that is no file.
    """
    if path.exists() and not path.is_file():
        raise InputError(argument, str(path), "a file in a folder that exists")
    if path.exists() and not force:
        with path.open("rb") as file:
            ours = GENERATOR.encode() in file.read(HEAD)
        if not ours:
            expected = "a new file, or a page that sparsebound wrote (--force writes over others)"
            raise InputError(argument, str(path), expected)
    return path


def digest(content: bytes) -> str:
    """Give the digest by which a file of ours is known.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    str
    """
    return hashlib.sha256(content).hexdigest()


def may_be_written(
    folder: Path, names: list[str], written: Mapping[str, Any], argument: str, *, force: bool
) -> None:
    """Refuse to write over files of a folder that are not as they were written.

    Parameters
    ----------
    folder : Path
        The folder.
    names : list of str
        What is to be written.
    written : mapping
        Digests of the files that were, by name.
    argument : str
        As what the folder was given.
    force : bool
        Whether any file may be written over.

    Raises
    ------
    InputError
        If a file is there that is no file of ours, or was changed since.
    """
    for name in names:
        path = folder / name
        if force or not path.exists():
            continue
        if not path.is_file() or digest(path.read_bytes()) != written.get(name):
            expected = f"a folder without a {name} of somebody else's (--force writes over it)"
            raise InputError(argument, str(folder), expected)
