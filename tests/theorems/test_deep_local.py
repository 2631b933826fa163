"""The local cascade: sharpness in every layer, long signals, and planted bugs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from examples import long_signals
from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.evidence import gather
from sparsebound.checks.recipes import Codes
from sparsebound.checks.recipes.convolutional_layers import convolutional_layers
from sparsebound.checks.recipes.layers import MAPS
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.checks.subjects.unfolding_schedules import UP
from sparsebound.theory.analysis.cascade import seen
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.constructions import dilated_filters
from sparsebound.theory.convolutional import ConvolutionalDictionary
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.layers import pairs
from sparsebound.theory.extremal.unfolding import Design, designed
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.maps import subsample
from sparsebound.theory.operators import Convolution
from sparsebound.theory.verdict import Status, decide

THEOREM = catalogue()["rate.deep_local"]


def judged(instance, cascade=None):
    evidence = {"local_cascade": cascade} if cascade else gather(THEOREM, instance)
    return decide(THEOREM, instance, evidence)


@pytest.mark.parametrize("depth", [2, 3])
def test_it_is_attained_in_every_layer_and_iteration(depth):
    experiment = pairs(1, depth)
    evidence = gather(THEOREM, experiment)
    claims = [c for c in THEOREM.claims_of(experiment.deep.exact(), evidence, {}) if c.measured]
    assert len(claims) == depth
    for claim in claims:
        assert ((claim.rhs - claim.lhs).sign == 0).all()


def test_the_local_bound_does_not_grow_and_the_global_one_does():
    rows = [long_signals.row(samples) for samples in (1009, 4001, 10_007)]
    least, *_, most = sorted(row.local for row in rows)
    assert most <= least * UP**long_signals.ITERATIONS  # thresholds are rounded up as often
    assert all(0 < row.error <= row.local for row in rows)
    # noise in all of the signal grows like the root of its length, and so do nonzeros of a layer
    for shorter, longer in pairwise(rows):
        growth = longer.samples / shorter.samples
        assert longer.globally / shorter.globally > growth / 2


@pytest.mark.parametrize("between", MAPS)
@pytest.mark.parametrize("depth", [2, 3])
def test_layers_of_convolutions(between, depth):
    codes = Codes(4, 2, "spread", "integers", 1 / 64, seed=3)
    instance = convolutional_layers(
        codes, shifts=24, taps=[3] * depth, filters=[1, 2, 2][:depth], stride=2, between=between
    )
    verdict = judged(instance)
    assert (verdict.status == Status.HOLDS).all()
    assert (verdict.ratio > 0).all()


def test_twenty_thousand_samples():
    codes = Codes(1, 20, "spread", "signs", 1 / 64, seed=1)
    instance = convolutional_layers(codes, shifts=20_000, taps=[11, 4], filters=[3, 5])
    assert instance.layers[1].D.shape == (60_000, 100_000)
    assert (judged(instance).status == Status.HOLDS).all()


def test_an_operator_and_its_matrix_give_the_same_verdict():
    codes = Codes(3, 1, "random", "integers", 1 / 64, seed=5)
    instance = convolutional_layers(codes, shifts=12, taps=[2, 3], filters=[2, 1])
    layers = tuple(Instance(layer.D.data, layer.X, layer.E) for layer in instance.layers)
    dense = DeepInstance(layers, instance.X0, instance.maps)
    for one, other in zip(
        gather(THEOREM, instance)["local_cascade"].networks,
        gather(THEOREM, dense)["local_cascade"].networks,
        strict=True,
    ):
        assert (one.W.matrix() == other.W).all()
    assert (judged(instance).status == judged(dense).status).all()


def test_what_a_weight_sees_through_a_map():
    instance = convolutional_layers(Codes(1, 1), shifts=6, taps=[2, 2], filters=[1, 1])
    layer, values = instance.layers[0], np.arange(12.0)[None, :]
    found = seen(layer.D.operator, subsample(2), layer.lift(values))
    W = layer.D.data != 0
    inputs = np.arange(0, 12, 2)
    expected = [values[0, inputs[W[:, i]]].sum() for i in range(W.shape[1])]
    assert (found.mid == expected).all()


class Unflipped(Convolution):
    """Analysis by a convolution in the place of a correlation."""

    def analysis(self, signals, *, method="auto"):
        flipped = self.with_filters(np.flip(self.filters, axis=(-1,)))
        return Convolution.analysis(flipped, signals, method=method)


class Displaced(Convolution):
    """Shifts that begin one position late."""

    def analysis(self, signals, *, method="auto"):
        grid = signals.reshape(len(signals), -1, self.channels)
        moved = np.roll(grid, -1, axis=1).reshape(signals.shape)
        return super().analysis(moved, method=method)


class Truncated(Convolution):
    """Atoms that are cut off near the end, as zero padding of the wrong size does."""

    def synthesis(self, codes, *, method="auto"):
        signal = super().synthesis(codes, method=method).copy()
        signal[:, -self.channels * (self.kernel[0] // 2) :] = 0
        return signal


def planted(kind, operator):
    return kind(
        operator.filters, operator.length, stride=operator.stride, circular=operator.circular
    )


BUGS = pytest.mark.parametrize("kind", [Unflipped, Displaced, Truncated])


@BUGS
@pytest.mark.parametrize("circular", [True, False])
def test_rate_local_notices_a_planted_bug(kind, circular):
    theorem = catalogue()["rate.local"]
    bank = dilated_filters(5, 2, stride=2, signs=1)
    operator = Convolution(bank, 6 * bank.shape[1], stride=2, circular=circular)
    x = np.zeros((1, operator.shape[1]))
    x[0, [x.size // 2, -1]] = 1, -1
    design = Design(rounded=True)
    instance = Instance(ConvolutionalDictionary(operator), x)
    network = gather(theorem, designed(instance, design))["local_unfolding"]
    assert decide(theorem, instance, {"local_unfolding": network}).status == Status.HOLDS

    def rerun(D, W):
        iterates = unfolded_network(D, W, instance.Y.mid, network.thresholds, soft)
        return replace(network, iterates=iterates)

    right = rerun(operator, network.W)
    assert decide(theorem, instance, {"local_unfolding": right}).status == Status.HOLDS
    wrong = rerun(planted(kind, operator), planted(kind, network.W))
    verdict = decide(theorem, instance, {"local_unfolding": wrong})
    assert verdict.status == Status.VIOLATED
    assert verdict.exact.all()


@BUGS
def test_rate_deep_local_notices_a_planted_bug(kind):
    codes = Codes(16, 1, "random", "ones")
    plain = convolutional_layers(codes, shifts=90, taps=[8, 2], filters=[1, 1])
    design = Design(rounded=True)
    instance = plain
    networks = gather(THEOREM, designed(instance, design))["local_cascade"].networks
    assert (judged(instance, Cascade(networks)).status == Status.HOLDS).all()
    first, D = networks[0], instance.layers[0].D.operator
    iterates = unfolded_network(
        planted(kind, D), planted(kind, first.W), instance.X0, first.thresholds, soft
    )
    wrong = Cascade((replace(first, iterates=iterates), *networks[1:]))
    assert Status.VIOLATED in judged(instance, wrong).status


def test_bad_recipes_are_refused():
    with pytest.raises(InputError, match="taps"):
        convolutional_layers(Codes(), shifts=8, taps=[2], filters=[1])
    with pytest.raises(InputError, match="shifts"):
        convolutional_layers(Codes(), shifts=0, taps=[2, 2], filters=[1, 1])
    with pytest.raises(InputError, match="between"):
        convolutional_layers(Codes(), shifts=8, taps=[2, 2], filters=[1, 1], between="sigmoid")
