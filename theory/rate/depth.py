r"""How many layers are enough for a tolerance.

Problem: as in ``rate.unfolded`` with ``theta_k = tau_out b_k + nu`` and ``rho = p = 0``, or with
their rounding in ``nu``: ``b_{k+1} = q b_k + 2 nu``, ``q = tau_in + tau_out``.

Claim: for ``q < 1`` and ``c = 2 nu/(1 - q) < tol < B``: ``||x^K - x||_inf <= tol`` for every
``K`` from the first on with ``c + q^K (B - c) <= tol``, that is, for ``0 < q``,
``K >= log((B - c)/(tol - c)) / log(1/q)``. The first ``K`` is found by the recursion, not by
logarithms.

Why: the recursion has the fixed point ``c``, and ``b_k - c = q^k (B - c)``, which falls to
``tol - c > 0`` after the stated number of layers; ``||x^k - x||_inf <= b_k`` is ``rate.unfolded``.

Sharp: ``s`` atoms with inner products ``-mu`` and one at ``+mu``: one layer fewer is too few.

Source: stated and proved independently, from ``rate.unfolded``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding import Scalar, column
from sparsebound.theory.arithmetic import IntArray, Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_BABEL, BY_COHERENCE, UNFOLDED, Constant, Promise
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, deep_unfolding: Unfolding, *, share: Scalar = 1
) -> Iterator[Premise]:
    """A rate below 1, a tolerance within reach, and thresholds as in the master theorem."""
    network, rate = deep_unfolding, rates.exact_rate(instance, deep_unfolding.W)
    yield Premise("q < 1", rate.q, 1)
    tolerance = network.tolerance
    level, room = _level(instance, network), (1 - rate.q) * tolerance
    yield Premise("2 nu / (1 - q) < tol", level, room, measured=False)
    yield Premise("tol < B", tolerance, network.B, measured=False)
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, network, instance.lift(largest))
    yield from rates.scheduled(instance, network, rate, share=share)
    layers = network.thresholds.shape[1]
    depth = sufficient_depth(instance, network)
    yield Premise("K layers are run", depth, layers, strict=False, measured=False)


def claims(instance: Instance, deep_unfolding: Unfolding, *, fewer: int = 0) -> Iterator[Claim]:
    """Steps as declared, and the tolerance from the sufficient depth on."""
    network = deep_unfolding
    yield from quantities.steps(instance, network)
    on, off = quantities.error_sizes(instance, network)
    enough = sufficient_depth(instance, network) - fewer
    reached = np.arange(1, network.thresholds.shape[1] + 1) >= enough[:, None]
    yield Claim(
        "||x^K - x||_inf <= tol", on.where(reached, 0), column(network.tolerance), axes=STEPS
    )
    yield Claim("supports lie in S", off, 0, measured=False, axes=STEPS)


def _level(instance: Instance, network: Unfolding) -> Number:
    """``2 nu``, with what rounding adds to a step, shape (B,)."""
    level: Number = instance.lift(network.nu) * 2 + network.slack.max(axis=1, initial=0.0)
    return level


def sufficient_depth(instance: Instance, network: Unfolding) -> IntArray:
    """First K at which the bound is surely within the tolerance, shape (B,).

    One more than the number of layers that were run if there is none.
    """
    rate = rates.exact_rate(instance, network.W)
    layers = network.thresholds.shape[1]
    added = column(_level(instance, network)) + np.zeros((1, layers))
    bounds = quantities.recursion(instance.lift(network.B), rate.q, added)
    margin = (column(instance.lift(network.tolerance)) - bounds).sign
    within = (margin == 0) | (margin == 1)
    return np.asarray(np.where(within.any(axis=1), within.argmax(axis=1), layers + 1))


def _worst_rate(codes: Instance) -> Number:
    """Rate of all codes of a sparsity, with the dictionary for weights."""
    return rates.exact_rate(codes, None).q


THEOREM = Theorem(
    title="Layers that are enough for a tolerance",
    statement=r"q < 1, \; c = \frac{2 \nu}{1 - q} < tol < B, \; "
    r"K \ge \frac{\log \frac{B - c}{tol - c}}{\log \frac{1}{q}} \implies "
    r"\| x^K - x \|_\infty \le tol",
    names=("LISTA", "number of layers"),
    source=INDEPENDENT,
    proof="proofs/rate/depth.v:depth",
    premises=premises,
    claims=claims,
    sharp=extremal.aligned_and_noisy_and_a_pair,
    mutants=(
        Mutant("one layer fewer", {"fewer": 1}, smallest=(3, 2)),
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.short_thresholds,
            smallest=(3, 2),
        ),
    ),
    # where q < 1 for the few atoms that codes have
    dictionaries=(
        "one_atom",
        "orthonormal",
        "equiangular",
        "equiangular_plus",
        "transversal_design",
    ),
    noisy=True,
    promises=(
        Promise(
            UNFOLDED,
            {"coherence": BY_COHERENCE, "babel": BY_BABEL},
            ("q < 1",),
            (
                Constant("q", "v", lambda codes: rates.exact_rate(codes, None).q),
                Constant(
                    "error / nu",
                    "2 / (1 - q)",
                    lambda codes: 2 / (1 - rates.exact_rate(codes, None).q),
                ),
            ),
        ),
    ),
)
