"""Peers: the factor against eigenvalues, one peer is ISTA, and the limit is where runs go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sparsebound.checks.evidence import gather
from sparsebound.checks.subjects.peers import edges, iterates, longest_step, mixing
from sparsebound.theory.analysis.peers import contraction, factors, limit
from sparsebound.theory.errors import InputError
from sparsebound.theory.evidence import PeerNetwork
from sparsebound.theory.extremal.peers import one_peer_sees_nothing
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate.peers import THEOREM
from sparsebound.theory.verdict import Status, decide

GRAPHS = ("path", "ring", "star", "complete", "one edge is negative")


def network(kind: str, peers: int, D: np.ndarray, share: float, seed: int) -> PeerNetwork:
    owner = np.random.default_rng(seed).integers(0, peers, len(D))
    found = PeerNetwork(peers, owner, *edges(kind, peers), 0.0)
    return replace(found, eta=share * longest_step(Instance(D, np.zeros((1, D.shape[1]))).D, found))


def whole(D: np.ndarray, found: PeerNetwork) -> np.ndarray:
    """``A (x) I - eta H``."""
    peers, n = found.peers, D.shape[1]
    blocks = np.zeros((peers, n, peers, n))
    for p in range(peers):
        own = D[found.owner == p]
        blocks[p, :, p, :] = own.T @ own
    return np.kron(mixing(found), np.eye(n)) - found.eta * blocks.reshape(peers * n, peers * n)


@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize("peers", [1, 2, 3, 4])
def test_the_factor_bounds_the_norm_and_is_below_one(kind: str, peers: int) -> None:
    rng = np.random.default_rng(peers)
    nearest = 0.0
    for seed in range(12):
        m = int(rng.integers(2, 7))
        D = rng.integers(-3, 4, (m, int(rng.integers(1, m))))
        if not D.any(axis=0).all() or np.linalg.matrix_rank(D) < D.shape[1]:
            continue
        found = network(kind, peers, D, (0.5, 63 / 64)[seed % 2], seed)
        parts = factors(Instance(D, np.zeros((1, D.shape[1]))), found)
        rate = max(float(part.mid) for part in parts)
        norm = np.linalg.norm(whole(D, found), 2)
        assert norm <= rate + 1e-12
        assert rate < 1
        nearest = max(nearest, norm / rate)
    assert nearest > 0.5


def test_one_peer_is_ista() -> None:
    D = np.array([[2.0, 1], [0, 2], [1, 0]])
    instance = Instance(D, [[1, -2]])
    alone = PeerNetwork(1, np.zeros(3, dtype=int), np.zeros((0, 2)), np.zeros(0), 1 / 8)
    values = np.linalg.eigvalsh(D.T @ D)
    rate, other = (float(part.mid) for part in factors(instance, alone))
    assert rate == pytest.approx(1 - values[0] / 8)
    assert other == pytest.approx(values[1] / 8 - 1)
    runs = replace(
        gather(THEOREM, one_peer_sees_nothing(1))["peer_runs"],
        first=iterates(D, instance.Y.mid, alone, np.ones(1), np.ones((1, 1, 2)), 4),
        second=iterates(D, instance.Y.mid, alone, np.ones(1), np.zeros((1, 1, 2)), 4),
        lam=np.ones(1),
    )
    assert decide(THEOREM, instance, {"peer_network": alone, "peer_runs": runs}).status == [
        Status.HOLDS
    ]


@pytest.mark.parametrize("kind", GRAPHS)
def test_the_limit_is_where_runs_go(kind: str) -> None:
    rng = np.random.default_rng(0)
    D, e = rng.standard_normal((6, 2)), rng.standard_normal((1, 6))
    instance = Instance(D, [[1.0, -2.0]], e)
    found = network(kind, 3, D, 0.5, 1)
    run = iterates(D, instance.Y.mid, found, np.zeros(1), np.zeros((1, 3, 2)), 4000)
    expected = limit(instance, found)
    code = np.linalg.lstsq(D, instance.Y.mid[0])[0]
    z = code + expected.away.mid[:, None] + expected.apart.mid
    np.testing.assert_allclose(run[:, -1], z.reshape(1, -1), atol=1e-9)
    np.testing.assert_allclose(expected.slopes.mid.sum(axis=1), 0, atol=1e-12)


def test_an_edge_that_is_negative_enough_cuts_the_graph() -> None:
    instance = Instance([[1.0], [1.0]], [[0.0]])
    for weight, below in ((0.25, True), (0.0, False), (-0.25, False)):
        found = PeerNetwork(2, np.array([0, 1]), [[0, 1]], np.array([weight]), 0.375)  # type: ignore[arg-type]
        assert (contraction(instance.D, found).second < 1) == below


@pytest.mark.parametrize(
    "wrong", [{"owner": np.array([0, 2])}, {"edges": [[0, 3]]}, {"weights": np.zeros(2)}]
)
def test_a_network_names_peers_that_there_are(wrong: dict[str, object]) -> None:
    right = {"peers": 2, "owner": np.array([0, 1]), "edges": [[0, 1]], "weights": np.ones(1)}
    with pytest.raises(InputError, match=next(iter(wrong))):
        PeerNetwork(**{**right, **wrong}, eta=0.5)  # type: ignore[arg-type]
