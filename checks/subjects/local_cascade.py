"""The deep cascade: an unfolded network a layer, with thresholds from local quantities."""

from __future__ import annotations

from sparsebound.checks.subjects.cascade import LAYERED, Builder, layer_design, run_layers
from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.weights import LinearMap
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.layers import DesignedLayers
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import DeepInstance, Instance


def local_cascade(instance: DeepInstance, build: Builder | None = None) -> Cascade:
    """Run a network on each layer, on what the one below returned.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer; the noise of the first one is that of the signals. Where it names a
        design, the networks are built by that.
    build : callable, optional
        See :func:`~sparsebound.checks.subjects.cascade.run_layers`.

    Returns
    -------
    Cascade

    Examples
    --------
    >>> from sparsebound.theory.extremal.layers import chain_of_pairs
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
