"""Data of extreme size are decided, or refused in one line that says so: never a false alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from sparsebound.checks.evidence import LARGEST, SMALLEST, gather
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.theorem import Theorem
from sparsebound.theory.verdict import Status, decide

EVERY = pytest.mark.parametrize("theorem", catalogue().values(), ids=lambda theorem: theorem.id)
ATOMS = np.array([[1.0, 0, 1], [0, 1, 1]])
CODES = np.array([[1.0, 0, 0], [0, -1, 0]])


WITHIN = [(SMALLEST, SMALLEST), (SMALLEST, LARGEST), (LARGEST, SMALLEST), (LARGEST, LARGEST)]
BEYOND = [(1e-320, 1.0), (1e-300, 1e300), (1e150, 1e-320), (1e150, 1e300), (1e300, 1e-320)]
"""Sizes of atoms and of codes."""


def posed(theorem: Theorem, sizes: list[tuple[float, float]]) -> Iterator[Instance | DeepInstance]:
    """Small instances of these sizes that float64 holds."""
    for size, scale in sizes:
        if theorem.about != "layers":
            yield Instance(ATOMS * size, CODES * scale)
        elif size < 1e150 or scale < 1:
            layer = Instance(np.eye(2) * size, CODES[:1, :2] * scale)
            yield DeepInstance((layer,), layer.X @ layer.D.data.T)


MIXED = ["rate.alista", "rate.local", "rate.lista_cp", "network.spiking", "training.itkm_step"]


@pytest.mark.parametrize("name", MIXED)
def test_atoms_of_very_different_sizes_are_decided_or_refused(name: str) -> None:
    theorem = catalogue()[name]
    with np.errstate(all="ignore"):
        try:
            assert not violated(theorem, Instance(ATOMS * [1e-35, 1, 1e35], CODES))
        except InputError as error:
            if not re.fullmatch("the size of .* scale the data", str(error)):
                raise


@pytest.mark.parametrize("apart", [1e-3, 1e-8, 1e-12, 1e-39])
def test_nearly_parallel_atoms_are_no_fault_of_a_step_of_learning(apart: float) -> None:
    theorem = catalogue()["training.itkm_step"]
    assert not violated(theorem, Instance(np.array([[1, 1, 0], [0, apart, 1]]), CODES))


def violated(theorem: Theorem, instance: Instance | DeepInstance) -> list[str]:
    verdict = decide(theorem, instance, gather(theorem, instance))
    return [verdict.claim[code] for code in np.flatnonzero(verdict.status == Status.VIOLATED)]


@EVERY
def test_evidence_is_found_between_the_sizes_that_are_named(theorem: Theorem) -> None:
    for instance in posed(theorem, WITHIN):
        assert not violated(theorem, instance)


@EVERY
def test_beyond_them_data_are_decided_or_refused(theorem: Theorem) -> None:
    for instance in posed(theorem, BEYOND):
        with np.errstate(all="ignore"):
            try:
                assert not violated(theorem, instance)
            except InputError as error:
                if not re.fullmatch("the size of .* scale the data", str(error)):
                    raise
