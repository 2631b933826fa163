"""Unfolded networks in which the largest entries above the threshold keep their value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.provider import choice, plain
from sparsebound.checks.subjects.designs import DESIGN, EXACT, design_of
from sparsebound.checks.subjects.unfolded import pre_activation
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule
from sparsebound.theory.analysis.unfolding_rates import l1_rate
from sparsebound.theory.analysis.weights import Computed
from sparsebound.theory.arithmetic import FloatArray, IntArray, Mask
from sparsebound.theory.evidence import SelectiveUnfolding
from sparsebound.theory.experiment import Posed, posed

MOST: dict[str, Callable[[int, int], int]] = {
    "growing": lambda k, n: min(k + 1, n),
    "none": lambda k, n: 0,
    "all": lambda k, n: n,
    "in turns": lambda k, n: n * (k % 2),
    "all, below the threshold as well": lambda k, n: n,
}
"""How many entries keep their value in layer k, at most."""
BELOW = "all, below the threshold as well"
KEEPS = choice("keeps", *(name for name in MOST if name != BELOW))
"""Which of them."""


def selective_unfolding(given: Posed) -> SelectiveUnfolding:
    """Thresholds from the cross coherence and what is kept: each follows from the layers before.

    Examples
    --------
    >>> from sparsebound.theory.extremal.unfolding import aligned_without_noise
    >>> selective_unfolding(aligned_without_noise(2)).kept[0, :2].tolist()
    [[True, False, False], [True, True, False]]
    """
    experiment = posed(given)
    instance = experiment.codes
    fixed: dict[str, Any] = {**EXACT, "weights": "normalised"}
    design = design_of(experiment, instance, **fixed)
    schedule, name = Schedule(instance, design), KEEPS.of(experiment)
    atoms, weights = Computed(instance.D.linear_map), Computed(schedule.W)
    signals, s = instance.Y.mid.astype(design.dtype), instance.sparsity
    size = np.abs(instance.X).sum(axis=1) * (UP if design.rounded else 1)
    rate = l1_rate(schedule.instance, schedule.W)
    mu, defect, nu = (schedule.number(part) for part in (rate.mu, rate.defect, schedule.nu))
    states = np.zeros((len(s), design.layers + 1, instance.D.shape[1]), dtype=design.dtype)
    kept = np.zeros(states[:, 1:].shape, dtype=bool)
    bound, nothing = schedule.number(size), np.zeros(len(s))
    for k in range(design.layers):
        schedule.layer(k, bound, mu * bound, nothing)
        v = pre_activation(atoms, weights, signals, states[:, k])
        theta = schedule.theta[:, k, None].astype(design.dtype)
        sure = -np.inf if name == BELOW else schedule.theta[:, k] + schedule.rho[:, k]
        kept[:, k] = _largest(np.abs(v), MOST[name](k, v.shape[1]), sure)
        states[:, k + 1] = np.where(kept[:, k], v, soft(v, theta))
        missed = nu + schedule.rho[:, k] + schedule.p_in[:, k]
        free = s - kept[:, k].sum(axis=1)
        bound = mu * (s - 1) * bound + defect * bound + missed * s + schedule.theta[:, k] * free
    return SelectiveUnfolding(
        iterates=states.astype(np.float64),
        thresholds=schedule.theta,
        B=size,
        nu=schedule.nu,
        rho=schedule.rho,
        p_in=schedule.p_in,
        p_out=schedule.p_out,
        kept=kept,
        W=np.asarray(schedule.W),
    )


def _largest(sizes: FloatArray, most: int, above: FloatArray | float) -> Mask:
    """The largest entries of each row that exceed a level, so many at most."""
    ranks: IntArray = np.argsort(np.argsort(-sizes, axis=1, kind="stable"), axis=1)
    return np.asarray((ranks < most) & (sizes > np.reshape(above, (-1, 1))))


PROVIDERS = (plain("selective_unfolding", SelectiveUnfolding, selective_unfolding, DESIGN, KEEPS),)
