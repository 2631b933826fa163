"""The examples of all modules, which only run where torch is."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra torch; `tox -e torch` has it")
ROOM = import_module("sparsebound.checks.training")
MODULES = [*sorted(path.stem for path in Path(ROOM.__path__[0]).glob("*.py")), "data"]


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name: str) -> None:
    suffix = "" if name == "__init__" else f".{name}"
    module = import_module(f"{ROOM.__name__}{suffix}")
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.testmod(module, optionflags=flags).failed == 0


def test_everything_public_has_an_example() -> None:
    for name in ROOM.__all__:
        item = getattr(ROOM, name)
        if name not in {"EncodedFeatures", "penalties"}:
            assert ">>>" in (item.__doc__ or ""), name
    assert len(MODULES) > 10
