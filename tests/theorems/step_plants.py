"""What is planted for theorems on steps of whole layers: other results, and what is made of them.

Importing it adds to the tables of planting.py, wrong_quantities.py and batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sparsebound.theory.evidence.steps import LayerStep, PowerStep
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.steps import equal_other_coordinates
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered
from tests.theorems.wrong_quantities import FURTHER, Planted


def stepped(found: LayerStep, code: int) -> Plants:
    """One weight at a time is elsewhere."""
    for place in np.ndindex(found.stepped.shape[1:]):
        moved = np.zeros(found.stepped.shape[1:])
        moved[place] = FAR
        yield place, altered(found, code, stepped=lambda old, moved=moved: old + moved)


def distances_are_wrong(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """What is left of a layer, or of its fluctuations, is not the same for each time of asking."""
    from sparsebound.theory.training import circulant

    others = np.arange(found.codes) != code
    for name in ("_apart", "_fluctuations", "squared_frobenius"):
        for turn in range(3):
            right, asked = getattr(circulant, name), []

            def wrong(values, *rest, right=right, asked=asked, turn=turn):
                value = right(values, *rest)
                asked.append(None)
                shape = (-1,) + (1,) * (value.ndim - 1)
                kept = others.reshape(shape) | (len(asked) != turn + 1)
                ramp = (np.arange(value.shape[-1]) + 1) * FAR if value.ndim > 1 else FAR
                return value.where(kept, value + ramp)

            with patch.context() as inner:
                inner.setattr(circulant, name, wrong)
                yield Planted(f"{name} {turn}", found.instance, found.evidence, {})


def powered(found: PowerStep, code: int) -> Plants:
    """The weights are elsewhere, or nothing is counted, or less than that."""
    yield "stepped", altered(found, code, stepped=lambda old: old + FAR)
    yield "uncounted", altered(found, code, counts=0)
    yield "negative", altered(found, code, counts=lambda old: -old - 1)
    yield "one atom", altered(found, code, atoms=0)


def steps_are_wrong(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Coordinates after a step are elsewhere, or 0."""
    from sparsebound.theory.training import tensor_power

    right, row = tensor_power._step, np.asarray(found.instance.X[code])
    for name, factor, more in (("far", 1, FAR), ("nothing", 0, 0)):

        def wrong(instance: Instance, *given: Any, factor: int = factor, more: float = more) -> Any:
            value, other = right(instance, *given), ~(instance.X == row).all(axis=1)
            return value.where(other[:, None], value * factor + more)

        patch.setattr(tensor_power, "_step", wrong)
        yield Planted(name, found.instance, found.evidence, {})


def errors_before_are_wrong(
    found: Batch, code: int, patch: pytest.MonkeyPatch
) -> Iterator[Planted]:
    """The error that is asked for first is negative."""
    from sparsebound.theory.training import atom_update

    right, asked, others = atom_update.squared_frobenius, [], np.arange(found.codes) != code

    def wrong(values: Any) -> Any:
        asked.append(values)
        value = right(values)
        return value.where(others, -1) if len(asked) == 1 else value

    patch.setattr(atom_update, "squared_frobenius", wrong)
    yield Planted("before", found.instance, found.evidence, {})


PLANTS.update({LayerStep: stepped, PowerStep: powered})
BATCHES["training.circulant"] = lambda: Instance(
    [[1, 0, 0, 2], [0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1]],
    [[1, 0, 2, 0], [0, 3, 1, 0], [0, 0, 1, 1]],
)
BATCHES["training.tensor_power"] = lambda: Experiment(
    Instance(np.eye(3), [[1, 0, 2], [0, 1, 0], [3, 1, 0]]), equal_other_coordinates(2).settings
)
FURTHER["training.atom_update"] = (errors_before_are_wrong,)
FURTHER["training.circulant"] = (distances_are_wrong,)
FURTHER["training.tensor_power"] = (steps_are_wrong,)
