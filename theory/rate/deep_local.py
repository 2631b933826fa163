r"""A cascade of unfolded networks, one a layer, whatever the length of the signal.

Problem: the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, each ``psi_j`` with Lipschitz
constant ``l_j`` in the Euclidean norm, and a signal ``y`` near ``x_0``. Layer j runs the network
of ``rate.local`` on ``psi_j(z_{j-1})``, ``z_0 = y``, with ``<w_i, d_i> = 1``, and returns ``z_j``.
``P_i`` is the support of the weight ``w_i`` of a layer, ``Q_i`` the inputs on which ``psi_j`` on
``P_i`` depends, and ``C_j = max_i ||w_i||_2``.

Claim: with ``nu_1 = C_1 l_1 max_i ||(y - x_0) on Q_i||_2``,
``nu_j = C_j l_j sqrt(P_j) b_{j-1}`` where ``P_j`` is the largest number of entries of ``x_{j-1}``
in one ``Q_i``, and ``b_j`` the last bound of ``rate.local`` with ``nu_j``:
``||z_j - x_j||_inf <= b_j`` and the support of ``z_j`` lies in that of ``x_j``, in every layer and
after every iteration. Nothing here grows with the length of the signal. Rounding is covered by
the declared excess of the recursion.

Why: ``|<w_i, e>| <= ||w_i|| ||e on P_i||``; and if ``u'`` equals ``u`` on ``Q_i`` and ``v``
elsewhere, then ``psi(u') = psi(u)`` on ``P_i``, so that
``||(psi(u) - psi(v)) on P_i|| <= l ||(u - v) on Q_i||``. The error ``z_{j-1} - x_{j-1}`` is
supported where ``x_{j-1}`` is, and at most ``b_{j-1}`` there.

Sharp, in every layer at once: disjoint pairs of atoms with four entries each that share one row,
one of each pair in the support, noise along these, and the next layer's atoms on four of them.

Source: the model, with the identity between layers, is that of Papyan, Romano and Elad 2017; the
bound is stated and proved independently.

>>> THEOREM.extremal(1).deep.layers[1].D.shape
(14, 2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding, unfolding_rates
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import IntArray
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal import layers as extremal
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.sources import INDEPENDENT, PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: DeepInstance,
    local_cascade: Cascade,
    *,
    meeting: quantities.Choice = quantities.largest,
) -> Iterator[Premise]:
    """Layers that fit on each other; sizes, noise levels and thresholds as declared."""
    yield from quantities.fitting(instance)
    levels = quantities.noise_levels(instance, local_cascade, meeting=meeting)
    for layer, network, level in zip(instance.layers, local_cascade.networks, levels, strict=True):
        start = np.abs(network.iterates[:, 0]).max(axis=1, initial=0.0)
        yield Premise("x^0 = 0", start, 0, strict=False)
        size = np.abs(layer.X).max(axis=1, initial=0.0)
        yield Premise("||x_j||_inf <= B_j", size, network.B, strict=False, measured=False)
        name = "the noise of the layer is at most nu_j"
        yield Premise(name, level, network.nu, strict=False, measured=False)
        rate = unfolding_rates.local_rate(layer, network.W)
        yield from unfolding_rates.scheduled(layer, network, rate)


def claims(
    instance: DeepInstance,
    local_cascade: Cascade,
    *,
    noise: Scalar = 1,
    atoms: Callable[[IntArray], IntArray] = lambda s: 2 * s - 1,
) -> Iterator[Claim]:
    """In every layer: steps as declared, the error of every iterate, and no false positives."""
    filtered = quantities.filtered_noises(instance, local_cascade)
    for layer, network, disturbance in zip(
        instance.layers, local_cascade.networks, filtered, strict=True
    ):
        yield from unfolding.steps(layer, network, disturbance)
        rate = unfolding_rates.local_rate(layer, network.W, atoms=atoms)
        bounds = unfolding_rates.linear_bounds(layer, network, rate, noise=noise)
        on, off = unfolding.error_sizes(layer, network)
        yield Claim("||z_j - x_j||_inf <= b_j", on, bounds[:, 1:])
        yield Claim("the support of z_j lies in that of x_j", off, 0, measured=False)


THEOREM = Theorem(
    title="A local rate for deep networks, whatever the length of the signal",
    statement=r"\psi_j(x_{j-1}) = D_j x_j, \; "
    r"\nu_1 = C_1 l_1 \max\limits_i \| (y - x_0)_{Q_i} \|_2, \; "
    r"\nu_j = C_j l_j \sqrt{P_j} \, b_{j-1}, \; q_j = (2 s_{loc} - 1) \mu(W_j, D_j), \; "
    r"b_j = q_j^{K_j} B_j + 2 \nu_j \frac{1 - q_j^{K_j}}{1 - q_j} \implies "
    r"\| z_j - x_j \|_\infty \le b_j, \; "
    r"\operatorname{supp} z_j \subseteq \operatorname{supp} x_j",
    names=("ML-CSC", "CSC", "CNN"),
    source=PAPYAN_ROMANO_ELAD_2017 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=extremal.chain_of_pairs,
    mutants=(
        Mutant(
            "P_j as its minimum",
            {"meeting": quantities.smallest},
            extremal.chain_with_fewest_meetings,
            smallest=(14, 2),
        ),
        Mutant("2 nu_j -> nu_j", {"noise": Fraction(1, 2)}, smallest=(14, 2)),
        Mutant("2 s_loc - 1 -> 2 s_loc - 2", {"atoms": lambda s: 2 * s - 2}, smallest=(14, 2)),
    ),
    about="layers",
    dictionaries=("convolutional_layers",),
    noisy=True,
)
