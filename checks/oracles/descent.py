"""The Lasso of a batch of signals, and iterations that lower its objective: guesses, no proofs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sparsebound.checks.algorithms.proximal import Steps
from sparsebound.checks.oracles import effort
from sparsebound.theory.arithmetic import FloatArray, IntArray

SWEEPS = 200
"""Most sweeps of coordinate descent."""


@dataclass(frozen=True)
class Lasso:
    """A batch of problems with one dictionary: ``D (m, n)``, ``Y (B, m)``, ``lam (B,)``."""

    D: FloatArray
    Y: FloatArray
    lam: FloatArray

    def select(self, codes: IntArray) -> Lasso:
        """Keep some signals."""
        return replace(self, Y=self.Y[codes], lam=self.lam[codes])


def restarted_fista(lasso: Lasso, start: FloatArray, L: float, steps: int) -> FloatArray:
    """FISTA; a signal's momentum starts anew where it points uphill (O'Donoghue, Candes 2015).

    Parameters
    ----------
    lasso : Lasso
        The problems.
    start : ndarray, shape (B, n)
        The first points.
    L : float
        At least ``||D||_2^2``.
    steps : int
        How many.
    """
    effort.steps("FISTA", steps * len(start))
    method = Steps(lasso.D, lasso.Y, lasso.lam, L)
    x, v = start.copy(), start.copy()
    following, move, uphill = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    t = np.ones((len(x), 1))
    for _ in range(steps):
        method.gradient_step(v, following)
        method.shrink(following, following)
        np.subtract(following, x, out=move)
        np.subtract(v, following, out=uphill)
        falls = np.einsum("bn,bn->b", uphill, move)[:, None] <= 0
        after = (1 + np.sqrt(1 + 4 * t * t)) / 2
        weight = np.where(falls, (t - 1) / after, 0.0)
        t = np.where(falls, after, 1.0)
        x, following = following, x
        np.multiply(move, weight, out=v)
        v += x
    return x


def coordinate_descent(lasso: Lasso, start: FloatArray, sweeps: int = SWEEPS) -> FloatArray:
    """Minimise over one entry after the other, many signals at once, each until nothing moves."""
    D, result, open_ = lasso.D, start.copy(), np.arange(len(start))
    squares = (D * D).sum(axis=0)
    for _ in range(sweeps):
        effort.steps("coordinate descent", len(open_))
        part, point = lasso.select(open_), result[open_]
        residual, largest = part.Y - point @ D.T, np.zeros(len(open_))
        for atom in np.flatnonzero(squares):
            old = point[:, atom].copy()
            target = residual @ D[:, atom] + squares[atom] * old
            new = np.sign(target) * np.maximum(np.abs(target) - part.lam, 0.0) / squares[atom]
            move = new - old
            if move.any():
                residual -= move[:, None] * D[:, atom]
                point[:, atom] = new
                largest = np.maximum(largest, np.abs(move))
        result[open_] = point
        open_ = open_[largest > 2.0**-52 * np.abs(point).max(axis=1)]
        if not len(open_):
            break
    return result
