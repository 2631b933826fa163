"""Networks of functions of features, run on signals, beside other piecewise linear functions."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from sparsebound.checks.networks.encoder import apply, convolutions
from sparsebound.checks.networks.layers import Rectifier
from sparsebound.checks.networks.ridge import ridge_network as layers_of
from sparsebound.checks.provider import Setting, choice, plain, whole
from sparsebound.checks.subjects.realised import KERNEL
from sparsebound.theory.analysis.ridges import CONVEX, convex, interpolant
from sparsebound.theory.arithmetic import FloatArray
from sparsebound.theory.evidence.ridges import RidgeNetwork
from sparsebound.theory.experiment import Posed, posed

FUNCTION = choice("function", *CONVEX)
PIECES = choice("pieces", 1, 2, 3, 4, 7)
SPLINE = choice("spline", "own", "moved", "broken", "moved", "broken")
"""Which function of as many pieces is beside: the network's, one of others, or one with jumps."""
MOVES = Setting("moves", st.integers(0, 2**16 - 1), 0, whole)
"""The seed by which it differs."""
MOVED = 2.0**-3
"""By which part of a piece ends are moved, and values by which part of what is promised."""


def ridge_network(given: Posed) -> RidgeNetwork:
    """Run a network for all signals of a batch.

    Examples
    --------
    >>> from sparsebound.theory.instance import Instance
    >>> found = ridge_network(Instance([[1, 0], [0, 1]], [[3, 1]]))
    >>> found.outputs, found.reach, found.units
    (array([16.]), 4.0, 2)
    """
    experiment = posed(given)
    instance, kernel = experiment.codes, KERNEL.of(experiment)
    name, pieces = FUNCTION.of(experiment), PIECES.of(experiment)
    signals = instance.Y.mid
    reach = _reach(signals @ instance.D.data, pieces)
    layers = layers_of(instance.D.data.T, interpolant(name, reach, pieces), kernel)
    knots, ends = _spline(SPLINE.of(experiment), MOVES.of(experiment), name, reach, pieces)
    units = sum(layer.row.inputs for layer in layers if isinstance(layer, Rectifier))
    gathered = sum(layer.row.inputs for layer in layers[:-3] if isinstance(layer, Rectifier))
    outputs = apply(layers, signals)[:, 0]
    weighted = convolutions(layers)
    return RidgeNetwork(
        signals, outputs, knots, ends, name, reach, kernel, weighted, units - gathered
    )


def _reach(features: FloatArray, pieces: int) -> float:
    """Half of ``N`` times a power of two: pieces of that length need no rounding."""
    largest = 2 * float(np.abs(features).max(initial=0.0)) / pieces
    if not largest:
        return pieces / 2
    return pieces / 2 * float(2.0 ** np.ceil(np.log2(largest * (1 + 2.0**-40))))


def _spline(
    kind: str, moves: int, name: str, reach: float, pieces: int
) -> tuple[FloatArray, FloatArray]:
    """Ends of pieces, (N + 1,), and values there, (N, 2)."""
    width, M = 2 * reach / pieces, convex(name).curvature
    knots: FloatArray = np.asarray(width * np.arange(pieces + 1) - reach, dtype=np.float64)
    noise = np.random.default_rng(moves).integers(-8, 9, (3, pieces)) / 8 * MOVED
    if kind == "moved":
        knots[1:-1] += noise[0, 1:] * width
    squares = M * knots**2 / 2 - M * width**2 / 16
    ends = np.stack([squares[:-1], squares[1:]], axis=1)
    if kind == "broken":
        ends = ends + noise[1:].T * (M * width**2 / 16)
    return knots, ends


PROVIDERS = (
    plain(
        "ridge_network",
        RidgeNetwork,
        ridge_network,
        FUNCTION,
        PIECES,
        SPLINE,
        MOVES,
        KERNEL,
        common=True,
    ),
)
