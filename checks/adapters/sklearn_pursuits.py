"""Orthogonal matching pursuit with the interface of scikit-learn."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from sparsebound.checks.adapters.adapted import (
    Adapted,
    doubts,
    fresh,
    has,
    name_of,
    parameters,
    rows,
)

EXACT = 1e-20
"""The squared residual at which a pursuit without noise stops, as a share of the signal's."""


def _stop(given: Collection[str]) -> str:
    """The same, written out."""
    return "tol=eps[0] ** 2" if "eps" in given else f"tol={EXACT} * (Y[0] @ Y[0])"


def pursuit(given: Any) -> Adapted | None:
    """``orthogonal_mp(X, y, tol=..., return_path=True)``: the path tells the order."""
    if getattr(given, "__name__", "") != "orthogonal_mp":
        return None

    def run(D: Any, Y: Any, eps: Any = None) -> Any:
        picks = np.full((len(Y), min(D.shape)), -1)
        points = np.zeros((len(Y), D.shape[1]))
        for i, y in enumerate(Y):
            if not y.any():
                continue
            stop = EXACT * (y @ y) if eps is None else eps[i] ** 2
            with doubts():
                path = np.asarray(given(D, y, tol=stop, return_path=True))
            path = path.reshape(D.shape[1], -1)
            chosen = [j for k in range(path.shape[1]) for j in _new(path, k)]
            picks[i, : len(chosen)] = chosen
            if path.shape[1]:
                points[i] = path[:, -1]
        return picks, points

    return Adapted(run, lambda names: f"orthogonal_mp(D, Y[0], {_stop(names)})", unit_atoms=True)


def _new(path: Any, k: int) -> list[int]:
    """Atoms that are in a step of a path, and not in the one before."""
    before = path[:, k - 1] != 0 if k else np.zeros(len(path), dtype=bool)
    return [int(j) for j in np.flatnonzero((path[:, k] != 0) & ~before)]


def pursuing_estimator(given: Any) -> Adapted | None:
    """``OrthogonalMatchingPursuit``: ``fit``, ``coef_``, ``tol``; the order is not known."""
    if not (has(given, "fit") and {"n_nonzero_coefs", "tol"} <= parameters(given)):
        return None

    def run(D: Any, Y: Any, eps: Any = None) -> Any:
        points = []
        for i, y in enumerate(Y):
            stop = EXACT * (y @ y) if eps is None else eps[i] ** 2
            settings = {"tol": stop, "n_nonzero_coefs": None, "fit_intercept": False}
            with doubts():
                points.append(fresh(given, **settings).fit(D, y).coef_ if y.any() else 0 * D[0])
        return rows(points)

    def written(names: Collection[str]) -> str:
        made = f"{name_of(given)}({_stop(names)}, fit_intercept=False)"
        return f"{made}.fit(D, Y[0]).coef_"

    return Adapted(run, written, unit_atoms=True)
