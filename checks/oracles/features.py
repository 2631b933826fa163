"""Features of signals and of signals near them: minimisers with a threshold for each atom.

Problems are dealt out by the places of codes: features with signs or without, one threshold or
many, and what the other signal is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.proximal import WEIGHT, largest_correlations
from sparsebound.checks.oracles.adversaries import generator, in_turns, short
from sparsebound.checks.oracles.lasso import DEPENDENT, feature_signs, scaled, short_weight
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence import (
    ApproximateFeatures,
    DriftedFeatures,
    FeaturePair,
    Features,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment, Posed, of_experiment, posed
from sparsebound.theory.instance import Instance

SIGNED = (False, False, True)
"""Whether features may be negative; in turns."""
UNEVEN = (False, True)
"""Whether thresholds differ from atom to atom; in turns."""
TURNS = ("within", "enter", "near", "far")
"""What the other signal is: the same features in other amounts, a further one, or any."""
BEYOND = 1 + 2.0**-4
"""How far a signal moves, relative to what makes an atom enter alone."""


def thresholds_for(experiment: Experiment) -> FloatArray:
    """Choose thresholds for each signal: one for all atoms, or one each; shape (B, n).

    Examples
    --------
    >>> thresholds_for(Experiment(Instance([[1, 0], [0, 1]], [[4, 1]])))
    array([[2., 2.]])
    """
    instance = experiment.codes
    sizes = largest_correlations(instance) * WEIGHT.of(experiment)
    lam = np.array([short_weight(float(size)) for size in sizes])
    found = np.repeat(lam[:, None], instance.D.shape[1], axis=1)
    for code, uneven in enumerate(in_turns(UNEVEN, instance.place)):
        if uneven:
            draw = generator(experiment, instance.place[code])
            found[code] *= 1 + draw.integers(0, 8, found.shape[1]) / 8
    return found


def given_evidence(experiment: Experiment, name: str) -> Any:
    """Take what a construction comes with, for each code; nothing if it comes with none.

    Examples
    --------
    >>> given_evidence(Experiment(Instance([[1]], [[1]])), "features")
    """
    known = experiment.get(name, None)
    return None if known is None else known.select(np.zeros(len(experiment.codes), dtype=int))


@of_experiment
def features(experiment: Experiment) -> Features:
    """Find where the features of each signal live.

    Examples
    --------
    >>> features(Instance([[1, 0], [0, 1]], [[4, 1]])).signs
    array([[1., 0.]])
    """
    known: Features | None = given_evidence(experiment, "features")
    if known is not None:
        return known
    instance = experiment.codes
    signed: Mask = np.array(in_turns(SIGNED, instance.place), dtype=bool)
    thresholds = thresholds_for(experiment)
    none = np.zeros(thresholds.shape)
    return features_at(instance, instance.Y.mid, Features(thresholds, none, none, signed))


def features_at(
    instance: Instance, signals: FloatArray, like: Features, near: FloatArray | None = None
) -> Features:
    """Find where the features of signals (B, m) live, with the thresholds of others.

    The search begins at features (B, n) that are ``near``, or at none.

    Examples
    --------
    >>> instance = Instance([[1, 0], [0, 1]], [[4, 1]])
    >>> features_at(instance, np.array([[0.0, 9.0]]), features(instance)).signs
    array([[0., 1.]])
    """
    problems = scaled(instance)
    with np.errstate(under="ignore"):
        signals = np.ldexp(signals, problems.b[:, None])
        start = None if near is None else np.ldexp(near, problems.b[:, None] - problems.a)
    weights = problems.weight(like.thresholds.T, np.arange(len(signals))).T
    gram = problems.atoms.T @ problems.atoms
    signs = feature_signs(gram, signals @ problems.atoms, weights, like.signed, start)
    return Features(like.thresholds, signs, np.zeros(signs.shape), like.signed)


def feature_pair(given: Posed) -> FeaturePair:
    """Find features of each signal and of another one.

    Examples
    --------
    >>> found = feature_pair(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.signals.values, found.moved.signs
    (array([[8., 1.]]), array([[1., 0.]]))
    """
    experiment = posed(given)
    known: FeaturePair | None = given_evidence(experiment, "feature_pair")
    if known is not None:
        return known
    instance, found = experiment.codes, features(experiment)
    others = instance.Y.mid.copy()
    kinds = in_turns(TURNS, instance.place)
    for code, kind in enumerate(kinds):
        others[code] += _step(experiment, found, code, kind)
    return FeaturePair(found, Points(others), features_at(instance, others, found))


def _step(experiment: Experiment, found: Features, code: int, kind: str) -> FloatArray:
    """Choose where a signal moves to."""
    instance = experiment.codes
    D, y, signs = instance.D.data, instance.Y.mid[code], found.signs[code]
    draw = generator(experiment, instance.place[code])
    on = np.flatnonzero(signs)
    if kind == "within" and on.size:
        atoms = D[:, on] * signs[on]
        least = np.linalg.eigh(atoms.T @ atoms)[1][:, 0]
        direction = least * (np.sign(least.sum()) or 1.0)
        amounts = np.linalg.lstsq(atoms, y, rcond=DEPENDENT)[0]
        size = 2.0 ** np.floor(np.log2(np.abs(amounts).max(initial=1.0)))
        return np.asarray(atoms @ (np.rint(64 * direction) / 64 * size))
    if kind == "enter" and on.size < D.shape[1]:
        code_ = np.linalg.lstsq(D[:, on], y, rcond=DEPENDENT)[0] if on.size else np.zeros(0)
        rest = y - D[:, on] @ code_
        pull = D.T @ rest
        off = np.flatnonzero(signs == 0)
        atom = off[np.abs(pull[off]).argmax()]
        side = np.sign(pull[atom]) if found.signed[code] and pull[atom] else 1.0
        square = D[:, atom] @ D[:, atom]
        need = max(float(found.thresholds[code, atom] - side * pull[atom]), 0.0)
        return np.asarray(side * BEYOND * need / square * D[:, atom])
    size = 2.0 ** np.floor(np.log2(np.abs(y).max(initial=2.0**-20))) * (
        1 if kind == "far" else 0.25
    )
    return np.asarray(draw.integers(-16, 17, y.size) / 16 * size)


KEPT = (1.0, 0.75, 1.25, 0.0)
"""What approximate features keep of exact ones, entry by entry; in turns."""


def approximate_features(given: Posed) -> ApproximateFeatures:
    """Take features inexactly, and a dual point from what they leave.

    Examples
    --------
    >>> found = approximate_features(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.points.values, found.duals.values
    (array([[2., 0.]]), array([[2., 1.]]))
    """
    experiment = posed(given)
    known: ApproximateFeatures | None = given_evidence(experiment, "approximate_features")
    if known is not None:
        return known
    instance, found = experiment.codes, features(experiment)
    D, y = instance.D.data, instance.Y.mid
    entries = FeaturePoint(instance.D, instance.Y, found).entries.mid
    points, duals, readout = np.zeros(entries.shape), np.zeros(y.shape), np.zeros(entries.shape)
    independent = np.linalg.matrix_rank(D / np.linalg.norm(D, axis=0), tol=1e-5) == D.shape[1]
    for code, (place, z) in enumerate(zip(instance.place, entries, strict=True)):
        draw = generator(experiment, place)
        shares = draw.choice(KEPT, z.size) if place else np.ones(z.size)
        points[code] = short(z * shares)
        rest = y[code] - D @ points[code]
        pull = rest @ D
        size = (np.abs(pull) if found.signed[code] else pull) / found.thresholds[code]
        duals[code] = rest / max(size.max() * (1 + 2.0**-40), 1.0)
        if independent:
            readout[code] = draw.integers(-8, 9, z.size) / 8
    return ApproximateFeatures(found, Points(points), Points(duals), Points(readout))


DRIFTS = (0.125, 0.5, 0.015625)
"""How far atoms move, relative to their entries; by the seed."""


def drifted_features(given: Posed) -> DriftedFeatures:
    """Move all atoms a little, and find the features of the same signals.

    Examples
    --------
    >>> found = drifted_features(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.atoms.shape, found.drifted.signs
    ((2, 2), array([[1., 0.]]))
    """
    experiment = posed(given)
    known: DriftedFeatures | None = given_evidence(experiment, "drifted_features")
    if known is not None:
        return known
    instance, found = experiment.codes, features(experiment)
    seed = SEED.of(experiment)
    draw = np.random.default_rng([seed, 5])
    D = instance.D.data
    size = 2.0 ** np.floor(np.log2(np.abs(D).max(axis=0))) * DRIFTS[seed % len(DRIFTS)]
    atoms = D + draw.integers(-8, 9, D.shape) / 8 * size
    atoms = np.where((atoms != 0).any(axis=0), atoms, D)
    there = Instance(atoms, instance.X, instance.E)
    return DriftedFeatures(found, atoms, features_at(there, instance.Y.mid, found))


PROVIDERS = (
    plain("drifted_features", DriftedFeatures, drifted_features, WEIGHT, SEED),
    plain("approximate_features", ApproximateFeatures, approximate_features, WEIGHT, SEED),
    plain("features", Features, features, WEIGHT, SEED),
    plain("feature_pair", FeaturePair, feature_pair, WEIGHT, SEED),
)
