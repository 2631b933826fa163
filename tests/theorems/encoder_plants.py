"""What is planted for theorems on encoders; importing it adds to the tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from sparsebound.theory.evidence import EncoderStep, OneLayer
from tests.theorems.batches import Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered, at
from tests.theorems.wrong_quantities import FURTHER, Planted


def encoder(found: EncoderStep, code: int) -> Plants:
    """Far less noise than nothing, thresholds that fit, and codes that are not the worst."""
    less = altered(found, code, noise=-FAR)
    yield "noise", less
    yield "thresholds", altered(less, code, thresholds=-FAR / 2)
    first, second = (int(unit) for unit in found.units[code])
    yield "off", altered(found, code, worst=at((0, first), lambda _: -FAR))
    yield "on", altered(found, code, worst=at((1, second), lambda _: FAR))


PLANTS[EncoderStep] = encoder


def layer(found: OneLayer, code: int) -> Plants:
    """Two codes that are far apart, and look as alike as before; and one that is far away."""
    yield "apart", altered(found, code, points=lambda points: points * FAR)
    yield "far", altered(found, code, points=at((0, 0), lambda _: FAR))


PLANTS[OneLayer] = layer


def nothing_left(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """No error is left of the worst code."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module._left

    def wrong(instance: Any, *args: Any) -> Any:
        left = compute(instance, *args)
        other = ~(instance.X == found.instance.X[code]).all(axis=1)
        return left.where(other[:, None], 0 * left)

    patch.setattr(module, "_left", wrong)
    yield Planted("left", found.instance, found.evidence, {})


FURTHER["network.amortisation_gap"] = (nothing_left,)
