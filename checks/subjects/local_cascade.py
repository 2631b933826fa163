"""The deep cascade: an unfolded network a layer, with thresholds from local quantities."""

from __future__ import annotations

import numpy as np

from checks.subjects import unfolded
from checks.subjects.unfolding_schedules import Schedule, wide_enough
from theory.cascade_evidence import Cascade
from theory.constructions.extremal_layers import DesignedLayers
from theory.evidence import Unfolding
from theory.instance import DeepInstance, Instance
from theory.quantities import cascade as quantities
from theory.quantities import unfolding_rates as rates


def local_cascade(instance: DeepInstance) -> Cascade:
    """Run a network on each layer, on what the one below returned.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer; the noise of the first one is that of the signals. Where it names a
        design, the networks are built by that.

    Returns
    -------
    Cascade

    Examples
    --------
    >>> from theory.constructions.extremal_layers import chain_of_pairs
    >>> found = local_cascade(chain_of_pairs(1))
    >>> [network.nu.tolist() for network in found.networks]
    [[0.015625], [0.041900634765625]]
    """
    named = instance if isinstance(instance, DesignedLayers) else None
    meeting = quantities.smallest if named and named.fewest else quantities.largest
    first = instance.layers[0]
    below = first.lift(instance.X0) + first.E
    networks: list[Unfolding] = []
    bound = first.lift(0)
    for index, (layer, between) in enumerate(zip(instance.layers, instance.maps, strict=True)):
        signals = between(below).mid
        clean = layer.D.synthesis(layer.lift(layer.X)).mid
        local = Instance(layer.D, layer.X, signals - clean)
        fixed = {**unfolded.EXACT, "weights": "normalised"}
        drawn = named.design if named else unfolded.draw(local, **fixed)
        schedule = Schedule(local, wide_enough(local, drawn) if drawn.rounded else drawn)
        exactly = instance if drawn.rounded else instance.exact()
        schedule.nu = schedule.up(
            quantities.noise_from_below(exactly, index, schedule.W, bound, meeting=meeting)
            if index
            else quantities.first_noise(exactly, schedule.W)
        )
        rate = rates.local_rate(schedule.instance, schedule.W)
        schedule.linear(rate, schedule.size)
        network = unfolded.run(schedule, local, schedule.size, signals=signals)
        networks.append(network)
        bound = rates.linear_bounds(schedule.instance, network, rate)[:, -1]
        below = layer.lift(np.asarray(network.iterates[:, -1]))
    return Cascade(tuple(networks))
