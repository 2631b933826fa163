"""Blocks of recipes: one dictionary, one batch of codes, decided at once and counted apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sparsebound.checks.recipes.codes import Several
from sparsebound.checks.recipes.recipe import Recipe
from sparsebound.reports.worst import canonical
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem


@dataclass(frozen=True)
class RecipeBlock:
    """Recipes that differ in their codes alone.

    What is found for a code depends on its dictionary, the settings, and the code with its place
    in its own recipe, so that each recipe, alone, gives what it gave in the block.

    Attributes
    ----------
    recipes : tuple of Recipe
        At least one; of a construction, exactly one.

    Examples
    --------
    >>> from sparsebound.checks.recipes import Codes
    >>> from sparsebound.theory.uniqueness.coherence import THEOREM
    >>> pair = Codes(count=2), Codes(sparsity=2)
    >>> block = RecipeBlock(tuple(Recipe("simplex", {"m": 3}, codes) for codes in pair))
    >>> instance = block.experiment(THEOREM).instance
    >>> instance.sparsity, instance.place, list(block.slices(len(instance)))
    (array([1, 1, 2]), array([0, 1, 0]), [slice(0, 2, None), slice(2, 3, None)])
    """

    recipes: tuple[Recipe, ...]

    def __len__(self) -> int:
        return len(self.recipes)

    @cached_property
    def written(self) -> tuple[dict[str, Any], ...]:
        """Each recipe, as JSON holds it."""
        return tuple(recipe.to_json() for recipe in self.recipes)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Each recipe in its canonical form."""
        return tuple(map(canonical, self.written))

    def slices(self, codes: int) -> Iterator[slice]:
        """Say which codes of the batch belong to each recipe."""
        if len(self.recipes) == 1:
            yield slice(0, codes)
            return
        last = 0
        for recipe in self.recipes:
            first, last = last, last + recipe.codes.count
            yield slice(first, last)

    def experiment(self, theorem: Theorem) -> Experiment:
        """Build one batch of the codes of all recipes, and read the settings.

        Raises
        ------
        InputError
            As for a recipe.
        """
        head = self.recipes[0]
        if len(self.recipes) == 1:
            return head.experiment(theorem)
        sets = tuple(recipe.codes for recipe in self.recipes)
        settings = head.settings_read(theorem)
        instance: Instance | DeepInstance = head.built(Several(sets))
        place = np.concatenate([np.arange(codes.count) for codes in sets])
        return Experiment(instance.placed(place), settings)
