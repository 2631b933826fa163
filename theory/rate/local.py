r"""A rate that does not depend on the length of the signal.

Problem: as in ``rate.unfolded`` with ``<w_i, d_i> = 1`` and ``p0 = 0``; ``s_loc`` is the largest
number of atoms of the support that share a row with one weight, itself included.

Claim: for ``theta_k = s_loc mu(W, D) b_k + nu``, ``b_0 >= ||x||_inf`` and
``b_{k+1} = q b_k + 2 nu`` with ``q = (2 s_loc - 1) mu(W, D)``: ``||x^k - x||_inf <= b_k``, and the
support of every ``x^k`` lies in that of ``x``. The number of nonzeros may grow with the signal.

Why: ``rate.unfolded``: a row of ``|W^T D|`` meets at most ``s_loc`` atoms of the support, so
``tau_in <= (s_loc - 1) mu`` and ``tau_out <= s_loc mu``.

Rounding is covered by a declared excess of the recursion, as in ``rate.lista_cp``.

Sharp: block-diagonal copies of two atoms at ``-mu`` and one at ``+mu``.

Source: local sparsity is that of Papyan, Sulam and Elad 2017; the rate is stated and proved
independently, from ``rate.unfolded``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import unfolding as quantities
from sparsebound.theory.analysis import unfolding_rates as rates
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import IntArray, Number
from sparsebound.theory.evidence import Unfolding
from sparsebound.theory.extremal import unfolding as extremal
from sparsebound.theory.instance import Instance
from sparsebound.theory.promise import BY_LOCAL, UNFOLDED, Constant, Promise
from sparsebound.theory.sources import INDEPENDENT, PAPYAN_SULAM_ELAD_2017
from sparsebound.theory.theorem import STEPS, Claim, Mutant, Premise, Theorem


def premises(
    instance: Instance, local_unfolding: Unfolding, *, share: Scalar = 1
) -> Iterator[Premise]:
    """Sizes as declared, and thresholds from the local sparsity."""
    largest = np.abs(instance.X).max(axis=1, initial=0.0)
    yield from quantities.declared(instance, local_unfolding, instance.lift(largest))
    rate = rates.local_rate(instance, local_unfolding.W)
    yield from rates.scheduled(instance, local_unfolding, rate, share=share)


def claims(
    instance: Instance,
    local_unfolding: Unfolding,
    *,
    noise: Scalar = 1,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Iterator[Claim]:
    """Steps as declared, the error of every layer, and no false positives."""
    network = local_unfolding
    yield from quantities.steps(instance, network)
    rate = rates.local_rate(instance, network.W, atoms=atoms)
    bounds = rates.linear_bounds(instance, network, rate, noise=noise)
    on, off = quantities.error_sizes(instance, network)
    yield Claim("||x^k - x||_inf <= b_k", on, bounds[:, 1:], axes=STEPS)
    yield Claim("supports lie in S", off, 0, measured=False, axes=STEPS)


def _worst_rate(codes: Instance) -> Number:
    """Rate of all codes of a local sparsity, with the dictionary for weights."""
    return rates.local_rate(codes, None).q


THEOREM = Theorem(
    title="A local rate, whatever the length of the signal",
    statement=r"\theta_k = s_{loc} \mu(W, D) b_k + \nu, \; b_{k+1} = q b_k + 2 \nu, \; "
    r"q = (2 s_{loc} - 1) \mu(W, D) \implies \| x^k - x \|_\infty \le b_k, \; "
    r"\operatorname{supp} x^k \subseteq S",
    names=("CSC", "local sparsity", "stripe norm"),
    source=PAPYAN_SULAM_ELAD_2017 & INDEPENDENT,
    proof="proofs/rate/local.v:local",
    premises=premises,
    claims=claims,
    sharp=extremal.blocks_of_aligned_atoms,
    mutants=(
        Mutant("2 s_loc - 1 -> 2 s_loc - 2", {"atoms": lambda s: 2 * s - 2}, smallest=(9, 3)),
        Mutant("2 nu -> 1.8 nu", {"noise": Fraction(9, 10)}, smallest=(9, 3)),
        Mutant(
            "theta_k times 0.9",
            {"share": Fraction(9, 10)},
            extremal.blocks_with_short_thresholds,
            smallest=(9, 3),
        ),
    ),
    dictionaries=(
        "blocks",
        "circular",
        "full_length",
        "graph",
        "transversal_design",
        "orthonormal",
    ),
    noisy=True,
    promises=(
        Promise(
            UNFOLDED,
            {"local": BY_LOCAL},
            constants=(
                Constant("q", "v", _worst_rate),
                Constant("error / nu", "2 / (1 - q)", lambda codes: 2 / (1 - _worst_rate(codes))),
            ),
            rate=_worst_rate,
        ),
    ),
)
