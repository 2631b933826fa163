"""Networks of layers, against the master theorem, and with bugs that named theorems catch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.networks.activations import gelu, silu, softplus
from sparsebound.checks.networks.convolutional import convolutional_network
from sparsebound.checks.networks.layers import TransposedConvolutionLayer
from sparsebound.checks.networks.transformer import transformer
from sparsebound.checks.subjects import realised
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.checks.subjects.unfolding_schedules import Schedule
from sparsebound.theory.analysis.activations import DISTANCES
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import BARKER_13, circular, full_length
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.networks import Convolved
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance
from sparsebound.theory.verdict import Status, Verdict, decide

RATE = catalogue()["rate.unfolded"]
CONVOLUTION = catalogue()["network.convolution"]
TRANSFORMER = catalogue()["network.transformer"]


def signals(D: np.ndarray, count: int = 4, sparsity: int = 2, noise: float = 0.01) -> Instance:
    """Give codes with entries of size 1 to 2 at places that are far apart."""
    rng = np.random.default_rng(1)
    n = D.shape[1]
    X = np.zeros((count, n))
    for code in X:
        places = (rng.integers(n) + np.arange(sparsity) * n // sparsity) % n
        code[places] = rng.choice([-1.0, 1.0], sparsity) * rng.uniform(1, 2, sparsity)
    return Instance(D, X, noise * rng.standard_normal((count, len(D))))


WRAPPED = signals(circular(BARKER_13, 26))
WHOLE = signals(full_length([[1, 2, -1], [2, -1, 1]], 20))
DENSE = signals(np.random.default_rng(0).standard_normal((40, 24)), sparsity=1)


def through_attention(instance: Instance) -> Unfolding:
    return realised.transformed(instance).unfolding


@pytest.mark.parametrize(
    ("network", "instance"),
    [
        (realised.convolutional_unfolding, WRAPPED),
        (realised.convolutional_unfolding, WHOLE),
        (realised.dense_unfolding, WRAPPED),
        (realised.dense_unfolding, DENSE),
        (through_attention, WRAPPED),
    ],
)
def test_iterates_obey_the_master_theorem(
    network: Callable[[Instance], Unfolding], instance: Instance
) -> None:
    found = network(instance)
    assert set(decide(RATE, instance, {"unfolding": found}).status) == {Status.HOLDS}
    assert not np.where(instance.support[:, None], 0, found.iterates).any()  # no false positive
    assert (np.ptp(found.thresholds, axis=0) == 0).all()  # biases of one network


@pytest.mark.parametrize(("name", "unit"), [("softplus", softplus), ("gelu", gelu), ("silu", silu)])
def test_a_network_with_smooth_units_is_an_inexact_one(name: str, unit: Any) -> None:
    beta, instance = 2.0**12, WRAPPED
    c = float(DISTANCES[name]) / beta
    size = np.abs(instance.X).max()

    def smooth(v: Any, theta: Any) -> Any:
        return (unit(beta * (v - theta)) - unit(beta * (-v - theta))) / beta

    structure = realised.found_structure(instance.D.data)
    design = Design(layers=8, rounded=True, p_in=2 * c, p_out=2 * c)  # sizes are at least 1
    schedule = Schedule(instance, design, shared=True)
    schedule.master()
    network = convolutional_network(
        structure, structure.filters / 13, 26, schedule.theta[0], smooth
    )
    found = realised.with_thresholds(
        instance, schedule.W, schedule.theta[0], network(instance.Y.mid)[0], "float64"
    )
    found = replace(found, rho=schedule.rho, p_in=schedule.p_in, p_out=schedule.p_out)
    assert set(decide(RATE, instance, {"unfolding": found}).status) == {Status.HOLDS}
    assert np.abs(found.iterates[:, -1] - instance.X).max() < 0.2 * size
    exact = replace(found, p_out=np.zeros_like(found.p_out))
    verdict = decide(RATE, instance, {"unfolding": exact})
    assert set(verdict.status) == {Status.VIOLATED}  # false positives of size up to c/beta


# --- planted bugs --------------------------------------------------------------------------------


def verdict(instance: Instance, found: Convolved) -> Verdict:
    return decide(CONVOLUTION, instance, {"convolved": found})


def rebuilt(instance: Instance, change: Callable[[Any], Any], **options: Any) -> Convolved:
    """Run the network of an instance with its analysis filters changed, and hand over as usual."""
    found = realised.convolved(instance)
    structure = realised.found_structure(instance.D.data)
    network = convolutional_network(
        structure, change(found.analysis), instance.D.shape[0], found.thresholds[0], **options
    )
    states, sums = network(found.signals)
    return replace(found, states=states, sums=sums)


def test_a_network_without_bugs() -> None:
    for instance in (WRAPPED, WHOLE):
        found = rebuilt(instance, lambda bank: bank)
        assert set(verdict(instance, found).status) == {Status.HOLDS}


def test_unflipped_filters_are_caught() -> None:
    for instance in (WRAPPED, WHOLE):
        found = verdict(instance, rebuilt(instance, lambda bank: bank[:, ::-1]))
        assert set(found.status) == {Status.VIOLATED}
        assert found.claim[0] == "v^k = x^k + W^T (y - D x^k)"


def test_a_missing_residual_is_caught() -> None:
    for instance in (WRAPPED, WHOLE):
        found = verdict(instance, rebuilt(instance, lambda bank: bank, residual=False))
        assert set(found.status) == {Status.VIOLATED}


def test_a_bias_of_the_wrong_sign_is_caught() -> None:
    found = rebuilt(
        WHOLE, lambda bank: bank, activation=lambda v, theta: np.maximum(np.abs(v) + theta, 0)
    )
    assert set(verdict(WHOLE, found).status) == {Status.VIOLATED}
    assert verdict(WHOLE, found).claim[0] == "x^{k+1} = soft(v^k)"


class Truncated(TransposedConvolutionLayer):
    """Drops the first two samples of the signal that codes make up."""

    def __call__(self, x: Any) -> Any:
        found = super().__call__(x)
        found[:, :, :2] = 0
        return found


def test_a_truncated_border_is_caught() -> None:
    at_border = Experiment(
        Instance(WHOLE.D, np.eye(1, WHOLE.D.shape[1])), {"layers": 3}
    )  # a code that touches it
    found = realised.convolved(at_border)
    structure = realised.found_structure(WHOLE.D.data)
    network = convolutional_network(structure, found.analysis, 20, found.thresholds[0])
    cut = Truncated(structure.filters[:, None], 20, 1, circular=False)
    bug = replace(network, blocks=tuple(replace(b, synthesis=cut) for b in network.blocks))
    states, sums = bug(found.signals)
    caught = verdict(at_border, replace(found, states=states, sums=sums))
    assert set(caught.status) == {Status.VIOLATED}
    assert caught.claim[0] == "v^k = x^k + W^T (y - D x^k)"


def test_dictionaries_with_a_truncated_border_need_the_diagonal() -> None:
    """Atoms that the border cuts are no shifts of a filter, and too short for its weights."""
    bank = np.array([[1.0, 2, -1]])
    D = full_length(bank, 20)[2:]  # the first two shifts stick out
    X = np.zeros((1, 18))
    X[0, [0, 9]] = 1.0
    instance = Instance(D, X)
    whole = realised.convolved(Instance(full_length(bank, 20), X))
    assert set(verdict(instance, whole).status) == {Status.VACUOUS}  # it is no convolution
    schedule = Schedule(instance, Design(layers=6, rounded=True), D / 6)
    schedule.master()
    assert 1 - (D[:, 0] ** 2).sum() / 6 > 0.8  # what the diagonal of I - W^T D holds
    states = unfolded_network(D, schedule.W, instance.Y.mid, schedule.theta, soft)
    network = realised.with_thresholds(instance, schedule.W, schedule.theta[0], states, "float64")
    full = decide(RATE, instance, {"unfolding": network})
    assert set(full.status) == {Status.HOLDS}  # with its diagonal, the master theorem applies


def test_a_head_with_the_wrong_offset_is_caught() -> None:
    instance = WRAPPED
    found = realised.transformed(
        Experiment(Instance(instance.D, instance.X, instance.E), {"beta": 40.0})
    )
    theorem_holds = decide(TRANSFORMER, instance, {"transformed": found})
    assert set(theorem_holds.status) == {Status.HOLDS}
    network = transformer(
        instance.D.data, found.unfolding.W, 26, found.unfolding.thresholds[0], found.beta
    )
    queries = network.attention.queries.copy()
    queries[0] = np.roll(queries[0], 1, axis=1)
    bug = replace(network, attention=replace(network.attention, queries=queries))
    states = bug(instance.Y.mid)
    wrong = replace(found, unfolding=replace(found.unfolding, iterates=states))
    caught = decide(TRANSFORMER, instance, {"transformed": wrong})
    assert set(caught.status) == {Status.VIOLATED}


def test_attention_that_looks_elsewhere_is_caught() -> None:
    theorem = catalogue()["network.attention_shift"]
    instance = Experiment(Instance(np.eye(4), [[1.0, 2, 3, 4]]), {"beta": 8.0, "offset": 1})
    found = realised.attended(instance)
    assert decide(theorem, instance, {"attended": found}).status[0] == Status.HOLDS
    moved = replace(found, outputs=np.roll(found.outputs, 1, axis=1))
    assert decide(theorem, instance, {"attended": moved}).status[0] == Status.VIOLATED


@pytest.mark.parametrize("beta", [4.0, 8.0, 12.0, 16.0, 20.0])
def test_attention_is_not_exact(beta: float) -> None:
    """The mutant ``rho = 0`` is refuted by a false positive, for every temperature."""
    instance = Experiment(
        Instance(circular([[1, 2]], 8), np.eye(1, 8)), {"beta": beta, "share": 0, "layers": 5}
    )
    found = realised.transformed(instance)
    mutant = TRANSFORMER.mutant("rho = 0")
    refuted = decide(TRANSFORMER, instance, {"transformed": found}, mutant.changes)
    assert refuted.status[0] == Status.VIOLATED
    assert refuted.claim[0] == "supports lie in S"
    assert decide(TRANSFORMER, instance, {"transformed": found}).status[0] == Status.VACUOUS
