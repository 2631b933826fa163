r"""Where peers end that hold parts of the signal: how far from each other, and from the code.

Problem: the peers, their graph and their step are those of ``rate.peers``, without an l1 norm:
distributed gradient descent with a constant step, of at least two peers. ``x_hat`` is the least
squares code of all rows together, ``g_p = D_p^T (D_p x_hat - y_p)``, which sum to 0, and ``z`` the
limit; ``c`` is its mean over the peers, and ``d_p = z_p - c``.

Claim: ``||d|| <= eta ||g||/(1 - lambda_2)``, and
``P^{1/2} ||c - x_hat|| <= (l/h)^{1/2} ||d||``, with ``h``, ``l`` and ``lambda_2`` of
``rate.peers``. Without noise ``g = 0``: every peer has the code exactly.

Why: with ``M = A (x) I - eta H`` and ``u_p = z_p - x_hat``, ``(I - M) u = -eta g``, and ``g`` is a
disagreement; ``d`` is that part of ``u``, so
``(1 - lambda_2) ||d||^2 <= u^T (I - M) u = -eta <g, d>``. The mean of the stationarity equations is
``H_cc v + H_cd d = 0`` for the other part ``v``, and ``H_cd = H_cc^{1/2} K H_dd^{1/2}`` with
``||K|| <= 1``.

Sharp in the limit only: two peers, one of which hardly sees the atom; both ratios tend to 1 at
once. In the first, equality is impossible unless ``g = 0``.

The limit is found by linear systems, in the arithmetic of the decision; nothing is iterated.

Source: stated and proved independently.

>>> from sparsebound.theory.verdict import decide
>>> experiment = THEOREM.extremal(1)
>>> decide(THEOREM, experiment, experiment.settings).ratio.round(4)
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sparsebound.theory.analysis import peers as quantities
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import PeerNetwork
from sparsebound.theory.extremal.peers import far_apart, two_opinions
from sparsebound.theory.instance import Instance
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: Instance, peer_network: PeerNetwork) -> Iterator[Premise]:
    """What the network has to be, of at least two peers."""
    yield from quantities.network_premises(instance, peer_network)
    yield Premise("2 <= P", 2, peer_network.peers, strict=False, measured=False)


def claims(
    instance: Instance,
    peer_network: PeerNetwork,
    *,
    apart: Fraction = Fraction(1),
    away: Fraction = Fraction(1),
) -> Iterator[Claim]:
    """How far the peers are from their mean, and how far that is from the code."""
    found = quantities.contraction(instance.D, peer_network)
    slopes, lift = _limit(instance, peer_network).slopes, instance.lift
    gap, pulled = 1 - lift(found.second), slopes * lift(peer_network.eta) * apart
    spread = disagreement(instance, peer_network)
    largest = (pulled * pulled).sum(-1).sum(-1)
    yield Claim("(1 - lambda_2)^2 ||d||^2 <= eta^2 ||g||^2", gap * gap * spread, largest)
    missed = lift(found.h) * distance_to_code(instance, peer_network)
    name = "h P ||c - x_hat||^2 <= l ||d||^2"
    yield Claim(name, missed, lift(found.apart) * spread * (away * away))


def disagreement(instance: Instance, network: PeerNetwork) -> Number:
    """``||d||^2``, shape (B,)."""
    apart = _limit(instance, network).apart
    return (apart * apart).sum(-1).sum(-1)


def distance_to_code(instance: Instance, network: PeerNetwork) -> Number:
    """``||c - x_hat||^2``, shape (B,)."""
    away = _limit(instance, network).away
    return (away * away).sum(-1)


def _limit(instance: Instance, network: PeerNetwork) -> quantities.Limit:
    found: quantities.Limit = kept(
        instance.memo, "limit", network, lambda: quantities.limit(instance, network)
    )
    return found


THEOREM = Theorem(
    title="Where peers that hold parts of the signal end",
    statement=r"\lambda_{\min}(D^T D) > 0, \; P \ge 2, \; "
    r"\eta > 0, \; \lambda_2 < 1, \; \eta L < 1 + \lambda_P \implies "
    r"\| d \|_2 \le \frac{\eta \| g \|_2}{1 - \lambda_2}, \; "
    r"\sqrt{P} \, \| c - \hat{x} \|_2 \le \sqrt{l / h} \, \| d \|_2, \; d_p = z_p - c",
    names=("decentralised", "consensus", "distributed gradient descent", "constant step"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=far_apart,
    mutants=(
        Mutant("the first right side times 0.95", {"apart": Fraction(19, 20)}, smallest=(2, 1)),
        Mutant("the second right side times 0.95", {"away": Fraction(19, 20)}, smallest=(2, 1)),
        Mutant(
            "consensus at the code",
            {"apart": Fraction(0), "away": Fraction(0)},
            two_opinions,
            smallest=(2, 1),
        ),
    ),
    noisy=True,
    dictionaries=(
        "one_atom",
        "equiangular",
        "integer",
        "blocks",
        "transversal_design",
        "full_length",
        "gaussian",
    ),
)
