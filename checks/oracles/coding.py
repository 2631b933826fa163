"""What signals are analysed by: bases, by reflections in integers, or any weights of samples.

All are dealt out to codes by their places. Coherent atoms meet as many bases as it takes.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.training import is_orthogonal
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.coding import Rotations, SampledCodes
from sparsebound.theory.experiment import Experiment, Posed, posed

MIRRORS = ("two", "two", "dense", "exchange")
"""How many entries reflections have, or whether they exchange coordinates; in turns."""
UNEVEN_SHARES = ((1.0, 1.0), (3.0, 4.0))
"""How bases share the signal, where there is room; in turns."""
FEWEST = 2
"""Least number of reflections."""
EXCESS = 1 + 2.0**-40
"""What may be rounding of a squared norm: taken off for integer atoms, and added for others."""

DESIGNS = ("every", "some", "every", "any")
"""Which codes are sampled: all combinations of entries and zeros, some, or any; in turns."""
FACTORS = 3
"""Most entries of which all combinations are sampled."""
ANALYSES = ("atoms", "triangular", "coordinates")
"""What signals are seen by; atoms if they are an orthogonal basis, or coordinates; in turns."""


def rotations(given: Posed) -> Rotations:
    """Reflect signals at vectors of small integers; the last bases count, as many as are needed.

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


def sampled_codes(given: Posed) -> SampledCodes:
    """Sample the entries of each code and zeros, in all combinations or not; and choose weights.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> sampled_codes(Instance([[1, 0], [0, 1]], [[3, 0]])).samples[0, :2]
    array([[0., 0.],
           [3., 0.]])
    """
    experiment = posed(given)
    known: SampledCodes | None = given_evidence(experiment, "sampled_codes")
    if known is not None:
        return known
    instance = experiment.codes
    (m, n), count = instance.D.shape, 2**FACTORS
    basis = instance.D.data if m == n and is_orthogonal(instance.D) else np.eye(m)
    samples, analysis = np.zeros((len(instance), count, n)), np.zeros((len(instance), m, m))
    turns = (in_turns(options, instance.place) for options in (DESIGNS, ANALYSES))
    for code, (design, seen) in enumerate(zip(*turns, strict=True)):
        draw, x = generator(experiment, instance.place[code]), instance.X[code]
        chosen = np.flatnonzero(x)[:FACTORS]
        on = (np.arange(count)[:, None] >> np.arange(len(chosen))) & 1
        samples[code][:, chosen] = on * x[chosen]
        if design == "some":
            samples[code] = samples[code][draw.integers(0, count, count)]
        elif design == "any":
            samples[code] = draw.integers(-1, 2, (count, n))
        triangle = np.eye(m) + np.tril(draw.integers(-1, 2, (m, m)), -1)
        analysis[code] = {"atoms": basis, "triangular": triangle, "coordinates": np.eye(m)}[seen]
    return SampledCodes(samples, analysis)


PROVIDERS = (
    plain("rotations", Rotations, rotations, SEED),
    plain("sampled_codes", SampledCodes, sampled_codes, SEED),
)
