"""The deep cascade as one network of convolutions: what it realises, its rate, and its bugs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.networks import layers
from sparsebound.checks.networks.cascade import CascadeNetwork, stage
from sparsebound.checks.networks.layers import parameters, table
from sparsebound.checks.recipes import Codes
from sparsebound.checks.recipes.convolutional_layers import convolutional_layers
from sparsebound.checks.recipes.layers import MAPS
from sparsebound.checks.recipes.towers import fitting, tower
from sparsebound.checks.subjects.cascade_network import (
    cascade_network,
    convolved_stages,
    deviations,
    signals_of,
)
from sparsebound.theory import operators
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.cascades import two_layers
from sparsebound.theory.extremal.layers import pairs
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.maps import IDENTITY, subsample
from sparsebound.theory.verdict import Status, decide

DEEP = catalogue()["rate.deep"]
LOCAL = catalogue()["rate.deep_local"]
CONVOLUTION = catalogue()["network.convolution"]
THREE = Design(layers=3, rounded=True)
"""Few iterations, an odd number: rectified codes are passed on, and rounding is small."""


def convolutional(between: str = "subsample", depth: int = 2) -> DeepInstance:
    """Layers whose thresholds let codes through with two layers and subsampling between them."""
    taps, filters = [9, 3, 2][:depth], [2, 1, 2][:depth]
    codes = Codes(4, 1, "spread", "signs", seed=3)
    return convolutional_layers(
        codes, shifts=96, taps=taps, filters=filters, stride=2, between=between
    )


MODELS = [
    *(pytest.param(convolutional(psi, depth), True, id=f"{psi} {depth}")
      for psi in MAPS for depth in (2, 3)),
    *(pytest.param(tower(Codes(4), name="lines of 3", between=psi), False, id=f"tower {psi}")
      for psi in fitting("lines of 3")),
    pytest.param(tower(Codes(4), name="three layers", between="identity"), False, id="tower 3"),
]  # fmt: skip


def evidence_of(instance: DeepInstance, network: CascadeNetwork, before: Cascade) -> Cascade:
    """What another network with the same thresholds did."""
    runs = network(signals_of(instance))
    pairs_ = zip(before.networks, runs, strict=True)
    return Cascade(tuple(replace(known, iterates=run.states) for known, run in pairs_))


@pytest.mark.parametrize(("instance", "local"), MODELS)
def test_the_network_is_within_the_bound_of_the_cascade(instance, local):
    network, evidence = cascade_network(instance, local=local)
    again = evidence_of(instance, network, evidence)
    for grown, whole in zip(evidence.networks, again.networks, strict=True):
        np.testing.assert_array_equal(grown.iterates, whole.iterates)
    verdict = decide(*((LOCAL, instance, {"local_cascade": again}) if local
                       else (DEEP, instance, {"cascade": again})))  # fmt: skip
    assert set(verdict.status) == {Status.HOLDS}


def with_threshold(theta: float, network: CascadeNetwork) -> CascadeNetwork:
    """Let every block have the same threshold, so that states are full."""
    stages = []
    for one in network.stages:
        activation = replace(one.blocks[0].activation, theta=np.asarray(theta))
        blocks = tuple(replace(block, activation=activation) for block in one.blocks)
        stages.append(replace(one, blocks=blocks))
    return CascadeNetwork(tuple(stages))


@pytest.mark.parametrize("between", MAPS)
@pytest.mark.parametrize("depth", [2, 3])
def test_it_realises_the_cascade_of_matrices(between, depth):
    codes = Codes(2, 1, "spread", "integers", 1 / 64, seed=3)
    taps, filters = [3] * depth, [2, 1, 2][:depth]
    instance = convolutional_layers(
        codes, shifts=24, taps=taps, filters=filters, stride=2, between=between
    )
    network, evidence = cascade_network(designed(instance, THREE), local=True)
    network = with_threshold(0.5, network)
    small = (
        replace(known, thresholds=np.full_like(known.thresholds, 0.5))
        for known in evidence.networks
    )
    evidence = Cascade(tuple(small))
    runs = network(signals_of(instance))
    assert all(run.states.any() for run in runs)
    for layer, convolved in convolved_stages(instance, evidence, runs):
        verdict = decide(CONVOLUTION, layer, {"convolved": convolved})
        assert set(verdict.status) == {Status.HOLDS}
    for difference, bound in deviations(instance, evidence, runs):
        assert (difference <= bound).all()
    runs[-1] = replace(runs[-1], states=runs[-1].states * (1 + 2.0**-10))
    *_, (difference, bound) = deviations(instance, evidence, runs)
    assert (difference > bound).any()


@pytest.mark.parametrize(("instance", "local"), MODELS)
def test_its_rounding_is_far_below_the_codes(instance, local):
    network, evidence = cascade_network(designed(instance, THREE), local=local)
    compared = deviations(instance, evidence, network(signals_of(instance)))
    for layer, (difference, bound) in zip(instance.layers, compared, strict=True):
        assert (difference <= bound).all()
        assert 0 < bound.max() < 2.0**-20 * abs(layer.X).max()


def test_it_is_sharp():
    instance = two_layers(2)
    _, evidence = cascade_network(instance)
    assert decide(DEEP, instance, {"cascade": evidence}).attained.all()
    instance = pairs(1, 2)
    _, evidence = cascade_network(instance, local=True)
    assert decide(LOCAL, instance, {"local_cascade": evidence}).attained.all()


def test_its_architecture_is_printed():
    instance = convolutional("subsample", 3)
    network, evidence = cascade_network(instance, local=True)
    printed = table(network.rows)
    blocks = sum(known.thresholds.shape[1] for known in evidence.networks)
    banks = sum(layer.D.linear_map.filters.size for layer in instance.layers)
    assert parameters(network.rows) == 2 * banks + blocks
    assert printed.count("transposed convolution") == blocks
    assert "every 2th entry" in printed


def broken(network: CascadeNetwork, index: int, **parts) -> CascadeNetwork:
    """Change parts of all blocks of one stage."""
    stages = list(network.stages)
    blocks = tuple(replace(block, **parts) for block in stages[index].blocks)
    stages[index] = replace(stages[index], blocks=blocks)
    return CascadeNetwork(tuple(stages))


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("bug", ["unflipped", "no residual", "channels swapped"])
def test_bugs_are_caught(bug, index):
    instance = convolutional()
    network, evidence = cascade_network(instance, local=True)
    block = network.stages[index].blocks[0]
    weights = block.analysis.weights
    order = {"unflipped": weights[..., ::-1], "channels swapped": weights[::-1, ::-1]}
    if bug == "no residual":
        wrong = broken(network, index, residual=False)
    else:
        wrong = broken(network, index, analysis=replace(block.analysis, weights=order[bug]))
    found = evidence_of(instance, wrong, evidence)
    assert Status.VIOLATED in decide(LOCAL, instance, {"local_cascade": found}).status
    stages = list(convolved_stages(instance, evidence, wrong(signals_of(instance))))
    caught = [Status.VIOLATED in decide(CONVOLUTION, one, {"convolved": c}).status
              for one, c in stages]  # fmt: skip
    assert caught == [index == 0, index == 1]


def test_a_stage_on_the_wrong_layer_is_caught():
    """The link between two stages: the second one is given what is not the first one's output."""
    instance = convolutional()
    network, evidence = cascade_network(instance, local=True)
    first, second = network.stages
    wrong = replace(
        second,
        between=replace(second.between, psi=replace(subsample(2), apply=lambda x: x[:, 1::2])),
    )
    found = evidence_of(instance, CascadeNetwork((first, wrong)), evidence)
    assert Status.VIOLATED in decide(LOCAL, instance, {"local_cascade": found}).status


def test_images_are_refused():
    images = operators.Convolution(np.ones((1, 1, 2, 2)), (4, 4))
    with pytest.raises(InputError, match="expected one spatial dimension"):
        stage(images, images, np.ones(1), soft, IDENTITY, 1)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("length", "stride", "wrapped"), [(12, 1, True), (12, 3, True), (13, 3, False)]
)
def test_layers_are_the_operator_of_the_theory(length, stride, wrapped, dtype):
    rng = np.random.default_rng(5)
    bank = rng.integers(-4, 5, (3, 2, 4)).astype(dtype)
    operator = operators.Convolution(bank, length, stride=stride, circular=wrapped)
    signals = rng.integers(-9, 10, (5, length, 2)).astype(dtype)
    tensors = signals.swapaxes(1, 2)
    codes = layers.ConvolutionLayer(bank, None, stride, wrapped)(tensors)
    analysed = operator.analysis(signals.reshape(5, -1), method="direct")
    np.testing.assert_array_equal(codes.swapaxes(1, 2).reshape(5, -1), analysed)
    back = layers.TransposedConvolutionLayer(bank, length, stride, wrapped)(codes)
    expected = operator.synthesis(analysed, method="direct")
    np.testing.assert_array_equal(back.swapaxes(1, 2).reshape(5, -1), expected)
    assert back.dtype == expected.dtype == np.dtype(dtype)
