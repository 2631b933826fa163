"""Machines that compute operation by operation: in any order, fused, without subnormal numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparsebound.theory.evidence import Trajectory
from sparsebound.theory.instance import Instance

WIDER: dict[Any, Any] = {np.float32: np.float64, np.float64: np.longdouble}
FORMS = ("inner products divided", "inner products multiplied", "atoms divided", "Gram matrix")
SCALES = {
    np.float32: [2.0**-140, 2.0**-122, 2.0**-100, 1.0, 2.0**60],
    np.float64: [2.0**-1060, 2.0**-1000, 2.0**-600, 1.0, 2.0**600],
}
"""Of data; sums of products of two of them stay in the range."""


@dataclass(frozen=True)
class Machine:
    """Arithmetic in one type: whether it fuses, and whether it keeps subnormal numbers."""

    dtype: Any
    fused: bool = False
    flushes: bool = False
    seed: int | None = None

    def kept(self, values: Any) -> NDArray[Any]:
        """Take results, or data, as this machine has them."""
        with np.errstate(under="ignore"):
            stored = np.asarray(values).astype(self.dtype)
        below = np.abs(stored) < np.finfo(self.dtype).tiny
        return np.where(below & self.flushes, stored * 0, stored)

    def product(self, left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
        """Matrix product, one term after the other, in the order given or in another."""
        order = np.arange(left.shape[1])
        if self.seed is not None:
            order = np.random.default_rng(self.seed).permutation(order)
        wide = WIDER[self.dtype]
        total = np.zeros((len(left), right.shape[1]), self.dtype)
        with np.errstate(under="ignore"):
            for k in order:
                a, b = left[:, k, None], right[k][None]
                if self.fused:
                    total = self.kept(total.astype(wide) + a.astype(wide) * b.astype(wide))
                else:
                    total = self.kept(total + self.kept(a * b))
        return total

    def gradient_step(
        self, form: str, D: NDArray[Any], x: NDArray[Any], y: NDArray[Any], L: Any
    ) -> NDArray[Any]:
        """``x + D^T (y - D x)/L`` in one of the ways of writing it."""
        kept, product = self.kept, self.product
        with np.errstate(under="ignore"):
            if form == "Gram matrix":
                scaled = kept(D / L)
                matrix = kept(np.eye(D.shape[1], dtype=self.dtype) - product(D.T, scaled))
                return kept(product(x, matrix) + product(y, scaled))
            residual = kept(y - product(x, D.T))
            if form == "atoms divided":
                return kept(x + product(residual, kept(D / L)))
            pull = product(residual, D)
            if form == "inner products divided":
                return kept(x + kept(pull / L))
            return kept(x + kept(pull * kept(1 / L)))

    def run(
        self, form: str, instance: Instance, lam: Any, L: float, start: Any, steps: int = 6
    ) -> Trajectory:
        """ISTA."""
        D, y, x = (self.kept(v) for v in (instance.D.data, instance.Y.mid, start))
        weight, inverse = self.kept(lam), self.dtype(L)
        points = [x]
        with np.errstate(under="ignore"):
            threshold = self.kept(weight / inverse)[:, None]
            for _ in range(steps):
                v = self.gradient_step(form, D, x, y, inverse)
                x = np.copysign(np.maximum(self.kept(np.abs(v) - threshold), 0), v)
                points.append(x)
        return Trajectory(np.stack(points, axis=1), lam, np.full(len(lam), L))
