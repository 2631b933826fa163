"""Recipes: what an instance is made from, small enough to print, to store and to shrink."""

from sparsebound.checks.recipes.codes import AMPLITUDES, PATTERNS, Codes
from sparsebound.checks.recipes.recipe import Recipe, dictionary

__all__ = ["AMPLITUDES", "PATTERNS", "Codes", "Recipe", "dictionary"]
