"""Evidence that no provider of ours gives, and what is true of it: no alarm, and nothing missed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import Optimum, Trajectory
from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.evidence.pursuits import BlockCode
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, Verdict, decide


def decided(name: str, instance: Instance, evidence: Any, **others: Any) -> Verdict:
    theorem = catalogue()[name]
    need = next(need for need in theorem.needs if need not in others)
    return decide(theorem, instance, {need: evidence, **others})


def run_of(*points: Any) -> Trajectory:
    return Trajectory(np.array([points], dtype=float), [0.0], [1.0])


@pytest.mark.parametrize(
    ("D", "x", "null"),
    [
        (np.eye(2), [1, 0], [1, 0]),
        (np.array([[1, 0, 0.5], [0, 1, 0.5]]), [0, 0, 0], [1, 0, 0.5]),
    ],
)
def test_a_direction_that_is_not_in_the_kernel_says_nothing(D: Any, x: Any, null: Any) -> None:
    code = BlockCode(np.array([x]), np.array([null]), np.arange(len(x)))
    verdict = decided("uniqueness.block", Instance(D, [x]), code)
    assert verdict.status[0] != Status.VIOLATED


def test_other_entries_of_a_pursuit_may_move_by_rounding() -> None:
    atoms = np.array([[1, -0.6], [0, 0.8]])
    point = float(np.float64(1 - 0.6))
    run = run_of([0.0, 0.0], [point, -1e-16])
    verdict = decided("rate.matching_pursuit", Instance(atoms, [[1, 1]]), run)
    assert verdict.status[0] == Status.HOLDS


HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])


@pytest.mark.parametrize(
    ("D", "x", "start", "after"),
    [
        (np.eye(3), [1, 0, 0], [0, 0, 0], [np.inf, 0, 0]),
        (np.eye(3), [1, 0, 0], [0, 0, 0], [0, 0, 0]),
        (np.eye(3), [1, 0, 0], [0, 0, 0], [0, 1, 0]),
        (HADAMARD, [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 9]),
    ],
)
def test_a_step_that_is_determined_is_checked_where_other_products_tie(
    D: Any, x: Any, start: Any, after: Any
) -> None:
    instance = Instance(D, [x])
    wrong = decided("rate.cosamp", instance, run_of(start, after))
    assert wrong.status[0] == Status.VIOLATED
    right = decided("rate.cosamp", instance, run_of(start, x))
    assert right.status[0] == Status.HOLDS


@pytest.mark.parametrize("coefficients", [[], [-1.0]])
def test_kernels_that_have_a_name_need_no_coefficients(coefficients: list[float]) -> None:
    pair = Instance([[1, 0.5], [0, 1]], np.zeros((0, 2)))
    verdict = decided(
        "training.kernel_coherence", pair, LayerKernel("relu", np.array(coefficients))
    )
    assert verdict.status[0] == Status.HOLDS


def test_a_polynomial_of_one_coefficient_is_a_kernel() -> None:
    pair = Instance([[1, 0.5], [0, 1]], np.zeros((0, 2)))
    verdict = decided("training.kernel_coherence", pair, LayerKernel("polynomial", np.array([2.0])))
    assert verdict.status[0] == Status.HOLDS


@pytest.mark.parametrize("name", ["rate.cosamp", "rate.htp"])
@pytest.mark.parametrize("scale", [1e155, 1e-200])
def test_atoms_whose_squares_are_no_floats(name: str, scale: float) -> None:
    instance = Instance(np.eye(3) * scale, [[1, 0, 0]])
    verdict = decided(name, instance, run_of([0.0, 0, 0], [1.0, 0, 0]))
    assert verdict.status[0] != Status.VIOLATED


def test_a_run_of_no_steps_is_vacuous() -> None:
    instance, optimum = Instance([[1]], [[1]]), Optimum([[0.5]], [[0.5]])
    run = Trajectory([[[0.0]]], [0.5], [1.0])
    assert decided("rate.optista", instance, run, optimum=optimum).status[0] == Status.VACUOUS
