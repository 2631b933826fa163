"""Every claim of every theorem is violated by a planted run: at its code, and at no other one.

Premises that say of evidence what it has to be are dropped where a plant contradicts them: what
is asked is whether the claim is about the code that it should be about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sparsebound.theory import verdict
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.experiment import posed
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide
from tests.theorems import (  # noqa: F401
    catalogue_plants,
    coding_plants,
    design_plants,
    encoder_plants,
    feature_plants,
    feature_rate_plants,
    kernel_plants,
    layer_plants,
    nonnegative_plants,
    peer_plants,
    pursuit_plants,
    selection_plants,
    step_plants,
    training_plants,
)
from tests.theorems.batches import BATCHES, Batch, batch
from tests.theorems.planting import PLANTS, Place, alone
from tests.theorems.wrong_quantities import FURTHER, Planted

THEOREMS = list(catalogue().values())

PARTLY: dict[tuple[str, str], str] = {
    ("network.thresholding", "h(v) = 0 for |v| <= theta"): "speaks of entries below the threshold",
    (
        "network.thresholding",
        "h is of the kind declared",
    ): "speaks of entries above the threshold, unless it is soft",
    (
        "rate.deep_local",
        "x^{k+1} = h_k(v^k) + p^{k+1}, h_k of the kind declared",
    ): "is there of the second layer alone: the first has another activation",
    (
        "rate.local",
        "x^{k+1} = h_k(v^k) + p^{k+1}, h_k of the kind declared",
    ): "speaks of entries above the threshold, which no entry of the last layer is",
    ("rate.cosamp", "U has the 2s largest, up to rounding"): "speaks of which entries there are",
    ("rate.htp", "T is the s largest, up to rounding"): "speaks of which entries there are",
    ("rate.depth", "||x^K - x||_inf <= tol"): "speaks of the layers from the sufficient depth on",
    (
        "rate.identification",
        "(lam - |c_j|)/L < ||x^k - x_hat|| where x^{k+1}_j is not 0",
    ): "speaks of steps from near the minimiser",
    (
        "rate.identification",
        "no false positive after ||x^k - x_hat|| <= min_j (lam - |c_j|)/L",
    ): "speaks of steps from near the minimiser",
    ("training.lazy", "s_k <= R"): "a step may be turned round within the length",
    ("rate.optista", "F(y_N) - F* <= L R^2/(2 (theta_N^2 - 1))"): "of the last iterate",
    ("rate.ista_identified", "||x^{k+1} - x_hat|| <= q ||x^k - x_hat||"): "of the second half",
    ("rate.deep", "||z_1 - x_1||_inf <= b_1"): "of the last iterate",
    ("rate.deep", "||z_2 - x_2||_inf <= b_2"): "of the last iterate",
    ("rate.deep", "||z_1 - x_1||_inf <= b_1, of every iterate"): "of all but the last one",
    ("rate.deep", "||z_2 - x_2||_inf <= b_2, of every iterate"): "of all but the last one",
}
"""Claims that do not speak of every place in which something can be planted, and why."""


def from_evidence(found: Batch, code: int) -> Iterator[Planted]:
    """Plants by the type of the evidence."""
    for need, evidence in found.evidence.items():
        for place, changed in PLANTS.get(type(evidence), _none)(evidence, code):
            planted = {**found.evidence, need: changed}
            yield Planted(place, found.instance, planted, {}, everywhere=place == "shared")


def _none(evidence: Any, code: int) -> Iterator[Any]:
    return iter(())


def plants(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    yield from from_evidence(found, code)
    if not found.evidence and found.theorem.id not in FURTHER:
        yield from by_mutants(found.theorem)
    for further in FURTHER.get(found.theorem.id, ()):
        with patch.context() as inner:
            yield from further(found, code, inner)


def by_mutants(theorem: Theorem) -> Iterator[Planted]:
    """What a theorem says itself of how it may be wrong, where nothing better is known of it."""
    for mutant in theorem.mutants:
        construct = mutant.witness or theorem.sharp
        assert construct is not None, f"{theorem.id}: a mutant needs a witness, or FURTHER a plant"
        instance = posed(construct(1)).instance
        yield Planted(mutant.name, instance, {}, mutant.changes, everywhere=True)


def group(place: Place) -> Place:
    """What a place is one of: the iterates, those of a layer, the entries of an array."""
    if isinstance(place, int):
        return "iterates"
    if isinstance(place, tuple) and (isinstance(place[0], str) or isinstance(place[1], int)):
        return place[0]
    return place


def layer_of(name: str, occurrence: int, instance: Any) -> int:
    """The layer that a claim on deep models is about."""
    if "x_J" in name:
        return len(instance.layers) - 1
    named = re.search(r"_(\d)", name)
    return int(named[1]) - 1 if named else occurrence


def violated(theorem: Theorem, planted: Planted, code: int) -> bool:
    """Whether the planted run is noticed where it should be; never anywhere else."""

    def judged() -> tuple[Any, bool]:
        status = decide(theorem, planted.instance, planted.evidence, planted.changes).status
        found = status == Status.VIOLATED
        others = np.delete(status, code) == Status.HOLDS
        return status, bool(found.all() if planted.everywhere else found[code] and others.all())

    with pytest.MonkeyPatch.context() as patch:  # most are decided without exact arithmetic
        patch.setattr(verdict, "LARGEST_DECIDED_EXACTLY", 0)
        status, noticed = judged()
    if noticed or (status <= Status.HOLDS).all():
        return noticed
    status, noticed = judged()
    others = np.delete(status, code)
    assert noticed or (others <= Status.HOLDS).all(), (planted.place, code, status)
    return noticed


def noticed(found: Batch, name: str, occurrence: int, code: int, *, premises: bool) -> bool:
    """Whether a claim notices something, and that in every place of a group if in any of it."""
    theorem = alone(found.theorem, name, occurrence, premises=premises)
    layer, partly = layer_of(name, occurrence, found.instance), (found.theorem.id, name) in PARTLY
    seen: dict[Place, bool] = {}
    with pytest.MonkeyPatch.context() as patch:
        for planted in plants(found, code, patch):
            place = planted.place
            if found.theorem.about == "layers" and isinstance(place, tuple) and place[0] != layer:
                continue
            if not seen.get(place):
                seen[place] = violated(theorem, planted, code)
    groups: dict[Place, list[bool]] = {}
    for place, found_there in seen.items():
        groups.setdefault(group(place), []).append(found_there)
    noticing = [places for places in groups.values() if any(places)]
    return bool(noticing) and (partly or all(all(places) for places in noticing))


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_every_claim_is_violated_by_a_planted_run_in_each_position(theorem: Theorem) -> None:
    found = batch(theorem)
    claims = found.claims()
    assert claims
    missed = [
        (name, occurrence, code)
        for name, occurrence in claims
        for code in range(found.codes)
        if not any(noticed(found, name, occurrence, code, premises=p) for p in (True, False))
    ]
    assert not missed


def test_the_tables_name_theorems_and_claims_that_exist() -> None:
    assert {*BATCHES, *FURTHER, *(name for name, _ in PARTLY)} <= set(catalogue())
    for name, claim in PARTLY:
        assert claim in {found for found, _ in batch(catalogue()[name]).claims()}
