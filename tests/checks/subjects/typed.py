"""Correct solvers and networks that compute in one floating-point type throughout.

As people write them: data are rounded to the type, and nothing is computed in a wider one but
least squares in float16, for which there are none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sparsebound.checks.algorithms.proximal import fista_momentum
from sparsebound.checks.algorithms.thresholding import soft


def shrunk(v: Any, theta: Any) -> Any:
    return soft(v, theta).astype(v.dtype)


def fitted(D: Any, y: Any) -> Any:
    if not (np.isfinite(D).all() and np.isfinite(y).all()):  # beyond the range
        return np.full(D.shape[1], np.nan, D.dtype)
    wide = np.float32 if D.dtype == np.float16 else D.dtype
    return np.linalg.lstsq(D.astype(wide), y.astype(wide))[0].astype(D.dtype)


def unit(D: Any) -> Any:
    return D / np.linalg.norm(D, axis=0).astype(D.dtype)


class Typed:
    """Each of them in a type."""

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)

    def __call__(self, *values: Any) -> list[Any]:
        with np.errstate(over="ignore", under="ignore"):
            return [np.asarray(value, dtype=self.dtype) for value in values]

    def chosen(self, v: Any, s: Any) -> Any:
        """Where the largest entries are, of equal ones the first."""
        order, kept = np.argsort(-np.abs(v), axis=1, kind="stable"), np.zeros(v.shape, dtype=bool)
        np.put_along_axis(kept, order, np.arange(v.shape[1]) < np.asarray(s)[:, None], axis=1)
        return kept

    def kept(self, v: Any, s: Any) -> Any:
        return np.where(self.chosen(v, s), v, v.dtype.type(0))

    # --- iterations ---------------------------------------------------------------------------

    def accelerated(self, D: Any, Y: Any, lam: Any, L: Any, start: Any, beta: Any) -> Any:
        D, Y, theta, step, start, beta = self(D, Y, lam / L, 1 / L, start, beta)
        points = [start]
        for k in range(len(beta)):
            z = points[-1] + beta[k] * (points[-1] - points[max(k - 1, 0)])
            points.append(shrunk(z + (Y - z @ D.T) @ D * step, theta[:, None]))
        return np.stack(points, axis=1)

    def ista(self, D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        return self.accelerated(D, Y, lam, L, start, np.zeros(steps))

    def fista(self, D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        return self.accelerated(D, Y, lam, L, start, fista_momentum(steps))

    def momentum(self, D: Any, Y: Any, lam: Any, L: Any, start: Any, steps: Any) -> Any:
        beta = fista_momentum(steps).astype(self.dtype).astype(float)
        return self.accelerated(D, Y, lam, L, start, beta), beta

    def iht(self, D: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
        return self.topk(D, D, Y, s, start, steps)

    def htp(self, D: Any, Y: Any, s: Any, L: Any, start: Any, steps: Any) -> Any:
        D, Y, step, start = self(D, Y, 1 / L, start)
        points = [start]
        for _ in range(steps):
            v = points[-1] + (Y - points[-1] @ D.T) @ D * step
            points.append(self._refitted(D, Y, self.chosen(v, s)))
        return np.stack(points, axis=1)

    def cosamp(self, D: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
        D, Y, start = self(D, Y, start)
        points = [start]
        for _ in range(steps):
            far = self.chosen((Y - points[-1] @ D.T) @ D, 2 * s)
            points.append(self.kept(self._refitted(D, Y, far | (points[-1] != 0)), s))
        return np.stack(points, axis=1)

    def _refitted(self, D: Any, Y: Any, on: Any) -> Any:
        found = np.zeros(on.shape, self.dtype)
        for x, taken, y in zip(found, on, Y, strict=True):
            if taken.any():
                x[taken] = fitted(D[:, taken], y)
        return found

    def matching(self, D: Any, Y: Any, start: Any, steps: Any) -> Any:
        D, Y, start = self(D, Y, start)
        points = [start]
        for _ in range(steps):
            products = (Y - points[-1] @ D.T) @ D
            points.append(points[-1] + self.kept(products, np.ones(len(Y))))
        return np.stack(points, axis=1)

    def pursuit(self, D: Any, Y: Any, eps: Any = None) -> Any:
        D, Y = self(D, Y)
        guard = 2 * np.sqrt(sum(D.shape)) * np.finfo(self.dtype).eps
        level = guard * np.linalg.norm(Y, axis=1) if eps is None else eps
        atoms, picks = unit(D), np.full((len(Y), min(D.shape)), -1)
        for taken, y, least in zip(picks, Y, level, strict=True):
            residual = y
            for step in range(len(taken)):
                pick = int(self.chosen((residual @ atoms)[None], [1]).argmax())
                if np.linalg.norm(residual) <= least or pick in taken:
                    break
                taken[step] = pick
                chosen = atoms[:, taken[: step + 1]]
                residual = y - chosen @ fitted(chosen, y)
        return picks, self._refitted(D, Y, (picks[:, :, None] == np.arange(D.shape[1])).any(1))

    def minimiser(self, D: Any, Y: Any, lam: Any, nonnegative: Any) -> Any:
        D, Y, lam = self(D, Y, lam)
        squares, x = (D * D).sum(axis=0), np.zeros((len(Y), D.shape[1]), self.dtype)
        for _ in range(30 if self.dtype == np.float16 else 300):
            before = x.copy()
            for j in np.flatnonzero(squares):
                v = (Y - x @ D.T) @ D[:, j] + squares[j] * x[:, j]
                x[:, j] = (np.maximum(v - lam, 0) if nonnegative else shrunk(v, lam)) / squares[j]
            if (before == x).all():
                break
        return x

    # --- networks -----------------------------------------------------------------------------

    def network(self, D: Any, W: Any, Y: Any, thresholds: Any) -> Any:
        skips = np.eye(thresholds.shape[1])
        return self.connected(D, W, Y, thresholds, skips)

    def connected(self, D: Any, W: Any, Y: Any, thresholds: Any, skips: Any) -> Any:
        D, W, Y, thresholds, skips = self(D, W, Y, thresholds, skips)
        states, sums = [np.zeros((len(Y), D.shape[1]), self.dtype)], list[Any]()
        for theta, row in zip(thresholds.T, skips, strict=True):
            sums.append(states[-1] + (Y - states[-1] @ D.T) @ W)
            v = sum(weight * one for weight, one in zip(row, sums, strict=False) if weight)
            states.append(shrunk(v, theta[:, None]))
        return np.stack(states, axis=1)

    def rectified(self, D: Any, W: Any, Y: Any, thresholds: Any, sides: Any) -> Any:
        D, W, Y, thresholds, sides = self(D, W, Y, thresholds, sides)
        states = [np.zeros((len(Y), D.shape[1]), self.dtype)]
        for theta in thresholds.T:
            v = states[-1] + (Y - states[-1] @ D.T) @ W
            states.append(sides * np.maximum(sides * v - theta[:, None], 0))
        return np.stack(states, axis=1)

    def topk(self, D: Any, W: Any, Y: Any, s: Any, start: Any, steps: Any) -> Any:
        D, W, Y, start = self(D, W, Y, start)
        states = [start]
        for _ in range(steps):
            states.append(self.kept(states[-1] + (Y - states[-1] @ D.T) @ W, s))
        return np.stack(states, axis=1)

    def blockwise(self, D: Any, W: Any, Y: Any, thresholds: Any, blocks: Any) -> Any:
        D, W, Y, thresholds, members = self(D, W, Y, thresholds, np.eye(blocks.max() + 1)[blocks])
        states = [np.zeros((len(Y), D.shape[1]), self.dtype)]
        for theta in thresholds.T[:, :, None]:
            v = states[-1] + (Y - states[-1] @ D.T) @ W
            norms = np.sqrt(v**2 @ members) @ members.T
            share = 1 - theta / np.where(norms > theta, norms, theta + (theta == 0))
            states.append(np.where(norms > theta, v * share, self.dtype.type(0)))
        return np.stack(states, axis=1)

    def layered(self, D: Any, W: Any, Y: Any, thresholds: Any, between: Any) -> Any:
        found, below = list[Any](), Y
        for atoms, weights, theta, psi in zip(D, W, thresholds, between, strict=True):
            found.append(self.network(atoms, weights, psi(below), theta))
            below = found[-1][:, -1]
        return found

    def threshold(self, v: Any, theta: Any) -> Any:
        return shrunk(*self(v, theta))

    def head(self, X: Any, beta: Any, offset: Any) -> Any:
        X, scores = self(X, beta * np.roll(np.eye(X.shape[1]), offset, axis=1))
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return X @ (weights / weights.sum(axis=1, keepdims=True)).T

    def convolution(
        self, filters: Any, weights: Any, Y: Any, thresholds: Any, stride: Any, circular: Any
    ) -> Any:
        """Tap by tap: places of a signal are added to, or read, around a circle."""
        d, w, y, thresholds = self(filters, weights, Y, thresholds)
        d, w = (bank[:, None] if bank.ndim == 2 else bank for bank in (d, w))
        (c, channels, taps), batch = d.shape, len(y)
        y = y.reshape(batch, -1, channels)
        length = y.shape[1]
        shifts = np.arange(0, length if circular else length - taps + 1, stride)
        states, sums = [np.zeros((batch, len(shifts) * c), self.dtype)], list[Any]()
        for theta in thresholds.T[:, :, None]:
            x, rest = states[-1].reshape(batch, -1, c), y.copy()
            for tap in range(taps):
                rest[:, (shifts + tap) % length] -= x @ d[:, :, tap]
            v = x.copy()
            for tap in range(taps):
                v += rest[:, (shifts + tap) % length] @ w[:, :, tap].T
            sums.append(v.reshape(batch, -1))
            states.append(shrunk(sums[-1], theta))
        return np.stack(states, axis=1), np.stack(sums, axis=1)

    def of(self, need: str) -> Any:
        """The one that supplies some evidence."""
        if need.endswith("unfolding"):
            others = {"connected": self.connected, "nonnegative": self.rectified}
            return {**others, "block": self.blockwise}.get(need[: -len("_unfolding")], self.network)
        return {
            "activated": self.threshold,
            "attended": self.head,
            "convolved": self.convolution,
            "solution": self.minimiser,
            "ista_run": self.ista,
            "settled_run": self.ista,
            "fista_run": self.fista,
            "momentum_run": self.momentum,
            "iht_run": self.iht,
            "cosamp_run": self.cosamp,
            "htp_run": self.htp,
            "matching_run": self.matching,
            "pursuit": self.pursuit,
            "stopped_pursuit": self.pursuit,
            "topk_run": self.topk,
            "cascade": self.layered,
            "feed_forward": self.layered,
            "local_cascade": self.layered,
        }.get(need)
