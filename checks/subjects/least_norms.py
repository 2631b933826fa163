"""Solvers of basis pursuit under test, of which a last point is all that is known."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms.primal_dual import primal_dual
from sparsebound.checks.calls import Call
from sparsebound.checks.oracles.adversaries import in_turns, norm_bound
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.oracles.lasso import short_weight
from sparsebound.checks.provider import choice, plain
from sparsebound.checks.subjects import minimisers
from sparsebound.theory.analysis.features import features_of
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import Features, LeastNorm
from sparsebound.theory.experiment import Experiment, Posed, posed
from sparsebound.theory.instance import Instance

EXPLAINED = choice("explained", "without noise", "up to noise")
"""Whether it is basis pursuit, of the signal without its noise, or basis pursuit denoising."""

STEPS = (120, 40)
"""Of our own solver; in turns."""

SMALLEST = 2.0**-24
"""The weight of a Lasso whose signs are taken for those of basis pursuit, as a share."""

INSIDE = 1 + 2.0**-40
"""By how much dual points are made smaller, so that they are proved to be in the polytope."""


def norm_problem(experiment: Experiment, *, exactly: bool = False) -> LeastNorm:
    """Choose bounds of residuals, and find codes that explain signals, and dual points.

    Denoising is that of the minimiser of a Lasso, whose residual, over the weight, is the dual
    point; for basis pursuit the code is the one of the instance.

    Parameters
    ----------
    experiment : Experiment
        Signals, and the settings.
    exactly : bool
        Basis pursuit, whatever the settings say.

    Returns
    -------
    LeastNorm
        With points that are zero.

    Examples
    --------
    >>> found = norm_problem(Experiment(Instance([[1, 0], [0, 1]], [[4, 1]])))
    >>> found.sigma, found.explanation, found.dual.round(6)
    (array([0.]), array([[4., 1.]]), array([[1., 1.]]))
    >>> asked = {"explained": "up to noise"}
    >>> found = norm_problem(Experiment(Instance([[1, 0], [0, 1]], [[4, 0]]), asked))
    >>> found.sigma, found.explanation
    (array([2.]), array([[2., 0.]]))
    """
    instance = experiment.codes
    exactly = exactly or EXPLAINED.of(experiment) == "without noise"
    found = _pursued(instance) if exactly else minimisers.problem(experiment, nonnegative=False)
    if exactly:
        explanation, sigma = instance.X, np.zeros(len(instance))
        dual = _dual(instance.D.data, found.signs)
    else:
        explanation = features_of(instance, found).entries.mid
        rest = instance.Y - instance.D.synthesis(instance.lift(explanation))
        sigma = norm_bound((rest * rest).sum(-1))
        dual = rest.mid / found.thresholds[:, :1]
    beyond = np.abs(dual @ instance.D.data).max(axis=1, keepdims=True, initial=0.0)
    dual = dual / (np.maximum(beyond, 1) * INSIDE)
    none = np.zeros(len(instance))
    noisy = np.full(len(instance), not exactly)
    return LeastNorm(sigma, noisy, explanation, dual, np.zeros(instance.X.shape), none)


def _pursued(instance: Instance) -> Features:
    """Signs of minimisers of the Lasso with a tiny weight, of the signals without noise."""
    signals = instance.X @ instance.D.data.T
    sizes = np.abs(signals @ instance.D.data).max(axis=1, initial=0.0)
    lam = np.array([short_weight(float(size) * SMALLEST) for size in sizes])
    return minimisers.lasso_features(instance, signals, lam, signed=True)


def _dual(D: FloatArray, signs: FloatArray) -> FloatArray:
    """The shortest ``w`` with ``<d_j, w> = sign`` where there is one; shape (B, m)."""
    found = np.zeros((len(signs), len(D)))
    for w, taken in zip(found, signs, strict=True):
        used = np.flatnonzero(taken)
        w[:] = np.linalg.lstsq(D[:, used].T, taken[used])[0] if used.size else 0.0
    return found


def _signals(instance: Instance, found: LeastNorm) -> FloatArray:
    """What a solver is given: with noise, or without."""
    noisy = instance.Y.mid
    return np.where(found.noisy[:, None], noisy, instance.X @ instance.D.data.T)


def _with(found: LeastNorm, points: FloatArray, tolerance: FloatArray) -> LeastNorm:
    given = found.sigma, found.noisy, found.explanation, found.dual
    return LeastNorm(*given, points, tolerance)


def least_norm(given: Posed) -> LeastNorm:
    """Run a primal-dual iteration for many steps, or fewer; it states its tolerance.

    Examples
    --------
    >>> least_norm(Instance([[1, 0], [0, 1]], [[4, 1]])).points.round(6)
    array([[4., 1.]])
    """
    experiment = posed(given)
    known: LeastNorm | None = given_evidence(experiment, "least_norm")
    if known is not None:
        return known
    instance, found = experiment.codes, norm_problem(experiment)
    signals = _signals(instance, found)
    points, tolerance = np.zeros(found.points.shape), np.zeros(len(instance))
    turns = np.array(in_turns(STEPS, instance.place))
    for steps in STEPS:
        rows = np.flatnonzero(turns == steps)
        points[rows], tolerance[rows] = primal_dual(
            instance.D.data, signals[rows], found.sigma[rows], steps
        )
    return _with(found, points, tolerance)


def _returned(call: Call, experiment: Experiment) -> LeastNorm:
    """Ask a solver of somebody else."""
    found = norm_problem(experiment, exactly=call.subject.basis_pursuit)
    instance = experiment.codes
    points, stated = call.points(
        by=None if call.subject.basis_pursuit else "sigma",
        D=instance.D.data,
        Y=_signals(instance, found),
        sigma=found.sigma.copy(),
    )
    minimisers.within_range(call, points.dtype, instance, found.sigma)
    kept = np.where(np.isnan(stated), minimisers.TOLERANCE[points.dtype], stated)
    return _with(found, points, kept)


PROVIDERS = (
    plain(
        "least_norm",
        LeastNorm,
        least_norm,
        minimisers.SHARE,
        EXPLAINED,
        supply=_returned,
        asks="D, Y, sigma -> points (B, n), and tolerances (B,) if it states any",
    ),
)
