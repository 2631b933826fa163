"""Bases in which signals are analysed instead of that of their atoms, by reflections in integers.

They are dealt out to codes by their places. Coherent atoms meet as many bases as it takes.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.coding import Rotations
from sparsebound.theory.experiment import Experiment, Posed, posed

MIRRORS = ("two", "two", "dense", "exchange")
"""How many entries reflections have, or whether they exchange coordinates; in turns."""
UNEVEN_SHARES = ((1.0, 1.0), (3.0, 4.0))
"""How bases share the signal, where there is room; in turns."""
FEWEST = 2
"""Least number of reflections."""
EXCESS = 1 + 2.0**-40
"""What may be rounding of a squared norm: taken off for integer atoms, and added for others."""


def rotations(given: Posed) -> Rotations:
    """Reflect signals at vectors of small integers; as many bases as are needed count, the last.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> rotations(Instance([[1, 0], [0, 1]], [[1, 0]])).vectors.shape
    (1, 2, 2)
    """
    experiment = posed(given)
    known: Rotations | None = given_evidence(experiment, "rotations")
    if known is not None:
        return known
    instance = experiment.codes
    square = float(np.linalg.norm(instance.D.data / instance.D.norms.mid, 2)) ** 2
    integers = (np.rint(instance.D.data) == instance.D.data).all()
    count = int(np.ceil(square / EXCESS if integers else square * EXCESS))
    bases, m = max(count, FEWEST), instance.D.shape[0]
    shares = np.tile(1.0 * (np.arange(bases) >= bases - count), (len(instance), 1))
    if count == 2 and square <= 25 / 16:
        shares = np.array(in_turns(UNEVEN_SHARES, instance.place)).reshape(shares.shape)
    vectors = [_mirrors(experiment, place, bases) for place in instance.place]
    return Rotations(np.array(vectors).reshape(len(instance), bases, m), shares)


def _mirrors(experiment: Experiment, place: int, count: int) -> FloatArray:
    """Vectors to reflect at; (count, m)."""
    m, draw = experiment.codes.D.shape[0], generator(experiment, place)
    (kind,) = in_turns(MIRRORS, np.array([place]))
    found = draw.integers(-2, 3, (count, m)) * 1.0
    if kind != "dense":
        order = draw.permuted(np.tile(np.arange(m), (count, 1)), axis=-1)
        size = np.where(order == 0, 1, draw.integers(1, 4, found.shape) if kind == "two" else -1)
        found = np.where(order < 2, size, 0.0)
    found[..., 0] += ~found.any(axis=-1)
    return np.asarray(found, dtype=float)


PROVIDERS = (plain("rotations", Rotations, rotations, SEED),)
