"""A recipe: everything that determines an experiment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from sparsebound.checks.evidence import settings_of
from sparsebound.checks.families import FAMILIES
from sparsebound.checks.recipes.codes import Codes, Several
from sparsebound.checks.recipes.convolutional_layers import convolutional_layers
from sparsebound.checks.recipes.kept import kept
from sparsebound.checks.recipes.layers import layers
from sparsebound.checks.recipes.towers import tower
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment, posed
from sparsebound.theory.instance import DeepInstance, Dictionary, Instance
from sparsebound.theory.theorem import Construction, Theorem

CONSTRUCTION = "construction"
LAYERS = "layers"
TOWER = "tower"
CONVOLUTIONAL_LAYERS = "convolutional_layers"
WRITTEN = "written"
LARGEST_PARAMETER = 4096
"""Largest size that a recipe may ask for: its dictionary is built as a matrix."""
NO_SIZES = ("seed", "numerator", "denominator")


@dataclass(frozen=True)
class Recipe:
    """What an experiment is made from.

    Attributes
    ----------
    family : str
        A family of dictionaries (``sparsebound.checks.families``); ``layers``, ``tower`` or
        ``convolutional_layers`` for the deep model; ``construction`` for an extremal instance
        of a theorem or one of its mutants; or ``written`` for one with all its entries.
    parameters : dict
        What the family is built from; for a construction, its name and size; for what is written
        down, the rows of ``D``, ``X`` and ``E``.
    codes : Codes
        How codes and noise are drawn; of no use to a construction, or where they are written down.
    settings : dict
        Those of what is run on the instance, as JSON holds them; defaults for those that are
        absent. A construction comes with its own.

    Examples
    --------
    >>> Recipe("simplex", {"m": 3}, Codes(count=1, sparsity=2)).to_json()["family"]
    'simplex'
    """

    family: str
    parameters: Mapping[str, Any]
    codes: Codes = field(default_factory=Codes)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def experiment(self, theorem: Theorem) -> Experiment:
        """Build the instance, and read the settings.

        Raises
        ------
        InputError
            If the family is unknown, its parameters are not its own, or a setting is none of
            what provides the evidence for the theorem.
        """
        if self.family == CONSTRUCTION:
            if self.settings:
                raise InputError("recipe.settings", dict(self.settings), "none for a construction")
            return _constructed(theorem, self.parameters)
        return Experiment(self.instance(theorem), self.settings_read(theorem))

    def settings_read(self, theorem: Theorem) -> dict[str, Any]:
        """Read the settings of what is run.

        Raises
        ------
        InputError
            If one is none of what provides the evidence for the theorem.
        """
        known = settings_of(theorem)
        unknown = sorted(set(self.settings) - set(known))
        if unknown:
            said = f"some of {sorted(known)}, the settings of {theorem.id}"
            raise InputError("recipe.settings", unknown, said)
        return {name: known[name].taken(value) for name, value in self.settings.items()}

    def instance(self, theorem: Theorem) -> Instance | DeepInstance:
        """Build the instance.

        Raises
        ------
        InputError
            If the family is unknown, or its parameters are not its own.
        """
        if self.family == CONSTRUCTION:
            return _constructed(theorem, self.parameters).instance
        if self.family == WRITTEN:
            return _written(self.parameters)
        return self.built(self.codes)

    def built(self, codes: Codes | Several) -> Instance | DeepInstance:
        """Build its dictionary, or dictionaries, with these codes; it is no construction."""
        if self.family == LAYERS:
            return layers(codes, **self.parameters)
        if self.family == TOWER:
            return tower(codes, **self.parameters)
        if self.family == CONVOLUTIONAL_LAYERS:
            return convolutional_layers(codes, **self.parameters)
        D = dictionary(self.family, self.parameters)
        m, n = D.shape
        return Instance(D, codes.draw(n), codes.draw_noise(m))

    def with_sparsity(self, sparsity: int) -> Recipe:
        """Make the same recipe with another sparsity."""
        return replace(self, codes=replace(self.codes, sparsity=sparsity))

    def to_json(self) -> dict[str, Any]:
        """Give the recipe as JSON holds it."""
        recipe: dict[str, Any] = {"family": self.family, "parameters": dict(self.parameters)}
        if self.family == CONSTRUCTION:
            return recipe
        settings = {"settings": dict(self.settings)} if self.settings else {}
        codes = {} if self.family == WRITTEN else {"codes": self.codes.to_json()}
        return {**recipe, **codes, **settings}

    @classmethod
    def from_json(cls, value: Any) -> Recipe:
        """Read a recipe back.

        Raises
        ------
        InputError
            If the value is not a recipe.
        """
        if not isinstance(value, dict) or not isinstance(value.get("parameters"), dict):
            raise InputError("recipe", value, "an object with 'family', 'parameters' and 'codes'")
        known = [*FAMILIES, LAYERS, TOWER, CONVOLUTIONAL_LAYERS, CONSTRUCTION, WRITTEN]
        if value.get("family") not in known:
            raise InputError("recipe.family", value.get("family"), f"one of {', '.join(known)}")
        for name, number in value["parameters"].items():
            if name not in NO_SIZES and isinstance(number, int) and number > LARGEST_PARAMETER:
                raise InputError(
                    f"recipe.parameters.{name}", number, f"at most {LARGEST_PARAMETER}"
                )
        codes = value.get("codes", {})
        names = {item.name for item in fields(Codes)}
        if not isinstance(codes, dict) or not set(codes) <= names:
            raise InputError("recipe.codes", codes, f"an object with some of {sorted(names)}")
        settings = value.get("settings", {})
        if not isinstance(settings, dict):
            raise InputError("recipe.settings", settings, "an object")
        further = sorted(set(value) - {item.name for item in fields(cls)})
        if further:
            raise InputError("recipe", further, "no other fields than those of a recipe")
        return cls(value["family"], value["parameters"], Codes(**codes), settings)


def dictionary(family: str, parameters: Mapping[str, Any]) -> Dictionary:
    """Build the dictionary of a family; the last few are kept, with what was computed of them."""
    return _dictionary(family, json.dumps(dict(parameters), sort_keys=True))


@kept(maxsize=8)
def _dictionary(family: str, parameters: str) -> Dictionary:
    return Dictionary(FAMILIES[family].member(json.loads(parameters)))


def written_recipe(
    D: FloatArray, X: FloatArray, E: FloatArray, settings: Mapping[str, Any]
) -> Recipe:
    """Write an instance down, every entry of it.

    Examples
    --------
    >>> recipe = written_recipe(np.eye(2), np.array([[0.1, 0]]), np.zeros((1, 2)), {})
    >>> recipe.parameters["X"], Recipe.from_json(recipe.to_json()).instance(None).X
    ([[0.1, 0.0]], array([[0.1, 0. ]]))
    """
    rows = {"D": D.tolist(), "X": X.tolist(), "E": E.tolist()}
    return Recipe(WRITTEN, rows, settings=settings)


def _written(parameters: Mapping[str, Any]) -> Instance:
    """Read an instance that was written down."""
    expected = "the rows of D, X and E: finite numbers, of lengths that fit"
    try:
        arrays = {name: np.array(parameters[name], dtype=np.float64) for name in ("D", "X", "E")}
        m, n = arrays["D"].shape
        for name, length in (("X", n), ("E", m)):
            if arrays[name].size and arrays[name].shape[1:] != (length,):
                raise ValueError(f"rows of {name} are not of length {length}")
        X, E = arrays["X"].reshape(-1, n), arrays["E"].reshape(-1, m)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("recipe.parameters", dict(parameters), f"{expected} ({error})") from None
    if set(parameters) != set(arrays) or max(len(X), m, n) > LARGEST_PARAMETER:
        raise InputError("recipe.parameters", sorted(parameters), expected)
    return Instance(arrays["D"], X, E)


def constructions(theorem: Theorem) -> dict[str, Construction]:
    """Extremal constructions that a theorem and its mutants name, by name."""
    named = [theorem.sharp, *(mutant.witness for mutant in theorem.mutants)]
    return {getattr(item, "__name__", "construction"): item for item in named if item is not None}


def _constructed(theorem: Theorem, parameters: Mapping[str, Any]) -> Experiment:
    known = constructions(theorem)
    name, size = parameters.get("name"), parameters.get("size")
    if name not in known:
        raise InputError("construction", name, f"one of {sorted(known)} of {theorem.id}")
    if not isinstance(size, int) or size < 1:
        raise InputError("size", size, "an integer that is at least 1")
    return posed(known[name](size))
