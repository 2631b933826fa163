"""The deep cascade: an unfolded network a layer, each on what the one below returned."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sparsebound.checks.provider import plain
from sparsebound.checks.subjects import unfolded
from sparsebound.checks.subjects.designs import DESIGNS, EXACT, design_of
from sparsebound.checks.subjects.layered import IN_LAYERS, supplied_cascade
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule
from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding_rates import Rate
from sparsebound.theory.analysis.weights import LinearMap
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import DeepInstance, Instance

PLAIN: dict[str, Any] = {**EXACT, "weights": "normalised"}

Builder = Callable[[int, Schedule], FloatArray]

LAYERED: dict[str, Any] = {"activation": "soft", "dtype": "float64"}
"""What networks that are run layer by layer are built of."""

FLOOR = 2.0**-60
"""Noise relative to the code that is declared where there is none: above underflow, so that ball
arithmetic sees a premise hold."""


def layer_design(experiment: Experiment, index: int, local: Instance, **fixed: Any) -> Design:
    """Take the design of a layer's network."""
    return design_of(experiment, local, index, **PLAIN, **fixed)


def received(instance: DeepInstance, index: int, below: Number) -> tuple[FloatArray, Instance]:
    """Give what a layer receives, and the layer with what that differs by from ``D_j x_j``."""
    layer = instance.layers[index]
    signals = instance.maps[index](below).mid
    clean = layer.D.synthesis(layer.lift(layer.X)).mid
    return signals, Instance(layer.D, layer.X, signals - clean)


def cascade(given: Posed, build: Builder | None = None) -> Cascade:
    """Run a network on each layer, with thresholds from the global bounds.

    Parameters
    ----------
    given : Experiment or DeepInstance
        B codes a layer, of which the noise of the first one is that of the signals; and the
        designs of the networks.
    build : callable, optional
        See :func:`run_layers`.

    Returns
    -------
    Cascade

    Examples
    --------
    >>> from sparsebound.theory.extremal.cascades import two_layers
    >>> [network.nu.tolist() for network in cascade(two_layers(1)).networks]
    [[0.0], [0.0625]]
    """
    fixed, experiment = {} if build is None else LAYERED, posed(given)
    return run_layers(
        experiment.deep,
        lambda index, local: layer_design(experiment, index, local, **fixed),
        rates.exact_rate,
        quantities.global_noise,
        build,
    )


def run_layers(
    instance: DeepInstance,
    designed: Callable[[int, Instance], Design],
    rate_of: Callable[[Instance, LinearMap], Rate],
    noise_of: Callable[[DeepInstance, int, LinearMap, Number], Number],
    build: Builder | None = None,
) -> Cascade:
    """Run a network on each layer, on what the one below returned.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer; the noise of the first one is that of the signals.
    designed : callable
        From a layer's index, and what it receives, to the design of its network.
    rate_of : callable
        From a layer and weights to the rate from which thresholds are derived.
    noise_of : callable
        From the instance, a layer's index, its weights and the bound of the layer below (of no
        use in the first one) to a bound on the noise of the layer.
    build : callable, optional
        From a layer's index and its schedule to all states of a network that is run instead of
        the matrix iteration; the thresholds are then the same for all codes.
    """
    first = instance.layers[0]
    below, bound = first.lift(instance.X0) + first.E, first.lift(0)
    networks: list[Unfolding] = []
    for index, layer in enumerate(instance.layers):
        signals, local = received(instance, index, below)
        schedule = Schedule(local, designed(index, local), shared=build is not None)
        exactly = instance if schedule.design.rounded else instance.exact()
        schedule.nu = schedule.up(noise_of(exactly, index, schedule.W, bound))
        rate = rate_of(schedule.instance, schedule.W)
        schedule.linear(rate, schedule.size)
        if build is None:
            network = unfolded.run(schedule, local, schedule.size, signals=signals)
        else:
            network = unfolded.handed_over(schedule, build(index, schedule), schedule.size)
        networks.append(network)
        bound = rates.linear_bounds(schedule.instance, network, rate)[:, -1]
        below = layer.lift(network.states[:, -1])
    return Cascade(tuple(networks))


def feed_forward(given: Posed) -> Cascade:
    """Run one convolution and one threshold a layer: a single iteration of each network.

    The noise level of each layer is what it is; or, where the design aligns perturbations with what
    hurts most, what is known of it beforehand.

    Examples
    --------
    >>> from sparsebound.theory.extremal.cascades import aligned_under_identity
    >>> found = feed_forward(aligned_under_identity(1)).networks
    >>> [network.iterates[:, 1].tolist() for network in found]
    [[[0.46875, 0.0]], [[0.0, 0.0]]]
    """
    experiment = posed(given)
    instance = experiment.deep
    first = instance.layers[0]
    below, bound = first.lift(instance.X0) + first.E, first.lift(0)
    networks: list[Unfolding] = []
    for index, layer in enumerate(instance.layers):
        signals, local = received(instance, index, below)
        schedule = Schedule(local, layer_design(experiment, index, local, layers=1))
        if schedule.design.rounded:
            level = schedule.nu
            if schedule.design.aligned:
                beforehand = quantities.global_noise(instance, index, schedule.W, bound)
                level = schedule.up(beforehand)
            schedule.nu = level * UP + FLOOR * schedule.size
        schedule.master()
        network = unfolded.run(schedule, local, schedule.size, signals=signals)
        networks.append(network)
        bound = unfolding.unfolded_bounds(schedule.instance, network)[:, 1]
        below = layer.lift(network.states[:, -1])
    return Cascade(tuple(networks))


PROVIDERS = tuple(
    plain(
        run.__name__,
        Cascade,
        run,
        DESIGNS,
        supply=partial(supplied_cascade, run),
        asks=IN_LAYERS,
    )
    for run in (cascade, feed_forward)
)
