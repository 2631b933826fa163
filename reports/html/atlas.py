"""Where the page of a theorem is: in the atlas of the documentation, if that has an address."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError

DOCS = "SPARSEBOUND_DOCS"
"""Names the site in the environment: its address, or the folder that `tox -e docs` built."""


def documentation() -> str:
    """Find the address of the documentation.

    Returns
    -------
    str
        What the environment names, else the ``Documentation`` among the addresses of the installed
        project; empty where there is neither.

    Raises
    ------
    InputError
        If the environment names something else.
    """
    given = os.environ.get(DOCS, "")
    if given.startswith(("https://", "http://")):
        return given.rstrip("/")
    if given:
        if not Path(given).is_dir():
            raise InputError(DOCS, given, "an address, https://..., or the folder of a built site")
        return Path(given).resolve().as_uri()
    try:
        addresses = metadata("sparsebound").get_all("Project-URL") or []
    except PackageNotFoundError:  # run from a checkout that is not installed
        return ""
    known = dict(line.split(", ", 1) for line in addresses)
    return known.get("Documentation", "").rstrip("/")


def page_of(name: str) -> str:
    """Give the address of the page of a theorem.

    Parameters
    ----------
    name : str
        Its identifier.

    Returns
    -------
    str
        Empty where the documentation has no address, or the theorem is somebody's own.

    Examples
    --------
    >>> page_of("mine.theorem")
    ''
    """
    site = documentation() if name in catalogue() else ""
    return f"{site}/atlas/{name}.html" if site else ""
