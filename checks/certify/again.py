"""Certificates of labels that an attack seems to break, decided again: in balls, then exactly.

An attack runs in float64, and so does the solver that it asks. What it found counts once it is
proved: that both signals have the features that are said, that their labels differ, and that they
are nearer to one another than what was certified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sparsebound.checks.oracles.features import features_at
from sparsebound.checks.oracles.label_change import price_certificate
from sparsebound.theory.arithmetic import FloatArray, Mask
from sparsebound.theory.evidence import FeaturePair, Features, Head, LabelChange
from sparsebound.theory.evidence.layers import Points
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.theorem import Claim
from sparsebound.theory.training.certified_radius import THEOREM
from sparsebound.theory.verdict import Status, decide


def surely_broken(
    D: Dictionary,
    signals: FloatArray,
    others: FloatArray,
    thresholds: FloatArray,
    head: Head,
    radii: FloatArray,
) -> Mask:
    """Say which radii are proved to be too large, shape (B,).

    Parameters
    ----------
    D : Dictionary
        The atoms, with a ridge below, if there is one.
    signals, others : ndarray, shape (B, m)
        Signals, and those that an attack found near them.
    thresholds : ndarray, shape (n,)
        One an atom.
    head : Head
        The classifier, and the labels that are certified.
    radii : ndarray, shape (B,)
        Within which no signal is said to have another label.

    Returns
    -------
    ndarray of bool, shape (B,)
        False also where features cannot be worked out, or the dictionary is too large for exact
        arithmetic and balls do not decide.

    Examples
    --------
    >>> head = Head(np.eye(2)[None], np.zeros((1, 2)), np.array([0]))
    >>> pair = np.array([[4.0, 1.0]]), np.array([[2.0, 3.0]])
    >>> surely_broken(Dictionary(np.eye(2)), *pair, np.ones(2), head, np.array([3.0]))
    array([ True])
    >>> surely_broken(Dictionary(np.eye(2)), *pair, np.ones(2), head, np.array([2.5]))
    array([False])
    """
    rows = ((y[None], other[None]) for y, other in zip(signals, others, strict=True))
    return np.array(
        [
            _is_broken(D, *pair, thresholds, head.select([code]), radii[code : code + 1])
            for code, pair in enumerate(rows)
        ],
        dtype=bool,
    )


def _is_broken(
    D: Dictionary,
    signal: FloatArray,
    other: FloatArray,
    thresholds: FloatArray,
    head: Head,
    radius: FloatArray,
) -> bool:
    """Decide one of them: the premises of the theorem, and its claim of this radius."""
    none = np.zeros((1, D.shape[1]))
    instance = Instance(D, none, signal)
    like = Features(thresholds[None], none, none, np.zeros(1, dtype=bool))
    found, moved = (features_at(instance, y, like) for y in (signal, other))
    certificate = price_certificate(D.data, np.abs(found.signs), none)  # no claim reads it
    pair = FeaturePair(found, Points(other), moved)

    def claims(instance: Instance, label_change: LabelChange) -> Iterator[Claim]:
        within = instance.lift(radius)
        away = instance.lift(label_change.pair.signals.values) - instance.Y
        yield Claim("R^2 <= ||y' - y||^2", within * within, (away**2).sum(-1))

    evidence = LabelChange(pair, head, certificate, Points(signal))
    probe = replace(THEOREM, claims=claims, mutants=())
    verdict = decide(probe, instance, {"label_change": evidence})
    return bool(verdict.status[0] == Status.VIOLATED)
