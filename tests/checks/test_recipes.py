"""Recipes: JSON and back, the same instance each time, and errors that say what is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given

from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance

COHERENCE = catalogue()["uniqueness.coherence"]
DEEP = catalogue()["uniqueness.deep"]


@given(draws(COHERENCE))
def test_a_recipe_goes_through_json_and_builds_the_same_instance(draw: Draw) -> None:
    again = Recipe.from_json(json.loads(json.dumps(draw.recipe.to_json())))
    first, second = draw.recipe.instance(COHERENCE), again.instance(COHERENCE)
    assert (first.X == second.X).all()
    assert (first.D.data == second.D.data).all()


@given(draws(DEEP))
def test_layers_fit_on_each_other_exactly(draw: Draw) -> None:
    instance = draw.recipe.instance(DEEP)
    assert isinstance(instance, DeepInstance)
    for layer, below in zip(instance.layers, instance.inputs(), strict=True):
        assert (below.mid == layer.X @ layer.D.data.T).all()


@pytest.mark.parametrize("pattern", ["leading", "random", "spread"])
@pytest.mark.parametrize("amplitudes", ["ones", "signs", "integers", "normal", "decaying"])
def test_codes_have_the_sparsity_that_is_asked_for(pattern: str, amplitudes: str) -> None:
    for sparsity in (0, 1, 3, 7):
        drawn = Codes(5, sparsity, pattern, amplitudes, seed=3).draw(7)
        assert ((drawn != 0).sum(axis=1) == sparsity).all()
        assert (drawn * 128 == np.rint(drawn * 128)).all()


def test_patterns_nest() -> None:
    for pattern in ("leading", "random"):
        nested = Codes(pattern=pattern, seed=4).nested(8, 5) != 0
        assert (nested[:-1] <= nested[1:]).all()


BAD = [
    ([], "recipe is \\[\\]; expected an object"),
    ({"family": "nonsense", "parameters": {}}, "recipe.family is 'nonsense'; expected one of"),
    ({"family": "simplex", "parameters": {"m": 2}, "codes": {"cont": 1}}, "recipe.codes"),
    ({"family": "simplex", "parameters": {"m": 2}, "codes": {"count": -1}}, "count is -1"),
    ({"family": "simplex", "parameters": {"m": 2}, "codes": {"pattern": "x"}}, "pattern is 'x'"),
    ({"family": "simplex", "parameters": {"m": 2}, "codes": {"noise": -1}}, "noise is -1"),
    ({"family": "simplex", "parameters": {"m": 2}, "codes": {"sparsity": 9}}, "sparsity is 9"),
    ({"family": "simplex", "parameters": {"size": 2}}, "parameters"),
    ({"family": "simplex", "parameters": {"m": 99999}}, "parameters.m is 99999; expected at most"),
    ({"family": "construction", "parameters": {"name": "x", "size": 1}}, "construction is 'x'"),
    (
        {"family": "construction", "parameters": {"name": "regular_simplex", "size": 0}},
        "size is 0",
    ),
    ({"family": "layers", "parameters": {"vertices": 2, "between": "identity", "depth": 2}}, "3"),
    ({"family": "layers", "parameters": {"vertices": 5, "between": "x", "depth": 2}}, "between"),
    ({"family": "layers", "parameters": {"vertices": 5, "between": "relu", "depth": 4}}, "depth"),
]


@pytest.mark.parametrize(("value", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_recipes_are_named(value: object, message: str) -> None:
    with pytest.raises((InputError, ValueError), match=message):
        Recipe.from_json(value).instance(COHERENCE)
