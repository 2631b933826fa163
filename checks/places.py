"""Where other people's code is: a callable by its place, a file as a module."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from sparsebound.checks.faults import Broke, importing
from sparsebound.theory.errors import InputError


def imported(place: str) -> Any:
    """Find what is at a place.

    Raises
    ------
    InputError
        If there is no such module or attribute.

    Examples
    --------
    >>> imported("numpy.linalg:lstsq").__name__
    'lstsq'
    """
    module, colon, attribute = place.rpartition(":")
    if not (module and colon and attribute):
        raise InputError("--subject", place, "package.module:callable, or file.py:callable")
    if module.endswith(".py") and not Path(module).is_file():
        raise InputError("--subject", place, f"a file that exists before the colon, not {module}")
    try:
        with importing():
            found: Any = _module(module)
    except Broke as error:
        frames = [one for one in error.frames if "importlib" not in one.partition(", line")[0]]
        where = f" ({frames[-1]})" if frames else ""
        expected = f"a module that can be imported; it {error.kind} {error.said}{where}"
        raise InputError("--subject", place, expected) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            close = get_close_matches(part, dir(found), n=3)
            meant = f"; close to it: {', '.join(close)}" if close else ""
            expected = f"a callable that exists; there is no {part!r}{meant}"
            raise InputError("--subject", place, expected)
        found = getattr(found, part)
    return found


def _module(module: str) -> Any:
    """Import a module by its name, or by its file; other modules are looked for beside it."""
    if not module.endswith(".py"):
        look_in(os.getcwd())
        return importlib.import_module(module)
    file = Path(module).resolve()
    name = file.stem
    look_in(str(file.parent))
    if not _is_at(sys.modules.get(name), file):
        with suppress(ImportError, ValueError):  # a name that no module can have
            found = importlib.util.find_spec(name)
            if found is None or os.path.realpath(found.origin or "") != str(file):
                name = f"{name}_of_a_subject"  # numpy.py does not take the place of numpy
    known = sys.modules.get(name)
    return known if _is_at(known, file) else module_at(file, name)


def _is_at(module: Any, file: Path) -> bool:
    return os.path.realpath(getattr(module, "__file__", None) or "") == str(file)


def module_at(file: Path, name: str) -> ModuleType:
    """Run a Python file as a module of a name; others are looked for beside it.

    Raises
    ------
    ImportError
        If it is no Python file. Whatever the file raises passes.
    """
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    look_in(str(file.parent))
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


def look_in(folder: str) -> None:
    """Let imports look in a folder, after all other places."""
    if folder not in sys.path and not (folder == os.getcwd() and "" in sys.path):
        sys.path.append(folder)
