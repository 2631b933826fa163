"""Two chains of codes of the layers of a deep model, and a signal between what they represent."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import pairs
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.products import deepest
from sparsebound.theory.evidence.layers import LayerEstimates, Points
from sparsebound.theory.experiment import Experiment, Posed, posed

UNIT = 2.0**-9
"""Codes are multiples of it where they can be: then ball arithmetic takes them through the layers
without rounding, and knows that each is what the next one gives."""


def chain(given: Posed) -> LayerEstimates:
    """For each deepest code the one that is hardest to tell from it, carried to all layers.

    Parameters
    ----------
    given : Experiment or DeepInstance
        B codes a layer.

    Examples
    --------
    >>> from sparsebound.theory.extremal.products import acute_angles_or_halves
    >>> [layer.values.tolist() for layer in chain(acute_angles_or_halves(3)).layers]
    [[[16.0, 0.0]], [[4.0, 4.0]], [[4.0]]]
    """
    experiment = posed(given)
    instance = experiment.deep
    codes = deepest(instance)
    if codes.D.data.any(axis=0).all():
        points = pairs(Experiment(codes, experiment.settings)).points
    else:  # the premises ask for more
        points = np.zeros(codes.X.shape)
    rounded = np.rint(points / UNIT) * UNIT
    values = np.where(rounded.any(axis=1, keepdims=True), rounded, points)
    layers = [Points(values)]
    for layer in reversed(instance.layers):
        values = values @ layer.D.data.T
        layers.insert(0, Points(values))
    clean = layers.pop(0).values
    return LayerEstimates(Points((instance.X0 + clean) / 2), tuple(layers))


PROVIDERS = (plain("chain", LayerEstimates, chain, SEED),)
