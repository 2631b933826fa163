"""The deep cascade run as one convolutional network, and what each of its stages did."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.checks.algorithms.thresholding import ACTIVATIONS, soft
from sparsebound.checks.networks.cascade import CascadeNetwork, Run, Stage, filters_of, stage
from sparsebound.checks.subjects.cascade import cascade
from sparsebound.checks.subjects.local_cascade import local_cascade
from sparsebound.checks.subjects.unfolded import unfolded_network
from sparsebound.checks.subjects.unfolding_schedules import UP, Schedule
from sparsebound.theory.analysis.activations import UNIT, activation_error
from sparsebound.theory.analysis.filters import step_error, step_size
from sparsebound.theory.analysis.floating_point import FLOAT64
from sparsebound.theory.analysis.weights import matrix_of
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.evidence.networks import Convolved
from sparsebound.theory.experiment import Posed, posed
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.maps import Map
from sparsebound.theory.operators import Convolution


def cascade_network(given: Posed, *, local: bool = False) -> tuple[CascadeNetwork, Cascade]:
    """Build the network of a deep model, stage by stage, as its thresholds need what is below.

    Parameters
    ----------
    given : Experiment or DeepInstance
        B codes a layer, and the designs of the networks.
    local : bool
        Whether thresholds come from local quantities, those of ``rate.deep_local``.

    Returns
    -------
    CascadeNetwork, Cascade
        The network; and what it did on the signals, as evidence for ``rate.deep`` or
        ``rate.deep_local``.

    Examples
    --------
    >>> from sparsebound.theory.extremal.cascades import two_layers
    >>> network, evidence = cascade_network(two_layers(1))
    >>> len(network.stages), evidence.networks[1].thresholds.shape[1]
    (2, 3)
    """
    instance = posed(given).deep
    stages: list[Stage] = []
    below = signals_of(instance)[:, None, :]

    def build(index: int, schedule: Schedule) -> FloatArray:
        nonlocal below
        stages.append(
            stage(
                instance.layers[index].D.linear_map,
                schedule.W,
                schedule.theta[0],
                ACTIVATIONS[schedule.design.activation],
                instance.maps[index],
                below.shape[1],
            )
        )
        done = stages[-1](below)
        below = done.output
        return done.states

    evidence = (local_cascade if local else cascade)(given, build)
    return CascadeNetwork(tuple(stages)), evidence


def signals_of(instance: DeepInstance) -> FloatArray:
    """What the network of a deep model is given: ``x_0`` with noise, shape (B, m)."""
    first = instance.layers[0]
    return (first.lift(instance.X0) + first.E).mid


def convolved_stages(
    instance: DeepInstance, evidence: Cascade, runs: list[Run]
) -> Iterator[tuple[Instance, Convolved]]:
    """Give each stage as evidence for ``network.convolution``.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer.
    evidence : Cascade
        With the thresholds and the weights of each stage.
    runs : list of Run
        What the network did.
    """
    for layer, network, run in zip(instance.layers, evidence.networks, runs, strict=True):
        D = layer.D.linear_map
        # a matrix is a bank of filters at the only position of its signals
        stride, circular = (D.stride[0], D.circular) if isinstance(D, Convolution) else (1, False)
        banks = filters_of(D), filters_of(network.W)
        seen = run.signals, run.states, run.sums, network.thresholds
        yield layer, Convolved(*seen, *banks, stride, circular)


def deviations(
    instance: DeepInstance, evidence: Cascade, runs: list[Run]
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Compare all states with those of the cascade of matrices, and bound how far apart they are.

    Both are computed, from the same signals. With ``d`` for the distance of two states, ``g`` for
    that of the signals of the layer and ``gamma = gamma_{m+n+7}``, the next states differ by at
    most ``|I - W^T D| d + |W|^T g + 2 gamma (|x| + |W|^T (|y| + |D| |x|))``, of the larger states
    and signals, as the soft threshold expands nothing, and by its own rounding. No entry of a
    function between layers moves by more than the sum over the inputs on which it depends, and
    none meets more than 8 roundings.

    Parameters
    ----------
    instance : DeepInstance
        B codes a layer.
    evidence : Cascade
        With the thresholds and the weights of each stage.
    runs : list of Run
        What the network did.

    Yields
    ------
    difference, bound : ndarray, shape (B, K, n)
        Of the states of one layer, first layer first.
    """
    unit, below = float(UNIT), signals_of(instance)
    gap = np.zeros_like(below)
    layers = zip(instance.layers, instance.maps, evidence.networks, runs, strict=True)
    for layer, psi, network, run in layers:
        signals = psi(Ball.of(below)).mid
        moved, largest = (_gathered(psi, sizes) for sizes in (gap, abs(below) + gap))
        seen = moved + 16 * unit * largest
        D, W = matrix_of(layer.D.linear_map), matrix_of(network.W)
        states = unfolded_network(D, W, signals, network.thresholds, soft)
        m, n = D.shape
        gamma = (m + n + 7) * unit / (1 - (m + n + 7) * unit)
        growth, brought = abs(np.eye(n) - W.T @ D) + gamma * (abs(W).T @ abs(D)), seen @ abs(W)
        bounds, distance = [], np.zeros_like(states[:, 0])
        for k, theta in enumerate(network.thresholds.T):
            state = abs(states[:, k, None]) + distance[:, None]
            size, lost = (
                bound(layer, W, state, abs(signals) + seen)[:, 0]
                for bound in (step_size, step_error)
            )
            rounded = 2 * (lost + activation_error(FLOAT64, 2 * size, theta[:, None]))
            distance = (distance @ growth.T + brought + rounded) * UP
            bounds.append(distance)
        yield abs(run.states - states)[:, 1:], np.stack(bounds, axis=1)
        below, gap = states[:, -1], distance


def _gathered(psi: Map, sizes: FloatArray) -> FloatArray:
    return np.asarray(psi.gather(Ball.of(sizes)).mid, dtype=np.float64) * UP
