"""The certified error of a given unfolded network, layer by layer, by ``rate.unfolded``.

Where further states enter a layer than the last one it is ``rate.connected``.

Its weights and thresholds are arbitrary: one matrix ``W_k`` and one threshold for each entry and
layer. The bounds of the master theorem hold row by row, for the row sums of the worst support: off
the support ``|v_i| <= needed_i``, so that a soft threshold ``theta_i`` leaves at most ``needed_i -
theta_i``, which enters the next layer as an error off the support.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from sparsebound.theory.analysis.connections import CHAIN, Connections
from sparsebound.theory.analysis.unfolding import RowSums, off_and_on_diagonal, residual
from sparsebound.theory.arithmetic import Ball, FloatArray, IntArray
from sparsebound.theory.guarantees.decimals import given, up
from sparsebound.theory.guarantees.figure import Figure, figure
from sparsebound.theory.instance import Dictionary

THEOREM = "rate.unfolded"
WITH_SKIPS = "rate.connected"

BELOW = 1 - 2.0**-53
"""The largest number below 1."""


@dataclass(frozen=True)
class LayerGuarantee:
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
        Largest ``|<w_i, d_j>|``, ``i != j``, over all layers, of the atoms as given.
    diagonal : Figure
        Largest ``|1 - <w_i, d_i>|``.
    diagonal_column : int
        The column where it is attained.
    layers : tuple of LayerGuarantee
    """

    certified: bool
    reason: str | None
    cross_coherence: Figure
    diagonal: Figure
    diagonal_column: int
    layers: tuple[LayerGuarantee, ...]


def network(
    D: Dictionary,
    weights: Sequence[FloatArray],
    thresholds: FloatArray | None,
    sparsity: int,
    *,
    amplitude: float,
    noise: float,
    until: float | None = None,
    skips: FloatArray | None = None,
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
    until : float, optional
        Leave out the layers after the one whose bound is that small, or no longer falls. Chosen
        thresholds would go below the rounding of the network itself.
    skips : ndarray, shape (K, K), optional
        Weights with which the states before enter each layer; the last state alone by default.

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
    entered = Entered(amplitude, skips)
    theorem = THEOREM if skips is None else WITH_SKIPS
    layers: list[LayerGuarantee] = []
    crossed, worst, column = Ball(0), Ball(0), 0
    known: dict[int, RowSums] = {}
    previous = float(amplitude)
    chosen = np.zeros((len(weights), n)) if thresholds is None else thresholds
    for k, W in enumerate(weights):
        if id(W) not in known:
            known[id(W)] = _row_sums(D, W, sparsity)
            most, on = (Ball.of(part) for part in off_and_on_diagonal(D, W))
            crossed = most if float(most.upper) > float(crossed.upper) else crossed
            if float(on.upper) > float(worst.upper):
                own = Ball.of(abs(residual(D, W))[np.arange(n), np.arange(n)])
                worst, column = on, int(own.upper.argmax())
        sums = known[id(W)]
        bound, outside, total, unpaid = entered.layer(k)
        needed = Ball.of(sums.off_support(bound, outside, total * noise))
        if thresholds is None:
            chosen[k] = needed.upper
        theta = chosen[k]
        # of what surely suffices: an unknown sign is no certificate
        with np.errstate(invalid="ignore"):
            short = np.nan_to_num(needed.upper - theta, nan=inf, posinf=inf)
        at = int(short.argmax())
        after = Ball.of(sums.on_support(bound, outside, total * noise + unpaid + theta))
        left = float(np.nextafter(np.maximum(short, 0), inf).max()) if short[at] > 0 else 0.0
        error = entered.keep(after, left)
        layers.append(
            LayerGuarantee(
                k,
                bool(short[at] <= 0),
                Figure(error, "upper", theorem),
                at,
                float(theta[at]),
                figure(needed[at], "upper", theorem),
                float(np.nextafter(short[at], inf)) if short[at] > 0 else 0.0,
            )
        )
        if until is not None and not until < error < previous:
            break
        previous = error
    reason = _reason(layers, amplitude)
    return chosen[: len(layers)], Network(
        reason is None,
        reason,
        figure(crossed, "exact", theorem),
        figure(worst, "exact", theorem),
        column,
        tuple(layers),
    )


def of_code(
    layers: Sequence[FloatArray],
    thresholds: FloatArray,
    support: IntArray,
    *,
    amplitude: float,
    noise: float,
    skips: FloatArray | None = None,
) -> tuple[float, float, int]:
    """Follow a network on codes of one support, for which no worst case has to be taken.

    Parameters
    ----------
    layers : sequence of ndarray, each of shape (n, n)
        Upper bounds of ``|I - W_k^T D|``.
    thresholds : ndarray, shape (K, n)
        Of each layer.
    support : ndarray of int, shape (s,)
        Where the code lives.
    amplitude, noise : float
        ``B >= ||x||_inf`` and ``nu >= ||W_k^T e||_inf``.
    skips : ndarray, shape (K, K), optional
        As for :func:`network`.

    Returns
    -------
    value : float
        Below 1 if no entry off the support is ever nonzero and the error ends below the
        amplitude: the largest share of a threshold that is needed, or of the amplitude.
    error : float
        Bound of the error after the last layer, if the value is below 1.
    column : int
        Whose threshold has the least room.

    Examples
    --------
    >>> apart = np.array([[0, 0.25], [0.25, 0]])
    >>> value, error, column = of_code(
    ...     [apart], np.full((1, 2), 0.5), np.array([0]), amplitude=1, noise=0
    ... )
    >>> round(value, 6), round(error, 6), column
    (0.5, 0.5, 1)
    """
    entered, value, column, error = Entered(amplitude, skips), 0.0, -1, float(amplitude)
    off = np.ones(thresholds.shape[1], dtype=bool)
    off[support] = False
    nothing = Ball(np.zeros(1))
    for k, (sizes, theta) in enumerate(zip(layers, thresholds, strict=True)):
        over = Ball(sizes[:, support]).sum(-1)
        sums = RowSums(over[support], over, nothing, nothing)
        bound, outside, total, unpaid = entered.layer(k)
        needed = Ball.of(sums.off_support(bound, outside, total * noise)).upper
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            shares = np.where(off & (needed > 0), needed / theta, 0.0)
        shares = np.nextafter(np.where(needed > theta, np.maximum(shares, 1.0), shares), inf)
        shares = np.where(off & (needed <= theta), np.minimum(shares, BELOW), shares)
        at = int(np.where(off, shares, -1.0).argmax())
        if off[at] and shares[at] > value:
            value, column = float(shares[at]), at
        after = sums.on_support(bound, outside, total * noise + unpaid + theta[support])
        error = entered.keep(Ball.of(after), 0.0)
    ended = float(np.nextafter(error / amplitude, inf)) if amplitude else 0.0
    return max(value, ended), error, column


class Entered:
    """Bounds of the states so far, and what of them enters a layer.

    Parameters
    ----------
    amplitude : float
        ``B``, the bound of the first.
    skips : ndarray, shape (K, K), optional
        As for :func:`network`.
    """

    def __init__(self, amplitude: float, skips: FloatArray | None) -> None:
        self.amplitude = amplitude
        self.connections = CHAIN if skips is None else Connections.weighted(Ball(skips))
        self.on, self.off = [float(amplitude)], [0.0]

    def layer(self, k: int) -> tuple[Ball, Ball, Ball, Ball]:
        """Give the sums of ``b_j`` and of ``p0_j`` that enter, ``|sigma_k|``, ``|sigma_k - 1| B``.

        Each is of shape () or (1,).
        """
        bound, outside = (
            Ball.of(self.connections.entering_layer(Ball(np.array([values])), k))
            for values in (self.on, self.off)
        )
        total, missing = (Ball.of(Ball(1) * part) for part in self.connections.of_layer(k))
        return bound, outside, total, Ball.of(missing * self.amplitude)

    def keep(self, after: Ball, outside: float) -> float:
        """Keep the bound of a layer on the support and off it; give the larger one."""
        self.on.append(float(after.upper.max(initial=0.0)))
        self.off.append(outside)
        return max(self.on[-1], outside)


def _row_sums(D: Dictionary, W: FloatArray, sparsity: int) -> RowSums:
    """Row sums of ``|I - W^T D|`` over the worst support for each row, each of shape (n,).

    A row on the support has its own entry and the largest ``s - 1`` others in columns of the
    support; a row off it the largest ``s``, and its own entry in a column off the support.
    """
    sizes, diagonal = Ball.of(abs(residual(D, W))), np.eye(D.shape[1], dtype=bool)
    own, others = sizes.where(diagonal, 0).sum(-1), sizes.where(~diagonal, 0)
    largest, last = others.largest_sums(), D.shape[1] - 1
    within, beside = (largest[:, min(count, last)] for count in (sparsity - 1, sparsity))
    return RowSums(own + within, beside, others.sum(-1), own + others.sum(-1))


def _reason(layers: Sequence[LayerGuarantee], amplitude: float) -> str | None:
    for layer in layers:
        if not layer.certified:
            lacks = f"{up(layer.short)} less than needed"
            return (
                f"layer {layer.layer}, column {layer.column}: the threshold is "
                f"{given(layer.threshold)}, "
                f"{lacks if isfinite(layer.short) else 'and what is needed is unknown'}"
            )
    if layers and layers[-1].bound.value >= amplitude:
        return "the bound of the last layer is not below the amplitude of the codes"
    return None
