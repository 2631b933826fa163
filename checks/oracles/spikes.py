"""Layers of neurons that fire once, event by event, on clocks of two ticks."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.spikes import Integers, first_crossings
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.spiking import FirstSpikes, NeuronRun
from sparsebound.theory.experiment import Experiment, Posed, posed

NEURONS = 6
"""Most neurons of a layer: those of the largest entries of a code."""
LATEST = 16.0
"""When an input spikes that stands for nothing."""
FINE, COARSE = 1, 4
"""Ticks, in units of which times are integers; the coarse one is the unit of time."""
PARTS = 8
"""Weights are multiples of its inverse."""
HORIZON = 2.0**20
"""When a neuron is said to fire that never does."""
FIRING = choice("threshold", 1.0, 0.5, 3.25, 8.0)
STAGES = choice("layers", 2, 3, 1)


def first_spikes(given: Posed) -> FirstSpikes:
    """Run neurons with the sizes of inner products of atoms as weights, on each code.

    The larger an entry is, the earlier its spike; in the second run, those of positive entries are
    later, and those of negative ones are earlier.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = first_spikes(Instance([[1, 0], [0, 1]], [[2, -1]]))
    >>> found.runs[0].times, found.runs[0].spikes
    (array([[0., 8.]]), array([[[ 1.,  9.],
            [ 2., 10.]]]))
    """
    experiment = posed(given)
    X, D = experiment.codes.X, experiment.codes.D
    order = np.argsort(-np.abs(X), axis=1, kind="stable")[:, :NEURONS]
    largest = np.abs(X).max(axis=1, keepdims=True)
    parts = np.take_along_axis(X / np.where(largest > 0, largest, 1), order, axis=1)
    times = LATEST - np.rint(LATEST * np.abs(parts))
    products = np.abs(D.gram.mid)[order[:, :, None], order[:, None, :]]
    weights = experiment.get("weights", np.rint(PARTS * products) / PARTS)
    moved = times + experiment.get("shift", np.rint(4 * parts))
    heavier = np.ceil(2 * weights) / 2
    ticks = (COARSE, FINE, COARSE)
    runs = [
        _run(experiment, *inputs, tick)
        for inputs, tick in zip(
            ((times, weights), (moved, weights), (times, heavier)), ticks, strict=True
        )
    ]
    thresholds = np.full(len(X), float(FIRING.of(experiment)))
    return FirstSpikes(thresholds, (runs[0], runs[1], runs[2]))


def _run(experiment: Experiment, times: FloatArray, weights: FloatArray, tick: int) -> NeuronRun:
    """Run all layers with spikes on multiples of a tick."""
    threshold = int(FIRING.of(experiment) * COARSE * PARTS)
    heavy = np.rint(weights * PARTS).astype(np.int64)
    entering: Integers = np.rint(times * COARSE).astype(np.int64)
    above, below, spikes = [], [], []
    late = np.zeros(len(times))
    for _ in range(int(STAGES.of(experiment))):
        found = first_crossings(entering, heavy, np.full(heavy.shape[:2], threshold))
        entering = np.where(found.fired, found.ticks(tick) * tick, int(HORIZON) * COARSE)
        off = (found.numerators != entering * found.denominators) & found.fired
        late = np.where(off.any(axis=1), tick / (2 * COARSE), late)
        above.append(np.where(found.fired, found.numerators / COARSE, HORIZON))
        below.append(found.denominators.astype(float))
        spikes.append(entering / COARSE)
    reached, rates, fires = (np.stack(part, axis=1) for part in (above, below, spikes))
    return NeuronRun(times, weights, reached, rates, fires, late)


PROVIDERS = (plain("first_spikes", FirstSpikes, first_spikes, FIRING, STAGES),)
