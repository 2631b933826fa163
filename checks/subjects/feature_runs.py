"""ISTA and FISTA for nonnegative features, and what is read out of their iterates.

What is read out is chosen, in turns, where the iterates of a run are far from the features.
"""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.proximal import STEPS, WEIGHT, lipschitz
from sparsebound.checks.oracles.adversaries import generator, in_turns, short
from sparsebound.checks.oracles.features import features_at, given_evidence, thresholds_for
from sparsebound.checks.oracles.label_change import MARGINS
from sparsebound.checks.provider import SEED, plain
from sparsebound.theory.analysis.features import FeaturePoint
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import (
    FeatureIterates,
    FeaturePair,
    Features,
    LabelledRuns,
    ReadOut,
)
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.experiment import Experiment, Posed, posed

DISTANCES = (0.0, 0.0625, 0.0, 0.00390625)
"""How far the signals of the runs are from the others, relative to their entries; in turns."""


def nonnegative_run(
    D: FloatArray,
    Y: FloatArray,
    thresholds: FloatArray,
    L: float,
    steps: int = STEPS,
    *,
    momentum: bool,
) -> FloatArray:
    """Run ISTA, or FISTA, from 0, with rectified linear units; shape (B, K + 1, n).

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    Y : ndarray, shape (B, m)
        The signals.
    thresholds : ndarray, shape (B, n)
        One an atom.
    L : float
        Inverse step.
    steps : int
        How many.
    momentum : bool
        Whether it is FISTA.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> nonnegative_run(one, 3 * one, one, 2.0, 2, momentum=False)[0, :, 0]
    array([0. , 1. , 1.5])
    """
    points = np.zeros((len(Y), steps + 1, D.shape[1]))
    t, carried = 1.0, 0.0
    for k in range(steps):
        x = points[:, k]
        start = x + carried * (x - points[:, k - 1]) if k else x
        step = (Y - start @ D.T) @ D - thresholds
        points[:, k + 1] = np.maximum(start + step / L, 0.0)
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        t, carried = following, (t - 1) / following if momentum else 0.0
    return points


def labelled_runs(given: Posed) -> LabelledRuns:
    """Run both on signals near those of the instance, and choose what is read.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = labelled_runs(Instance([[1, 0], [0, 1]], [[4, 1]]))
    >>> found.pair.features.signs, found.iterates.ista.shape
    (array([[1., 0.]]), (1, 13, 2))
    """
    experiment = posed(given)
    known: LabelledRuns | None = given_evidence(experiment, "labelled_runs")
    if known is not None:
        return known
    instance, D = experiment.codes, experiment.codes.D.data
    thresholds = thresholds_for(experiment)
    none = np.zeros(thresholds.shape)
    like = Features(thresholds, none, none, np.zeros(len(instance), dtype=bool))
    y = instance.Y.mid
    others = y + _moves(experiment, y)
    pair = FeaturePair(
        features_at(instance, y, like), Points(others), features_at(instance, others, like)
    )
    L = lipschitz(instance.D)
    ista, fista = (nonnegative_run(D, others, thresholds, L, momentum=q) for q in (False, True))
    iterates = FeatureIterates(ista, fista, np.full(len(y), L))
    z = FeaturePoint(instance.D, instance.Y, pair.features).entries.mid
    return LabelledRuns(pair, _readout(experiment, z, iterates), iterates)


def _moves(experiment: Experiment, signals: FloatArray) -> FloatArray:
    """Where the signals of the runs are, from the others."""
    found = np.zeros(signals.shape)
    places = experiment.codes.place
    for code, (place, share) in enumerate(zip(places, in_turns(DISTANCES, places), strict=True)):
        size = share * 2.0 ** np.floor(np.log2(np.abs(signals[code]).max(initial=2.0**-20)))
        found[code] = generator(experiment, place).integers(-8, 9, signals.shape[1]) / 8 * size
    return found


def _readout(experiment: Experiment, z: FloatArray, iterates: FeatureIterates) -> ReadOut:
    """Read what is random, and what iterates have not found, of the first step and the last."""
    gram, places = experiment.codes.D.raw_gram.mid, experiment.codes.place
    margins = in_turns(MARGINS, places)
    directions, biases = [], []
    for code, place in enumerate(places):
        draw = generator(experiment, place)
        left = [z[code] - run[code, k] for run in (iterates.ista, iterates.fista) for k in (1, -1)]
        u = np.stack([draw.integers(-8, 9, z.shape[1]) / 8, *map(short, left)])
        read = u @ gram @ z[code]
        sizes = np.abs(u) @ np.abs(gram) @ np.abs(z[code])
        directions.append(u)
        wanted: FloatArray = margins[code] * np.where(sizes > 0, sizes, 1.0) - read
        biases.append([short(wanted[j : j + 1])[0] for j in range(len(wanted))])
    shape = (len(z), 5)
    return ReadOut(np.reshape(directions, (*shape, z.shape[1])), np.reshape(biases, shape))


PROVIDERS = (plain("labelled_runs", LabelledRuns, labelled_runs, WEIGHT, SEED),)
