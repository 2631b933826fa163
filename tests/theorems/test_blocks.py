"""What is decided in a block is decided of each of its recipes alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.checks.draws import DrawnBlock, blocks
from sparsebound.checks.evidence import gather, is_common
from sparsebound.checks.examine import examine, examine_block
from sparsebound.checks.recipes import Codes, Recipe
from sparsebound.checks.recipes.block import RecipeBlock
from sparsebound.checks.search import search
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.distinct import distinct
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import MANY, Status, decide

THEOREMS = [
    theorem
    for theorem in catalogue().values()
    if theorem.about != "dictionary" and not is_common(theorem)
]
BLOCKS = 4


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_a_recipe_alone_gives_what_it_gave_in_its_block(theorem: Theorem) -> None:
    tried = 0

    def look(draw: DrawnBlock) -> bool:
        nonlocal tried
        if len(draw.block) < 2:
            return False
        together = examine_block(theorem, draw.block)
        for recipe, codes in zip(draw.block.recipes, draw.block.slices(len(together)), strict=True):
            alone = examine(theorem, recipe).verdict
            assert (alone.status == together.status[codes]).all()
            # what is measured of attention is of the size of rounding
            tolerance = 1e-3 if theorem.id == "network.attention_shift" else 1e-9
            np.testing.assert_allclose(
                alone.ratio, together.ratio[codes], rtol=tolerance, atol=1e-12
            )
        tried += 1
        return False

    search(blocks(theorem), 60, 5, look, lambda: tried == BLOCKS)
    assert tried == BLOCKS


def test_a_block_shrinks_to_a_single_recipe() -> None:
    theorem = catalogue()["uniqueness.coherence"]

    def dense(draw: DrawnBlock) -> bool:
        return any(recipe.codes.sparsity >= 2 for recipe in draw.block.recipes)

    found = search(blocks(theorem), 200, 0, dense)
    assert found is not None
    assert len(found.block) == 1


def test_only_codes_differ_within_a_block() -> None:
    drawn: list[RecipeBlock] = []
    theorem = catalogue()["rate.ista"]
    search(blocks(theorem), 60, 1, lambda draw: bool(drawn.append(draw.block)))
    assert max(map(len, drawn)) == 4
    for block in drawn:
        assert len({(r.family, repr(r.parameters), repr(r.settings)) for r in block.recipes}) == 1
        assert len({recipe.codes for recipe in block.recipes}) == len(block)


def test_the_place_of_a_code_is_that_in_its_own_recipe() -> None:
    theorem = catalogue()["stability.bpdn"]
    block = RecipeBlock(tuple(Recipe("simplex", {"m": 3}, Codes(count=k)) for k in (2, 1, 3)))
    instance: Any = block.experiment(theorem).instance
    assert instance.place.tolist() == [0, 1, 0, 0, 1, 2]


def large(codes: int) -> Instance:
    rng = np.random.default_rng(1)
    D = np.hstack([np.eye(8), np.ones((8, 1)) / 4])
    X = np.where(rng.random((codes, 9)) < 0.2, rng.integers(-4, 5, (codes, 9)), 0.0)
    return Instance(D, X)


@pytest.mark.parametrize("name", ["dictionary.erc_babel", "rate.ista", "network.thresholding"])
def test_many_codes_are_decided_as_few(name: str) -> None:
    theorem, instance = catalogue()[name], large(MANY + 300)
    evidence = gather(theorem, Experiment(instance))
    together = decide(theorem, instance, evidence)
    for first in range(0, len(instance), 331):
        codes = np.arange(first, min(first + 331, len(instance)))
        own = {key: value.select(codes) for key, value in evidence.items()}
        few = decide(theorem, instance.select(codes), own)
        assert (few.status == together.status[codes]).all()
        np.testing.assert_allclose(few.ratio, together.ratio[codes], rtol=1e-9)
        np.testing.assert_array_equal(few.attained, together.attained[codes])
        assert [few.claim[i] for i in range(len(codes))] == [together.claim[i] for i in codes]


def test_violations_among_many_codes_are_found() -> None:
    theorem, instance = catalogue()["dictionary.erc_babel"], large(3 * MANY)
    mutant = theorem.mutants[0]
    verdict = decide(theorem, instance, {}, mutant.changes)
    few = decide(theorem, instance.select(np.arange(500)), {}, mutant.changes)
    assert 0 < verdict.count(Status.VIOLATED) < len(verdict)
    assert (verdict.status[:500] == few.status).all()


def test_codes_that_are_the_same_with_their_evidence_are_decided_once() -> None:
    instance = Instance([[1, 0, 1], [0, 1, 1]], [[1, 0, 0], [0, 2, 0], [1, 0, 0], [1, 0, 0]])
    first, places = distinct(instance, {})
    assert (first.tolist(), places.tolist()) == ([0, 1], [0, 1, 0, 0])
    evidence = gather(catalogue()["rate.ista"], Experiment(instance))
    evidence["ista_run"].points[3, -1, 0] += 1e-9
    first, places = distinct(instance, evidence)
    assert places.tolist() == [0, 1, 0, 2]
    assert distinct(instance, {"unknown": object()})[1].tolist() == [0, 1, 2, 3]
