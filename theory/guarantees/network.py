"""The certified error of a given unfolded network, layer by layer, by ``rate.unfolded``.

Its weights and thresholds are arbitrary: one matrix ``W_k`` and one threshold for each entry and
layer. With ``A = |I - W_k^T D|``, its diagonal included, the bounds of the master theorem hold
entry by entry: off the support ``|v_i| <= needed_i``, so that a soft threshold ``theta_i`` leaves
at most ``needed_i - theta_i``, which enters the next layer as an error off the support.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory.arithmetic import Ball, FloatArray
from theory.arithmetic.ball import SLACK
from theory.guarantees.figure import Figure, figure
from theory.instance import Dictionary
from theory.quantities.unfolding import off_and_on_diagonal, residual

THEOREM = "rate.unfolded"


@dataclass(frozen=True)
class Layer:
    """What is certified of one layer.

    Attributes
    ----------
    layer : int
        Counted from 0.
    certified : bool
        Whether every threshold suffices: then no entry off the support is ever nonzero.
    bound : Figure
        Of the error after the layer, on the support and off it.
    column : int
        The column whose threshold has the least room.
    threshold : float
        Its threshold.
    needed : Figure
        What its threshold has to be.
    short : float
        By how much it is too small; 0 if it is not.
    """

    layer: int
    certified: bool
    bound: Figure
    column: int
    threshold: float
    needed: Figure
    short: float


@dataclass(frozen=True)
class Network:
    """What is certified of a network, for all codes of a sparsity, amplitude and noise.

    Attributes
    ----------
    certified : bool
        Whether every layer is, and the error falls below the amplitude.
    reason : str or None
        Why not.
    cross_coherence : Figure
        Largest ``|<w_i, d_j>|``, ``i != j``, over all layers.
    diagonal : Figure
        Largest ``|1 - <w_i, d_i>|``.
    diagonal_column : int
        The column where it is attained.
    layers : tuple of Layer
    """

    certified: bool
    reason: str | None
    cross_coherence: Figure
    diagonal: Figure
    diagonal_column: int
    layers: tuple[Layer, ...]


def _largest(sizes: Ball, count: int) -> Ball:
    """Sum of the ``count`` largest entries of each row."""
    count = min(max(count, 0), sizes.shape[1])
    return sizes.largest_sums()[:, count]


def network(
    D: Dictionary,
    weights: Sequence[FloatArray],
    thresholds: FloatArray | None,
    sparsity: int,
    *,
    amplitude: float,
    noise: float,
) -> tuple[FloatArray, Network]:
    """Follow the general form of the master theorem through a network.

    Parameters
    ----------
    D : Dictionary
        Shape (m, n), in the coordinates of its atoms as given.
    weights : sequence of ndarray, each of shape (m, n)
        The weights of each layer.
    thresholds : ndarray, shape (K, n), optional
        Those of the soft threshold in each layer; by default the least that are certified.
    sparsity : int
        Nonzeros of the codes.
    amplitude, noise : float
        ``B >= ||x||_inf`` and ``nu >= ||W_k^T e||_inf``.

    Returns
    -------
    thresholds : ndarray, shape (K, n)
    network : Network

    Examples
    --------
    >>> D, W = Dictionary([[1, 0, 3], [0, 1, 4]]), np.array([[1, 0, 0.12], [0, 1, 0.16]])
    >>> _, found = network(D, [W], np.full((1, 3), 2.0), 1, amplitude=1, noise=0)
    >>> found.certified, found.layers[0].column, found.layers[0].short
    (False, 1, 2.0)
    """
    n = D.shape[1]
    diagonal = np.eye(n, dtype=bool)
    bound, outside = Ball(amplitude), Ball(0)
    layers: list[Layer] = []
    crossed, worst, column = Ball(0), Ball(0), 0
    known: dict[int, tuple[Ball, Ball, Ball]] = {}
    chosen = np.zeros((len(weights), n)) if thresholds is None else thresholds
    for k, W in enumerate(weights):
        if id(W) not in known:
            sizes = Ball.of(abs(residual(D, W)))
            own = sizes.where(diagonal, 0).sum(-1)
            off = sizes.where(~diagonal, 0)
            everything = own + off.sum(-1)
            known[id(W)] = (own + _largest(off, sparsity - 1), _largest(off, sparsity), everything)
            most, on = (Ball.of(part) for part in off_and_on_diagonal(D, W))
            crossed = most if float(most.upper) > float(crossed.upper) else crossed
            if float(on.upper) > float(worst.upper):
                worst, column = on, int(own.mid.argmax())
        tau_in, tau_out, kappa = known[id(W)]
        needed = tau_out * bound + kappa * outside + noise
        if thresholds is None:
            chosen[k] = needed.upper
        theta = chosen[k]
        room = Ball(theta) - needed
        at = int(room.mid.argmin())
        certified = not (room.sign == -1).any()
        after = (tau_in * bound + kappa * outside + noise + theta).max(-1)
        outside, bound = Ball(np.maximum(needed.upper - theta, 0).max() * SLACK), after
        most = bound if float(bound.upper) >= float(outside.mid) else outside
        layers.append(
            Layer(
                k,
                certified,
                figure(most, "upper", THEOREM),
                at,
                float(theta[at]),
                figure(needed[at], "upper", THEOREM),
                max(-float(room.mid[at]), 0.0) if not certified else 0.0,
            )
        )
    reason = _reason(layers, amplitude)
    return chosen, Network(
        reason is None,
        reason,
        figure(crossed, "exact", "dictionary.cross_coherence"),
        figure(worst, "exact", THEOREM),
        column,
        tuple(layers),
    )


def _reason(layers: Sequence[Layer], amplitude: float) -> str | None:
    for layer in layers:
        if not layer.certified:
            return (
                f"layer {layer.layer}, column {layer.column}: the threshold is "
                f"{layer.threshold:.6g}, {layer.short:.6g} less than needed"
            )
    if layers and layers[-1].bound.value >= amplitude:
        return "the bound of the last layer is not below the amplitude of the codes"
    return None
