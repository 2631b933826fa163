"""Kernels of activations, or polynomials, of layers of very many units."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.kernels import LayerKernel
from sparsebound.theory.experiment import Posed, posed

ACTIVATION = choice(
    "activation_kernel", "polynomial", "relu", "polynomial", "sign", "erf", "exponential"
)
"""Which function of inner products a layer is."""
DEGREE = 4
"""The largest of a polynomial."""


def polynomial(draw: np.random.Generator) -> FloatArray:
    """Coefficients that are small integers, of one power alone in one case of two.

    Examples
    --------
    >>> polynomial(np.random.default_rng(0))
    array([3., 2., 2., 1., 1.])
    """
    found = draw.integers(0, 4, DEGREE + 1).astype(float)
    if draw.integers(2) or not found.any():
        found = np.eye(DEGREE + 1)[draw.integers(1, DEGREE + 1)]
    return np.asarray(found)


def layer_kernel(given: Posed) -> LayerKernel:
    """Take the kernel of an activation, or of a polynomial that is drawn.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> layer_kernel(Instance([[1]], [[1]])).activation
    'polynomial'
    """
    experiment = posed(given)
    known: LayerKernel | None = given_evidence(experiment, "layer_kernel")
    if known is not None:
        return known
    draw = np.random.default_rng(SEED.of(experiment))
    return LayerKernel(ACTIVATION.of(experiment), polynomial(draw))


PROVIDERS = (plain("layer_kernel", LayerKernel, layer_kernel, ACTIVATION, SEED),)
