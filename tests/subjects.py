"""Our own algorithms and networks as subjects, and the theorems that are about subjects."""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms import hard_thresholding, matching_pursuit, proximal, refitting
from sparsebound.checks.algorithms import optista as optista_method
from sparsebound.checks.algorithms.coordinate_descent import coordinate_descent
from sparsebound.checks.algorithms.orthogonal_matching_pursuit import orthogonal_matching_pursuit
from sparsebound.checks.algorithms.primal_dual import primal_dual
from sparsebound.checks.algorithms.stopped_pursuit import stopped_pursuit
from sparsebound.checks.algorithms.thresholding import relu, soft
from sparsebound.checks.evidence import providers
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.theory.analysis.filters import dictionary_of
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.instance import Dictionary, Instance


def ista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    return proximal.ista(D, Y, lam, L, start, steps).points


def fista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    return proximal.fista(D, Y, lam, L, start, steps).points


def optista(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    return optista_method.optista(D, Y, lam, L, start, steps).points


def with_momentum(D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
    found = proximal.with_momentum(D, Y, lam, L, start, proximal.fista_momentum(steps))
    return found.points, found.beta


def iht(D: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
    return hard_thresholding.hard_thresholding(D, Y, s, start, steps).points


def htp(D: Any, Y: Any, s: Any, L: Any, start: Any, steps: Any) -> Any:
    return refitting.hard_thresholding_pursuit(D, Y, s, L, start, steps).points


def cosamp(D: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
    return refitting.cosamp(D, Y, s, start, steps).points


def matching(D: Any, Y: Any, steps: Any) -> Any:
    return matching_pursuit.matching_pursuit(D, Y, steps).points


def network(D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
    return unfolded_network(D, W, Y, thresholds, soft)


def connected(D: Any, W: Any, Y: Any, thresholds: Any, skips: Any) -> Any:
    """Sums states first, and makes one step from their sum."""
    states = [np.zeros((len(Y), D.shape[1]))]
    for theta, row in zip(thresholds.T, skips, strict=True):
        x = sum(weight * state for weight, state in zip(row, states, strict=False))
        states.append(soft(x + (row.sum() * Y - x @ D.T) @ W, theta[:, None]))
    return np.stack(states, axis=1)


def topk(D: Any, W: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
    states = [start]
    for _ in range(steps):
        v = states[-1] + (Y - states[-1] @ D.T) @ W
        order = np.argsort(-np.abs(v), axis=1, kind="stable")
        kept = np.zeros(v.shape, dtype=bool)
        np.put_along_axis(kept, order, np.arange(v.shape[1]) < s[:, None], axis=1)
        states.append(np.where(kept, v, 0))
    return np.stack(states, axis=1)


def blockwise(D: Any, W: Any, Y: Any, thresholds: Any, blocks: Any) -> Any:
    members = np.eye(blocks.max() + 1)[blocks]
    states = [np.zeros((len(Y), D.shape[1]))]
    for theta in thresholds.T:
        v = states[-1] + (Y - states[-1] @ D.T) @ W
        norms = np.sqrt(v**2 @ members) @ members.T
        taken = theta[:, None] / np.where(norms > 0, norms, 1)
        states.append(v * np.maximum(1 - taken, 0) * (norms > theta[:, None]))
    return np.stack(states, axis=1)


def layered(D: Any, W: Any, Y: Any, thresholds: Any, between: Any) -> Any:
    found, below = [], Y
    for atoms, weights, theta, psi in zip(D, W, thresholds, between, strict=True):
        found.append(network(atoms, weights, psi(below), theta))
        below = found[-1][:, -1]
    return found


def rectified(D: Any, W: Any, Y: Any, thresholds: Any, sides: Any) -> Any:
    return unfolded_network(D, W, Y, thresholds, relu, sides=sides)


def pursuit(D: Any, Y: Any) -> Any:
    return orthogonal_matching_pursuit(Instance(D, np.zeros((len(Y), D.shape[1])), Y)).picks


def stopped(D: Any, Y: Any, eps: Any) -> Any:
    return stopped_pursuit(Dictionary(D), Y, eps).picks


def minimiser(D: Any, Y: Any, lam: Any, nonnegative: Any) -> Any:
    return coordinate_descent(D, Y, lam, 300, nonnegative=nonnegative)


def least_norm(D: Any, Y: Any, sigma: Any) -> Any:
    return primal_dual(D, Y, sigma, 200)


def threshold(v: Any, theta: Any) -> Any:
    return soft(v, theta)


def head(X: Any, beta: Any, offset: Any) -> Any:
    N = X.shape[1]
    scores = beta * np.roll(np.eye(N), offset, axis=1)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return X @ (weights / weights.sum(axis=1, keepdims=True)).T


def convolution(
    filters: Any, weights: Any, Y: Any, thresholds: Any, stride: Any, circular: Any
) -> Any:
    D, W = (dictionary_of(bank, Y.shape[1], stride, circular) for bank in (filters, weights))
    states, sums = [np.zeros((len(Y), D.shape[1]))], []
    for theta in thresholds.T:
        sums.append(states[-1] + (Y - states[-1] @ D.T) @ W)
        states.append(soft(sums[-1], theta[:, None]))
    return np.stack(states, axis=1), np.stack(sums, axis=1)


OURS = {
    "activated": threshold,
    "attended": head,
    "convolved": convolution,
    "solution": minimiser,
    "least_norm": least_norm,
    "ista_run": ista,
    "fista_run": fista,
    "momentum_run": with_momentum,
    "optista_run": optista,
    "settled_run": ista,
    "iht_run": iht,
    "cosamp_run": cosamp,
    "htp_run": htp,
    "matching_run": matching,
    "pursuit": pursuit,
    "stopped_pursuit": stopped,
    "connected_unfolding": connected,
    "nonnegative_unfolding": rectified,
    "block_unfolding": blockwise,
    "topk_run": topk,
    **{name: layered for name in ("cascade", "feed_forward", "local_cascade")},
    **{
        f"{name}unfolding": network
        for name in ("", "coupled_", "classical_", "analytic_", "local_", "deep_")
    },
}
SUPPLIED = {name for name, provider in providers().items() if provider.supply}
THEOREMS = [theorem for theorem in catalogue().values() if set(theorem.needs) & SUPPLIED]
NEED = {theorem.id: (set(theorem.needs) & SUPPLIED).pop() for theorem in THEOREMS}
