"""Networks of spiking neurons, run on an instance."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.spikes import integers
from sparsebound.checks.networks.spiking import GRID, SpikingLayer
from sparsebound.checks.provider import choice, plain
from sparsebound.checks.subjects.designs import DESIGNS, EXACT, design_of
from sparsebound.checks.subjects.unfolded import handed_over
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule
from sparsebound.theory.analysis.spiking import delay_needed
from sparsebound.theory.analysis.unfolding import residual
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence.spiking import Spiking
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import Instance

PULSE = choice("pulse", 2.0**-6, 2.0**-3, 1.0, 2.0**-10)
"""The tick of a clock, relative to the largest entry of a code."""
SIGNIFICANT = 2.0**-48
"""Of a number that comes of a few sums in float64: what may be wrong with it."""


class SpikingSchedule(Schedule):
    """A schedule that makes room for ticks, and for weights that are rounded."""

    def __init__(
        self, instance: Instance, design: Design, W: FloatArray | None, ticks: FloatArray, part: Any
    ) -> None:
        super().__init__(instance, design, W)
        self.ticks, self.part = ticks, part
        exact = residual(instance.D, self.W)
        self.neurons = np.rint(exact.mid * GRID) / GRID
        self.wrong = Ball.of(abs(exact - self.neurons)).upper.sum(axis=1).max() * UP
        self.reaches = np.zeros(self.theta.shape)

    def layer(self, k: int, bound: Any, outside: Any, before: Any) -> None:
        """Choose what layer k declares: half a tick of every activation on the support."""
        within = (self.size + self.up(bound)) * (UP if self.design.rounded else 1)
        self.reaches[:, k] = (np.floor(within / self.ticks) + 1) * self.ticks
        super().layer(k, bound, outside, before)
        self.p_in[:, k] = self.ticks / 2 * self.part

    def missed(self, bound: FloatArray) -> Any:
        """What is wrong with weights and biases on their grids; nothing if they are there."""
        if not self.design.rounded:
            return 0.0
        seen = self.size + (1 + self.growth) * bound + self.nu
        reach = self.size + bound + 2 * self.ticks
        return (self.wrong * reach + self.ticks / GRID + SIGNIFICANT * seen) * UP


def spiking(given: Posed) -> Spiking:
    """Run a network of spiking neurons, each on the side of its entry of the code.

    Examples
    --------
    >>> from sparsebound.theory.extremal.spiking import half_a_tick_in_every_layer
    >>> spiking(half_a_tick_in_every_layer(1)).unfolding.iterates[0, :, 0]
    array([0., 4., 6.])
    """
    experiment = posed(given)
    instance = experiment.codes
    design = design_of(experiment, instance, 0, dtype="float64", **EXACT)
    schedule = SpikingSchedule(
        instance, design, experiment.get("W", None), _ticks(experiment), experiment.get("share", 1)
    )
    schedule.master()
    sides = np.where(instance.X < 0, -1.0, 1.0)
    products = instance.Y.mid @ matrix_of(schedule.W) * sides
    scale = (GRID / schedule.ticks)[:, None, None]
    biases = np.rint((schedule.theta[:, :, None] - products[:, None, :]) * scale) / scale
    weights = schedule.neurons * (sides[:, :, None] * sides[:, None, :])
    delays = experiment.get("delays", None)
    if delays is None:
        needed = Ball.of(delay_needed(*map(Ball, (weights, biases, schedule.reaches)))).upper
        ticks = schedule.ticks[:, None]
        delays = np.maximum(np.floor(needed * UP / ticks) + 1, 0) * ticks
    states = _run(weights, biases, schedule.reaches, delays, schedule.ticks)
    found = handed_over(schedule, states * sides[:, None, :], schedule.size, sides, "relu")
    return Spiking(found, schedule.ticks, schedule.reaches, delays, schedule.neurons, biases)


def _ticks(experiment: Experiment) -> FloatArray:
    """A power of two for each code, or the number that is named."""
    size = np.abs(experiment.codes.X).max(axis=1, initial=0.0)
    known = experiment.get("tick", None)
    if known is not None:
        return np.full(len(size), known)
    _, exponents = np.frexp(np.where(size > 0, size, 1.0))
    return np.ldexp(float(PULSE.of(experiment)), exponents)


def _run(
    weights: FloatArray, biases: FloatArray, reaches: FloatArray, delays: FloatArray, ticks: Any
) -> FloatArray:
    """Run all layers in integers, shape (B, K + 1, n)."""
    codes, layers, n = biases.shape
    unit = ticks[:, None]
    largest = np.abs(weights).max(initial=1.0) * GRID * (n + 1)
    longest = ((reaches + delays) / unit).max(initial=1.0)
    taken = np.abs(biases / unit[:, None]).max(initial=0.0) * GRID
    bound = 16 * largest * longest + 4 * taken

    def whole(values: FloatArray) -> Any:
        return integers(values, bound)

    heavy = whole(weights * GRID)
    states = whole(np.zeros((codes, n)))
    found = [states]
    for k in range(layers):
        layer = SpikingLayer(
            heavy,
            whole(biases[:, k] / unit * GRID),
            whole(reaches[:, k] / ticks),
            whole(delays[:, k] / ticks),
        )
        states = layer(states)
        found.append(states)
    return np.stack(found, axis=1).astype(np.float64) * ticks[:, None, None]


PROVIDERS = (plain("spiking", Spiking, spiking, DESIGNS, PULSE),)
