"""Instances that a person can check by hand: small integer matrices, simplest first.

Shrinking ends at the simplest draw, and that of many theorems is an extremal instance, with
numbers that nobody likes to look at, or at a local minimum that is larger than need be. So what was
found is compared with a ladder of plain instances, by size and then by how plain their numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, product
from typing import Any

from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.theory.instance import Instance

RUNGS = {(1, 1): 3, (1, 2): 4, (2, 1): 3, (2, 2): 16, (2, 3): 8, (3, 3): 6, (3, 4): 4}
"""Shapes in their order, and how many matrices of each are tried."""
ENTRIES = (1, 0, -1, 2, -2, 3)
"""Plain numbers, the plainest first."""
PLAIN_CODES = (
    Codes(count=1, sparsity=1, amplitudes="ones"),
    Codes(count=1, sparsity=1, amplitudes="integers"),
    Codes(count=1, sparsity=2, amplitudes="ones"),
)
NOISE = 0.5


def plain_recipes(
    size: int, about: str, noisy: bool, settings: list[dict[str, Any]]
) -> Iterator[Recipe]:
    """List plain instances with fewer entries than one that was found.

    Parameters
    ----------
    size : int
        Entries of the dictionary that was found.
    about : {"codes", "dictionary"}
        What a verdict is about.
    noisy : bool
        Whether instances carry noise.
    settings : list of dict
        Settings of what is run on them that are tried.

    Examples
    --------
    >>> first = next(plain_recipes(4, "codes", False, [{}]))
    >>> first.parameters, first.codes.sparsity
    ({'matrix': [[1]]}, 1)
    """
    bare = (Codes(count=0, sparsity=0),)
    for shape, number in RUNGS.items():
        if shape[0] * shape[1] > size:
            continue
        for matrix in islice(_matrices(*shape), number):
            for codes in bare if about == "dictionary" else PLAIN_CODES:
                if codes.sparsity > shape[1]:
                    continue
                for chosen in settings:
                    for drawn in (codes, replace(codes, noise=NOISE)) if noisy else (codes,):
                        yield Recipe("integer", {"matrix": matrix}, drawn, chosen)


def nicest(found: Recipe, recipes: Iterator[Recipe], same: Callable[[Recipe], bool]) -> Recipe:
    """Choose the first plain instance that shows the same as one that was found.

    Parameters
    ----------
    found : Recipe
        What is taken otherwise.
    recipes : iterator of Recipe
        In the order of preference.
    same : callable
        Whether an instance shows the same.

    Examples
    --------
    >>> big = Recipe("simplex", {"m": 5})
    >>> plain = plain_recipes(30, "codes", False, [{}])
    >>> nicest(big, plain, lambda recipe: len(recipe.parameters["matrix"][0]) == 2).parameters
    {'matrix': [[1, 1]]}
    """
    return next((recipe for recipe in recipes if same(recipe)), found)


def entries(instance: object) -> int:
    """Count the entries of an instance's dictionary; none where there are several.

    Examples
    --------
    >>> entries(Instance([[1, 0, 1], [0, 1, 1]], [[1, 0, 0]]))
    6
    """
    return int(instance.D.data.size) if isinstance(instance, Instance) else 0


def _matrices(m: int, n: int) -> Iterator[list[list[int]]]:
    """Integer matrices without a zero column, plainer entries first."""
    for largest in range(1, len(ENTRIES) + 1):
        for values in product(ENTRIES[:largest], repeat=m * n):
            if ENTRIES[largest - 1] not in values:  # had before
                continue
            rows = [list(values[i * n : (i + 1) * n]) for i in range(m)]
            if all(map(any, zip(*rows, strict=True))):  # no atom is zero
                yield rows
