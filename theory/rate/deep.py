r"""A cascade of unfolded networks, one a layer, converges linearly to the codes of all layers.

Problem: the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, each ``psi_j`` with Lipschitz
constant ``l_j`` in the Euclidean norm, and a signal ``y`` with ``||y - x_0||_2 <= eps_0``. Layer j
runs ``K_j`` iterations of ``rate.unfolded`` on ``psi_j(z_{j-1})``, ``z_0 = y``, and returns
``z_j``; ``q_j = tau_in + tau_out < 1`` are its row sums, ``C_j = max_i ||w_i||_2`` that of its
weights, ``B_j >= ||x_j||_inf`` and ``s_j = ||x_j||_0``.

Claim: with ``ehat_1 = l_1 eps_0``, ``nu_j = C_j ehat_j``,
``b_j = q_j^K_j B_j + 2 nu_j (1 - q_j^K_j) / (1 - q_j)``, ``ehat_{j+1} = l_{j+1} sqrt(s_j) b_j``:
``||z_j - x_j||_inf <= b_j`` and the support of ``z_j`` lies in that of ``x_j``, in every layer.
Rounding is covered by what the networks declare: it is an excess of each step of the recursion
whose solution in exact arithmetic is ``b_j``.

Corollary, for ``eps_0 = 0`` and ``K = min K_j``, ``q = max q_j``: ``b_J <= M_J q^K`` with
``M_1 = B_1`` and ``M_j = B_j + 2 C_j l_j sqrt(s_{j-1}) M_{j-1} / (1 - q_j)``.

Why: the noise of layer j is ``e = psi_j(z_{j-1}) - psi_j(x_{j-1})``, and its norm is at most
``l_j ||z_{j-1} - x_{j-1}||_2``: at most ``l_1 eps_0`` in the first layer, and
``l_j sqrt(s_{j-1}) b_{j-1}`` later, as ``z_{j-1} - x_{j-1}`` has at most ``s_{j-1}`` nonzeros, each
at most ``b_{j-1}``. So ``|<w_i, e>| <= C_j ||e||_2 <= nu_j``, and the recursion of
``rate.unfolded``, ``b_{k+1} = q_j b_k + 2 nu_j`` from ``B_j``, has the stated solution. The
corollary puts ``nu_j`` into ``b_j <= q^K B_j + 2 nu_j / (1 - q_j)``.

Sharp for two layers: disjoint atoms and a further one that shares a row with an atom in use, one
nonzero at the top, no noise. With three layers the noise of the middle one has to lie along
several atoms at once; there ratios as near to 1 as one likes need more iterations below.

Source: the model, for ``psi = id``, is that of Papyan, Romano and Elad 2017; the bound is stated
and proved independently.

>>> [layer.sparsity.tolist() for layer in THEOREM.extremal(1).deep.layers]
[[4], [1]]
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis import cascade as quantities
from sparsebound.theory.analysis import unfolding, unfolding_rates
from sparsebound.theory.analysis.unfolding import Scalar
from sparsebound.theory.arithmetic import larger
from sparsebound.theory.evidence.cascade import Cascade
from sparsebound.theory.extremal.cascades import two_layers
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.sources import INDEPENDENT, PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: DeepInstance, cascade: Cascade) -> Iterator[Premise]:
    """Layers that fit on each other and converge; noise levels and thresholds as declared."""
    yield from quantities.fitting(instance)
    bound = instance.layers[0].lift(0)
    for index, (layer, network) in enumerate(zip(instance.layers, cascade.networks, strict=True)):
        rate = unfolding_rates.exact_rate(layer, network.W)
        yield Premise(f"q_{index + 1} < 1", rate.q, 1)
        start = np.abs(network.iterates[:, 0]).max(axis=1, initial=0.0)
        yield Premise("x^0 = 0", start, 0, strict=False)
        size = np.abs(layer.X).max(axis=1, initial=0.0)
        yield Premise("||x_j||_inf <= B_j", size, network.B, strict=False, measured=False)
        level = quantities.global_noise(instance, index, network.W, bound)
        yield Premise("C_j ehat_j <= nu_j", level, network.nu, strict=False, measured=False)
        bounds = unfolding_rates.linear_bounds(layer, network, rate)
        yield from unfolding_rates.scheduled(layer, network, rate, bounds=bounds)
        bound = bounds[:, -1]


def claims(
    instance: DeepInstance, cascade: Cascade, *, noise: Scalar = 1, rooted: bool = True
) -> Iterator[Claim]:
    """In every layer: steps as declared, the error of every iterate, and no false positives.

    ``rooted`` says whether errors of several entries add up to ``sqrt(s_j)`` times the largest.
    """
    filtered = quantities.filtered_noises(instance, cascade)
    top = len(instance.layers) - 1
    for index, (layer, network, disturbance) in enumerate(
        zip(instance.layers, cascade.networks, filtered, strict=True)
    ):
        yield from unfolding.steps(layer, network, disturbance)
        factor = layer.lift(noise)
        if index and not rooted:
            s = np.maximum(instance.layers[index - 1].sparsity, 1)
            factor = factor / layer.lift(s).sqrt()
        rate = unfolding_rates.exact_rate(layer, network.W)
        bounds = unfolding_rates.linear_bounds(layer, network, rate, noise=factor)[:, 1:]
        on, off = unfolding.error_sizes(layer, network)
        name = f"||z_{index + 1} - x_{index + 1}||_inf <= b_{index + 1}"
        yield Claim(name, on[:, -1], bounds[:, -1], measured=index == top)
        yield Claim(f"{name}, of every iterate", on[:, :-1], bounds[:, :-1], measured=False)
        yield Claim("the support of z_j lies in that of x_j", off, 0, measured=False)
    yield from linear_convergence(instance, cascade)


def linear_convergence(instance: DeepInstance, cascade: Cascade) -> Iterator[Claim]:
    """Without noise, the bound of exact arithmetic falls like ``M_J q^K``."""
    lift, codes = instance.layers[0].lift, len(instance)
    quiet = np.asarray(~instance.layers[0].E.any(axis=1))
    if not quiet.any():
        return
    iterations = min(network.thresholds.shape[1] for network in cascade.networks)
    bound = size = slowest = lift(np.zeros(codes))
    for index, (layer, network) in enumerate(zip(instance.layers, cascade.networks, strict=True)):
        q, W = unfolding_rates.exact_rate(layer, network.W).q, network.W
        nu, carried = (
            quantities.global_noise(instance, index, W, below).where(quiet, 0)
            for below in (bound, size)
        )
        added = unfolding.column(nu * 2) + np.zeros(network.thresholds.shape)
        bound = unfolding.recursion(lift(network.B), q, added)[:, -1]
        size = carried * 2 / (1 - q) + network.B
        slowest = larger(slowest, q)
    unchanged = lift(np.zeros((codes, iterations)))
    falling = unfolding.recursion(size, slowest, unchanged)[:, -1]
    yield Claim("b_J <= M_J q^K for eps_0 = 0", bound.where(quiet, 0), falling, measured=False)


THEOREM = Theorem(
    title="A cascade of networks converges linearly to the codes of all layers",
    statement=r"\psi_j(x_{j-1}) = D_j x_j, \; \hat{e}_1 = l_1 \varepsilon_0, \; "
    r"\nu_j = C_j \hat{e}_j, \; q_j < 1, \; "
    r"b_j = q_j^{K_j} B_j + 2 \nu_j \frac{1 - q_j^{K_j}}{1 - q_j}, \; "
    r"\hat{e}_{j+1} = l_{j+1} \sqrt{s_j} \, b_j \implies "
    r"\| z_j - x_j \|_\infty \le b_j, \; "
    r"\operatorname{supp} z_j \subseteq \operatorname{supp} x_j",
    names=("ML-CSC", "ML-LISTA", "CNN"),
    source=PAPYAN_ROMANO_ELAD_2017 & INDEPENDENT,
    premises=premises,
    claims=claims,
    sharp=two_layers,
    mutants=(
        Mutant("2 nu_j -> nu_j", {"noise": Fraction(1, 2)}, smallest=(7, 2)),
        Mutant("sqrt(s_j) dropped", {"rooted": False}, smallest=(7, 2)),
    ),
    about="layers",
    noisy=True,
)
