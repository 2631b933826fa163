r"""One Lasso a layer finds no wrong atoms, and entries near the true ones, in every layer.

Problem: the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, each ``psi_j`` with Lipschitz
constant ``l_j`` in the Euclidean norm, a signal ``y`` with ``||y - x_0||_2 <= eps_0``, and
``z_j`` the minimiser of ``||psi_j(z_{j-1}) - D_j z||^2 / 2 + lam_j ||z||_1``, ``z_0 = y``. Checked
with ``eps_0 = ||y - x_0||_2``.

Claim, for atoms of unit norm: with ``a_j = l_j eps_{j-1}``, ``(2 s_j - 1) mu_j < 1``,
``lam_j > a_j (1 - (s_j - 1) mu_j) / (1 - (2 s_j - 1) mu_j)``,
``b_j = (a_j + lam_j) / (1 - (s_j - 1) mu_j)`` and ``eps_j = sqrt(s_j) b_j``: in every layer the
minimiser is the only one, its support lies in that of ``x_j``, and ``||z_j - x_j||_inf <= b_j``.
Here the Lasso is that of the atoms scaled to the norm ``N_j`` of the first one, so that ``a_j``
has the factor ``N_j`` and ``b_j`` the factor ``1/N_j^2``, and codes are scaled back.

Why: ``stability.lasso_coherence`` in every layer, where the noise is
``||psi_j(z_{j-1}) - psi_j(x_{j-1})||_2 <= l_j eps_{j-1}``. Its inner products with atoms of norm 1
are no larger, before and after a projection. And ``||z_j - x_j||_2 <= eps_j``, as both live on the
support of ``x_j``.

Sharp, in every layer at once: a chain of dictionaries of one atom each, noise against the code.

Source: Papyan, Romano and Elad 2017, whose constants differ.

>>> THEOREM.needs
('layer_minimisers',)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sparsebound.theory.analysis.cascade import fitting, lipschitz, noise_norm
from sparsebound.theory.analysis.lasso import (
    LassoPoint,
    lasso_point,
    relative_correlations,
    relative_gram,
)
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence import Minimiser
from sparsebound.theory.evidence.layers import LayerMinimisers
from sparsebound.theory.extremal.cascades import chain_of_single_atoms, four_under_one
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.quantities import coherence
from sparsebound.theory.quantities.memo import kept
from sparsebound.theory.sources import PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(
    instance: DeepInstance, layer_minimisers: LayerMinimisers, *, summed: bool = True
) -> Iterator[Premise]:
    """Incoherent layers that fit on each other; large enough weights; minimisers."""
    yield from fitting(instance)
    for index, layer in enumerate(instance.layers, 1):
        product = (2 * layer.sparsity - 1) * coherence(layer.D)
        yield Premise(f"(2 s_{index} - 1) mu_{index} < 1", product, 1)
    for layer, found, bound in zip(
        instance.layers,
        layer_minimisers.layers,
        layers(instance, layer_minimisers, summed=summed),
        strict=True,
    ):
        name = "a_j (1 - (s_j - 1) mu_j) < lam_j (1 - (2 s_j - 1) mu_j)"
        yield Premise(name, bound.noise * room(layer, 1), room(layer, 2) * found.lam)
        yield Premise("z_j has its signs", 0, bound.point.signed.min(-1))
        excess = abs(bound.point.correlations) - found.lam[:, None]
        excess = excess.where(~found.support, 0)
        yield Premise("|c_j| - lam_j <= 0 off supp z_j", excess, 0, strict=False)


def claims(
    instance: DeepInstance, layer_minimisers: LayerMinimisers, *, summed: bool = True
) -> Iterator[Claim]:
    """In every layer: no wrong atoms, one minimiser, and entries near the true ones."""
    for layer, found, bound in zip(
        instance.layers,
        layer_minimisers.layers,
        layers(instance, layer_minimisers, summed=summed),
        strict=True,
    ):
        wrong = (found.support & ~layer.support).sum(axis=1)
        yield Claim("entries of z_j off the support", wrong, 0, measured=False)
        off = abs(bound.point.correlations).where(~layer.support, 0).max(-1)
        name = "|c_j| < lam_j off the support"
        yield Claim(name, off, found.lam, strict=True, measured=False)
        error = abs(bound.point.entries - layer.D.relative_norms * layer.X).max(-1)
        yield Claim("||z_j - x_j||_inf <= b_j", error, bound.error)


@dataclass(frozen=True)
class LayerBound:
    """What is known of a layer, for atoms scaled to the norm of the first one.

    Attributes
    ----------
    noise : Number
        ``a_j N_j``, shape (B,).
    error : Number
        ``b_j``, shape (B,).
    point : LassoPoint
        The solution of the optimality conditions on the support of the minimiser.
    """

    noise: Number
    error: Number
    point: LassoPoint


def layers(
    instance: DeepInstance, minimisers: LayerMinimisers, *, summed: bool = True
) -> Iterator[LayerBound]:
    """Follow the minimisers and their bounds through the layers.

    ``summed`` says whether errors of several entries add up to ``sqrt(s_j)`` times the largest.
    """
    first = instance.layers[0]
    below, eps = first.lift(instance.X0) + first.E, noise_norm(instance)
    for layer, psi, found in zip(instance.layers, instance.maps, minimisers.layers, strict=True):
        size = layer.D.norms[0]
        noise = eps * lipschitz(layer, psi) * size
        error = (noise + found.lam) / (room(layer, 1) * (size * size))
        point = minimiser(layer, psi(below), found)
        yield LayerBound(noise, error, point)
        below = point.entries / layer.D.relative_norms
        entries = layer.lift(layer.sparsity).sqrt() if summed else 1
        eps = error * entries / layer.D.relative_norms.min(-1)


def minimiser(layer: Instance, signals: Number, found: Minimiser) -> LassoPoint:
    """Solve the optimality conditions, for atoms scaled to the norm of the first one."""

    def compute() -> LassoPoint:
        return lasso_point(relative_gram(layer.D), relative_correlations(layer.D, signals), found)

    result: LassoPoint = kept(layer.memo, "Lasso", found, compute)
    return result


def room(layer: Instance, times: int) -> Number:
    """``1 - (times s - 1) mu``, shape (B,)."""
    left: Number = 1 - coherence(layer.D) * np.maximum(times * layer.sparsity - 1, 0)
    return left


THEOREM = Theorem(
    title="Stability of layered basis pursuit",
    statement=r"a_j = l_j \varepsilon_{j-1}, \; (2 s_j - 1) \mu_j < 1, \; "
    r"\lambda_j > a_j \frac{1 - (s_j - 1) \mu_j}{1 - (2 s_j - 1) \mu_j}, \; "
    r"b_j = \frac{a_j + \lambda_j}{1 - (s_j - 1) \mu_j}, \; \varepsilon_j = \sqrt{s_j} \, b_j "
    r"\implies \operatorname{supp} z_j \subseteq \operatorname{supp} x_j, \; "
    r"\| z_j - x_j \|_\infty \le b_j",
    names=("ML-CSC", "LBP", "deep pursuit"),
    source=PAPYAN_ROMANO_ELAD_2017,
    premises=premises,
    claims=claims,
    sharp=chain_of_single_atoms,
    mutants=(Mutant("a_j = b_{j-1}", {"summed": False}, four_under_one, smallest=(4, 1)),),
    about="layers",
    noisy=True,
)
