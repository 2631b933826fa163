"""What is planted for pursuits and thresholding; importing it adds to the tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.refitting import fitted
from sparsebound.theory.constructions import simplex
from sparsebound.theory.evidence.pursuits import BlockCode, EvenCode, JointCode
from sparsebound.theory.instance import Instance
from tests.theorems.batches import BATCHES, Batch
from tests.theorems.planting import FAR, PLANTS, Plants, altered
from tests.theorems.wrong_quantities import FURTHER, Planted, computed_wrong, denser


def pairs_on_a_simplex() -> Instance:
    """A simplex of eight blocks of two atoms, and codes on one or two of them."""
    D = np.kron(simplex(7), np.eye(2))
    X = np.zeros((3, 16))
    X[[0, 1, 2, 2], [0, 5, 2, 9]] = 1, -2, 3, 1
    return Instance(D, X)


def without_the_first_atom() -> Instance:
    """Two or three of eight atoms of a simplex, which take a pursuit many steps."""
    X = np.zeros((3, 8))
    X[[0, 0, 1, 1, 1, 2, 2], [1, 2, 3, 4, 5, 2, 7]] = 1, 1, 1, 2, 3, 5, 1
    return Instance(simplex(7), X)


def single_atoms_that_share_a_row() -> Instance:
    """Seven atoms that share a row, each with another entry there: no products are equal."""
    shared = [[1, 2, 1.25, 2.25, 1.5, 1.75, 2.125]]
    return Instance(np.vstack([shared, 4 * np.eye(7)]), 8 * np.eye(7)[[0, 3, 5]])


def single_atoms_of_an_uneven_simplex() -> Instance:
    """Eight atoms in seven dimensions, nearly a simplex: no products are equal."""
    uneven = np.arange(56).reshape(7, 8) ** 2 % 13 / 64
    return Instance(simplex(7) + uneven, 8 * np.eye(8)[[0, 3, 5]])


def joins_elsewhere(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """What is compared where an atom joins is far too large, one quantity at a time."""
    module = sys.modules[found.theorem.claims.__module__]
    compute = module.joins
    for name in ("beside", "against", "slopes", "turned"):

        def wrong(instance: Instance, name: str = name) -> Any:
            right = compute(instance)
            other = ~(instance.X == found.instance.X[code]).all(axis=1)
            value = getattr(right, name)
            return replace(right, **{name: value.where(other[:, None], value + FAR)})

        patch.setattr(module, "joins", wrong)
        yield Planted(name, found.instance, found.evidence, {})


def refitted_elsewhere(found: Batch, code: int, patch: pytest.MonkeyPatch) -> Iterator[Planted]:
    """Least squares on atoms next to those that a step should have chosen."""
    (need,) = found.theorem.needs
    run = found.evidence[need]
    for step in range(1, run.points.shape[1]):

        def moved(points: Any, step: int = step) -> Any:
            atoms = np.roll(points[step] != 0, 1)
            instance = found.instance.select(np.array([code]))
            points[step] = fitted(instance.D.data, instance.Y.mid, atoms[None])[0]
            return points

        evidence = {need: altered(run, code, points=moved)}
        yield Planted(f"atoms of step {step}", found.instance, evidence, {})


def even_code(found: EvenCode, code: int) -> Plants:
    """A signal that is 0, or one far away; a code on all atoms, or a much more uneven one."""
    yield "nothing", altered(found, code, signals=0.0)
    yield "far", altered(found, code, signals=lambda signals: signals + FAR)
    yield "every", altered(found, code, codes=FAR)
    uneven = found.codes[code].copy()
    uneven[np.flatnonzero(uneven)[:1]] *= FAR
    yield "uneven", altered(found, code, codes=uneven)


def block_code(found: BlockCode, code: int) -> Plants:
    """A code on the first blocks that are told apart from the others by less than half."""
    n = found.codes.shape[1]
    for more in range(1, n + 1):
        first = np.arange(n) < more
        yield "null", altered(found, code, codes=1.0 * first)
        yield "steps", altered(found, code, codes=np.where(np.arange(n) % 2, 1.0, -1.0) * first)


def joint_code(found: JointCode, code: int) -> Plants:
    """The other codes are 0, or there is nothing but one measurement, or on all atoms."""
    yield "nothing", altered(found, code, others=0.0)
    yield "far", altered(found, code, others=FAR)
    yield "every", altered(found, code, columns=1.0)


FURTHER["network.coupling_necessary"] = (computed_wrong("_error", lambda value: 0 * value),)
FURTHER["rate.cosamp"] = FURTHER["rate.htp"] = (refitted_elsewhere,)
FURTHER["rate.homotopy"] = (joins_elsewhere,)
FURTHER["rate.matching_pursuit"] = (denser,)
BATCHES["rate.cosamp"] = single_atoms_of_an_uneven_simplex
BATCHES["rate.htp"] = single_atoms_that_share_a_row
BATCHES["rate.matching_pursuit"] = without_the_first_atom
BATCHES["uniqueness.block"] = pairs_on_a_simplex
PLANTS.update({BlockCode: block_code, EvenCode: even_code, JointCode: joint_code})
