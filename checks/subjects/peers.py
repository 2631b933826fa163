"""Peers under test: who holds which rows, a graph of them, and two runs from different starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sparsebound.checks.algorithms.proximal import largest_correlations
from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.oracles.adversaries import generator, in_turns
from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray, IntArray
from sparsebound.theory.evidence import PeerNetwork, PeerRuns
from sparsebound.theory.experiment import Experiment, Posed, of_experiment, posed
from sparsebound.theory.instance import Dictionary

PEERS = choice("peers", 2, 3, 4)
"""How many peers there are."""
GRAPH_OF_PEERS = choice("graph", "path", "ring", "star", "complete", "one edge is negative")
"""Along which edges they talk."""
SHARE_OF_STEP = choice("share", 1 / 2, 63 / 64, 1 / 8)
"""The step, relative to the largest one that is allowed."""
ROWS = choice("rows", "in turns", "at random")
"""Which rows a peer holds; at random, it may hold none."""
PEER_STEPS = 4
"""Steps of a run that theorems are checked on."""
PENALISED = (0.25, 0.0, 0.0625)
"""Weight of the l1 norm, relative to that from which on the minimiser is 0; in turns."""


def edges(kind: str, peers: int) -> tuple[IntArray, FloatArray]:
    """The edges of a graph, and their weights.

    Examples
    --------
    >>> edges("ring", 3)
    (array([[0, 1],
           [1, 2],
           [0, 2]]), array([0.25, 0.25, 0.25]))
    """
    path = [(p, p + 1) for p in range(peers - 1)]
    every = [(p, r) for p in range(peers) for r in range(p + 1, peers)]
    pairs = {
        "path": path,
        "ring": [*path, (0, peers - 1)] if peers > 2 else path,
        "star": [(0, p) for p in range(1, peers)],
    }.get(kind, every)
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    degrees = np.bincount(found.ravel(), minlength=peers)
    weights = np.full(len(found), 1.0 / (2 * max(degrees.max(initial=0), 1)))
    if kind == "one edge is negative" and peers > 2:
        weights[0] *= -1 / 4
    return found, weights


@of_experiment
def peer_network(experiment: Experiment) -> PeerNetwork:
    """Deal out the rows, and take a step that is short enough.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> peer_network(Experiment(Instance([[1], [2]], [[1]]))).owner
    array([0, 1])
    """
    known: PeerNetwork | None = experiment.get("peer_network", None)
    if known is not None:
        return known
    D, peers = experiment.codes.D, PEERS.of(experiment)
    rows = np.arange(D.shape[0]) % peers
    if ROWS.of(experiment) == "at random":
        rows = np.random.default_rng(SEED.of(experiment)).integers(0, peers, D.shape[0])
    ends, weights = edges(GRAPH_OF_PEERS.of(experiment), peers)
    found = PeerNetwork(peers, rows, ends, weights, 0.0)
    return replace(found, eta=SHARE_OF_STEP.of(experiment) * longest_step(D, found))


def longest_step(D: Dictionary, network: PeerNetwork) -> float:
    """``(1 + lambda_P)/max_p ||D_p||^2`` with 8 bits, about."""
    norms = [np.linalg.norm(D.data[network.owner == p], 2) for p in set(network.owner.tolist())]
    values = np.linalg.eigvalsh(mixing(network))
    mantissa, exponent = np.frexp((1 + values[0]) / max(norms) ** 2)
    return float(np.ldexp(np.floor(mantissa * 256) / 256, exponent))


def mixing(network: PeerNetwork) -> FloatArray:
    """The mixing matrix, in float64."""
    ends = network.incidence
    return np.asarray(np.eye(network.peers) - ends.T @ (network.weights[:, None] * ends))


def iterates(
    D: FloatArray,
    Y: FloatArray,
    network: PeerNetwork,
    lam: FloatArray,
    start: FloatArray,
    steps: int,
) -> FloatArray:
    """Run all peers, each on the rows that it holds.

    Parameters
    ----------
    D : ndarray, shape (m, n)
        The atoms.
    Y : ndarray, shape (B, m)
        The signals.
    network : PeerNetwork
        Rows, edges and the step.
    lam : ndarray, shape (B,)
        Weights of the l1 norm.
    start : ndarray, shape (B, P, n)
        Where each peer starts.
    steps : int
        How many.

    Returns
    -------
    ndarray, shape (B, steps + 1, P n)
    """
    A, points = mixing(network), [start]
    level = (lam * network.eta)[:, None]
    for _ in range(steps):
        z, after = points[-1], np.empty(start.shape)
        mixed = np.einsum("pq,bqi->bpi", A, z)
        for p in range(network.peers):
            own = network.owner == p
            slope = (Y[:, own] - z[:, p] @ D[own].T) @ D[own]
            after[:, p] = soft(mixed[:, p] + network.eta * slope, level)
        points.append(after)
    return np.stack(points, axis=1).reshape(len(start), steps + 1, -1)


def peer_runs(given: Posed) -> PeerRuns:
    """Run the peers from starts of their own, and from the planted code.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> peer_runs(Instance([[1], [1]], [[3]])).first.shape
    (1, 5, 2)
    """
    experiment = posed(given)
    known: PeerRuns | None = given_evidence(experiment, "peer_runs")
    if known is not None:
        return known
    instance, network = experiment.codes, peer_network(experiment)
    shares = np.array(in_turns(PENALISED, instance.place))
    correlations = largest_correlations(instance)
    lam = np.rint(correlations * shares * 2.0**20) / 2.0**20
    shape = (network.peers, instance.D.shape[1])
    sizes = np.abs(instance.X).max(axis=1, initial=0.0) / 4
    start = np.stack(
        [
            size * generator(experiment, place).integers(-4, 5, shape)
            for size, place in zip(sizes, instance.place, strict=True)
        ]
    )
    other = np.repeat(instance.X[:, None, :], network.peers, axis=1)
    points, others = (
        iterates(instance.D.data, instance.Y.mid, network, lam, first, PEER_STEPS)
        for first in (start, other)
    )
    return PeerRuns(points, others, lam)


NETWORK = (PEERS, GRAPH_OF_PEERS, SHARE_OF_STEP, ROWS, SEED)
PROVIDERS = (
    plain("peer_network", PeerNetwork, peer_network, *NETWORK),
    plain("peer_runs", PeerRuns, peer_runs, *NETWORK),
)
