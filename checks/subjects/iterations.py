"""Iterations and pursuits under test, and what is made of somebody else's in their place."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms import hard_thresholding, proximal
from sparsebound.checks.algorithms.orthogonal_matching_pursuit import orthogonal_matching_pursuit
from sparsebound.checks.oracles.composite import settled_run, settled_start
from sparsebound.checks.protocol import Call
from sparsebound.checks.provider import plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import MomentumRun, Pursuit, Trajectory
from sparsebound.theory.experiment import Experiment


def _descent(call: Call, experiment: Experiment, start: FloatArray | None = None) -> Trajectory:
    chosen, instance = proximal.problem(experiment), experiment.codes
    start = chosen.start if start is None else start
    points = call.iterates(
        start, proximal.STEPS, D=instance.D.data, Y=instance.Y.mid, lam=chosen.lam, L=chosen.L
    )
    return Trajectory(points, chosen.lam, np.full(len(instance), chosen.L))


def _with_momentum(call: Call, experiment: Experiment) -> MomentumRun:
    chosen, instance = proximal.problem(experiment), experiment.codes
    points, beta = call.carried(
        chosen.start,
        proximal.STEPS,  # not those of a construction, which has a momentum of its own
        D=instance.D.data,
        Y=instance.Y.mid,
        lam=chosen.lam,
        L=chosen.L,
    )
    return MomentumRun(points, chosen.lam, np.full(len(instance), chosen.L), beta)


def _settled(call: Call, experiment: Experiment) -> Trajectory:
    return _descent(call, experiment, settled_start(experiment))


def _hard_thresholding(call: Call, experiment: Experiment) -> Trajectory:
    instance = experiment.codes
    atoms = instance.D.data / instance.D.norms.mid
    start = hard_thresholding.nearly_tied_starts(instance)
    points = call.iterates(
        start, hard_thresholding.STEPS, D=atoms, Y=instance.Y.mid, s=instance.sparsity
    )
    return Trajectory(points, np.zeros(len(instance)), np.ones(len(instance)))


def _pursuit(call: Call, experiment: Experiment) -> Pursuit:
    instance = experiment.codes
    D, signals = instance.D.data, instance.Y.mid
    picks = call.picks(D=D, Y=signals)
    points = np.zeros(instance.X.shape)
    for point, signal, taken in zip(points, signals, picks, strict=True):
        atoms = taken[taken >= 0]
        point[atoms] = np.linalg.lstsq(D[:, atoms], signal)[0]
    return Pursuit(picks, points)


PROVIDERS = (
    plain(
        "ista_run",
        Trajectory,
        proximal.ista_run,
        *proximal.LASSO,
        proximal.DTYPE,
        supply=_descent,
    ),
    plain("fista_run", Trajectory, proximal.fista_run, *proximal.LASSO, supply=_descent),
    plain(
        "momentum_run",
        MomentumRun,
        proximal.momentum_run,
        *proximal.LASSO,
        proximal.MOMENTUM,
        supply=_with_momentum,
    ),
    plain("settled_run", Trajectory, settled_run, *proximal.LASSO, supply=_settled),
    plain("iht_run", Trajectory, hard_thresholding.iht_run, supply=_hard_thresholding),
    plain(
        "pursuit",
        Pursuit,
        lambda experiment: orthogonal_matching_pursuit(experiment.codes),
        supply=_pursuit,
    ),
)
