"""Which states enter each layer of a network: weighted sums of all of them, or the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sparsebound.theory.arithmetic import FloatArray, Number
from sparsebound.theory.instance import Instance


@dataclass(frozen=True)
class Connections:
    """Weights ``alpha_kj`` with which the states ``x^j``, ``j <= k``, enter layer ``k``.

    All of it is computed in the arithmetic of an instance, sums of weights as well: floats that
    should add up to 1 rarely do.

    Attributes
    ----------
    weights, sizes : Number, shape (K, K), or None
        The weights and their absolute values; ``None`` in a chain, whose layers see the last state.
    total, missing : Number, shape (K,)
        ``|sigma_k|`` and ``|sigma_k - 1|`` for the sums ``sigma_k`` of weights.
    """

    weights: Number | None = None
    sizes: Number | None = None
    total: Any = 1
    missing: Any = 0

    @classmethod
    def of(cls, instance: Instance, skips: FloatArray | None) -> Connections:
        """Take weights into the arithmetic of an instance.

        Examples
        --------
        >>> import numpy as np
        >>> found = Connections.of(Instance([[1]], [[1]]), np.array([[1, 0], [-0.5, 1]]))
        >>> found.sizes.mid.tolist(), found.missing.mid.tolist()
        ([[1.0, 0.0], [0.5, 1.0]], [0.0, 0.5])
        """
        return CHAIN if skips is None else cls.weighted(instance.lift(skips))

    @classmethod
    def weighted(cls, weights: Number) -> Connections:
        """Take weights that are in an arithmetic, shape (K, K)."""
        sums = weights.sum(-1)
        return cls(weights, abs(weights), abs(sums), abs(sums - 1))

    def of_layer(self, k: int) -> tuple[Any, Any]:
        """``|sigma_k|`` and ``|sigma_k - 1|``."""
        return (1, 0) if self.weights is None else (self.total[k], self.missing[k])

    def entering(self, bounds: Any) -> Any:
        """``sum_j |alpha_kj| b_j`` for bounds ``b_0, ..., b_{K-1}`` of the states, (B, K)."""
        return bounds if self.sizes is None else bounds @ self.sizes.swapaxes(0, 1)

    def entering_layer(self, bounds: Number, k: int) -> Number:
        """The same for layer ``k`` alone, (B,), of bounds that are known up to ``b_k``."""
        if self.sizes is None:
            return bounds[:, k]
        found: Number = bounds[:, : k + 1] @ self.sizes[k, : k + 1].reshape(-1, 1)
        return found[:, 0]

    def mixed(self, states: Number) -> Number:
        """``sum_j alpha_kj x^j`` for states ``x^0, ..., x^{K-1}``, shape (B, K, n)."""
        if self.weights is None:
            return states
        found: Number = (states.swapaxes(1, 2) @ self.weights.swapaxes(0, 1)).swapaxes(1, 2)
        return found

    def shifted(self, change: Number, noise: Number, codes: FloatArray) -> Number:
        """``change + sigma_k noise + (sigma_k - 1) x``; noise and codes have shape (B, 1, n)."""
        if self.weights is None:
            return change + noise
        sums = self.weights.sum(-1).reshape(-1, 1)
        return change + sums * noise + (sums - 1) * codes

    def noise(self, level: Any) -> Any:
        """``|sigma_k| nu`` of each layer, (B, K), for a level (B, 1)."""
        return level if self.weights is None else level * self.total

    def unpaid(self, size: Any) -> Any:
        """``|sigma_k - 1| B``: what the weights have too little of the code, or too much."""
        return 0 if self.weights is None else size * self.missing


CHAIN = Connections()
"""Each layer sees the state before it."""
