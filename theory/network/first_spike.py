r"""A neuron that fires once fires at a minimum, and so layers of them add up what is late.

Problem: the potential ``V(t) = sum_i w_i max(t - t_i, 0)`` of spikes at ``t_i``, with ``w_i >= 0``,
some of them positive, and a threshold ``theta > 0``. The neuron fires at ``u``, the first time
with ``V(u) = theta``.

Claim: ``u`` is the minimum of ``(theta + sum_C w_i t_i)/sum_C w_i`` over all sets ``C`` of inputs
of positive weight, attained by the earliest ones, those before ``u``. So no larger weight makes
it fire later, and two neurons of equal weights fire within ``max_i |t_i - t'_i|`` of each other. In
layers of neurons that are each late or early by ``delta`` at most, and in another run by
``delta'``, the spikes of layer ``l`` differ by ``max_i |t_i - t'_i| + l (delta + delta')`` at most.

Why: ``V(t) >= sum_C w_i (t - t_i)`` for every ``C``, with equality for the spikes before ``t`` if
these are ``C``; so a ``t`` with ``V(t) < theta`` is below the quotient of every ``C``. A quotient
is ``theta/sum_C w_i`` and a weighted mean of spikes: it moves by no more than the largest of them,
and a minimum of such functions by no more than that. More weight is more potential. Layer by
layer, what is late or early adds up.

Sharp: chains of neurons with one input each, of which one run is half a tick late in each layer,
and starts later.

Source: stated and proved independently.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.spiking import FirstSpikes, NeuronRun
from sparsebound.theory.extremal import spiking as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Axis, Claim, Mutant, Premise, Theorem

LAYER: tuple[Axis, ...] = (("layer", 1), ("neuron", 0))
"""What the axes of spikes are."""


def margins(instance: Instance, run: NeuronRun, thresholds: Number) -> Number:
    """``u sum_C w_i - (theta + sum_C w_i t_i)`` times the denominators of ``u``.

    Of each neuron, for the sets of the earliest inputs, up to each of them; shape (B, L, N, N).
    """
    codes, layers, n = run.spikes.shape
    inputs = run.inputs
    earlier = inputs[..., :, None] <= inputs[..., None, :]  # input, set
    weights = instance.lift(run.weights).reshape(codes, 1, n, n)
    sums = weights @ instance.lift(earlier.astype(float))
    reached = weights @ instance.lift(earlier * inputs[..., :, None])
    above, below = (
        instance.lift(part).reshape(codes, layers, n, 1)
        for part in (run.numerators, run.denominators)
    )
    result: Number = above * sums - below * (reached + thresholds.reshape(codes, 1, 1, 1))
    return result


def premises(
    instance: Instance, first_spikes: FirstSpikes, *, signs: bool = False
) -> Iterator[Premise]:
    """Weights that are not negative, and runs that are as late or early as they say."""
    one, moved, heavier = first_spikes.runs
    yield Premise("0 < theta", 0, first_spikes.thresholds)
    if not signs:
        yield Premise("0 <= w_i", 0, one.weights, strict=False)
    yield Premise("0 < max w_i", 0, one.weights.max(axis=2))
    yield Premise("two runs have the same weights", abs(moved.weights - one.weights), 0, False)
    yield Premise("two runs have the same inputs", abs(heavier.times - one.times), 0, False)
    more = heavier.weights - one.weights
    yield Premise("no weight of the third run is smaller", -more.min(axis=2), 0, False)
    for run in first_spikes.runs:
        yield Premise("denominators are positive", 0, run.denominators)
        off = instance.lift(run.spikes) * run.denominators - run.numerators
        allowed = instance.lift(run.denominators) * run.lateness[:, None, None]
        yield Premise("a neuron fires within delta of u", abs(off), allowed, False, False)


def claims(
    instance: Instance, first_spikes: FirstSpikes, *, once: bool = False, mean: bool = False
) -> Iterator[Claim]:
    """Neurons fire at a minimum, no later for larger weights, and layers add up what is late."""
    one, moved, heavier = first_spikes.runs
    thresholds = instance.lift(first_spikes.thresholds)
    for run in first_spikes.runs:
        found = margins(instance, run, thresholds)
        name = "u sum_C w_i <= theta + sum_C w_i t_i"
        yield Claim(name, found.max(-1), 0, measured=False, axes=LAYER)
        name = "theta + sum_C w_i t_i <= u sum_C w_i for a set C"
        yield Claim(name, -found.max(-1), 0, measured=False, axes=LAYER)
    apart = abs(instance.lift(moved.times) - one.times)
    start = apart.sum(-1) / apart.shape[1] if mean else apart.max(-1)
    layer = np.ones(one.spikes.shape[1]) if once else np.arange(1.0, one.spikes.shape[1] + 1)

    def late(other: NeuronRun) -> Number:
        """``l (delta + delta')``, shape (B, L, 1)."""
        both: Number = instance.lift(one.lateness) + other.lateness
        return both.reshape(-1, 1, 1) * layer[:, None]

    differ = abs(instance.lift(moved.spikes) - one.spikes)
    name = "|s_l - s'_l| <= max_i |t_i - t'_i| + l (delta + delta')"
    yield Claim(name, differ, start.reshape(-1, 1, 1) + late(moved), axes=LAYER)
    later = instance.lift(heavier.spikes) - one.spikes
    name = "larger weights fire no later, but for l (delta + delta')"
    yield Claim(name, later, late(heavier), measured=False, axes=LAYER)


THEOREM = Theorem(
    title="A neuron that fires once fires at a minimum",
    statement=r"\sum_i w_i \max(u - t_i, 0) = \theta > 0, \; w \ge 0 \implies "
    r"u = \min\limits_C \frac{\theta + \sum_{i \in C} w_i t_i}{\sum_{i \in C} w_i}; \quad "
    r"| s_l - s'_l | \le \max_i | t_i - t'_i | + l (\delta + \delta')",
    names=("SNN", "time to first spike", "causal set", "jitter", "tropical"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.late_in_every_layer,
    mutants=(
        Mutant("weights of any sign", {"signs": True}, extremal.never_fires, smallest=(2, 2)),
        Mutant("l (delta + delta') -> delta + delta'", {"once": True}, smallest=(1, 1)),
        Mutant("the largest -> the mean shift", {"mean": True}, extremal.one_input_moves, (2, 2)),
    ),
)
