"""Recipes: JSON and back, the same instance each time, and errors that say what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from sparsebound.checks.describe import describe
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.examine import examine
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.checks.search import search
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


def test_settings_are_part_of_a_recipe_and_read_strictly() -> None:
    theorem = catalogue()["rate.unfolded"]
    found: list[Recipe] = []

    def visit(draw: Draw) -> bool:
        if draw.recipe.settings and not found:
            found.append(draw.recipe)
        return False

    search(draws(theorem), 10, 0, visit)
    stored = json.loads(json.dumps(found[0].to_json()))
    assert Recipe.from_json(stored) == found[0]
    one, two = (Recipe.from_json(stored).experiment(theorem) for _ in range(2))
    assert one.settings == two.settings
    assert one.settings["designs"][0].rounded
    assert "settings = {" in describe(examine(theorem, found[0]))
    (design,) = stored["settings"]["designs"]
    for settings, message in (
        ({"depth": 3}, r"recipe.settings is \['depth'\]; expected some of \['designs'\]"),
        ({"designs": []}, "recipe.settings.designs"),
        ({"designs": [{**design, "layers": -1}]}, "whole numbers of layers"),
        ({"designs": [{**design, "rho": 2.0}]}, "numbers from 0 to 1 for rho"),
        ({"designs": [{**design, "dtype": "float16"}]}, "float64, float32 for dtype"),
        ({"designs": [{**design, "further": 1}]}, "expected objects with layers"),
        ([1], "recipe.settings is"),
    ):
        with pytest.raises(InputError, match=message):
            Recipe.from_json({**stored, "settings": settings}).experiment(theorem)
    with pytest.raises(InputError, match="no other fields than those of a recipe"):
        Recipe.from_json({**stored, "setings": {}})
    extremal = {"family": "construction", "parameters": {"name": "aligned_and_inexact", "size": 1}}
    with pytest.raises(InputError, match="none for a construction"):
        Recipe.from_json({**extremal, "settings": {"designs": [design]}}).experiment(theorem)


def test_a_recipe_without_settings_has_their_defaults() -> None:
    theorem = catalogue()["rate.ista"]
    recipe = Recipe("orthonormal", {"kind": "identity", "atoms": 2}, Codes())
    assert recipe.experiment(theorem).settings == {}
    plain = examine(theorem, recipe).evidence["ista_run"]
    named = {"weight": 0.5, "start": 0, "dtype": "float64"}
    same = examine(theorem, replace(recipe, settings=named)).evidence["ista_run"]
    assert (plain.points == same.points).all()
    assert (plain.lam == same.lam).all()
