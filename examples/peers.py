"""One code, found by peers: each is a process that sees its own pixels alone.

Four processes on a ring hold sixteen rows each of a dictionary of handwritten digits, and those
pixels of one image. In every round a process sends its code to its two neighbours, and takes
a step on its own pixels; nobody has the whole image. Two runs from different starts come together
at the rate of ``rate.peers``, which knows the graph; that bound is printed beside what happened,
and the theorem is decided on it::

    python examples/peers.py

With the address of a Dask scheduler, or its file, the rows lie on the workers of a cluster instead,
and codes go from worker to worker: ``python examples/peers.py scheduler.json``.
"""

from __future__ import annotations

import sys
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


def step(part: Part, codes: FloatArray, heard: dict[int, FloatArray]) -> FloatArray:
    """Mix what the neighbours said into the own codes, and take a step on the own pixels."""
    mixed = part.shares[part.own] * codes
    for other, said in sorted(heard.items()):
        mixed = mixed + part.shares[other] * said
    slopes = (part.pixels - codes @ part.rows.T) @ part.rows
    return soft(mixed + part.eta * slopes, part.level)


def live(part: Part, starts: FloatArray, rounds: int, wires: dict[int, Any], home: Any) -> None:
    """Be a peer: two runs at once, from two starts (2, n)."""
    codes, seen = starts, [starts]
    for _ in range(rounds):
        for wire in wires.values():
            wire.send(codes)
        codes = step(part, codes, {other: wire.recv() for other, wire in wires.items()})
        seen.append(codes)
    home.send(np.stack(seen, axis=1))


def over_processes(
    parts: list[Part], edges: list[list[int]], starts: FloatArray, rounds: int
) -> list[FloatArray]:
    """Start a process for each peer, and collect both runs of each: shape (2, rounds + 1, n)."""
    context = get_context("spawn")
    wires: list[dict[int, Connection]] = [{} for _ in parts]
    for p, r in edges:
        wires[p][r], wires[r][p] = context.Pipe()
    homes, processes = [], []
    for p, part in enumerate(parts):
        here, there = context.Pipe(duplex=False)
        arguments = (part, starts[:, p], rounds, wires[p], there)
        processes.append(context.Process(target=live, args=arguments, daemon=True))
        homes.append(here)
    for process in processes:
        process.start()
    found = [home.recv() for home in homes]
    for process in processes:
        process.join()
    return found


def over_workers(
    client: Any, parts: list[Part], edges: list[list[int]], starts: FloatArray, rounds: int
) -> list[FloatArray]:
    """Leave each peer's rows on a worker of a Dask cluster, between which codes travel."""
    workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
    places = [[workers[p % len(workers)]] for p in range(len(parts))]
    around = [[r if q == p else q for q, r in edges if p in (q, r)] for p in range(len(parts))]
    held = [client.scatter(part, workers=at) for part, at in zip(parts, places, strict=True)]
    seen = [[client.scatter(starts[:, p], workers=at) for p, at in enumerate(places)]]
    for _ in range(rounds):
        heard = [{r: seen[-1][r] for r in near} for near in around]
        seen.append(
            [
                client.submit(step, held[p], seen[-1][p], heard[p], workers=at, pure=False)
                for p, at in enumerate(places)
            ]
        )
    found = client.gather(seen)
    return [np.stack([codes[p] for codes in found], axis=1) for p in range(len(parts))]


def together(
    D: FloatArray,
    y: FloatArray,
    network: PeerNetwork,
    starts: FloatArray,
    rounds: int,
    client: Any = None,
) -> FloatArray:
    """Let the peers run, each where it is: both runs of all, shape (2, rounds + 1, P n)."""
    A = mixing(network)
    own = [network.owner == p for p in range(network.peers)]
    level = WEIGHT * network.eta
    parts = [Part(D[at], y[at], A[p], p, network.eta, level) for p, at in enumerate(own)]
    ends = network.edges.tolist()
    if client is None:
        return np.concatenate(over_processes(parts, ends, starts, rounds), axis=2)
    return np.concatenate(over_workers(client, parts, ends, starts, rounds), axis=2)


def rounds_and_bounds(
    rounds: int = ROUNDS, client: Any = None
) -> tuple[FloatArray, FloatArray, str]:
    """Give the distance of both runs after each round, its bound, and the verdict."""
    image = digits()
    chosen = np.argsort(-np.abs(image.X[0]), kind="stable")[:ATOMS]  # those that it is made of
    atoms = Dictionary(image.D.data[:, chosen] / np.linalg.norm(image.D.data[:, chosen], axis=0))
    ends, weights = edges("ring", PEERS)
    network = PeerNetwork(PEERS, np.arange(len(atoms.data)) % PEERS, ends, weights, 0.0)
    network = replace(network, eta=longest_step(atoms, network) * 0.75)
    instance = Instance(atoms.data, image.X[:1, chosen])
    starts = np.random.default_rng(0).standard_normal((2, PEERS, ATOMS))
    first, second = together(atoms.data, instance.Y.mid[0], network, starts, rounds, client)
    runs = PeerRuns(first[None], second[None], np.array([WEIGHT]))
    evidence = {"peer_network": network, "peer_runs": runs}
    verdict = decide(catalogue()["rate.peers"], instance, evidence)
    rate = max(float(Ball.of(one).mid) for one in factors(instance, network))
    distances = np.linalg.norm(first - second, axis=1)
    bounds = distances[0] * rate ** np.arange(rounds + 1)
    return distances, bounds, str(Status(int(verdict.status[0])))


def connected(scheduler: str) -> Any:
    """Connect with the scheduler of a Dask cluster: its address, or the file that it wrote."""
    from distributed import Client

    return Client(scheduler) if "://" in scheduler else Client(scheduler_file=scheduler)


if __name__ == "__main__":
    client = connected(sys.argv[1]) if sys.argv[1:] else None
    distances, bounds, verdict = rounds_and_bounds(client=client)
    print("rounds  distance of the runs  bound")
    for at in range(0, ROUNDS + 1, 10):
        print(f"{at:6}  {distances[at]:20.3e}  {bounds[at]:.3e}")
    where = f"{PEERS} processes" if client is None else "workers of a cluster"
    print(f"rate.peers, on {where}: {verdict}")
