"""Theorems on deep models: how tight, on which models, and which bugs they catch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.draws import Draw, draws
from sparsebound.checks.evidence import gather
from sparsebound.checks.examine import examine
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.checks.recipes.towers import DRAWN, TOWERS, fitting
from sparsebound.checks.search import search
from sparsebound.checks.subjects.cascade import cascade, feed_forward
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.extremal.cascades import (
    three_layers,
    two_layers,
)
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.rate.deep import THEOREM as DEEP
from sparsebound.theory.stability.layered_thresholding import THEOREM as THRESHOLDING
from sparsebound.theory.verdict import Status, decide

DEEP_THEOREMS = [
    catalogue()[name]
    for name in (
        "model.lipschitz",
        "rate.deep",
        "stability.deep",
        "stability.layered_basis_pursuit",
        "stability.layered_thresholding",
    )
]
BY_ID = [pytest.param(theorem, id=theorem.id) for theorem in DEEP_THEOREMS]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_two_layers_attain_the_bound_of_the_cascade(size: int) -> None:
    instance = two_layers(size)
    verdict = decide(DEEP, instance, {"cascade": cascade(instance)})
    assert verdict.status.tolist() == [Status.HOLDS]
    assert verdict.attained.all()
    assert verdict.claim == ("||z_2 - x_2||_inf <= b_2",)


def test_three_layers_come_near_the_bound_of_the_cascade() -> None:
    ratios = []
    for size in (1, 2, 3):
        instance = three_layers(size)
        verdict = decide(DEEP, instance, {"cascade": cascade(instance)})
        assert verdict.status.tolist() == [Status.HOLDS]
        assert verdict.claim == ("||z_3 - x_3||_inf <= b_3",)
        ratios.append(float(verdict.ratio[0]))
    assert ratios == sorted(ratios)
    assert ratios[0] >= 0.96


def test_three_and_four_layers_are_tried_often_enough() -> None:
    deep: Counter[str] = Counter()
    total = 0

    def visit(draw: Draw) -> bool:
        nonlocal total
        total += 1
        name = draw.recipe.parameters["name"]
        if draw.recipe.family == "tower" and draw.meant:
            deep[str(len(TOWERS[name].above) + 1)] += 1
        return False

    search(draws(DEEP), 1300, 0, visit)
    assert total == 1300
    # a ci run has 1300 examples of each of five theorems
    assert 5 * deep["3"] >= 500
    assert 5 * deep["4"] >= 250


@pytest.mark.parametrize("theorem", BY_ID)
@pytest.mark.parametrize("name", DRAWN)
def test_every_tower_is_within_the_premises_with_every_map(theorem: Any, name: str) -> None:
    codes = Codes(
        count=2,
        sparsity=TOWERS[name].sparsity,
        pattern="random",
        amplitudes="integers",
        noise=0.25,
    )
    for between in fitting(name):
        recipe = Recipe("tower", {"name": name, "between": between, "signs": 3}, codes)
        status = examine(theorem, recipe).verdict.status
        assert set(status) <= {Status.HOLDS, Status.VACUOUS}, between
        assert status[0] == Status.HOLDS, between


@pytest.mark.parametrize("theorem", BY_ID[:2])
def test_a_plane_of_order_43_carries_three_layers(theorem: Any) -> None:
    codes = Codes(count=2, sparsity=1, amplitudes="integers")
    recipe = Recipe("tower", {"name": "plane of order 43", "between": "identity"}, codes)
    found = examine(theorem, recipe)
    assert isinstance(found.instance, DeepInstance)
    assert [layer.sparsity.max() for layer in found.instance.layers] == [21, 3, 1]
    assert set(found.verdict.status) == {Status.HOLDS}


Bug = Callable[[Unfolding], tuple[FloatArray, Any]]
BUGS: dict[str, Bug] = {
    "bias sign": lambda network: (network.thresholds, lambda v, t: np.sign(v) * (np.abs(v) + t)),
    "wrong threshold": lambda network: (0.9 * network.thresholds, soft),
    "missing layer": lambda network: (network.thresholds[:, :-1], soft),
    "dropped nu": lambda network: (network.thresholds - network.nu[:, None], soft),
    "none": lambda network: (network.thresholds, soft),
}


def planted(given: Posed, honest: Cascade, bug: Bug) -> Cascade:
    """Run each network with a bug, on what the one below returned; declarations stay."""
    instance = posed(given).deep
    below = instance.X0 + instance.layers[0].E
    networks = []
    for layer, psi, network in zip(instance.layers, instance.maps, honest.networks, strict=True):
        thresholds, activation = bug(network)
        states = unfolded_network(
            layer.D.data, network.W, psi(layer.lift(below)).mid, thresholds, activation
        )
        missing = network.iterates.shape[1] - states.shape[1]
        states = np.concatenate([states, *[states[:, -1:]] * missing], axis=1)
        networks.append(replace(network, iterates=states))
        below = states[:, -1]
    return Cascade(tuple(networks))


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize(
    ("theorem", "subject", "iterations"), [(DEEP, cascade, 4), (THRESHOLDING, feed_forward, 1)]
)
def test_planted_bugs_are_caught(theorem: Any, subject: Any, iterations: int, bug: str) -> None:
    codes = Codes(count=4, amplitudes="integers", pattern="random", noise=0.25)
    parameters = {"name": "three layers", "between": "average_pooling", "signs": 1}
    tower = Recipe("tower", parameters, codes).instance(theorem)
    assert isinstance(tower, DeepInstance)
    design = Design(layers=iterations, rounded=True)
    instance = designed(tower, design)
    if bug == "missing layer" and theorem is DEEP:
        # elsewhere there is a thresholding function with which nothing is missing
        instance = two_layers(1)
    (name,) = theorem.needs
    network = planted(instance, subject(instance), BUGS[bug])
    status = decide(theorem, instance, {name: network}).status
    if bug == "none":
        assert set(status) == {Status.HOLDS}
    else:
        assert Status.VIOLATED in status


def test_evidence_of_a_deep_model_can_be_selected() -> None:
    codes = Codes(count=3, amplitudes="integers", noise=0.25)
    recipe = Recipe("tower", {"name": "lines of 3", "between": "subsample"}, codes)
    for theorem in DEEP_THEOREMS:
        instance = recipe.instance(theorem)
        evidence = gather(theorem, instance)
        whole = decide(theorem, instance, evidence)
        part = {name: found.select([1]) for name, found in evidence.items()}
        assert decide(theorem, instance.select([1]), part).status[0] == whole.status[1]
