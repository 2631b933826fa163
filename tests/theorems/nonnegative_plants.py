"""What is planted for theorems on nonnegative codes; importing it adds to the tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.evidence import OneSidedRival
from tests.theorems.batches import Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong


def rival(found: OneSidedRival, code: int) -> Plants:
    """Another code that is far away, everywhere or where it is largest."""
    yield "far", altered(found, code, point=FAR)
    largest = int(found.point[code].argmax())
    yield "largest", altered(found, code, point=at(largest, lambda _: FAR))


PLANTS[OneSidedRival] = rival


def one_large_entry(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """A null vector that is on one atom."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module.null_sizes

    def wrong(instance: Any, *args: Any) -> Any:
        sizes = compute(instance, *args)
        alone = np.where(np.arange(sizes.shape[1]) == 0, FAR, 0.0) + np.zeros(sizes.shape)
        other = ~(instance.X == found.instance.X[code]).all(axis=1)
        return sizes.where(other[:, None], alone)

    patch.setattr(module, "null_sizes", wrong)
    yield Planted("null", found.instance, found.evidence, {})


FURTHER["uniqueness.nonnegative"] = (
    computed_wrong("other_solutions", lambda value: value + FAR),
    one_large_entry,
)
