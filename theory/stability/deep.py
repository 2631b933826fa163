r"""Sparse codes that explain a signal layer by layer are near the true ones in every layer.

Problem: the deep model ``psi_j(x_{j-1}) = D_j x_j``, ``j = 1..J``, each ``psi_j`` with Lipschitz
constant ``l_j`` in the Euclidean norm, and a signal ``y`` with ``||y - x_0||_2 <= eps_0``. Codes
``z_j`` with at most as many nonzeros, ``s_j = ||x_j||_0``, and
``||psi_j(z_{j-1}) - D_j z_j||_2 <= l_j eps_{j-1}`` in every layer, ``z_0 = y``. Checked with
``eps_0 = ||y - x_0||_2``.

Claim: if ``mu1(2 s_j - 1) < 1`` in every layer, so in particular if ``(2 s_j - 1) mu < 1``, then
``||x_j - z_j||_2 <= eps_j`` with ``eps_j^2 = 4 l_j^2 eps_{j-1}^2 / (1 - mu1(2 s_j - 1))``. For
atoms that are not of unit norm this is divided by the least of their squared norms.

Why: ``||D_j (x_j - z_j)|| <= ||psi_j(x_{j-1}) - psi_j(z_{j-1})|| + ||psi_j(z_{j-1}) - D_j z_j||``,
at most ``2 l_j eps_{j-1}``, and ``x_j - z_j`` has at most ``2 s_j`` nonzeros, so that the square of
the left side is at least ``(1 - mu1(2 s_j - 1)) ||x_j - z_j||^2`` (``dictionary.gershgorin``).

Sharp, in both layers at once: atoms evenly around an axis, and noise along it, under a single atom.

Source: Papyan, Romano and Elad 2017, for ``psi = id``.

>>> len(THEOREM.sharp(2).layers)
2
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from sparsebound.theory.analysis.cascade import fitting
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.layers import LayerEstimates
from sparsebound.theory.extremal.cascades import atoms_around_an_axis
from sparsebound.theory.instance import DeepInstance, Instance
from sparsebound.theory.quantities import babel
from sparsebound.theory.sources import PAPYAN_ROMANO_ELAD_2017
from sparsebound.theory.theorem import Claim, Mutant, Premise, Theorem


def premises(instance: DeepInstance, estimates: LayerEstimates) -> Iterator[Premise]:
    """Incoherent layers that fit on each other, and sparse codes that explain each of them."""
    yield from fitting(instance)
    for index, layer in enumerate(instance.layers, 1):
        yield Premise(f"mu1(2 s_{index} - 1) < 1", babel(layer.D, 2 * layer.sparsity - 1), 1)
    below = instance.layers[0].lift(estimates.signals.values)
    allowed = noise_energy(instance, estimates)
    for layer, psi, found, energy in zip(
        instance.layers, instance.maps, estimates.layers, energies(instance, allowed), strict=True
    ):
        extra = (found.values != 0).sum(axis=1) - layer.sparsity
        yield Premise("||z_j||_0 - s_j <= 0", extra, 0, strict=False)
        rest = psi(below) - layer.D.synthesis(layer.lift(found.values))
        name = "||psi_j(z_{j-1}) - D_j z_j||^2 - l_j^2 eps_{j-1}^2 <= 0"
        yield Premise(name, (rest**2).sum(-1) - allowed * psi.square, 0, strict=False)
        below, allowed = layer.lift(found.values), energy


def claims(
    instance: DeepInstance, estimates: LayerEstimates, *, constant: Fraction = Fraction(4)
) -> Iterator[Claim]:
    """The codes of each layer differ by no more than the noise allows."""
    noise = noise_energy(instance, estimates)
    bounds = energies(instance, noise, constant=constant)
    for layer, found, bound in zip(instance.layers, estimates.layers, bounds, strict=True):
        difference = layer.lift(layer.X) - found.values
        yield Claim("||x_j - z_j||^2 <= eps_j^2", (difference**2).sum(-1), bound)


def noise_energy(instance: DeepInstance, estimates: LayerEstimates) -> Number:
    """``eps_0^2 = ||y - x_0||_2^2``, shape (B,)."""
    difference = instance.layers[0].lift(estimates.signals.values) - instance.X0
    energy: Number = (difference**2).sum(-1)
    return energy


def energies(
    instance: DeepInstance, noise: Number, *, constant: Fraction = Fraction(4)
) -> Iterator[Number]:
    """``eps_1^2, ..., eps_J^2``, each of shape (B,), from ``eps_0^2``."""
    for layer, psi in zip(instance.layers, instance.maps, strict=True):
        room = 1 - babel(layer.D, 2 * layer.sparsity - 1)
        noise = noise * psi.square * constant / (room * least_energy(layer))
        yield noise


def least_energy(layer: Instance) -> Number:
    """Least squared norm of an atom, shape ()."""
    diagonal = np.arange(layer.D.shape[1])
    squares: Number = layer.D.raw_gram[diagonal, diagonal]
    return squares.min(-1)


THEOREM = Theorem(
    title="Stability of sparse codes of all layers",
    statement=r"\psi_j(x_{j-1}) = D_j x_j, \; \|y - x_0\|_2 \le \varepsilon_0, \; "
    r"\|z_j\|_0 \le s_j, \; \|\psi_j(z_{j-1}) - D_j z_j\|_2 \le l_j \varepsilon_{j-1}, \; "
    r"\mu_1(2 s_j - 1) < 1 \implies \|x_j - z_j\|_2^2 \le \varepsilon_j^2 = "
    r"\frac{4 l_j^2 \varepsilon_{j-1}^2}{1 - \mu_1(2 s_j - 1)}",
    names=("ML-CSC", "deep pursuit"),
    source=PAPYAN_ROMANO_ELAD_2017,
    premises=premises,
    claims=claims,
    sharp=atoms_around_an_axis,
    mutants=(Mutant("4 -> 3.6 in every layer", {"constant": Fraction(36, 10)}, smallest=(1, 1)),),
    about="layers",
    noisy=True,
)
