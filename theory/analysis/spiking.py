"""Layers of spiking neurons: what they have room for, and how near they are to those of a network.

A neuron with weights ``M_ji`` and bias ``g_j`` stands for ``relu(sum_i M_ji a_i - g_j)``. Beside
its inputs it sees a clock, with the weight ``1 - sum_i M_ji``, so that all weights sum to 1.
"""

from __future__ import annotations

from typing import Any

from sparsebound.theory.analysis.unfolding import residual
from sparsebound.theory.arithmetic import Number
from sparsebound.theory.evidence.spiking import Spiking
from sparsebound.theory.instance import Instance


def clock_weights(weights: Any) -> Any:
    """Weights of the clock, shape (..., n), from those of the inputs, shape (..., n, n)."""
    return 1 - weights.sum(-1)


def delay_needed(weights: Number, biases: Number, reaches: Number) -> Number:
    """Least delay with which no neuron fires before its inputs are there, shape (B, K).

    Parameters
    ----------
    weights : Number, shape (B, n, n)
        ``M``.
    biases : Number, shape (B, K, n)
        ``g``.
    reaches : Number, shape (B, K)
        ``A``: inputs lie in ``[0, A]``.

    Examples
    --------
    >>> from sparsebound.theory.arithmetic import Ball
    >>> delay_needed(Ball([[[-3, 3], [0, 0]]]), Ball([[[-3.5, 0]]]), Ball([[4]])).mid
    array([[15.5]])
    """
    clock = -clock_weights(weights)
    codes, n = clock.shape
    most = weights.where(weights.sign != -1, 0).sum(-1) + clock.where(clock.sign != -1, 0)
    layers = reaches.shape[1]
    found = most.reshape(codes, 1, n) * reaches.reshape(codes, layers, 1) - biases
    result: Number = found.max(-1)
    return result


def sided_weights(instance: Instance, spiking: Spiking) -> Number:
    """Weights between units that are all on the positive side, shape (B, n, n)."""
    sides = spiking.unfolding.sides
    result: Number = instance.lift(spiking.weights) * (sides[:, :, None] * sides[:, None, :])
    return result


def missed_by_neurons(instance: Instance, spiking: Spiking) -> Number:
    """Bound what is wrong with pre-activations for weights that are rounded, shape (B, K).

    That is ``max_j (|M_ji - (I - W^T D)_ji| A_k + |g_j - (theta_k - w_j^T y)|)``, summed over i.
    """
    network = spiking.unfolding
    exact = residual(instance.D, network.W)
    codes, layers = spiking.reaches.shape
    rows = abs(exact - spiking.weights).sum(-1)
    products = instance.Y @ instance.lift(network.W)
    wanted = (products * network.sides).reshape(codes, 1, -1) + spiking.biases
    off = abs(wanted - network.thresholds[:, :, None])
    reach = instance.lift(spiking.reaches).reshape(codes, layers, 1)
    result: Number = (rows.reshape(1, 1, -1) * reach + off).max(-1)
    return result
