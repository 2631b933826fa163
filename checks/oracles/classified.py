"""Read-outs of labels, and errors of codes within bounds that are worst for one of the labels."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.evidence.classified import Classified
from sparsebound.theory.experiment import Posed, posed

LABELS = 3
"""How many there are."""
ERRORS_ON = (1.0, 0.5, 0.125)
"""Errors on the support, relative to the smallest entry of a code; in turns."""
ERRORS_OFF = (0.0, 0.25)
"""Errors off it, relative to those on it; in turns."""
LEFT_OF_MARGINS = (1 / 64, 1.0, 1 / 16, 4.0)
"""What is left of margins, relative to what errors can take; in turns."""


def classified(given: Posed) -> Classified:
    """Draw a read-out of small integers, biases that leave some room, and errors.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = classified(Instance([[1, 0], [0, 1]], [[2, 0]]))
    >>> found.points, found.inside, found.outside
    (array([[0., 0.]]), array([2.]), array([0.]))
    """
    experiment = posed(given)
    known: Classified | None = given_evidence(experiment, "classified")
    if known is not None:
        return known
    instance = experiment.codes
    batch, n = instance.X.shape
    place, X = instance.place, instance.X
    sizes = np.where(instance.support, np.abs(X), np.inf).min(axis=1)
    inside = np.where(np.isfinite(sizes), sizes, 1.0) * in_turns(ERRORS_ON, place)
    outside = inside * np.array(in_turns(ERRORS_OFF, place // len(ERRORS_ON)))
    draws = [generator(experiment, number) for number in place]
    weights = np.array([draw.integers(-3, 4, (LABELS, n)) for draw in draws], dtype=float)
    labels = np.array([draw.integers(LABELS) for draw in draws])
    against = np.array([draw.integers(1, LABELS) for draw in draws])
    every = np.arange(batch)
    apart = weights[every, labels][:, None, :] - weights
    bounds = np.where(instance.support, inside[:, None], outside[:, None])
    taken = (np.abs(apart) * bounds[:, None, :]).sum(axis=2)
    room = 1 + np.array(in_turns(LEFT_OF_MARGINS, place))[:, None]
    own = np.arange(LABELS) == labels[:, None]
    # biases that leave just so much of every margin
    biases = (apart * X[:, None, :]).sum(axis=2) - taken * room - np.where(taken > 0, 0, 1)
    biases = np.where(own, 0.0, biases)
    worst = apart[every, (labels + against) % LABELS]
    points = X - np.sign(worst) * bounds
    return Classified(points, inside, outside, weights, biases, labels)


PROVIDERS = (plain("classified", Classified, classified, SEED),)
