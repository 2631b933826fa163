"""Peers on which their rate is attained, or mutants fail; by size."""

from __future__ import annotations

import numpy as np

from sparsebound.theory.evidence.peers import PeerNetwork, PeerRuns
from sparsebound.theory.experiment import Experiment
from sparsebound.theory.instance import Instance

ETA = 3 / 8
STEPS_OF_PEERS = 4


def _pair(D: list[list[float]], weight: float, start: list[float], size: int) -> Experiment:
    """Two peers with a row each of one atom, no signal, and runs from a start and from zero."""
    atoms = np.array(D)
    network = PeerNetwork(2, np.array([0, 1]), np.array([[0, 1]]), np.array([weight]), ETA)
    ends = network.incidence
    matrix = np.eye(2) - weight * ends.T @ ends - ETA * np.diag(atoms[:, 0] ** 2)
    points = [size * np.array(start)]
    for _ in range(STEPS_OF_PEERS):
        points.append(matrix @ points[-1])  # dyadic: nothing is rounded
    run = np.array(points)[None]
    settings = {"peer_network": network, "peer_runs": PeerRuns(run, 0 * run, np.zeros(1))}
    return Experiment(Instance(atoms, [[0.0]]), settings)


def one_peer_sees_nothing(size: int) -> Experiment:
    """One peer sees the atom, the other one learns of it: ``r = r_+ = 7/8``."""
    return _pair([[0.0], [1.0]], 1 / 4, [2.0, 1.0], size)


def peers_overshoot(size: int) -> Experiment:
    """Two peers that see the same atom, and disagree: ``r = eta L - lambda_P = 7/8``."""
    return _pair([[1.0], [1.0]], 3 / 4, [1.0, -1.0], size)


def either_branch(size: int) -> Experiment:
    """The one at odd sizes, the other at even ones."""
    return (one_peer_sees_nothing if size % 2 else peers_overshoot)((size + 1) // 2)


def far_apart(size: int) -> Experiment:
    """One peer hardly sees the atom, and insists on a large code; the other one says it is 0.

    The ratios tend to 1 as it sees less: they are within 2^-18 of it.
    """
    seen = 2.0 ** -(10 + size % 3)
    return _with_signal([[seen], [1.0]], [size / seen, 0.0], 1 / 4)


def two_opinions(size: int) -> Experiment:
    """Two peers that see the same atom, and each a signal of its own."""
    return _with_signal([[1.0], [1.0]], [float(size), 0.0], 1 / 4)


def _with_signal(D: list[list[float]], signal: list[float], weight: float) -> Experiment:
    network = PeerNetwork(2, np.array([0, 1]), np.array([[0, 1]]), np.array([weight]), ETA)
    return Experiment(Instance(D, [[0.0]], [signal]), {"peer_network": network})
