"""The deep cascade: an unfolded network a layer, with thresholds from local quantities."""

from __future__ import annotations

from functools import partial

from sparsebound.checks.provider import plain
from sparsebound.checks.subjects.cascade import LAYERED, Builder, layer_design, run_layers
from sparsebound.checks.subjects.designs import DESIGNS
from sparsebound.checks.subjects.layered import IN_LAYERS, supplied_cascade
from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.weights import LinearMap
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.extremal.unfolding import Design
from sparsebound.theory.instance import DeepInstance, Instance


def local_cascade(given: Posed, build: Builder | None = None) -> Cascade:
    """Run a network on each layer, on what the one below returned.

    Parameters
    ----------
    given : Experiment or DeepInstance
        B codes a layer, of which the noise of the first one is that of the signals; and the
        designs of the networks. With a setting ``fewest``, noise levels are derived from the
        smallest number of entries that meet a weight.
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
    experiment = posed(given)
    meeting = quantities.smallest if experiment.get("fewest", False) else quantities.largest

    def level(instance: DeepInstance, index: int, W: LinearMap, bound: Number) -> Number:
        if index == 0:
            return quantities.first_noise(instance, W)
        return quantities.noise_from_below(instance, index, W, bound, meeting=meeting)

    fixed = {} if build is None else LAYERED

    def designed(index: int, local: Instance) -> Design:
        return layer_design(experiment, index, local, **fixed)

    return run_layers(experiment.deep, designed, rates.local_rate, level, build)


PROVIDERS = (
    plain(
        "local_cascade",
        Cascade,
        local_cascade,
        DESIGNS,
        supply=partial(supplied_cascade, local_cascade),
        asks=IN_LAYERS,
    ),
)
