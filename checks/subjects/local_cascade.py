"""The deep cascade: an unfolded network a layer, with thresholds from local quantities."""

from __future__ import annotations

from checks.subjects.cascade import layer_design, run_layers
from theory.arithmetic import Number
from theory.cascade_evidence import Cascade
from theory.constructions.extremal_layers import DesignedLayers
from theory.instance import DeepInstance
from theory.quantities import cascade as quantities
from theory.quantities import unfolding_rates as rates
from theory.quantities.weights import LinearMap


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

    def level(instance: DeepInstance, index: int, W: LinearMap, bound: Number) -> Number:
        if index == 0:
            return quantities.first_noise(instance, W)
        return quantities.noise_from_below(instance, index, W, bound, meeting=meeting)

    return run_layers(
        instance,
        lambda index, local: named.design if named else layer_design(instance, index, local),
        rates.local_rate,
        level,
    )
