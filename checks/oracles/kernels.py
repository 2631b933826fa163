"""Kernels of activations, or polynomials, of layers of very many units."""

from __future__ import annotations

import numpy as np

from sparsebound.checks.oracles.features import given_evidence
from sparsebound.checks.provider import SEED, choice, plain
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.kernels import LayerGraph, LayerKernel
from sparsebound.theory.experiment import Posed, posed

ACTIVATION = choice(
    "activation_kernel", "polynomial", "relu", "polynomial", "sign", "erf", "exponential"
)
"""Which function of inner products a layer is."""
EDGES = ("polynomial", "relu", "skip", "sign", "exponential", "erf", "skip")
"""What edges of a graph are drawn from."""
NODES = 2
"""Of a graph, beside that of the data."""
SHORT_STEPS = (1.0, 1.0, 2.0)
"""Inverses of the sizes of steps, relative to one more than the number of data."""
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


def layer_graph(given: Posed) -> LayerGraph:
    """Draw a chain of layers, with further edges, and residuals.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> layer_graph(Instance([[1]], [[1]])).activations
    ['sign', 'relu', 'polynomial']
    """
    experiment = posed(given)
    known: LayerGraph | None = given_evidence(experiment, "layer_graph")
    if known is not None:
        return known
    draw, n = np.random.default_rng(SEED.of(experiment)), experiment.codes.D.shape[1]
    nodes = int(draw.integers(1, NODES + 1))
    pairs = [
        (source, target)
        for target in range(1, nodes + 1)
        for source in range(target)
        if source == target - 1 or draw.integers(2)
    ]
    names = [EDGES[kind] for kind in draw.integers(0, len(EDGES), len(pairs))]
    skip = np.eye(DEGREE + 1)[1]
    coefficients = [skip if name == "skip" else polynomial(draw) for name in names]
    sources, targets = np.array(pairs).T
    return LayerGraph(
        sources,
        targets,
        draw.integers(1, 4, len(pairs)).astype(float),
        ["polynomial" if name == "skip" else name for name in names],
        np.array(coefficients),
        draw.integers(-2, 3, n).astype(float),
        np.array([(n + 1) * SHORT_STEPS[draw.integers(len(SHORT_STEPS))]]),
    )


PROVIDERS = (
    plain("layer_kernel", LayerKernel, layer_kernel, ACTIVATION, SEED),
    plain("layer_graph", LayerGraph, layer_graph, SEED),
)
