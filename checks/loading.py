"""Theorems and conjectures from a user's own Python files."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.theorem import Theorem


def load(file: str) -> dict[str, Theorem]:
    """Import a file and collect the theorems at its top level, by identifier.

    A file ``mine.py`` becomes the module ``conjecture.mine``, so that its ``THEOREM`` is named
    ``conjecture.mine`` unless it has an identifier of its own.

    Parameters
    ----------
    file : str
        Path of a Python file.

    Raises
    ------
    InputError
        If the file is missing, raises, or holds no theorem.

    Examples
    --------
    >>> load("nowhere.py")
    Traceback (most recent call last):
        ...
    sparsebound.InputError: --load is 'nowhere.py'; expected a Python file that exists
    """
    path = Path(file).resolve()
    if path.suffix != ".py" or not path.is_file():
        raise InputError("--load", file, "a Python file that exists")
    name = f"conjecture.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("--load", file, "a Python file that can be imported")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise InputError(
            "--load", file, f"a file that can be imported; it raised {_where(error, path)}"
        ) from error
    theorems: dict[str, Theorem] = {}
    for variable, theorem in vars(module).items():
        if not isinstance(theorem, Theorem) or theorem is catalogue().get(theorem.id):
            continue  # one of ours, imported to build on
        found = theorem
        if theorem.id in catalogue():  # its claims are those of one of ours
            stem = path.stem if variable in ("THEOREM", "CONJECTURE") else variable.lower()
            found = replace(theorem, id=f"conjecture.{stem}")
        if found.id in theorems:
            raise InputError("--load", file, f"one theorem named {found.id}; set id=... of others")
        theorems[found.id] = found
    if not theorems:
        raise InputError("--load", file, "a file that defines a sparsebound.theory.theorem.Theorem")
    return theorems


def _where(error: BaseException, path: Path) -> str:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    place = f" at line {line}" if line else ""
    return f"{type(error).__name__}{place}: {error}"
