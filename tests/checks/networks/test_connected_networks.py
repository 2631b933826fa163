"""Residual, dense and momentum networks are unfolded networks with skips, and kept to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, soft
from sparsebound.checks.evidence import gather
from sparsebound.checks.networks import connected
from sparsebound.checks.subjects.unfolded import run, unfolded_network
from sparsebound.checks.subjects.unfolding_schedules import Schedule
from sparsebound.theory.constructions import skips
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.connected import ATTAINED, Skips, aligned_graphs
from sparsebound.theory.extremal.unfolding import Design, aligned_and_inexact, designed
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import connected as theorem
from sparsebound.theory.rate import nonnegative, unfolded
from sparsebound.theory.verdict import Status, decide

NETWORKS = ("residual", "dense", "momentum")
LAYERS, SHARE = 5, 0.25


def states(name: str, instance: Instance, plan: Unfolding) -> np.ndarray:
    seen = getattr(connected, name)(SHARE)
    parts = instance.D.data, np.asarray(plan.W), instance.Y.mid, plan.thresholds
    return connected.layered(seen, *parts, ACTIVATIONS[plan.activation])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_is_built_is_the_one_with_these_skips(name: str) -> None:
    rng = np.random.default_rng(0)
    D, W = rng.integers(-4, 5, (2, 4, 6)) / 8
    Y, thresholds = rng.integers(-4, 5, (4, 4)) / 8, np.full((4, LAYERS), 0.125)
    weights = skips.SKIPS[name](LAYERS, SHARE)
    wanted = unfolded_network(D, W, Y, thresholds, soft, skips=weights)
    built = connected.layered(getattr(connected, name)(SHARE), D, W, Y, thresholds, soft)
    assert np.array_equal(built, wanted)  # dyadic, and short: nothing is rounded
    assert not np.array_equal(built, unfolded_network(D, W, Y, thresholds, soft))


@pytest.mark.parametrize("name", NETWORKS)
def test_its_states_are_evidence_for_its_graph_and_for_no_other(name: str) -> None:
    instance = designed(aligned_and_inexact(2).codes, Design(layers=LAYERS)).codes
    graph = Experiment(instance, {"designs": (Design(layers=LAYERS),), "skips": Skips(name, SHARE)})
    found = gather(theorem.THEOREM, graph)["connected_unfolding"]
    built = replace(found, iterates=states(name, instance, found))
    assert judged(instance, built) == Status.HOLDS
    for other in {*skips.SKIPS} - {name, "averages"}:
        wrong = replace(built, skips=skips.SKIPS[other](LAYERS, SHARE))
        assert judged(instance, wrong) != Status.HOLDS, other


def judged(instance: Instance, plan: Unfolding) -> Status:
    (status,) = decide(theorem.THEOREM, instance, {"connected_unfolding": plan}).status
    return Status(status)


def test_a_chain_of_weights_is_the_network_without_skips() -> None:
    experiment = aligned_and_inexact(2)
    network = gather(unfolded.THEOREM, experiment)["unfolding"]
    chain = replace(network, skips=np.eye(network.thresholds.shape[1]))
    instance = experiment.codes
    found = decide(unfolded.THEOREM, instance, {"unfolding": network})
    same = decide(theorem.THEOREM, instance, {"connected_unfolding": chain})
    assert found.status.tolist() == same.status.tolist() == [Status.HOLDS]
    assert found.ratio.tolist() == same.ratio.tolist()


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_no_graph_with_weights_that_sum_to_one_does_better_than_the_chain(size: int) -> None:
    experiment = aligned_graphs(size)
    graph = gather(theorem.THEOREM, experiment)["connected_unfolding"]
    chain = gather(unfolded.THEOREM, aligned_and_inexact(size))["unfolding"]
    errors = [
        abs(network.iterates - experiment.codes.X[:, None]).max(axis=2)
        for network in (graph, chain)
    ]
    assert (errors[0] >= errors[1]).all()
    assert ATTAINED[(size - 1) % 3] == experiment.settings["skips"]


def test_one_sided_networks_with_skips_are_kept_to_the_same_bounds() -> None:
    experiment = aligned_and_inexact(2)
    instance, design = experiment.codes, experiment.settings["designs"][0]
    schedule = Schedule(instance, design, skips=skips.dense(design.layers))
    schedule.master()
    network = run(schedule, instance, schedule.size, sides=np.ones(instance.X.shape))
    found = decide(nonnegative.THEOREM, instance, {"nonnegative_unfolding": network})
    assert found.status.tolist() == [Status.HOLDS]
    assert found.ratio.tolist() == [1]
    chain = replace(network, skips=None)
    assert decide(nonnegative.THEOREM, instance, {"nonnegative_unfolding": chain}).status == [
        Status.VIOLATED
    ]


@pytest.mark.parametrize("wrong", [np.ones((2, 2)), np.eye(3), [[1, 0], [0, np.inf]]])
def test_weights_are_of_states_that_came_before(wrong: object) -> None:
    zero = np.zeros((1, 2))
    with pytest.raises(InputError, match="skips"):
        Unfolding(
            np.zeros((1, 3, 1)), zero, [1.0], [0.0], zero, zero, zero, zero, [[0.0]], [np.inf],
            np.eye(1), skips=np.asarray(wrong, dtype=float),
        )  # fmt: skip
