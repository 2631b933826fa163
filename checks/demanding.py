"""What every run of a subject includes: large, wide and mixed instances, a few of each.

Drawn instances are small, so that counterexamples are; there are faults that only show in large
batches, on long codes, or where codes of several sparsities are solved together.
"""

from __future__ import annotations

from typing import Any

from sparsebound.checks.families import FAMILIES
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.theory.theorem import Theorem

LARGE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("union_of_bases", {"m": 64, "second": "hadamard"}),
    ("gaussian", {"m": 96, "n": 72, "seed": 0}),
    ("orthonormal", {"kind": "identity", "atoms": 80}),
)
"""Dictionaries of more than 64 atoms."""

SMALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("simplex", {"m": 7, "kind": "coordinates"}),
    ("orthonormal", {"kind": "identity", "atoms": 9}),
)
"""Dictionaries for large batches."""

SETS = (
    Codes(count=20, sparsity=1, pattern="random", amplitudes="integers", seed=1),
    Codes(count=70, sparsity=3, pattern="random", amplitudes="normal", seed=2, mixed=True),
)
"""Sets of codes on each of them: more than a vector of any register, and of sparsities 1 to 3."""


def demanding(theorem: Theorem) -> tuple[Recipe, ...]:
    """Give the recipes that a subject is held against first.

    Parameters
    ----------
    theorem : Theorem
        One that is about codes.

    Examples
    --------
    >>> from sparsebound.theory.rate.ista import THEOREM
    >>> [recipe.family for recipe in demanding(THEOREM)][::2]
    ['union_of_bases', 'gaussian', 'simplex']
    """
    if theorem.about != "codes":
        return ()
    noise = 0.125 if theorem.noisy else 0.0
    allowed = theorem.dictionaries or tuple(FAMILIES)
    chosen = [
        *[x for x in LARGE if x[0] in allowed][:2],
        *[x for x in SMALL if x[0] in allowed][:1],
    ]
    return tuple(
        Recipe(family, parameters, Codes(**{**vars(codes), "noise": noise}))
        for family, parameters in chosen
        for codes in SETS
    )
