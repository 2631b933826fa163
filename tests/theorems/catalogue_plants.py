"""What is planted for theorems that people look for by name; importing it adds to the tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sparsebound.theory.evidence.classified import Classified
from tests.theorems.batches import Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong


def mirrored(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """The other code is minus the code: as short, and no other code of its signal."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module.null_vectors
    tail = found.evidence["compressible"].tail

    def wrong(instance: Any, null: Any) -> Any:
        right = compute(instance, null)
        other = ~(instance.X == found.instance.X[code]).all(axis=1)
        dense = instance.lift(instance.X + tail[: len(instance)]) * instance.D.relative_norms
        return right.where(other[:, None], -2 * dense)

    patch.setattr(module, "null_vectors", wrong)
    yield Planted("null", found.instance, found.evidence, {})


FURTHER["stability.compressible"] = (mirrored,)


def behind(name: str) -> Any:
    """In each step a product off the support is larger than it is."""

    def plants(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
        module = sys.modules[found.theorem.claims.__module__]
        compute = getattr(module, name)

        def wrong(instance: Any) -> Any:
            right = compute(instance)
            other = ~(instance.X == found.instance.X[code]).all(axis=1)
            return replace(right, beside=right.beside.where(other[:, None], right.beside + FAR))

        patch.setattr(module, name, wrong)
        yield Planted("beside", found.instance, found.evidence, {})

    return plants


FURTHER["uniqueness.omp_rip"] = (behind("plain_greedy_steps"),)
FURTHER["conjecture.omp_unit_atoms"] = (behind("greedy_steps"),)
FURTHER["uniqueness.rip"] = (computed_wrong("_constant", lambda value: value + FAR),)


def elsewhere(found: Classified, code: int) -> Plants:
    """What was returned is far away, on either side."""
    yield "above", altered(found, code, points=lambda points: points + FAR)
    yield "below", altered(found, code, points=lambda points: points - FAR)


PLANTS[Classified] = elsewhere
