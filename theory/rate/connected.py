r"""The master theorem on any graph of layers: residual, dense, pruned, with momentum.

Problem: as in ``rate.unfolded``, but all states before enter a layer, with weights ``alpha_kj``,
``j <= k``, of any sign and any sum ``sigma_k``:
``v^k = sum_j alpha_kj (x^j + W^T (y - D x^j)) + r^k``, ``x^{k+1} = h_k(v^k) + p^{k+1}``.

Claim: with ``b_0 = B``, ``p0_0 = 0``, thresholds
``theta_k >= sum_j |alpha_kj| (tau_out b_j + kappa_out p0_j) + |sigma_k| nu + rho_k``, and
``b_{k+1} = sum_j |alpha_kj| (tau_in b_j + kappa_in p0_j) + |sigma_k| nu + rho_k
+ |sigma_k - 1| B + theta_k + pS_{k+1}``: for all ``k``, ``|x^k_i - x_i| <= b_k`` on ``S`` and
``|x^k_i| <= p0_k`` off ``S``. ``rate.unfolded`` is the chain, ``alpha = I``.

That weights sum to 1 is no premise: ``|sigma_k - 1| B`` pays for what is missing or too much. So a
graph of which edges are pruned is again a graph. A momentum has the weights ``(-beta, 1 + beta)``.

Why: ``v - x = sum_j alpha_kj (I - W^T D)(x^j - x) + sigma_k W^T e + (sigma_k - 1) x + r``. Off
``S``, where ``x = 0``, this is at most ``theta_k``; on ``S``, as in ``rate.unfolded``. Rectified
units on nonnegative codes keep to the same bounds, as in ``rate.nonnegative``.

For ``alpha >= 0``, ``sigma_k = 1``, equality in ``theta_k`` and an exact network without noise,
``b_k = B E q^N``, ``q = tau_in + tau_out``, where ``N`` is the length of the random walk back along
the edges. So for ``q <= 1`` no graph with such weights does better than the chain of its layers.

Sharp, at every node of every graph with ``alpha >= 0`` and ``sigma_k <= 1``: the instance of
``rate.unfolded``, on which all errors have one sign.

Source: stated and proved independently.

>>> from sparsebound.theory.evidence import Unfolding
>>> from sparsebound.theory.verdict import decide
>>> zero, none = [[0.0, 0]], [0.0]
>>> network = Unfolding([[[0, 0], [1, 0], [1.25, 0]]], [[1.0, 0.75]], [2.0], none, zero, zero, zero,
...                     zero, [[0.0, 0]], [np.inf], np.array([[1, 0.5], [0, 0.75]]),
...                     skips=np.array([[1, 0], [0.5, 0.5]]))
>>> instance = Instance([[1, 0.5], [0, 1]], [[2, 0]])
>>> decide(THEOREM, instance, {"connected_unfolding": network}).ratio
array([1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.connections import CHAIN, Connections
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import connected as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Consequence, Mutant, Premise, Theorem


def _connections(instance: Instance, run: Unfolding, *, signed: bool, often: bool) -> Connections:
    found = Connections.of(instance, run.skips)
    found = replace(found, sizes=found.weights) if signed else found
    return found if often else replace(found, total=1)


def premises(
    instance: Instance,
    connected_unfolding: Unfolding,
    *,
    signed: bool = False,
    often: bool = True,
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds that cover what all states bring off the support."""
    yield from quantities.sided(instance, connected_unfolding)
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, connected_unfolding, instance.lift(largest))
    connections = _connections(instance, connected_unfolding, signed=signed, often=often)
    needed = quantities.needed_thresholds(instance, connected_unfolding, connections=connections)
    name = "sum |alpha_kj| (tau_out b_j + kappa_out p0_j) + |sigma_k| nu + rho_k <= theta_k"
    yield Premise(name, needed, connected_unfolding.thresholds, strict=False, measured=False)


def claims(
    instance: Instance,
    connected_unfolding: Unfolding,
    *,
    signed: bool = False,
    often: bool = True,
    free: bool = False,
    paid: bool = True,
) -> Iterator[Claim]:
    """Steps as declared, and the error of every layer on the support and off it."""
    run = connected_unfolding
    yield from quantities.steps(instance, run)
    connections = _connections(instance, run, signed=signed, often=often)
    connections = connections if paid else replace(connections, missing=0)
    bounds = quantities.unfolded_bounds(instance, run, connections=CHAIN if free else connections)
    on, off = quantities.error_sizes(instance, run)
    yield Claim("|x^k - x| <= b_k on S", on, bounds[:, 1:], axes=STEPS)
    yield Claim("|x^k| <= p0_k off S", off, run.p_out, measured=False, axes=STEPS)


THEOREM = Theorem(
    title="Unfolded networks on any graph of layers",
    statement=r"v^k = \sum_{j \le k} \alpha_{kj} (x^j + W^T (y - D x^j)) + r^k, \; "
    r"\theta_k \ge \sum_j |\alpha_{kj}| (\tau_{out} b_j + \kappa_{out} p^0_j) "
    r"+ |\sigma_k| \nu + \rho_k, \; "
    r"b_{k+1} = \sum_j |\alpha_{kj}| (\tau_{in} b_j + \kappa_{in} p^0_j) + |\sigma_k| \nu + \rho_k "
    r"+ |\sigma_k - 1| B + \theta_k + p^S_{k+1} \implies "
    r"| x^k_i - x_i | \le b_k \text{ on } S, \; | x^k_i | \le p^0_k \text{ off } S",
    names=("skip connections", "residual network", "dense network", "momentum", "connectivity"),
    source=INDEPENDENT,
    implies=(Consequence("rate.unfolded", "the chain of layers, ``alpha = I``"),),
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_graphs,
    mutants=(
        Mutant("|alpha| -> alpha", {"signed": True}, extremal.carried_on, smallest=(1, 1)),
        Mutant(
            "the bound of a chain", {"free": True}, extremal.two_states_at_once, smallest=(1, 1)
        ),
        Mutant(
            "|sigma_k - 1| B dropped",
            {"paid": False},
            extremal.cut_without_rescaling,
            smallest=(3, 2),
        ),
        Mutant("nu for |sigma_k| nu", {"often": False}, extremal.noise_twice, smallest=(2, 2)),
    ),
    noisy=True,
    proof="proofs/rate/connected.v:connected",
)
