"""Families of dictionaries that recipes draw from.

A family is added by adding a module with a tuple ``FAMILIES``; there is no list to edit.
"""

from importlib import import_module
from pkgutil import iter_modules

from sparsebound.checks.families.family import Family, Parameters

__all__ = ["FAMILIES", "Family", "Parameters", "families"]


def _collect() -> dict[str, Family]:
    """Families of all modules of this package, from simplest to most complicated."""
    found: list[Family] = []
    for module in iter_modules(__path__):
        found += getattr(import_module(f"{__name__}.{module.name}"), "FAMILIES", ())
    found.sort(key=lambda family: (family.complexity, family.name))
    names = [family.name for family in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"families named twice: {', '.join(twice)}")
    return dict(zip(names, found, strict=True))


FAMILIES: dict[str, Family] = _collect()
"""All families by name, from simplest to most complicated; shrinking prefers earlier ones."""


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
