"""The deep cascade: an unfolded network a layer, with thresholds from local quantities."""

from __future__ import annotations

from checks.subjects.cascade import LAYERED, Builder, layer_design, run_layers
from theory.arithmetic import Number
from theory.cascade_evidence import Cascade
from theory.constructions.extremal_layers import DesignedLayers
from theory.constructions.extremal_unfolding import Design
from theory.instance import DeepInstance, Instance
from theory.quantities import cascade as quantities
from theory.quantities import unfolding_rates as rates
from theory.quantities.weights import LinearMap


def local_cascade(instance: DeepInstance, build: Builder | None = None) -> Cascade:
    """Run a network on each layer, on what the one below returned.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer; the noise of the first one is that of the signals. Where it names a
        design, the networks are built by that.
    build : callable, optional
        See :func:`~checks.subjects.cascade.run_layers`.

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

    def level(instance: DeepInstance, index: int, W: LinearMap, bound: Number) -> Number:
        if index == 0:
            return quantities.first_noise(instance, W)
        return quantities.noise_from_below(instance, index, W, bound, meeting=meeting)

    fixed = {} if build is None else LAYERED

    def designed(index: int, local: Instance) -> Design:
        return named.design if named else layer_design(instance, index, local, **fixed)

    return run_layers(instance, designed, rates.local_rate, level, build)
