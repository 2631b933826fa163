"""Families of dictionaries that recipes draw from.

A family is added by adding a module with a tuple ``FAMILIES``; there is no list to edit.
"""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from sparsebound.checks.families.family import Family, Parameters
from sparsebound.theory.errors import InputError

__all__ = ["FAMILIES", "Family", "Parameters", "extend", "families"]


def _collect() -> dict[str, Family]:
    """Families of all modules of this package, from simplest to most complicated."""
    found: list[Family] = []
    for module in iter_modules(__path__):
        found += getattr(import_module(f"{__name__}.{module.name}"), "FAMILIES", ())
    names = [family.name for family in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"families named twice: {', '.join(twice)}")
    return _in_order(found)


def _in_order(found: Iterable[Family]) -> dict[str, Family]:
    ordered = sorted(found, key=lambda family: (family.complexity, family.name))
    return {family.name: family for family in ordered}


FAMILIES: dict[str, Family] = _collect()
"""All families by name, from simplest to most complicated; shrinking prefers earlier ones."""
_OURS = frozenset(FAMILIES)


def extend(found: Iterable[Family], where: str) -> None:
    """Take in families of a file or a package that extends this one.

    Parameters
    ----------
    found : iterable of Family
        Those of one file; they replace what it defined before.
    where : str
        What it is called in messages.

    Raises
    ------
    InputError
        If a name is taken.
    """
    further = {family.name: family for family in found}
    for name in further:
        if name in _OURS:
            raise InputError(where, name, "a family of dictionaries with a name of its own")
    every = _in_order({**FAMILIES, **further}.values())
    FAMILIES.clear()
    FAMILIES.update(every)


def families(limit: int, *, narrow: bool = False) -> list[Family]:
    """Families that have a member with at most `limit` atoms.

    Parameters
    ----------
    limit : int
        The largest number of atoms.
    narrow : bool
        Only those whose kernels have at most one dimension.

    Returns
    -------
    list of Family
        From simplest to most complicated.

    Examples
    --------
    >>> [family.name for family in families(1)][0]
    'one_atom'
    """
    return [
        family
        for family in FAMILIES.values()
        if family.smallest() <= limit and (family.narrow or not narrow)
    ]
