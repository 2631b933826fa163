r"""Peers that hold parts of the signal find the code linearly, at a rate that sees their graph.

Problem: ``P`` peers; peer ``p`` holds the rows ``D_p`` of the dictionary, possibly none, and
``y_p`` of the signal. ``A = I - sum_e w_e (e_p - e_r)(e_p - e_r)^T`` for edges ``e`` between them;
``lambda_2`` is its largest eigenvalue on vectors that sum to 0, ``lambda_P`` its least one.

Algorithm, from any start: the next ``z_p`` of a peer is
``soft(sum_r A_pr z_r + eta D_p^T (y_p - D_p z_p), eta lam)``. For ``lam = 0`` it is distributed
gradient descent, for one peer ISTA.

Claim: let ``h = lambda_min(D^T D)/P``, ``L = max_p ||D_p||^2``, and ``l <= L`` the largest
eigenvalue of ``H = blockdiag(D_p^T D_p)`` on disagreements, codes of the peers that sum to 0. If
the atoms are independent, ``eta > 0``, ``lam >= 0``, ``lambda_2 < 1`` and
``eta L < 1 + lambda_P``, then two runs from any two starts satisfy
``||z^k - z'^k|| <= r^k ||z^0 - z'^0||``, ``r = max(r_{+}, eta L - lambda_P) < 1``, where ``r_{+}``
is the larger eigenvalue of ``[[1 - eta h, eta (h l)^{1/2}], [eta (h l)^{1/2}, lambda_2 - eta l]]``.
Of one peer, ``r_{+} = 1 - eta h``. So there is one limit, and every run is within ``r^k`` of it.

Why: ``soft`` is nonexpansive, so it suffices that ``M = A (x) I - eta H`` has norm at most ``r``.
Write a unit ``z = c + d``, consensus and disagreement. ``|H^{1/2} c|^2 >= h |c|^2`` and
``|H^{1/2} d|^2 <= l |d|^2``, so ``z^T M z`` is at most
``|c|^2 + lambda_2 |d|^2 - eta (h^{1/2} |c| - l^{1/2} |d|)^2`` where the bracket is positive: the
quadratic form of the matrix above, at ``(|c|, |d|)``. Elsewhere it is at most
``|c|^2 + lambda_2 |d|^2``, which grows with ``|c|``, and at the boundary is a value of that form.
From below, ``z^T M z >= lambda_P - eta L``. And ``r_{+} < 1``: what is subtracted from ``I`` has
the determinant ``eta h (1 - lambda_2) > 0`` and the first entry ``eta h > 0``.

Any certified ``h' <= h``, ``l' >= l``, ``lambda_2' >= lambda_2`` and ``lambda_P' <= lambda_P`` give
a valid ``r``; those of :mod:`sparsebound.theory.analysis.peers` are used. Edge weights may be
negative.

Sharp for every ``k``: two peers, one of which sees nothing; and two that see the same and disagree.

Rounding: what a step misses adds up, as it contracts.

Source: stated and proved independently. Related: Zeng, Yin 2018 (Prox-DGD).

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, experiment.settings).ratio.round(6)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sparsebound.theory.analysis import peers as quantities
from sparsebound.theory.analysis.descent import norm, upper_end
from sparsebound.theory.analysis.momentum import columns
from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.arithmetic.number import larger, smaller
from sparsebound.theory.evidence import PeerNetwork, PeerRuns
from sparsebound.theory.extremal import peers as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import ista_strong
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Consequence, Mutant, Premise, Theorem


def premises(
    instance: Instance, peer_network: PeerNetwork, peer_runs: PeerRuns
) -> Iterator[Premise]:
    """What the network has to be, and a weight that is not negative."""
    yield from quantities.network_premises(instance, peer_network)
    yield Premise("0 <= lam", 0, peer_runs.lam, strict=False)


def claims(
    instance: Instance,
    peer_network: PeerNetwork,
    peer_runs: PeerRuns,
    *,
    mean: bool = False,
    power: int = 1,
    second: float | None = None,
    overshooting: bool = True,
    exchanged: bool = False,
) -> Iterator[Claim]:
    """Steps of both runs, and the distance between them."""
    off, allowed = _off(instance, peer_network, peer_runs, exchanged)
    axes = (("run", 1), *STEPS)
    yield Claim("a step, up to rounding", off, allowed, measured=False, step=True, axes=axes)
    lost = upper_end(smaller(off, instance.lift(allowed)).sum(1))
    with_peers, other = quantities.factors(instance, peer_network, second)
    if mean:
        h = instance.lift(quantities.contraction(instance.D, peer_network).h)
        with_peers = 1 - instance.lift(peer_network.eta) * h / peer_network.peers
    rate = larger(with_peers, other) if overshooting else with_peers
    rate = upper_end(rate if power == 1 else rate * rate)
    distances = norm(instance.lift(peer_runs.first) - peer_runs.second)
    bound, bounds = distances[:, 0], []
    for k in range(distances.shape[1] - 1):
        bound = rate * bound + lost[:, k]
        bounds.append(bound)
    name = "||z^k - z'^k|| <= r^k ||z^0 - z'^0||"
    yield Claim(name, distances[:, 1:], columns(bounds), axes=STEPS)


def _off(
    instance: Instance, network: PeerNetwork, runs: PeerRuns, exchanged: bool
) -> tuple[Number, FloatArray]:
    """How far each point is from the step that was due, and what rounding explains; (B, 2, K)."""
    both = np.concatenate([runs.first[:, :-1], runs.second[:, :-1]], axis=1)
    after = np.concatenate([runs.first[:, 1:], runs.second[:, 1:]], axis=1)
    due = quantities.stepped(instance, network, instance.lift(both), runs.lam, exchanged=exchanged)
    allowed = quantities.allowed(instance, network, both, runs.lam)
    return norm(due - after).reshape(len(both), 2, -1), allowed.reshape(len(both), 2, -1)


THEOREM = Theorem(
    title="Peers that hold parts of the signal converge linearly",
    statement=r"\lambda_{\min}(D^T D) > 0, \; \lambda \ge 0, \; "
    r"\eta > 0, \; \lambda_2 < 1, \; \eta L < 1 + \lambda_P \implies "
    r"\| z^k - z'^k \|_2 \le r^k \, \| z^0 - z'^0 \|_2, \; "
    r"r = \max(r_+, \eta L - \lambda_P) < 1",
    names=("decentralised", "consensus", "distributed gradient descent", "Prox-DGD", "gossip"),
    source=INDEPENDENT,
    implies=(
        Consequence(
            "rate.ista_strong",
            "one peer beside a run that rests at the minimiser, for ``||D||^2 < 2 L``",
        ),
    ),
    premises=premises,
    claims=claims,
    sharp=extremal.either_branch,
    mutants=(
        Mutant(
            "r -> 1 - eta h, the rate of the mean",
            {"mean": True},
            extremal.one_peer_sees_nothing,
            smallest=(2, 1),
        ),
        Mutant("r -> r^2", {"power": 2}, extremal.one_peer_sees_nothing, smallest=(2, 1)),
        Mutant("lambda_2 -> 0", {"second": 0.0}, extremal.one_peer_sees_nothing, smallest=(2, 1)),
        Mutant("r -> r_+", {"overshooting": False}, extremal.peers_overshoot, smallest=(2, 1)),
        Mutant(
            "the step is taken before mixing",
            {"exchanged": True},
            extremal.one_peer_sees_nothing,
            smallest=(2, 1),
        ),
    ),
    noisy=True,
    dictionaries=ista_strong.THEOREM.dictionaries,
)
