"""Solvers of the Lasso under test, of which a last point is all that is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.coordinate_descent import coordinate_descent
from sparsebound.checks.algorithms.proximal import largest_correlations
from sparsebound.checks.calls import Call
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.oracles.features import features_at, given_evidence
from sparsebound.checks.oracles.lasso import short_weight
from sparsebound.checks.provider import choice, plain
from sparsebound.theory.analysis.floating_point import FloatingPoint
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Features, Returned, SolverResult
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

SHARE = choice("share", 0.5, 0.125, 0.875, 0.015625, 1.0, 1.25)
"""The weight of the l1 norm, as a share of the one from which on the minimiser is 0."""

SIGN = choice("sign", "any", "nonnegative")
"""Whether it is minimised over all codes, or the nonnegative ones."""

SWEEPS = (2, 64, 8)
"""Of our own solver; in turns."""

TOLERANCE = {
    np.dtype(np.float64): 1e-6,
    np.dtype(np.float32): 1e-3,
    np.dtype(np.float16): 2.0**-5,
}
"""What a solver is held to that states nothing, by the type of what it returns."""


def problem(experiment: Experiment, *, nonnegative: bool | None = None) -> Features:
    """Choose weights, and find minimisers.

    Parameters
    ----------
    experiment : Experiment
        Signals, and the settings.
    nonnegative : bool, optional
        By default as the settings say.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = problem(Experiment(Instance([[1, 0], [0, 1]], [[4, 1]])))
    >>> found.thresholds, found.signs
    (array([[2., 2.]]), array([[1., 0.]]))
    """
    instance = experiment.codes
    sizes = largest_correlations(instance) * SHARE.of(experiment)
    lam = np.array([short_weight(float(size)) for size in sizes])
    wanted = SIGN.of(experiment) == "nonnegative" if nonnegative is None else nonnegative
    return lasso_features(instance, instance.Y.mid, lam, signed=not wanted)


def lasso_features(
    instance: Instance, signals: FloatArray, lam: FloatArray, *, signed: bool
) -> Features:
    """Find minimisers of the Lasso with one weight for each signal (B,)."""
    thresholds = np.repeat(lam[:, None], instance.D.shape[1], axis=1)
    none = np.zeros(thresholds.shape)
    like = Features(thresholds, none, none, np.full(len(signals), signed))
    return features_at(instance, signals, like)


def solution(given: Posed) -> SolverResult:
    """Run coordinate descent for a few sweeps, or many; it states its duality gap.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> solution(Instance([[1, 0], [0, 1]], [[4, 1]])).returned.points
    array([[2., 0.]])
    """
    experiment = posed(given)
    known: SolverResult | None = given_evidence(experiment, "solution")
    if known is not None:
        return known
    instance, found = experiment.codes, problem(experiment)
    points, tolerance = np.zeros(found.signs.shape), np.zeros(len(instance))
    turns = np.array(in_turns(SWEEPS, instance.place))
    for sweeps in SWEEPS:
        rows = np.flatnonzero(turns == sweeps)
        points[rows], tolerance[rows] = coordinate_descent(
            instance.D.data,
            instance.Y.mid[rows],
            found.thresholds[rows, 0],
            sweeps,
            nonnegative=not found.signed.all(),
        )
    return SolverResult(found, Returned(points, tolerance))


def _returned(call: Call, experiment: Experiment) -> SolverResult:
    """Ask a solver of somebody else."""
    found = problem(experiment, nonnegative=call.subject.nonnegative)
    instance = experiment.codes
    points, stated = call.points(
        D=instance.D.data,
        Y=instance.Y.mid,
        lam=found.thresholds[:, 0].copy(),
        nonnegative=not bool(found.signed.all()),
    )
    within_range(call, points.dtype, instance, found.thresholds[:, 0])
    tolerance: FloatArray = np.where(np.isnan(stated), TOLERANCE[points.dtype], stated)
    return SolverResult(found, Returned(points, tolerance))


def within_range(call: Call, dtype: Any, instance: Instance, further: FloatArray) -> None:
    """Ask nothing where products of the data, or further numbers, may leave the range of a type.

    Raises
    ------
    OutOfRange
        If some may.
    """
    D, Y = np.abs(instance.D.data), np.abs(instance.Y.mid)
    with np.errstate(over="ignore"):
        sizes = (D * D).sum(axis=0), Y @ D, (Y * Y).sum(axis=1), D, Y, further
    if 4 * max(float(size.max(initial=0.0)) for size in sizes) > FloatingPoint.of(dtype).largest:
        raise call.beyond(dtype.name)


PROVIDERS = (
    plain(
        "solution",
        SolverResult,
        solution,
        SHARE,
        SIGN,
        supply=_returned,
        asks="D, Y, lam, nonnegative -> points (B, n), and tolerances (B,) if it states any",
    ),
)
