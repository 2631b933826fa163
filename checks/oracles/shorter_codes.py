"""Other codes that are as short, and signals halfway between them."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import in_turns, norm_bound
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import plain
from sparsebound.theory.evidence import Estimate
from sparsebound.theory.experiment import Posed, posed

MOVED = (0.5, 0.125, 1.0, 0.25)
"""How much of the largest entry is taken away, or moved to another atom; in turns."""


def shorter_code(given: Posed) -> Estimate:
    """Take from the largest entry of a code; mostly, give it to the atom that is most like its own.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = shorter_code(Instance([[1, 3, 0], [0, 4, 1]], [[4, 0, 0]]))
    >>> found.points, found.signals
    (array([[2., 0., 0.]]), array([[3., 0.]]))
    """
    experiment = posed(given)
    known: Estimate | None = given_evidence(experiment, "shorter_code")
    if known is not None:
        return known
    instance = experiment.codes
    D, X, batch = instance.D.data, instance.X, np.arange(len(instance))
    largest = np.abs(X).argmax(axis=1)
    moved = X[batch, largest] * in_turns(MOVED, instance.place)
    norms = np.asarray(instance.D.norms.mid)
    products = (D.T @ D / norms / norms[:, None])[largest]
    products[batch, largest] = 0.0
    nearest = np.abs(products).argmax(axis=1)
    points = X.copy()
    points[batch, largest] -= moved
    given_away = instance.place % len(MOVED) > 0
    points[batch, nearest] += np.where(
        given_away & (nearest != largest), moved * np.sign(products[batch, nearest]), 0.0
    )
    signals = (X + points) / 2 @ D.T
    atoms = instance.D.atoms.swapaxes(0, 1)
    rests = (instance.lift(signals) - instance.lift(codes) @ atoms for codes in (X, points))
    return Estimate(signals, points, norm_bound(*((rest * rest).sum(-1) for rest in rests)))


PROVIDERS = (plain("shorter_code", Estimate, shorter_code),)
