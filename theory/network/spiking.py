r"""A network of spiking neurons realises the unfolded network: exactly, but for its clock.

Problem: a number ``a`` in ``[0, A]`` is a spike, ``a`` before a deadline. A neuron with weights
``M_ji`` of any sign, whose inputs have their deadline at time 0, has the potential
``V_j(u) = beta_j max(u + A, 0) + sum_i M_ji max(u + a_i, 0)``, where ``beta_j = 1 - sum_i M_ji`` is
the weight of a clock. It fires when the potential first reaches ``c + beta_j A + g_j``, and not
after the deadline of its layer, ``c``. Spikes are at the nearest tick of a clock; deadlines and
``A`` are multiples of its tick ``t``. For ``M = I - W^T D`` and ``g = theta_k - W^T y`` the next
layer follows; with signs, on the side of each entry, as in ``rate.nonnegative``.

Claim: if ``(max(-beta_j, 0) + sum_i max(M_ji, 0)) A - g_j <= c`` for all neurons, the time from
the spike of each to its deadline is ``relu(sum_i M_ji a_i - g_j)`` exactly, until it is moved to a
tick. So this is the iteration of ``rate.nonnegative`` with ``p^S = t/2`` and ``p^0 = 0``, and with
a ``rho`` for weights that are rounded: no layer has a false positive, and for the least thresholds
the bounds fall linearly, up to ``(2 nu + 2 rho + t/2)/(1 - q)``.

Why: the threshold is at least ``(max(beta_j, 0) + sum_i max(M_ji, 0)) A``, and ``A`` at least, as
all weights sum to 1. Before time 0 each ``max(u + a_i, 0)`` is below ``A``, and so the potential is
below the threshold: nobody fires early. From then on all inputs are there, and
``V_j(u) = u + beta_j A + sum_i M_ji a_i``, which reaches the threshold at
``c - (sum_i M_ji a_i - g_j)``. A tick moves a spike by ``t/2`` at most, and one at the deadline,
which is on a tick, not at all.

Sharp, with ticks at which ties go to the later one: ``s`` atoms with inner products ``-1/(2s)``, a
further one at ``+1/(2s)``, equal entries ``s + (2s)^(K+1)`` and the tick 1, for ``s`` a power of
two. Then each layer rounds every entry of the support by half a tick, away from the code.

Source: stated and proved independently.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis.spiking import (
    delay_needed,
    missed_by_neurons,
    sided_weights,
)
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.spiking import Spiking
from sparsebound.theory.extremal import spiking as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.rate import nonnegative
from sparsebound.theory.sources import INDEPENDENT
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def off_ticks(spiking: Spiking, values: FloatArray) -> FloatArray:
    """By how much values (B, ...) are no multiples of the tick; 0 where there is no tick."""
    ticks = spiking.ticks.reshape(-1, *(1,) * (values.ndim - 1))
    there = (ticks > 0) & np.isfinite(values)
    return np.asarray(np.where(there, np.fmod(values, np.where(ticks > 0, ticks, 1)), 0.0))


def premises(
    instance: Instance, spiking: Spiking, *, share: Scalar = 1, early: bool = False
) -> Iterator[Premise]:
    """Those of ``rate.nonnegative``; neurons that are near enough, and have room."""
    network = spiking.unfolding
    yield from nonnegative.premises(instance, network)
    yield Premise("0 < t", 0, spiking.ticks)
    half = spiking.ticks[:, None] / 2 * float(share)  # halves, which are not rounded
    yield Premise("t/2 <= pS_k", half, network.p_in, strict=False, measured=False)
    both = np.concatenate([spiking.reaches, spiking.delays], axis=1)
    name = "A_k and c_k are multiples of t"
    yield Premise(name, abs(off_ticks(spiking, both)), 0, strict=False)
    yield Premise("0 < A_k", 0, spiking.reaches)
    largest = quantities.unfolded_bounds(instance, network)[:, :-1] + network.B[:, None]
    name = "B + b_k <= A_k"
    yield Premise(name, largest, spiking.reaches, strict=False, measured=False)
    missed = missed_by_neurons(instance, spiking)
    name = "sum_i |M_{ji} - (I - W^T D)_{ji}| A_k + |g_j - theta_k + w_j^T y| <= rho_k"
    yield Premise(name, missed, network.rho, strict=False, measured=False)
    weights, biases = sided_weights(instance, spiking), instance.lift(spiking.biases)
    if early:
        inputs = instance.lift(network.states[:, :-1] * network.sides[:, None, :])
        outputs = (inputs @ weights.swapaxes(1, 2) - biases).max(-1)
        name = "sum_i M_{ji} x^k_i - g_j <= c_k"
        yield Premise(name, outputs, spiking.delays, strict=False, measured=False)
        return
    needed = delay_needed(weights, biases, instance.lift(spiking.reaches))
    name = "(max(-beta_j, 0) + sum_i max(M_{ji}, 0)) A_k - g_j <= c_k"
    yield Premise(name, needed, spiking.delays, strict=False, measured=False)


def claims(instance: Instance, spiking: Spiking) -> Iterator[Claim]:
    """Spikes on ticks, steps as declared, no false positives, and bounded errors."""
    network = spiking.unfolding
    between = abs(off_ticks(spiking, network.iterates[:, 1:])).max(axis=2)
    yield Claim("spikes are on ticks", between, 0, measured=False, axes=STEPS)
    sides, finite = network.sides[:, None, :], network.finite
    states = instance.lift(network.states * sides)
    weights, biases = sided_weights(instance, spiking), instance.lift(spiking.biases)
    potential = states[:, :-1] @ weights.swapaxes(1, 2) - biases
    both = (finite[:, :-1] & finite[:, 1:])[..., None]
    off = abs(states[:, 1:] - potential.where(potential.sign != -1, 0)).where(both, 0).max(-1)
    half = instance.lift(spiking.ticks).reshape(-1, 1) / 2
    name = "|x^{k+1}_j - relu(sum_i M_{ji} x^k_i - g_j)| <= t/2"
    yield Claim(name, off, half, measured=False, step=True, axes=STEPS)
    latest = states[:, 1:].where(both, 0).max(-1)
    yield Claim("x^{k+1} <= c_k", latest, spiking.delays, measured=False, axes=STEPS)
    yield from nonnegative.claims(instance, network)


THEOREM = Theorem(
    title="A network of spiking neurons as an unfolded network",
    statement=r"x \ge 0, \; M = I - W^T D, \; \theta_k \ge \tau_{out} b_k + \nu, \; "
    r"A_k \ge B + b_k, \; A_k \text{ and } c_k \text{ multiples of } t, \; "
    r"c_k \ge \left(\max(-\beta_j, 0) + \sum_i \max(M_{ji}, 0)\right) A_k - g_j "
    r"\implies x^{k+1} = \operatorname{relu}(x^k + W^T (y - D x^k) - \theta_k) + p^{k+1}, \; "
    r"| p^k_i | \le t/2 \text{ on } S, \; p^k_i = 0 \text{ off } S, \; | x^k_i - x_i | \le b_k",
    names=("SNN", "time to first spike", "neuromorphic", "ReL-PSP", "temporal coding"),
    source=INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.half_a_tick_in_every_layer,
    mutants=(
        Mutant("t/2 dropped from pS", {"share": 0}, extremal.ticks_left_out, smallest=(3, 2)),
        Mutant(
            "t/2 -> t/4",
            {"share": Fraction(1, 2)},
            extremal.ticks_half_left_out,
            smallest=(3, 2),
        ),
        Mutant(
            "room for the outputs of these inputs only",
            {"early": True},
            extremal.fires_too_early,
            smallest=(2, 2),
        ),
    ),
    noisy=True,
)
