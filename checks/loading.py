"""What extends this package: theorems, families of dictionaries and providers of somebody else.

They come from a user's own Python files, which are loaded by path, and from installed packages
that name a module under the entry point ``sparsebound.plugins``. What lies at the top of a module
counts: a :class:`~sparsebound.theory.theorem.Theorem`, a
:class:`~sparsebound.checks.families.Family`, a :class:`~sparsebound.checks.provider.Provider`, and
tuples ``FAMILIES`` and ``PROVIDERS`` of them.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from sparsebound.checks import evidence, families
from sparsebound.checks.families import Family
from sparsebound.checks.faults import Broke, importing
from sparsebound.checks.places import module_at
from sparsebound.checks.provenance import PLUGINS
from sparsebound.checks.provider import Provider
from sparsebound.theory.catalogue import catalogue, select
from sparsebound.theory.errors import InputError, said_by
from sparsebound.theory.theorem import Theorem

T = TypeVar("T")


def load(file: str) -> dict[str, Theorem]:
    """Import a file, take in what it provides, and collect the theorems at its top level.

    A file ``mine.py`` becomes the module ``conjecture.mine``, so that its ``THEOREM`` is named
    ``conjecture.mine`` unless it has an identifier of its own.

    Parameters
    ----------
    file : str
        Path of a Python file.

    Raises
    ------
    InputError
        If the file is missing, raises, holds nothing of use, or takes a name that is taken.

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
    try:
        with importing():
            module = module_at(path, name)
    except Broke as error:
        raised = _where(error.__cause__ or error, path)
        raise InputError(
            "--load", file, f"a file that can be imported; it raised {raised}"
        ) from error
    theorems, provided = _theorems(module, path.stem, f"--load {file}"), _extended(module, file)
    if not theorems and not provided:
        raise InputError(
            "--load", file, "a file that defines a theorem, a family of dictionaries or a provider"
        )
    return theorems


@cache
def plugins() -> Mapping[str, Theorem]:
    """Take in what installed packages provide, and collect their theorems, by identifier.

    Raises
    ------
    InputError
        If a package cannot be imported, or takes a name that is taken.
    """
    found: dict[str, Theorem] = {}
    for point in entry_points(group=PLUGINS):
        module = _imported(point)
        where = f"the plugin {point.name}"
        _extended(module, where)
        for identifier, theorem in _theorems(module, point.name, where).items():
            if identifier in found:
                raise InputError(where, identifier, "a theorem with an identifier of its own")
            found[identifier] = theorem
    return MappingProxyType(found)


def theorems() -> Mapping[str, Theorem]:
    """Collect all theorems that are there without loading a file: ours, and those of plugins.

    Examples
    --------
    >>> theorems()["uniqueness.spark"].title
    'Uniqueness by spark'
    """
    return MappingProxyType({**catalogue(), **plugins()})


def theorem_of(given: Theorem | str) -> Theorem:
    """Take a theorem, or look its identifier up.

    Raises
    ------
    InputError
        If there is no theorem of that name, or it is the name of a topic.

    Examples
    --------
    >>> theorem_of("uniqueness.spark").title
    'Uniqueness by spark'
    """
    if isinstance(given, Theorem):
        return given
    found = select([given], ours=theorems())
    if len(found) != 1:
        raise InputError("theorem", given, f"one theorem; {given} is a topic of {len(found)}")
    return found[0]


def _imported(point: EntryPoint) -> ModuleType:
    try:
        with importing():
            module = point.load()
    except Broke as error:
        expected = f"a module that can be imported; it {error.kind} {error.said}"
        raise InputError(f"the plugin {point.name}", point.value, expected) from error
    if not isinstance(module, ModuleType):
        raise InputError(f"the plugin {point.name}", point.value, "a module")
    return module


def _theorems(module: ModuleType, stem: str, where: str) -> dict[str, Theorem]:
    found: dict[str, Theorem] = {}
    for variable, theorem in vars(module).items():
        if not isinstance(theorem, Theorem) or theorem is catalogue().get(theorem.id):
            continue  # one of ours, imported to build on
        named = theorem
        if theorem.id in catalogue():  # its claims are those of one of ours
            own = stem if variable in ("THEOREM", "CONJECTURE") else variable.lower()
            named = replace(theorem, id=f"conjecture.{own}")
        if named.id in found:
            said = f"one theorem of that name; set id=... of others in {module.__name__}"
            raise InputError(where, named.id, said)
        found[named.id] = named
    return found


def _extended(module: ModuleType, where: str) -> int:
    """Take in families and providers; return how many."""
    ours = {id(family) for family in families.FAMILIES.values()}
    found = [item for item in _all(module, Family, "FAMILIES") if id(item) not in ours]
    known = {id(provider) for provider in evidence.providers().values()}
    provided = [item for item in _all(module, Provider, "PROVIDERS") if id(item) not in known]
    families.extend(found, where)
    evidence.extend(provided, where)
    return len(found) + len(provided)


def _all(module: ModuleType, kind: type[T], plural: str) -> Iterator[T]:
    values: list[Any] = [v for name, v in vars(module).items() if name != plural]
    further = getattr(module, plural, ())
    values += further if isinstance(further, tuple | list) else [further]
    yield from {id(value): value for value in values if isinstance(value, kind)}.values()


def _where(error: BaseException, path: Path) -> str:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    place = f" at line {line}" if line else ""
    return f"{type(error).__name__}{place}: {said_by(error)}"
