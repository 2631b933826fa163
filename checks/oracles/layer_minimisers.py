"""Minimisers of one Lasso a layer, for weights just above what the theorem on them asks for."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles import witnesses
from sparsebound.checks.oracles.adversaries import in_turns
from sparsebound.checks.provider import plain
from sparsebound.theory.analysis.cascade import lipschitz, noise_norm
from sparsebound.theory.analysis.lasso import lasso_point, relative_correlations, relative_gram
from sparsebound.theory.evidence.layers import LayerMinimisers
from sparsebound.theory.instance import DeepInstance
from sparsebound.theory.stability.layered_basis_pursuit import room


def layer_minimisers(instance: DeepInstance) -> LayerMinimisers:
    """Choose a weight for each layer, and find the support of the minimiser.

    Weights are too small for every eighth code, as in :mod:`sparsebound.checks.oracles.witnesses`.

    Examples
    --------
    >>> from sparsebound.theory.extremal.cascades import four_under_one
    >>> [layer.lam.tolist() for layer in layer_minimisers(four_under_one(1)).layers]
    [[1.015625], [4.095703125]]
    """
    first = instance.layers[0]
    below, eps = first.lift(instance.X0) + first.E, noise_norm(instance).mid
    found = []
    for layer, psi in zip(instance.layers, instance.maps, strict=True):
        size = float(layer.D.norms.mid[0])
        noise = eps * float(lipschitz(layer, psi).mid) * size
        with np.errstate(divide="ignore", invalid="ignore"):
            asked = noise * room(layer, 1).mid / room(layer, 2).mid
        gram, data = relative_gram(layer.D), relative_correlations(layer.D, psi(below))
        shares = in_turns(witnesses.SHARES, layer.place)
        lam = np.array(list(map(witnesses.weight, asked, shares, data.mid)))
        minimiser = witnesses.minimiser(layer, gram, data, lam)
        found.append(minimiser)
        below = lasso_point(gram, data, minimiser).entries / layer.D.relative_norms
        error = (noise + lam) / (room(layer, 1).mid * size**2)
        eps = np.sqrt(layer.sparsity) * error / layer.D.relative_norms.mid.min()
    return LayerMinimisers(tuple(found))


PROVIDERS = (
    plain(
        "layer_minimisers",
        LayerMinimisers,
        lambda experiment: layer_minimisers(experiment.deep),
    ),
)
