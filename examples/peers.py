"""One code, found by peers: each is a process that sees its own pixels alone.

Four processes on a ring hold sixteen rows each of a dictionary of handwritten digits, and those
pixels of one image. In every round a process sends its code to its two neighbours, and takes
a step on its own pixels; nobody has the whole image. Two runs from different starts come together
at the rate of ``rate.peers``, which knows the graph; that bound is printed beside what happened,
and the theorem is decided on it::

    python examples/peers.py
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from sparsebound.checks.algorithms.thresholding import soft
from sparsebound.checks.commands.real_dictionary import digits
from sparsebound.checks.subjects.peers import edges, longest_step, mixing
from sparsebound.theory.analysis.peers import factors
from sparsebound.theory.arithmetic import Ball, FloatArray
from sparsebound.theory.catalogue import catalogue
from sparsebound.theory.evidence import PeerNetwork, PeerRuns
from sparsebound.theory.instance import Dictionary, Instance
from sparsebound.theory.verdict import Status, decide

PEERS, ATOMS, ROUNDS, WEIGHT = 4, 6, 60, 2.0**-5


@dataclass(frozen=True)
class Part:
    """What a peer holds: rows, pixels, and how it weighs itself and its neighbours."""

    rows: FloatArray
    pixels: FloatArray
    shares: FloatArray
    own: int
    eta: float
    level: float


def live(part: Part, starts: FloatArray, rounds: int, wires: dict[int, Any], home: Any) -> None:
    """Be a peer: two runs at once, from two starts (2, n)."""
    codes, seen = starts, [starts]
    for _ in range(rounds):
        for wire in wires.values():
            wire.send(codes)
        mixed = part.shares[part.own] * codes
        for other, wire in sorted(wires.items()):
            mixed = mixed + part.shares[other] * wire.recv()
        slopes = (part.pixels - codes @ part.rows.T) @ part.rows
        codes = soft(mixed + part.eta * slopes, part.level)
        seen.append(codes)
    home.send(np.stack(seen, axis=1))


def together(
    D: FloatArray, y: FloatArray, network: PeerNetwork, starts: FloatArray, rounds: int
) -> FloatArray:
    """Start a process for each peer, and collect both runs: shape (2, rounds + 1, P n)."""
    context, A = get_context("spawn"), mixing(network)
    wires: list[dict[int, Connection]] = [{} for _ in range(network.peers)]
    for p, r in network.edges.tolist():
        wires[p][r], wires[r][p] = context.Pipe()
    homes, processes = [], []
    for p in range(network.peers):
        mine = network.owner == p
        part = Part(D[mine], y[mine], A[p], p, network.eta, WEIGHT * network.eta)
        here, there = context.Pipe(duplex=False)
        arguments = (part, starts[:, p], rounds, wires[p], there)
        processes.append(context.Process(target=live, args=arguments, daemon=True))
        homes.append(here)
    for process in processes:
        process.start()
    found = [home.recv() for home in homes]
    for process in processes:
        process.join()
    return np.concatenate(found, axis=2)


def rounds_and_bounds(rounds: int = ROUNDS) -> tuple[FloatArray, FloatArray, str]:
    """Give the distance of both runs after each round, its bound, and the verdict."""
    image = digits()
    chosen = np.argsort(-np.abs(image.X[0]), kind="stable")[:ATOMS]  # those that it is made of
    atoms = Dictionary(image.D.data[:, chosen] / np.linalg.norm(image.D.data[:, chosen], axis=0))
    ends, weights = edges("ring", PEERS)
    network = PeerNetwork(PEERS, np.arange(len(atoms.data)) % PEERS, ends, weights, 0.0)
    network = replace(network, eta=longest_step(atoms, network) * 0.75)
    instance = Instance(atoms.data, image.X[:1, chosen])
    starts = np.random.default_rng(0).standard_normal((2, PEERS, ATOMS))
    first, second = together(atoms.data, instance.Y.mid[0], network, starts, rounds)
    runs = PeerRuns(first[None], second[None], np.array([WEIGHT]))
    evidence = {"peer_network": network, "peer_runs": runs}
    verdict = decide(catalogue()["rate.peers"], instance, evidence)
    rate = max(float(Ball.of(one).mid) for one in factors(instance, network))
    distances = np.linalg.norm(first - second, axis=1)
    bounds = distances[0] * rate ** np.arange(rounds + 1)
    return distances, bounds, str(Status(int(verdict.status[0])))


if __name__ == "__main__":
    distances, bounds, verdict = rounds_and_bounds()
    print("rounds  distance of the runs  bound")
    for at in range(0, ROUNDS + 1, 10):
        print(f"{at:6}  {distances[at]:20.3e}  {bounds[at]:.3e}")
    print(f"rate.peers, on {PEERS} processes: {verdict}")
