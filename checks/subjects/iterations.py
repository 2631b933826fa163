"""Iterations and pursuits under test, and what is made of somebody else's in their place."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.algorithms import (
    hard_thresholding,
    matching_pursuit,
    optista,
    proximal,
    refitting,
)
from sparsebound.checks.algorithms.orthogonal_matching_pursuit import orthogonal_matching_pursuit
from sparsebound.checks.calls import Call
from sparsebound.checks.oracles.composite import settled_run, settled_start
from sparsebound.checks.provider import plain
from sparsebound.checks.subjects.minimisers import TOLERANCE
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence import MomentumRun, Pursuit, Trajectory
from sparsebound.theory.experiment import Experiment

ITERATES = "D, Y, lam, L, start, steps -> every iterate, (B, steps + 1, n)"
"""What an iteration on the Lasso is given, and returns; with steps of its own, also its L."""

IN_ORDER = ("uniqueness.greedy",)
"""Theorems that say in which order a pursuit picks."""


def _descent(
    call: Call,
    experiment: Experiment,
    start: FloatArray | None = None,
    steps: int | None = None,
) -> Trajectory:
    chosen, instance = proximal.problem(experiment), experiment.codes
    start = chosen.start if start is None else start
    steps = proximal.RUN_LENGTH.of(experiment) if steps is None else steps
    points, L = call.descended(
        start, steps, D=instance.D.data, Y=instance.Y.mid, lam=chosen.lam, L=chosen.L
    )
    return Trajectory(points, chosen.lam, L)


def _with_momentum(call: Call, experiment: Experiment) -> MomentumRun:
    chosen, instance = proximal.problem(experiment), experiment.codes
    # not those of a construction, which has a momentum of its own
    steps = proximal.RUN_LENGTH.of(experiment)
    points, beta = call.carried(
        chosen.start,
        steps,
        D=instance.D.data,
        Y=instance.Y.mid,
        lam=chosen.lam,
        L=chosen.L,
    )
    return MomentumRun(points, chosen.lam, np.full(len(instance), chosen.L), beta)


def _settled(call: Call, experiment: Experiment) -> Trajectory:
    return _descent(call, experiment, settled_start(experiment))


def _of_a_length(call: Call, experiment: Experiment) -> Trajectory:
    return _descent(call, experiment, steps=optista.length_of(experiment))


def _hard_thresholding(call: Call, experiment: Experiment) -> Trajectory:
    instance = experiment.codes
    atoms = instance.D.data / instance.D.norms.mid
    start = hard_thresholding.nearly_tied_starts(instance)
    steps = hard_thresholding.THRESHOLDINGS.of(experiment)
    points = call.iterates(start, steps, D=atoms, Y=instance.Y.mid, s=instance.sparsity)
    return Trajectory(points, np.zeros(len(instance)), np.ones(len(instance)))


def _refitted(call: Call, experiment: Experiment, **scale: float) -> Trajectory:
    instance = experiment.codes
    L, _ = refitting.inverse_steps(instance)
    (D, Y), start = refitting.in_their_units(instance), refitting.tied_starts(instance, L)
    steps = refitting.REFITTINGS.of(experiment)
    points = call.iterates(start, steps, D=D, Y=Y, s=instance.sparsity, **scale)
    return Trajectory(points, np.zeros(len(instance)), np.full(len(instance), L))


def _hard_pursuit(call: Call, experiment: Experiment) -> Trajectory:
    return _refitted(call, experiment, L=refitting.inverse_steps(experiment.codes)[1])


def _matching(call: Call, experiment: Experiment) -> Trajectory:
    instance = experiment.codes
    atoms = instance.D.data / instance.D.norms.mid
    start = np.zeros(instance.X.shape)
    steps = matching_pursuit.MATCHINGS.of(experiment)
    points = call.iterates(start, steps, D=atoms, Y=instance.Y.mid)
    return Trajectory(points, np.zeros(len(instance)), np.ones(len(instance)))


def _pursuit(call: Call, experiment: Experiment) -> Pursuit:
    instance = experiment.codes
    D, signals = instance.D.data, instance.Y.mid
    found = call.pursued(D=D, Y=signals, ordered=call.theorem in IN_ORDER)
    picks, points = found.picks, found.points
    tolerance = TOLERANCE[np.dtype("float64" if points is None else found.dtype)]
    if points is None:
        points = np.zeros(instance.X.shape)
        for point, signal, taken in zip(points, signals, picks, strict=True):
            atoms = taken[taken >= 0]
            point[atoms] = np.linalg.lstsq(D[:, atoms], signal)[0]
    level = np.full(len(picks), tolerance)
    return Pursuit(picks, points, level, found.dtype, found.ordered, found.power)


PROVIDERS = (
    plain(
        "ista_run",
        Trajectory,
        proximal.ista_run,
        *proximal.LASSO,
        proximal.DTYPE,
        proximal.RUN_LENGTH,
        supply=_descent,
        asks=ITERATES,
    ),
    plain(
        "fista_run",
        Trajectory,
        proximal.fista_run,
        *proximal.LASSO,
        proximal.RUN_LENGTH,
        supply=_descent,
        asks=ITERATES,
    ),
    plain(
        "optista_run",
        Trajectory,
        optista.optista_run,
        *proximal.LASSO,
        optista.LENGTH,
        optista.ASKED_LENGTH,
        supply=_of_a_length,
        asks=ITERATES,
    ),
    plain(
        "settled_run",
        Trajectory,
        settled_run,
        *proximal.LASSO,
        proximal.RUN_LENGTH,
        supply=_settled,
        asks=ITERATES,
    ),
    plain(
        "iht_run",
        Trajectory,
        hard_thresholding.iht_run,
        hard_thresholding.THRESHOLDINGS,
        supply=_hard_thresholding,
        asks="D, Y, s, start, steps -> every iterate, (B, steps + 1, n)",
    ),
    plain(
        "cosamp_run",
        Trajectory,
        refitting.cosamp_run,
        refitting.REFITTINGS,
        supply=_refitted,
        asks="D, Y, s, start, steps -> every iterate, (B, steps + 1, n)",
    ),
    plain(
        "htp_run",
        Trajectory,
        refitting.htp_run,
        refitting.REFITTINGS,
        supply=_hard_pursuit,
        asks="D, Y, s, L, start, steps -> every iterate, (B, steps + 1, n)",
    ),
    plain(
        "matching_run",
        Trajectory,
        matching_pursuit.matching_run,
        matching_pursuit.MATCHINGS,
        supply=_matching,
        asks="D, Y, start, steps -> every iterate, (B, steps + 1, n), the first 0",
    ),
    plain(
        "momentum_run",
        MomentumRun,
        proximal.momentum_run,
        *proximal.LASSO,
        proximal.MOMENTUM,
        proximal.RUN_LENGTH,
        supply=_with_momentum,
        asks=f"{ITERATES}, and the momentum of each step, (steps,)",
    ),
    plain(
        "pursuit",
        Pursuit,
        lambda experiment: orthogonal_matching_pursuit(experiment.codes),
        supply=_pursuit,
        asks="D, Y -> picks (B, any), or points (B, n) where no order is asked for, or both",
    ),
)
