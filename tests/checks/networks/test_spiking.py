"""Spiking neurons against what they stand for, and against potentials in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from sparsebound.checks.algorithms.spikes import Crossings, first_crossings, integers
from sparsebound.checks.networks.spiking import GRID, SpikingLayer
from sparsebound.checks.subjects.spiking import spiking
from sparsebound.theory.analysis.spiking import delay_needed
from sparsebound.theory.arithmetic import Exact
from sparsebound.theory.errors import InputError
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance

ONE = int(GRID)


def potential(time: Fraction, times: tuple[int, ...], weights: tuple[int, ...]) -> Fraction:
    """``sum_i w_i (t - t_i)_+``."""
    return sum(
        (w * max(time - t, Fraction(0)) for t, w in zip(times, weights, strict=True)), Fraction(0)
    )


@pytest.mark.parametrize("threshold", [1, 2, 5])
@pytest.mark.parametrize("times", [(0, 0, 0), (0, 1, 3), (2, 1, 0), (-1, 4, 1)])
def test_a_neuron_fires_when_its_potential_first_reaches_the_threshold(
    times: tuple[int, ...], threshold: int
) -> None:
    several = list(product((-2, -1, 0, 1, 3), repeat=3))
    found = first_crossings(np.array(times), np.array(several), np.full(len(several), threshold))
    for weights, numerator, denominator, fired in zip(
        several, found.numerators, found.denominators, found.fired, strict=True
    ):
        ends = sorted(times)
        if not fired:  # not at an event, and not after the last one
            assert all(potential(Fraction(end), times, weights) < threshold for end in ends)
            assert sum(weights) <= 0
            continue
        when = Fraction(int(numerator), int(denominator))
        assert potential(when, times, weights) == threshold
        assert all(potential(Fraction(t), times, weights) < threshold for t in ends if t < when)


@pytest.mark.parametrize("threshold", [1, 3])
@pytest.mark.parametrize("times", [(0, 0, 0), (0, 1, 3), (2, 1, 0)])
def test_it_fires_at_the_least_quotient_of_all_sets(times: tuple[int, ...], threshold: int) -> None:
    several = list(product((0, 1, 2), repeat=3))[1:]
    found = first_crossings(np.array(times), np.array(several), np.full(len(several), threshold))
    assert found.fired.all()
    for weights, numerator, denominator in zip(
        several, found.numerators, found.denominators, strict=True
    ):
        sets = (chosen for chosen in product((0, 1), repeat=3) if np.dot(chosen, weights) > 0)
        quotients = (
            Fraction(
                threshold + sum(c * w * t for c, w, t in zip(chosen, weights, times, strict=True)),
                int(np.dot(chosen, weights)),
            )
            for chosen in sets
        )
        assert Fraction(int(numerator), int(denominator)) == min(quotients)


def test_ties_go_to_the_later_tick() -> None:
    halves = np.arange(-4, 5)
    found = Crossings(halves, np.full(9, 2), np.full(9, True)).ticks()
    assert found.tolist() == [-2, -1, -1, 0, 0, 1, 1, 2, 2]


def test_a_neuron_without_a_threshold_is_refused() -> None:
    with pytest.raises(InputError, match="thresholds"):
        first_crossings(np.array([0]), np.array([[1]]), np.array([0]))


@pytest.mark.parametrize("kind", [np.int64, object])
@pytest.mark.parametrize("seed", range(4))
def test_a_layer_with_room_is_that_of_rectified_units(seed: int, kind: type) -> None:
    """Any signs; a tick of which weights are whole multiples, so that none is moved."""
    rng = np.random.default_rng(seed)
    weights, biases = rng.integers(-3, 4, (40, 5, 5)), rng.integers(-9, 10, (40, 5))
    inputs, reaches = rng.integers(0, 5, (40, 5)), np.full(40, 4)
    delays = delay_needed(*map(Exact.of, (weights, biases[:, None], reaches[:, None]))).mid[:, 0]
    assert (delays == delays.astype(int)).all()
    least = np.maximum(delays, 0).astype(int)
    layer = SpikingLayer(
        *(part.astype(kind) for part in (ONE * weights, ONE * biases)), reaches, least
    )
    expected = np.maximum(np.einsum("bji,bi->bj", weights, inputs) - biases, 0)
    assert layer(inputs).tolist() == expected.tolist()


def test_one_tick_less_room_may_be_too_little() -> None:
    """``M = [-3, 3]``, ``g = -7/2``: an early input, and none at the other place."""
    weights, biases = ONE * np.array([[[-3, 3], [0, 0]]]), ONE // 2 * np.array([[-7, 0]])
    inputs, reach = np.array([[3, 0]]), np.array([4])
    assert SpikingLayer(weights, biases, reach, np.array([0]))(inputs).tolist() == [[3, 0]]
    assert SpikingLayer(weights, biases, reach, np.array([16]))(inputs).tolist() == [[0, 0]]


def test_large_numbers_are_those_of_python() -> None:
    assert integers([2.0**40], 2.0**61).dtype == np.int64
    assert integers([2.0**40], 2.0**62).dtype == object


def test_shorter_ticks_come_nearer() -> None:
    """Without noise, the error that stays is that of the clock."""
    instance = Instance([[4, 1], [0, 4]], [[1.0, 0.0]])
    errors = []
    for pulse in (1.0, 2.0**-3, 2.0**-6, 2.0**-10):
        settings = {"designs": (Design(layers=12, rounded=True),), "pulse": pulse}
        states = spiking(Experiment(instance, settings)).unfolding.iterates[0]
        errors.append(abs(states[-1] - [1, 0]).max())
        assert not states[:, 1].any()
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 2.0**-9
