"""Evidence that no provider of ours gives, and what is true of it: no alarm, and nothing missed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import (
    ChangedWeights,
    Optimum,
    PeerNetwork,
    PeerRuns,
    SelectiveUnfolding,
    Trajectory,
    Unfolding,
)
from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.evidence.pursuits import BlockCode
from sparsebound.theory.evidence.spiking import Spiking
from sparsebound.theory.experiment import Experiment
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


def unfolded(x: Any, W: Any, states: Any, sides: Any, theta: float, B: float) -> Any:
    count = len(x)
    layers = np.shape(states)[1] - 1
    zero, none = np.zeros((count, layers)), np.zeros(count)
    thresholds = np.full((count, layers), theta)
    return Unfolding(
        np.array(states, dtype=float), thresholds, none + B, none, zero, zero, zero, zero,
        np.array(sides, dtype=float), none + np.inf, np.array(W, dtype=float),
    )  # fmt: skip


def test_one_sided_units_say_nothing_of_codes_on_the_other_side() -> None:
    run = unfolded([[-2.0]], [[1]], [[[0], [0]]], [[1]], 0.5, 2.0)
    instance = Instance([[1]], [[-2.0]])
    for name in ("rate.unfolded", "rate.connected"):
        assert decided(name, instance, run).status[0] == Status.VACUOUS


def test_units_of_both_kinds_are_told_apart() -> None:
    instance = Instance(np.eye(2), [[2, 2]])
    right = unfolded([[2, 2]], np.eye(2), [[[0, 0], [1.5, 1.5]]], [[0, 1]], 0.5, 2.0)
    assert decided("rate.unfolded", instance, right).status[0] == Status.HOLDS
    for state in ([1.5, 2.5], [0, 1.5], [1.5, 0]):  # two-sided units may return 2.5
        run = unfolded([[2, 2]], np.eye(2), [[[0, 0], state]], [[0, 1]], 0.5, 2.0)
        assert decided("rate.unfolded", instance, run).status[0] == Status.VIOLATED


def test_support_selection_says_nothing_false_of_a_code_that_is_zero() -> None:
    zero = np.zeros((1, 1))
    run = SelectiveUnfolding(
        np.zeros((1, 2, 2)), [[1.0]], [1.0], [0.0], zero, zero, zero, [[[False, False]]],
        np.array([[1, 0.5], [0, 0.75]]),
    )  # fmt: skip
    verdict = decided("rate.support_selection", Instance([[1, 0.5], [0, 1]], [[0, 0]]), run)
    assert verdict.status[0] == Status.HOLDS


def changed(theta: float, first: Any, second: Any) -> ChangedWeights:
    one, zero = np.ones((1, 1)), np.zeros((1, 1))
    return ChangedWeights(
        np.array([first], dtype=float), np.array([second], dtype=float), zero + theta, zero + theta,
        one, one, one, one,
    )  # fmt: skip


def test_thresholds_below_zero_are_beyond_the_premises() -> None:
    runs = changed(-10.0, [[1], [2]], [[0], [0]])
    assert decided("stability.weights", Instance([[1]], [[0]]), runs).status[0] == Status.VACUOUS


def test_a_minimiser_that_is_reached_may_be_left_by_rounding() -> None:
    run = Trajectory(np.array([[[0.0, 0], [2.0**-60, 0]]]), [1.0], [2.0])
    optimum = Optimum([[0.0, 0]], [[1.0, 0]])
    instance = Instance(np.eye(2), [[1, 0]])
    assert decided("rate.identification", instance, run, optimum=optimum).status[0] == Status.HOLDS


@pytest.mark.parametrize("scale", [1e-100, 1e-165, 1e-170, 1e-200, 1e-250])
def test_layers_and_peers_may_round_at_any_scale(scale: float) -> None:
    code = np.array([[1.1 * scale, -scale / 3]])
    pairs = (
        ("stability.weights", [[1, 0.3], [0, 0.7]]),
        ("rate.peers", [[1 / 3, 0.2], [0.7, 0.1], [0.3, 0.9]]),
    )
    for name, atoms in pairs:
        theorem, instance = catalogue()[name], Instance(atoms, code)
        verdict = decide(theorem, instance, gather(theorem, Experiment(instance)))
        assert verdict.status[0] != Status.VIOLATED, name


def test_what_leaves_the_range_is_not_known() -> None:
    """An allowance that is infinite would let any run through."""
    edge = PeerNetwork(2, np.array([0, 1]), [[0, 1]], np.array([0.25]), 0.375e100)
    nonsense = np.array([[[2.0, 1], [7, -5], [70, -50]]])
    runs = PeerRuns(nonsense, nonsense + 1, np.zeros(1))
    instance = Instance(np.array([[0], [1]]) * 1e-50, [[1.0]])
    found = decided("rate.peers", instance, runs, peer_network=edge)
    assert found.status[0] in (Status.UNDECIDED, Status.VIOLATED)


def test_runs_have_at_least_one_step() -> None:
    runs = changed(1.0, [[1]], [[0]])
    with pytest.raises(InputError, match="steps of a run"):
        decided("stability.weights", Instance([[1]], [[0]]), runs)


def test_a_spike_is_what_its_neuron_gives() -> None:
    """A state that the unfolded network allows, and weights and biases do not."""
    for state, status in ((2.0, Status.HOLDS), (0.0, Status.VIOLATED), (4.0, Status.VIOLATED)):
        run = replace(
            unfolded([[4.0]], [[1]], [[[0], [state]]], [[1]], 2.0, 4.0),
            rho=np.full((1, 1), 2.0), p_in=np.full((1, 1), 0.5),
        )  # fmt: skip
        one = np.ones((1, 1))
        layer = Spiking(run, np.ones(1), 8 * one, 2 * one, 0 * one, np.full((1, 1, 1), -2.0))
        verdict = decided("network.spiking", Instance([[1]], [[4.0]]), layer)
        assert verdict.status[0] == status, state
